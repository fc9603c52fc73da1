/**
 * Finds out how many transfers a host can handle from its responses: a little more after each success, half
 * after an overload (additive increase, multiplicative decrease, as in TCP). Does not depend on the host.
 */
import { OVERLOAD_STATUSES } from '../../http-semantics.js'

const START = 2
const BACK_OFF = 0.5

/** Error codes that suggest an overloaded host: connection refused, timeout. */
const OVERLOAD_ERRNOS = new Set([7, 28])

/**
 * Returns true if the outcome suggests an overloaded host; null if it says nothing about the host's load
 * (aborted, no such host, ...).
 */
export function isOverload(errno: number, responseCode: number): boolean | null {
  if (OVERLOAD_ERRNOS.has(errno)) return true
  // With FAILONERROR, a status becomes errno 22.
  return errno === 0 || errno === 22 ? OVERLOAD_STATUSES.has(responseCode) : null
}

/** The changing limit of one host. */
export class AdaptiveLimit {
  private exact = START
  /**
   * True until the first overload: the limit then doubles with each round trip, so that a fast host is not
   * explored in steps of one.
   */
  private isProbing = true
  private loweredAt = -Infinity

  /** The number of transfers that may be in flight; at least 1. */
  get limit(): number {
    return Math.floor(this.exact)
  }

  /** True if the limit differs from that of an unknown host. */
  get hasLearned(): boolean {
    return this.exact !== START || !this.isProbing
  }

  /**
   * Adjusts the limit to an outcome.
   *
   * @param launchedAt the launch time: outcomes launched before the limit was lowered are ignored, so that a
   * burst of failures counts once
   * @param wasFull true if the limit was used up; below it, a success says nothing about the host's limit
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
