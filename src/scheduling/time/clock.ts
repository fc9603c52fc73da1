/**
 * Time, so that tests can bring their own. Does not know what it is for.
 */

/** A clock and its timers. */
export interface Clock {
  /** Milliseconds since some fixed point; never goes back. */
  now(): number
  /** Calls `action` once, `delayMs` from now or a little later. */
  setTimer(action: () => void, delayMs: number): unknown
  clearTimer(timer: unknown): void
}

/** Node's global is a getter that is called anew each time. */
const { performance } = globalThis
/** The longest that a timer of Node's can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** The clock of the process. Its timers keep it alive: what waits is work. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimer: (action, delayMs) => setTimeout(action, Math.min(Math.ceil(delayMs), MAX_TIMER_MS)),
  clearTimer: (timer) => {
    clearTimeout(timer as NodeJS.Timeout)
  },
}
