/**
 * The multi handles of one engine: the main one, further ones beside it for sharding, and one for each
 * identity at a proxy. Does not know transfers.
 *
 * libcurl keeps its connections in the multi handle and reuses them by proxy and host. Whether the
 * credentials for the proxy have to match, too, depends on the build: since 8.19 they do; before, they did so
 * for SOCKS but not for tunnels through HTTP proxies (CVE-2026-3784); some distributions have fixed older
 * versions; and no build compares a `Proxy-Authorization` among the headers. Separate multi handles make it
 * safe on every build: a connection that was opened with one identity cannot be found by another, and within
 * an identity all connections are reused. Measured: a multi handle costs 80 to 110 us and two file
 * descriptors, once.
 */
import type { NativeMulti } from '../node-libcurl/binding.js'
import { MAX_PER_MULTI } from './host-sharding.js'

/**
 * The number of unused identities that keep their connections. The multi handles beside the main one have no
 * such limit.
 */
const MAX_IDLE = 256
/** libcurl does not reuse a connection that has been idle for longer (CURLOPT_MAXAGE_CONN(3)). */
const MAX_IDLE_MS = 118_000

/** One multi handle. */
export class MultiHandle {
  multi: NativeMulti | null = null
  /** The number of easy handles that are in it or will be added. */
  live = 0
  idleSince = 0
  /** The time of the last cleaning of its DNS cache. */
  namesWalkedAt = -Infinity
  /** The time until the next cleaning. */
  walksAgainAfterMs = 1
  /**
   * The number of transfers that have ended in it, and an estimate of the connections that they have opened.
   */
  settled = 0
  connections = 0
  /** The number of connections that it may open before it is replaced. */
  wornAt = Infinity
  isRetired = false
  /** The peak number of easy handles in it, in steps of {@link MAX_PER_MULTI}. */
  most = MAX_PER_MULTI
  /**
   * True if the number of its connections is limited: transfers wait for a connection inside libcurl, and
   * there must be no second multi handle beside it.
   */
  isLimited = false
  /** The limits that are set on it, as text. */
  limits = ''
  /** True while a wake-up of its waiting transfers is scheduled. */
  isWaking = false
  /** The https origins that are known to speak HTTP/1.1, with one transfer at a time on a connection. */
  readonly oneAtATime = new Set<string>()

  /** @param beside the number of a multi handle beside {@link MultiHandles.main}, or 0 */
  constructor(
    readonly identity: string,
    readonly beside = 0,
  ) {}
}

/** The multi handles of one engine. */
export class MultiHandles {
  /** For transfers without an identity at a proxy. */
  main = new MultiHandle('')
  private readonly others = new Map<string, MultiHandle>()
  /** The multi handles beside the main one, by number. The numbers start at 1. */
  private readonly beside: (MultiHandle | undefined)[] = []
  /** Multi handles without an easy handle, the longest idle first. */
  private readonly idle = new Set<MultiHandle>()
  private readonly idleBeside = new Set<MultiHandle>()
  /** Multi handles that take no further easy handle, and are closed once the last one has left. */
  private readonly retired = new Set<MultiHandle>()

  /**
   * @param changed called when the number of multi handles beside the main one changes, or the peak of one of
   * them
   */
  constructor(private readonly changed: () => void = () => undefined) {}

  /** The number of multi handles. */
  get size(): number {
    let size = 0
    for (const multiHandle of this.all()) if (multiHandle.multi !== null) size++
    return size
  }

  /**
   * Reserves a place for one easy handle. Returns the multi handle of the identity, or the one with this
   * number beside the main one.
   */
  enter(identity: string, beside = 0): MultiHandle {
    const multiHandle =
      beside > 0 ? this.besideMain(beside) : identity === '' ? this.main : this.multiHandleOf(identity)
    if (multiHandle.live++ === 0 && multiHandle !== this.main) this.idleOf(multiHandle).delete(multiHandle)
    if (multiHandle.live > multiHandle.most) {
      multiHandle.most += MAX_PER_MULTI
      if (beside > 0) this.changed()
    }
    return multiHandle
  }

