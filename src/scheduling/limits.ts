/**
 * Limits as people write them. Does not know what they limit.
 */
import { OptionError } from '../errors.js'

/** How many at once, when nobody says. */
export const DEFAULT_MAX_REQUESTS = 10

/**
 * How many may be in flight: a whole number, also as a string (scripts pass argv). 0, negative numbers, `null` and `Infinity`: no
 * limit. Anything else: `OptionError`.
 */
export function parseMaxRequests(value: unknown): number {
  if (value === null) return Infinity
  const number = typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : value
  if (typeof number === 'number' && (Number.isInteger(number) || Math.abs(number) === Infinity)) {
    return number <= 0 ? Infinity : number
  }
  const got =
    typeof value === 'string'
      ? JSON.stringify(value)
      : typeof value === 'number'
        ? String(value)
        : typeof value
  throw new OptionError(
    `maxRequests must be a whole number (0, negative, null or Infinity: no limit), got ${got}`,
    'maxRequests',
  )
}
