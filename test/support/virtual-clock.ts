/**
 * A clock that stands still until it is told to go on. Does not know who waits for it.
 */
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

  /** When the next timer rings, in milliseconds from now; `Infinity`: there is none. */
  get nextIn(): number {
    return Math.min(Infinity, ...[...this.#timers].map(({ at }) => at)) - this.#now
  }

  get timers(): number {
    return this.#timers.size
  }

  /** Goes on by so many milliseconds; timers ring at their times. */
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

  /** Goes on to the next timer, and rings it. False where there is none. */
  step(): boolean {
    const { nextIn } = this
    if (nextIn === Infinity) return false
    this.advance(nextIn)
    return true
  }
}