  /** The sum of the peaks of the multi handles beside the main one. */
  mostBeside(): number {
    let most = 0
    for (const multiHandle of this.beside) if (multiHandle !== undefined) most += multiHandle.most
    return most
  }

  /** Gives the place of an easy handle back. */
  leave(multiHandle: MultiHandle, now: number): void {
    if (--multiHandle.live > 0 || multiHandle === this.main || multiHandle.isRetired) return
    multiHandle.idleSince = now
    this.idleOf(multiHandle).add(multiHandle)
  }

  /**
   * Stops using a multi handle: the next transfer of its identity opens a new one. Does nothing if `atMost`
   * retired ones still have easy handles.
   */
  retire(multiHandle: MultiHandle, atMost: number): void {
    if (multiHandle.isRetired || this.retired.size >= atMost) return
    multiHandle.isRetired = true
    this.retired.add(multiHandle)
    this.idleOf(multiHandle).delete(multiHandle)
    if (multiHandle === this.main) this.main = new MultiHandle('')
    else this.forget(multiHandle)
  }

  /** Retires all multi handles beside the main one. */
  retireBeside(): void {
    for (const multiHandle of this.beside) if (multiHandle !== undefined) this.retire(multiHandle, Infinity)
  }

  /**
   * Closes multi handles that have been idle for too long, and those above the limit. Never on libcurl's
   * stack.
   */
  sweep(now: number): void {
    if (this.retired.size > 0) {
      for (const multiHandle of this.retired)
        if (multiHandle.live === 0) this.retired.delete(shut(multiHandle))
    }
    // The sets are usually empty, and looping over an empty set still creates an iterator.
    if (this.idle.size > 0) this.sweepIdle(this.idle, now, MAX_IDLE)
    if (this.idleBeside.size > 0) this.sweepIdle(this.idleBeside, now, Infinity)
  }

  /** Closes all idle multi handles with their connections. Never on libcurl's stack. */
  closeIdle(): void {
    for (const idle of [this.idle, this.idleBeside]) this.sweepIdle(idle, Infinity, 0)
  }

  *all(): Generator<MultiHandle> {
    yield this.main
    for (const multiHandle of this.beside) if (multiHandle !== undefined) yield multiHandle
    yield* this.others.values()
    yield* this.retired
  }

  /** Closes all of them. Call it only when no easy handle is in any of them. */
  close(): void {
    for (const multiHandle of this.all()) shut(multiHandle)
    this.others.clear()
    this.beside.length = 0
    this.idle.clear()
    this.idleBeside.clear()
    this.retired.clear()
  }

  private idleOf({ beside }: MultiHandle): Set<MultiHandle> {
    return beside > 0 ? this.idleBeside : this.idle
  }

  private sweepIdle(idle: Set<MultiHandle>, now: number, most: number): void {
    for (const multiHandle of idle) {
      if (idle.size <= most && now - multiHandle.idleSince < MAX_IDLE_MS) return
      idle.delete(multiHandle)
      this.forget(shut(multiHandle))
    }
  }

  private multiHandleOf(identity: string): MultiHandle {
    let multiHandle = this.others.get(identity)
    if (multiHandle === undefined) this.others.set(identity, (multiHandle = new MultiHandle(identity)))
    return multiHandle
  }

  private besideMain(number: number): MultiHandle {
    let multiHandle = this.beside[number]
    if (multiHandle === undefined) {
      multiHandle = this.beside[number] = new MultiHandle('', number)
      this.changed()
    }
    return multiHandle
  }

  private forget({ identity, beside }: MultiHandle): void {
    if (beside > 0) {
      this.beside[beside] = undefined
      this.changed()
    } else this.others.delete(identity)
  }
}

function shut(multiHandle: MultiHandle): MultiHandle {
  multiHandle.multi?.close()
  multiHandle.multi = null
  return multiHandle
}
