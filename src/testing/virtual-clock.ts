/** A clock that stands still until a test advances it. Does not depend on the waiting code. */
import type { Clock } from '../scheduling/time/clock.js'
import { mustBe } from '../wrong-value.js'

interface Timer {
  readonly at: number
  readonly action: () => void
}

/**
 * A clock that stands still until a test advances it: delays, retries and rates take no time. libcurl's own limits
 * (`TIMEOUT_MS`) and its infos (`TOTAL_TIME`) still count real time.
 */
export class VirtualClock implements Clock {
  private readonly waiting = new Set<Timer>()
  private time: number

  /** @param start the first time that {@link now} returns. Milliseconds. Default: 1,000,000 */
  constructor(start = 1_000_000) {
    if (!Number.isFinite(start)) throw mustBe('start', 'milliseconds', start, { where: 'VirtualClock' })
    this.time = start
  }

  /** Returns the present time. Milliseconds. */
  now(): number {
    return this.time
  }

  /** Calls `action` once the clock has been advanced by `delayMs`. Returns the timer for {@link clearTimer}. */
  setTimer(action: () => void, delayMs: number): unknown {
    const timer = { at: this.time + delayMs, action }
    this.waiting.add(timer)
    return timer
  }

  /** Takes a timer back. */
  clearTimer(timer: unknown): void {
    this.waiting.delete(timer as Timer)
  }

  /** The time until the next timer fires, in milliseconds; `Infinity` if there is none. */
  get nextIn(): number {
    return Math.min(Infinity, ...[...this.waiting].map(({ at }) => at)) - this.time
  }

  /** The number of timers that wait. */
  get timers(): number {
    return this.waiting.size
  }

  /** Advances the clock by `ms` milliseconds. Timers fire at their times. Throws `OptionError` for no time. */
  advance(ms: number): void {
    if (!(Number.isFinite(ms) && ms >= 0))
      throw mustBe('ms', 'milliseconds, 0 or more', ms, { where: 'advance' })
    const end = this.time + ms
    for (;;) {
      const next = [...this.waiting].sort((a, b) => a.at - b.at)[0]
      if (next === undefined || next.at > end) break
      this.waiting.delete(next)
      this.time = Math.max(this.time, next.at)
      next.action()
    }
    this.time = end
  }

  /** Advances the clock to the next timer and fires it. Returns false if there is none. */
  step(): boolean {
    const { nextIn } = this
    if (nextIn === Infinity) return false
    this.advance(nextIn)
    return true
  }
}
