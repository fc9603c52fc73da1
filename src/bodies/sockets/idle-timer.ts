/**
 * Notices that nothing has happened for some time. Does not know what it is that should.
 */

/** Calls once when it has not been touched for so long, and again after the next touch. Holds no process. */
export class IdleTimer {
  /** Milliseconds; 0: never. */
  ms = 0
  private activeAt = 0
  private timer: NodeJS.Timeout | null = null

  constructor(private readonly onIdle: () => void) {}

  /** From now on, so many milliseconds. */
  start(ms: number): void {
    this.stop()
    this.ms = ms > 0 ? ms : 0
    this.touch(performance.now())
  }

  /** Something has happened. */
  touch(now: number): void {
    if (this.ms === 0) return
    this.activeAt = now
    // One that is set anew for each chunk would cost more than the chunk.
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
