/**
 * A rate limit as a sliding window: never more than a number of starts in any span of time. A fixed window
 * would allow two bursts at its edge. Does not depend on what starts.
 */

/** At most `requests` starts in any span of `perMs` milliseconds. */
export interface Rate {
  readonly requests: number
  /** The length of the span. Milliseconds. */
  readonly perMs: number
}

/** The starts of the last span. */
export class RateWindow {
  private starts: number[] = []
  private head = 0

  constructor(private rate: Rate) {}

  /** Changes the rate. Earlier starts still count. */
  change(rate: Rate): void {
    this.rate = rate
  }

  /** Returns when the next start is allowed: now or earlier if it is allowed now. */
  opensAt(now: number): number {
    const { requests, perMs } = this.rate
    this.forget(now)
    const count = this.starts.length - this.head
    if (count < requests) return now
    // After the rate was lowered, there may be more starts than allowed; the excess ones have to leave the
    // window first.
    return (this.starts[this.head + count - requests] as number) + perMs
  }

  started(now: number): void {
    this.starts.push(now)
  }

  /** Returns the number of starts in the last span. */
  count(now: number): number {
    this.forget(now)
    return this.starts.length - this.head
  }

  private forget(now: number): void {
    const { starts } = this
    const since = now - this.rate.perMs
    while (this.head < starts.length && (starts[this.head] as number) <= since) this.head++
    if (this.head > 64 && this.head * 2 > starts.length) {
      this.starts = starts.slice(this.head)
      this.head = 0
    }
  }
}
