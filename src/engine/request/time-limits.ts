/**
 * The time limits that the options of a request set. Does not know how much time has passed.
 */
import { hasFault } from '../node-libcurl/faults.js'
import { OPTION } from '../node-libcurl/binding.js'
import type { EffectiveOptions } from './effective-options.js'

/** Milliseconds; 0 if there is no limit, or if libcurl's own timer is enough. */
export interface TimeLimits {
  /** For the whole transfer: `TIMEOUT_MS`. */
  readonly totalMs: number
  /** For opening a connection: `CONNECTTIMEOUT_MS`. */
  readonly connectMs: number
  /** For the answer to `Expect: 100-continue`; then the body is sent without it. */
  readonly expectMs: number
}

const O = OPTION
const TIMEOUT = [O['TIMEOUT_MS'], O['TIMEOUT']] as [number, number]
const CONNECTTIMEOUT = [O['CONNECTTIMEOUT_MS'], O['CONNECTTIMEOUT']] as [number, number]
const EXPECT_100_TIMEOUT_MS = O['EXPECT_100_TIMEOUT_MS'] as number
/** libcurl's default. Source: CURLOPT_EXPECT_100_TIMEOUT_MS(3). */
const EXPECT_100_MS = 1000
/**
 * True if libcurl may drop any of these timers. Otherwise only the whole transfer is checked
 * (watchdogs/overdue.ts).
 */
export const dropsTimers = hasFault('timers-dropped')

/** The limits of a request; null if none has to be checked. */
export function timeLimitsOf(options: EffectiveOptions, expects: boolean): TimeLimits | null {
  const totalMs = options.milliseconds(...TIMEOUT)
  const connectMs = dropsTimers ? options.milliseconds(...CONNECTTIMEOUT) : 0
  const expectMs = dropsTimers && expects ? Number(options.value(EXPECT_100_TIMEOUT_MS) ?? EXPECT_100_MS) : 0
  return totalMs > 0 || connectMs > 0 || expectMs > 0 ? { totalMs, connectMs, expectMs } : null
}
