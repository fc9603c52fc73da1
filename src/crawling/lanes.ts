/**
 * The hosts of a crawl that have more URLs than they may get at the moment. Does not know the URLs, only their
 * positions in the frontier.
 */
import type { HostLimits } from '../scheduling/gates/limits.js'
import { PositionLine } from './frontier/position-line.js'

/** The time for which a host with a delay gets URLs ahead. Milliseconds. */
const AHEAD_MS = 10_000
/** The most URLs that are set aside. Beyond that the crawl waits for one of these hosts. */
const MAX_PARKED = 100_000

/** A host (scheme, name and port) with URLs in flight, or set aside. */
export interface Lane {
  readonly origin: string
  /** The number of pages in flight. */
  running: number
  /** The Crawl-delay of robots.txt. Milliseconds. */
  delayMs: number
  /** True while its robots.txt is being fetched. */
  waitsForRules: boolean
  readonly parked: PositionLine
}

/** The hosts of a crawl. */
export class Lanes {
  private readonly lanes = new Map<string, Lane>()
  /** The hosts that may have URLs set aside, and may get one. */
  private readonly ready = new Set<Lane>()
  private parked = 0

  constructor(private readonly limits: () => HostLimits) {}

  /** True if no further URL may be set aside. */
  get isFull(): boolean {
    return this.parked >= MAX_PARKED
  }

  of(origin: string): Lane {
    let lane = this.lanes.get(origin)
    if (lane === undefined) {
      lane = { origin, running: 0, delayMs: 0, waitsForRules: false, parked: new PositionLine() }
      this.lanes.set(origin, lane)
    }
    return lane
  }

  /** True if a host may get another page now: more would only take places from other hosts. */
  hasRoom({ running, delayMs }: Lane): boolean {
    const { maxRequests, rate, minDelayMs } = this.limits()
    const delay = Math.max(delayMs, minDelayMs)
    const byDelay = delay > 0 ? Math.ceil(AHEAD_MS / delay) : Infinity
    return running <= Math.min(maxRequests, rate?.requests ?? Infinity, byDelay)
  }

  /** Call it when the robots.txt of an origin is no longer being fetched. */
  rulesArrived(origin: string): void {
    const lane = this.of(origin)
    lane.waitsForRules = false
    this.opened(lane)
  }

  /** True if URLs of an origin are set aside. */
  hasParked(origin: string): boolean {
    return (this.lanes.get(origin)?.parked.length ?? 0) > 0
  }

  /** Sets a URL aside. */
  park(lane: Lane, position: number): void {
    lane.parked.push(position)
    this.parked++
  }

  /** Returns the position of the next URL that was set aside and may start; undefined if there is none. */
  next(): number | undefined {
    for (const lane of this.ready) {
      const isReady = !lane.waitsForRules && this.hasRoom(lane)
      const position = isReady ? lane.parked.shift() : undefined
      if (position !== undefined) {
        this.parked--
        return position
      }
      this.ready.delete(lane)
      this.forget(lane)
    }
    return undefined
  }

  /** Call it when a host may get a page that it could not get before, or needs no lane any more. */
  opened(lane: Lane): void {
    if (lane.parked.length > 0) this.ready.add(lane)
    else this.forget(lane)
  }

  /** A crawl may contact a million hosts. */
  private forget(lane: Lane): void {
    if (lane.running === 0 && lane.parked.length === 0 && !lane.waitsForRules) this.lanes.delete(lane.origin)
  }
}
