/**
 * Never more than so many starts in any span of so long: a sliding window, not a fixed one, so that no two
 * bursts meet at its edge. Does not know what starts.
 */

/** So many starts in any span of `perMs` milliseconds. */
export interface Rate {
  readonly requests: number
  readonly perMs: number
}

/** Remembers the starts of one span. */
export class RateWindow {
  private starts: number[] = []
  private head = 0

  constructor(private rate: Rate) {}

  /** Another rate; what has started still counts. */
  change(rate: Rate): void {
    this.rate = rate
  }

  /** When the next one may start: now or earlier where it may start now. */
  opensAt(now: number): number {
    const { requests, perMs } = this.rate
    this.forget(now)
    const count = this.starts.length - this.head
    if (count < requests) return now
    // With a lowered rate there may be more than fit: as many have to leave as are too many.
    return (this.starts[this.head + count - requests] as number) + perMs
  }

  started(now: number): void {
    this.starts.push(now)
  }

  /** How many starts the last span had. */
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
