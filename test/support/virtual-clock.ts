/** A clock that stands still until a test advances it. Does not depend on the waiting code. */
import type { Clock } from '../../src/scheduling/time/clock.js'

interface Timer {
  readonly at: number
  readonly action: () => void
}

export class VirtualClock implements Clock {
  readonly #timers = new Set<Timer>()
  #now: number

  constructor(start = 1_000_000) {
    this.#now = start
  }

  now(): number {
    return this.#now
  }

  setTimer(action: () => void, delayMs: number): unknown {
    const timer = { at: this.#now + delayMs, action }
    this.#timers.add(timer)
    return timer
  }

  clearTimer(timer: unknown): void {
    this.#timers.delete(timer as Timer)
  }

  /** The time until the next timer fires, in milliseconds; `Infinity` if there is none. */
  get nextIn(): number {
    return Math.min(Infinity, ...[...this.#timers].map(({ at }) => at)) - this.#now
  }

  get timers(): number {
    return this.#timers.size
  }

  /** Advances the clock by `ms` milliseconds. Timers fire at their times. */
  advance(ms: number): void {
    const end = this.#now + ms
    for (;;) {
      const next = [...this.#timers].sort((a, b) => a.at - b.at)[0]
      if (next === undefined || next.at > end) break
      this.#timers.delete(next)
      this.#now = Math.max(this.#now, next.at)
      next.action()
    }
    this.#now = end
  }

  /** Advances the clock to the next timer and fires it. Returns false if there is none. */
  step(): boolean {
    const { nextIn } = this
    if (nextIn === Infinity) return false
    this.advance(nextIn)
    return true
  }
}
