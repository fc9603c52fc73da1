/** Parses and checks limits as users write them. Does not enforce them. */
import { OptionError } from '../../errors.js'
import { mustBe } from '../../wrong-value.js'
import type { Rate } from '../time/rate-window.js'

/** The default of `maxRequests`. */
export const DEFAULT_MAX_REQUESTS = 10

/**
 * Limits of an instance. A limit that is left out stays as it is; `null` removes a limit. Rates and delays
 * count starts from the moment they are set; transfers in flight always count. A host is the scheme, name and
 * port of the requested URL.
 */
export interface Limits {
  /** The most transfers in flight at once. 0, negative, `null` or `Infinity`: no limit. Default: 10. */
  maxRequests?: number | string | null | undefined
  /** The most transfers in flight at once to one host (scheme, name and port). Default: no limit. */
  maxRequestsPerHost?: number | null | undefined
  /**
   * The most starts in any span of time, including retries: `{ requests: 60, perMs: 60_000 }` or `'60/1m'`.
   * Default: no limit.
   */
  rateLimit?: RateLimit | null | undefined
  /** The same for each host. Default: no limit. */
  rateLimitPerHost?: RateLimit | null | undefined
  /** The least time between two starts to one host. Milliseconds. Default: 0. */
  minDelayPerHostMs?: number | null | undefined
  /**
   * Adjusts the number of transfers in flight to each host to its responses, within the other limits.
   * Default: false.
   */
  adaptive?: boolean | undefined
  /**
   * The number of received but unconsumed body bytes above which nothing is started. Default: no limit.
   * `request()` and the next item of a stream (ordered, or with several calls of `next()` at once) are
   * exempt: your code may be waiting for exactly that one before it consumes the others. A callback that
   * waits in `finishAllRequests()` is not.
   */
  maxBufferedBytes?: number | null | undefined
}

/** A rate: `{ requests: 60, perMs: 60_000 }`, or as text `'60/1m'`, `'5/s'`, `'1000/1h'`. */
export type RateLimit = Rate | `${number}/${string}`

/** The checked limits of one host. */
export interface HostLimits {
  readonly maxRequests: number
  readonly rate: Rate | null
  readonly minDelayMs: number
  readonly adaptive: boolean
}

/** The checked limits of an instance. */
export interface CheckedLimits {
  readonly maxRequests: number
  readonly rate: Rate | null
  readonly maxBufferedBytes: number
  readonly host: HostLimits
}

/** The names of the limits. They may also be given among the shared options. */
export const LIMIT_NAMES = [
  'maxRequestsPerHost',
  'rateLimit',
  'rateLimitPerHost',
  'minDelayPerHostMs',
  'adaptive',
  'maxBufferedBytes',
] as const

const KNOWN = new Set<string>(['maxRequests', ...LIMIT_NAMES])

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * Parses `maxRequests`: a whole number, also as a string (scripts pass argv). 0, negative numbers, `null` and
 * `Infinity` mean no limit. Throws `OptionError` for anything else.
 */
function parseMaxRequests(value: unknown): number {
  if (value === null) return Infinity
  const number = typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : value
  if (typeof number === 'number' && (Number.isInteger(number) || Math.abs(number) === Infinity)) {
    return number <= 0 ? Infinity : number
  }
  throw mustBe('maxRequests', 'a whole number (0, negative, null or Infinity: no limit)', value)
}

/** Parses a rate in either form. Throws `OptionError` that names `name`. */
export function parseRate(value: unknown, name: string): Rate | null {
  if (value === null) return null
  if (typeof value === 'string') {
    const match = /^\s*(\d+)\s*\/\s*(\d+(?:\.\d+)?)?\s*(ms|s|m|h|d)\s*$/.exec(value)
    const perMs = Number(match?.[2] ?? 1) * (UNITS[match?.[3] ?? ''] ?? NaN)
    if (match !== null && Number(match[1]) >= 1 && perMs > 0) return { requests: Number(match[1]), perMs }
  } else if (typeof value === 'object') {
    const { requests, perMs } = value as { requests?: unknown; perMs?: unknown }
    if (isCount(requests) && typeof perMs === 'number' && perMs > 0 && perMs < Infinity) {
      return { requests, perMs }
    }
  }
  throw mustBe(name, "{ requests: 60, perMs: 60000 }, or '60/1m' (units: ms, s, m, h, d)", value)
}

/** Checks `given` and merges it over the limits `before`. */
export function mergeLimits(given: Limits, before: CheckedLimits): CheckedLimits {
  if (typeof given !== 'object' || (given as unknown) === null) throw mustBe('limits', 'an object', given)
  const unknown = Object.keys(given).find((name) => !KNOWN.has(name))
  if (unknown !== undefined)
    throw new OptionError(`there is no limit ${unknown}; there are ${[...KNOWN].join(', ')}`, unknown)
  const take = <T>(name: keyof Limits, old: T, check: (value: unknown) => T): T =>
    given[name] === undefined ? old : check(given[name])
  const count = (name: keyof Limits) => (value: unknown) => {
    if (value === null || value === Infinity) return Infinity
    if (isCount(value)) return value
    throw mustBe(name, 'a whole number of at least 1 (null or Infinity: no limit)', value)
  }
  return {
    maxRequests: take('maxRequests', before.maxRequests, parseMaxRequests),
    rate: take('rateLimit', before.rate, (value) => parseRate(value, 'rateLimit')),
    maxBufferedBytes: take('maxBufferedBytes', before.maxBufferedBytes, count('maxBufferedBytes')),
    host: {
      maxRequests: take('maxRequestsPerHost', before.host.maxRequests, count('maxRequestsPerHost')),
      rate: take('rateLimitPerHost', before.host.rate, (value) => parseRate(value, 'rateLimitPerHost')),
      minDelayMs: take('minDelayPerHostMs', before.host.minDelayMs, (value) => {
        if (value === null) return 0
        if (typeof value === 'number' && value >= 0 && value < Infinity) return value
        throw mustBe('minDelayPerHostMs', 'milliseconds, 0 or more', value)
      }),
      adaptive: take('adaptive', before.host.adaptive, (value) => {
        if (typeof value === 'boolean') return value
        throw mustBe('adaptive', 'true or false', value)
      }),
    },
  }
}

/** The default limits: only `maxRequests`. */
export const DEFAULT_LIMITS: CheckedLimits = {
  maxRequests: DEFAULT_MAX_REQUESTS,
  rate: null,
  maxBufferedBytes: Infinity,
  host: { maxRequests: Infinity, rate: null, minDelayMs: 0, adaptive: false },
}

/** True if the limits need a gate for each host. */
export function limitsHosts({ maxRequests, rate, minDelayMs, adaptive }: HostLimits): boolean {
  return maxRequests !== Infinity || rate !== null || minDelayMs > 0 || adaptive
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1
}
