/** A timer that fires after a period without activity. Does not depend on what the activity is. */

/**
 * Calls `onIdle` once when `touch()` was not called for `ms` milliseconds, and again after the next
 * `touch()`. Does not keep the process alive.
 */
export class IdleTimer {
  /** The idle period in milliseconds; 0: off. */
  ms = 0
  private activeAt = 0
  private timer: NodeJS.Timeout | null = null

  constructor(private readonly onIdle: () => void) {}

  /** Starts the timer with a period of `ms` milliseconds; 0 stops it. */
  start(ms: number): void {
    this.stop()
    this.ms = ms > 0 ? ms : 0
    this.touch(performance.now())
  }

  /** Reports activity at time `now`. */
  touch(now: number): void {
    if (this.ms === 0) return
    this.activeAt = now
    // Setting a new timer for each chunk would cost more than the chunk.
    if (this.timer === null) this.set(this.ms)
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
    this.ms = 0
  }

  private set(ms: number): void {
    this.timer = setTimeout(() => {
      const left = this.activeAt + this.ms - performance.now()
      this.timer = null
      if (left > 0) this.set(left)
      else this.onIdle()
    }, Math.ceil(ms)).unref()
  }
}
