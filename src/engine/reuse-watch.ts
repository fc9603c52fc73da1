/**
 * How many connections would have to be kept for hosts that are asked again: one host of sixteen is watched for how many others were asked
 * in between. Does not know libcurl, nor closes anything.
 *
 * Where there are more than are kept, libcurl closes the one that has been idle for longest: over more hosts than that, in turn, it finds none
 * again. But to keep them for hosts that are never asked again costs, too: libcurl goes through all of them for the one to close. Measured,
 * 5,000 hosts in turn, 50 in flight, CPU of a request with as many kept as there are hosts, against 1,024: 0.6 with libcurl 7.88, 0.3 with 8.22; and
 * with 4,096, where none is found either: 1.06, and 1.5.
 */
import { originOf } from './url.js'

/** A part of the hosts says as much as all of them: what is far apart among all is so among these. */
const ONE_OF = 16
/** More than was counted: it is an estimate, and some are in use. */
const SPARE = 1.25
/** libcurl uses no connection again that has been idle for longer (CURLOPT_MAXAGE_CONN(3)). */
const MAX_IDLE_MS = 118_000
const FIRST_OF_HOST = 'https://'.length
const SLASH = 47
/** No URL begins so. */
const NOBODY = '\n'

/** What is known of the transfer that is watched. */
export interface Watched {
  readonly url: string
  readonly now: number
  /** How many are kept anyway, and how many may be at most. */
  readonly usual: number
  readonly most: number
  /** Whether it has made a connection. Asked where that matters: it costs a native call. */
  readonly hasConnected: () => boolean
}

/** Watches the hosts of one engine. */
export class ReuseWatch {
  /** How many connections are worth keeping; 0: no more than usual. */
  wanted = 0
  /** When the watched hosts were asked last, the longest ago first. */
  private readonly seen = new Map<string, number>()
  private last = NOBODY
  /** How many have been watched since more was kept, and since that was of use. */
  private sinceRaised = 0
  private sinceUseful = 0

  /** Whether this is the host to watch. The one that was watched last is not: nothing has come in between. */
  isWatched(url: string): boolean {
    let hash = 0
    for (let i = FIRST_OF_HOST; i < url.length; i++) {
      const unit = url.charCodeAt(i)
      if (unit === SLASH) break
      hash = (Math.imul(hash, 31) + unit) | 0
    }
    return ((hash ^ (hash >>> 15)) & (ONE_OF - 1)) === 0 && !url.startsWith(this.last)
  }

  /** Takes note of a transfer that is done. Returns whether {@link wanted} has changed. */
  note({ url, now, usual, most, hasConnected }: Watched): boolean {
    const between = this.othersSince(originOf(url), now, most)
    this.sinceRaised++
    this.sinceUseful++
    if (between * SPARE > usual && between <= most) {
      if (!hasConnected()) this.sinceUseful = 0
      else if (this.raise(between, most)) return true
    }
    // Twice around, and nobody has come back.
    if (this.wanted === 0 || this.sinceUseful * ONE_OF < 2 * this.wanted) return false
    this.wanted = 0
    return true
  }

  private raise(between: number, most: number): boolean {
    // It should have been found, had enough been kept for so long: there were more than it seemed.
    const isShort = between < this.wanted && this.sinceRaised * ONE_OF > this.wanted
    const needed = Math.min(most, Math.ceil((isShort ? this.wanted : between) * SPARE))
    if (needed <= this.wanted) return false
    this.wanted = needed
    this.sinceRaised = this.sinceUseful = 0
    return true
  }

  /** How many hosts were asked since this one; 0 where it is new, or was asked too long ago. */
  private othersSince(origin: string, now: number, most: number): number {
    const { seen } = this
    this.last = origin
    const before = seen.get(origin)
    let others = 0
    if (before !== undefined) {
      if (now - before < MAX_IDLE_MS) others = (seen.size - placeOf(origin, seen)) * ONE_OF
      seen.delete(origin)
    } else if (seen.size * ONE_OF > most) seen.delete(seen.keys().next().value as string)
    seen.set(origin, now)
    return others
  }
}

/** From 1: in turn, it is the first one. */
function placeOf(origin: string, seen: ReadonlyMap<string, number>): number {
  let place = 0
  for (const each of seen.keys()) {
    place++
    if (each === origin) break
  }
  return place
}
