/**
 * Multi handles: one for everybody, some beside it for sharding, and one of its own for each identity at a
 * proxy. Does not know transfers.
 *
 * libcurl keeps its connections in the multi handle, and looks for one to use again by proxy and host.
 * Whether it looks at the proxy's credentials, too, depends on the build: from 8.19 on it does, before it did
 * so for SOCKS and not for the tunnels of HTTP proxies (CVE-2026-3784), some distributions have mended older
 * ones, and no build looks at a `Proxy-Authorization` among the headers. With multi handles it need not: a
 * connection that was made under one identity cannot be found under another, whatever the build, and within
 * an identity everything is used again. Measured: a multi handle costs 80 to 110 us and two file descriptors,
 * once.
 */
import type { NativeMulti } from '../node-libcurl/binding.js'
import { MAX_PER_MULTI } from './host-sharding.js'

/**
 * How many identities that nobody uses at the moment keep their connections. Those beside the main multi
 * handle are as many as it takes.
 */
const MAX_IDLE = 256
/** libcurl uses no connection again that has been idle for longer (CURLOPT_MAXAGE_CONN(3)). */
const MAX_IDLE_MS = 118_000

/** One multi handle. */
export class MultiHandle {
  multi: NativeMulti | null = null
  /** Handles that are in it, or will be. */
  live = 0
  idleSince = 0
  /** When a transfer has dropped names that are too old. */
  namesWalkedAt = -Infinity
  /** How long after that the next one is to. */
  walksAgainAfterMs = 1
  /** How many transfers have ended in it, and how many connections they have made: a guess. */
  settled = 0
  connections = 0
  /** How many of those it may make before another one takes over. */
  wornAt = Infinity
  isRetired = false
  /** As many handles as there have been in it at a time, in steps of {@link MAX_PER_MULTI}. */
  most = MAX_PER_MULTI
  /**
   * Whether its connections are limited: transfers wait for them in libcurl, and no second multi handle may
   * stand beside it.
   */
  isLimited = false
  /** How it has been told they are. */
  limits = ''
  /** Whether those who wait for a connection are being woken. */
  isWaking = false
  /**
   * Origins of https whose connections are for one transfer at a time, as far as that is known and matters.
   */
  readonly oneAtATime = new Set<string>()

  /**
   * @param beside its number, where it is for those for whom {@link MultiHandles.main} has no seat; else 0
   */
  constructor(
    readonly identity: string,
    readonly beside = 0,
  ) {}
}

/** The multi handles of one engine. */
export class MultiHandles {
  /** For those who are nobody at any proxy. */
  main = new MultiHandle('')
  private readonly others = new Map<string, MultiHandle>()
  /** For those of them who are too many for one, by their numbers, which begin with 1. */
  private readonly beside: (MultiHandle | undefined)[] = []
  /** Those with no handle in them, the one that has rested longest first. */
  private readonly idle = new Set<MultiHandle>()
  private readonly idleBeside = new Set<MultiHandle>()
  /** Those that take no more handles, and are closed when the last one has left. */
  private readonly retired = new Set<MultiHandle>()

  /**
   * @param changed hears that there are more or fewer beside the main multi handle, or with more handles in
   * them
   */
  constructor(private readonly changed: () => void = () => undefined) {}

  /** How many multi handles there are. */
  get size(): number {
    let size = 0
    for (const multiHandle of this.all()) if (multiHandle.multi !== null) size++
    return size
  }

  /**
   * The multi handle of an identity, or the one with this number beside the main multi handle, for one more
   * handle.
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

  /** How many handles there have been at a time in those beside the main multi handle, all together. */
  mostBeside(): number {
    let most = 0
    for (const multiHandle of this.beside) if (multiHandle !== undefined) most += multiHandle.most
    return most
  }

  /** A handle needs it no longer. */
  leave(multiHandle: MultiHandle, now: number): void {
    if (--multiHandle.live > 0 || multiHandle === this.main || multiHandle.isRetired) return
    multiHandle.idleSince = now
    this.idleOf(multiHandle).add(multiHandle)
  }

  /**
   * Lets nobody in any longer: the next of its identity opens another one. Where too many still have handles,
   * it stays as it is.
   */
  retire(multiHandle: MultiHandle, atMost: number): void {
    if (multiHandle.isRetired || this.retired.size >= atMost) return
    multiHandle.isRetired = true
    this.retired.add(multiHandle)
    this.idleOf(multiHandle).delete(multiHandle)
    if (multiHandle === this.main) this.main = new MultiHandle('')
    else this.forget(multiHandle)
  }

  /** The same for all that stand beside the main multi handle. */
  retireBeside(): void {
    for (const multiHandle of this.beside) if (multiHandle !== undefined) this.retire(multiHandle, Infinity)
  }

  /** Closes what has been idle for too long, or is too much. Never on libcurl's stack. */
  sweep(now: number): void {
    if (this.retired.size > 0) {
      for (const multiHandle of this.retired)
        if (multiHandle.live === 0) this.retired.delete(shut(multiHandle))
    }
    // As a rule there are none, and to begin to go through none makes an iterator.
    if (this.idle.size > 0) this.sweepIdle(this.idle, now, MAX_IDLE)
    if (this.idleBeside.size > 0) this.sweepIdle(this.idleBeside, now, Infinity)
  }

  /** Closes all that rest, with the connections that they keep. Never on libcurl's stack. */
  closeIdle(): void {
    for (const idle of [this.idle, this.idleBeside]) this.sweepIdle(idle, Infinity, 0)
  }

  *all(): Generator<MultiHandle> {
    yield this.main
    for (const multiHandle of this.beside) if (multiHandle !== undefined) yield multiHandle
    yield* this.others.values()
    yield* this.retired
  }

  /** Closes them all. Only when no handle is in any. */
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
