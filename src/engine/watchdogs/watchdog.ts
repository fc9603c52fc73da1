/**
 * A check of all transfers that a timer repeats while there is something to check. Does not know what is
 * checked.
 */

/** The clock and timers of the instance. */
export interface Ticker {
  now(): number
  setTimer(action: () => void, delayMs: number): unknown
}

/** Repeats {@link look}. */
export abstract class Watchdog {
  /** True while the timer runs. */
  isWatching = false

  /** @param everyMs the time between two checks, in milliseconds */
  constructor(
    protected readonly ticker: Ticker,
    private readonly everyMs: number,
  ) {}

  /**
   * Starts the timer: call it when a transfer that is to be checked is launched. The timer ends by itself,
   * and does not keep the process alive.
   */
  watch(): void {
    if (this.isWatching) return
    this.isWatching = true
    this.setTimer()
  }

  /** Checks all transfers once. Returns false if there was none to check. Not on libcurl's stack. */
  abstract look(): boolean

  private setTimer(): void {
    const timer = this.ticker.setTimer(() => {
      this.isWatching = this.look()
      if (this.isWatching) this.setTimer()
    }, this.everyMs)
    ;(timer as { unref?: () => void }).unref?.()
  }
}
