/** The clock interface, so that tests can control time. Does not depend on its use. */

/** A clock with timers. */
export interface Clock {
  /** Returns the milliseconds since some fixed point. Never goes back. */
  now(): number
  /** Calls `action` once, `delayMs` from now or a little later. */
  setTimer(action: () => void, delayMs: number): unknown
  clearTimer(timer: unknown): void
}

/** A global of Node's is a getter that would run at each access. */
const source = performance
/** The longest delay of a Node.js timer. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** The clock of the process. Its timers keep the process alive, because waiting transfers are work to do. */
export const systemClock: Clock = {
  now: () => source.now(),
  setTimer: (action, delayMs) => setTimeout(action, Math.min(Math.ceil(delayMs), MAX_TIMER_MS)),
  clearTimer: (timer) => {
    clearTimeout(timer as NodeJS.Timeout)
  },
}

let starting: Clock = systemClock

/** Returns the clock that instances have which are made now. */
export function startingClock(): Clock {
  return starting
}

/** Sets the clock of instances that are made from now on; null: that of the process. */
export function setStartingClock(clock: Clock | null): void {
  starting = clock ?? systemClock
}
