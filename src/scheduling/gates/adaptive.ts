/**
 * How many transfers a host can bear, found out from its answers: a little more after each that went well,
 * half of it after one that says "too much" (additive increase, multiplicative decrease, as TCP does). Does
 * not know which host.
 */
import { OVERLOAD_STATUSES } from '../../http-semantics.js'

const START = 2
const BACK_OFF = 0.5

/** Errnos that say that a host has too much to do: refused, timed out. */
const OVERLOAD_ERRNOS = new Set([7, 28])

/**
 * Whether an outcome says "too much"; null: it says nothing of the host's load (aborted, no such host, ...).
 */
export function isOverload(errno: number, responseCode: number): boolean | null {
  if (OVERLOAD_ERRNOS.has(errno)) return true
  // With FAILONERROR a status is errno 22.
  return errno === 0 || errno === 22 ? OVERLOAD_STATUSES.has(responseCode) : null
}

/** The limit of one host as it moves. */
export class AdaptiveLimit {
  private exact = START
  /** Until the first "too much" it doubles each round trip: a fast host is not explored one by one. */
  private isProbing = true
  private loweredAt = -Infinity

  /** How many may be in flight: at least 1. */
  get limit(): number {
    return Math.floor(this.exact)
  }

  /** Whether it differs from that of a host that nothing is known of. */
  get hasLearned(): boolean {
    return this.exact !== START || !this.isProbing
  }

  /**
   * Learns from an outcome.
   *
   * @param launchedAt what was launched before the limit was lowered says nothing new: a burst of failures
   * counts once
   * @param wasFull whether the limit was used up: what a host bears beyond its load is unknown
   */
  learn(overload: boolean, launchedAt: number, now: number, wasFull: boolean): void {
    if (overload) {
      if (launchedAt < this.loweredAt) return
      this.exact = Math.max(1, this.exact * BACK_OFF)
      this.isProbing = false
      this.loweredAt = now
    } else if (wasFull) this.exact += this.isProbing ? 1 : 1 / this.exact
  }
}
