/**
 * Multi handles: one for everybody, some beside it for crowds, and one of its own for each identity at a proxy. Does not know transfers.
 *
 * libcurl keeps its connections in the multi handle, and looks for one to use again by proxy and host. Whether it looks at the
 * proxy's credentials, too, depends on the build: from 8.19 on it does, before it did so for SOCKS and not for the tunnels of HTTP
 * proxies (CVE-2026-3784), some distributions have mended older ones, and no build looks at a `Proxy-Authorization` among the
 * headers. With lanes it need not: a connection that was made under one identity cannot be found under another, whatever the
 * build, and within an identity everything is used again. Measured: a lane costs 80 to 110 us and two file descriptors, once.
 */
import type { NativeMulti } from '../node-libcurl/binding.js'
import { SEATS } from './host-sharding.js'

/** How many identities that nobody uses at the moment keep their connections. Those beside the main lane are as many as it takes. */
const MAX_IDLE = 256
/** libcurl uses no connection again that has been idle for longer (CURLOPT_MAXAGE_CONN(3)). */
const MAX_IDLE_MS = 118_000

/** One multi handle. */
export class Lane {
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
  /** As many handles as there have been in it at a time, in steps of {@link SEATS}. */
  most = SEATS
  /** Whether its connections are limited: transfers wait for them in libcurl, and no second lane may stand beside it. */
  isLimited = false
  /** How it has been told they are. */
  limits = ''
  /** Whether those who wait for a connection are being woken. */
  isWaking = false
  /** Origins of https whose connections are for one transfer at a time, as far as that is known and matters. */
  readonly oneAtATime = new Set<string>()

  /** @param beside its number, where it is for those for whom {@link Lanes.main} has no seat; else 0 */
  constructor(
    readonly identity: string,
    readonly beside = 0,
  ) {}
}

/** The lanes of one engine. */
export class Lanes {
  /** For those who are nobody at any proxy. */
  main = new Lane('')
  private readonly others = new Map<string, Lane>()
  /** For those of them who are too many for one, by their numbers, which begin with 1. */
  private readonly beside: (Lane | undefined)[] = []
  /** Those with no handle in them, the one that has rested longest first. */
  private readonly idle = new Set<Lane>()
  private readonly idleBeside = new Set<Lane>()
  /** Those that take no more handles, and are closed when the last one has left. */
  private readonly retired = new Set<Lane>()

  /** @param changed hears that there are more or fewer beside the main lane, or with more handles in them */
  constructor(private readonly changed: () => void = () => undefined) {}

  /** How many multi handles there are. */
  get size(): number {
    let size = 0
    for (const lane of this.all()) if (lane.multi !== null) size++
    return size
  }

  /** The lane of an identity, or the one with this number beside the main lane, for one more handle. */
  enter(identity: string, beside = 0): Lane {
    const lane = beside > 0 ? this.besideMain(beside) : identity === '' ? this.main : this.laneOf(identity)
    if (lane.live++ === 0 && lane !== this.main) this.idleOf(lane).delete(lane)
    if (lane.live > lane.most) {
      lane.most += SEATS
      if (beside > 0) this.changed()
    }
    return lane
  }

  /** How many handles there have been at a time in those beside the main lane, all together. */
  mostBeside(): number {
    let most = 0
    for (const lane of this.beside) if (lane !== undefined) most += lane.most
    return most
  }

  /** A handle needs it no longer. */
  leave(lane: Lane, now: number): void {
    if (--lane.live > 0 || lane === this.main || lane.isRetired) return
    lane.idleSince = now
    this.idleOf(lane).add(lane)
  }

  /** Lets nobody in any longer: the next of its identity opens another one. Where too many still have handles, it stays as it is. */
  retire(lane: Lane, atMost: number): void {
    if (lane.isRetired || this.retired.size >= atMost) return
    lane.isRetired = true
    this.retired.add(lane)
    this.idleOf(lane).delete(lane)
    if (lane === this.main) this.main = new Lane('')
    else this.forget(lane)
  }

  /** The same for all that stand beside the main lane. */
  retireBeside(): void {
    for (const lane of this.beside) if (lane !== undefined) this.retire(lane, Infinity)
  }

  /** Closes what has been idle for too long, or is too much. Never on libcurl's stack. */
  sweep(now: number): void {
    if (this.retired.size > 0) {
      for (const lane of this.retired) if (lane.live === 0) this.retired.delete(shut(lane))
    }
    // As a rule there are none, and to begin to go through none makes an iterator.
    if (this.idle.size > 0) this.sweepIdle(this.idle, now, MAX_IDLE)
    if (this.idleBeside.size > 0) this.sweepIdle(this.idleBeside, now, Infinity)
  }

  /** Closes all that rest, with the connections that they keep. Never on libcurl's stack. */
  closeIdle(): void {
    for (const idle of [this.idle, this.idleBeside]) this.sweepIdle(idle, Infinity, 0)
  }

  *all(): Generator<Lane> {
    yield this.main
    for (const lane of this.beside) if (lane !== undefined) yield lane
    yield* this.others.values()
    yield* this.retired
  }

  /** Closes them all. Only when no handle is in any. */
  close(): void {
    for (const lane of this.all()) shut(lane)
    this.others.clear()
    this.beside.length = 0
    this.idle.clear()
    this.idleBeside.clear()
    this.retired.clear()
  }

  private idleOf({ beside }: Lane): Set<Lane> {
    return beside > 0 ? this.idleBeside : this.idle
  }

  private sweepIdle(idle: Set<Lane>, now: number, most: number): void {
    for (const lane of idle) {
      if (idle.size <= most && now - lane.idleSince < MAX_IDLE_MS) return
      idle.delete(lane)
      this.forget(shut(lane))
    }
  }

  private laneOf(identity: string): Lane {
    let lane = this.others.get(identity)
    if (lane === undefined) this.others.set(identity, (lane = new Lane(identity)))
    return lane
  }

  private besideMain(number: number): Lane {
    let lane = this.beside[number]
    if (lane === undefined) {
      lane = this.beside[number] = new Lane('', number)
      this.changed()
    }
    return lane
  }

  private forget({ identity, beside }: Lane): void {
    if (beside > 0) {
      this.beside[beside] = undefined
      this.changed()
    } else this.others.delete(identity)
  }
}

function shut(lane: Lane): Lane {
  lane.multi?.close()
  lane.multi = null
  return lane
}
