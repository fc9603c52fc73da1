/**
 * Limits as people write them. Does not know how they are kept.
 */
import { OptionError } from '../../errors.js'
import type { Rate } from '../time/rate-window.js'

/** How many at once, when nobody says. */
export const DEFAULT_MAX_REQUESTS = 10

/**
 * Limits of an instance as they are given; what is not there stays as it is, `null` lifts a limit. Rates and
 * delays count what starts from when they were set; what is in flight always counts. A host is the scheme,
 * name and port of the URL that was asked for.
 */
export interface Limits {
  /** In flight at once. 0, negative, `null` or `Infinity`: no limit. Default: 10. */
  maxRequests?: number | string | null | undefined
  /** In flight at once to one host (scheme, host and port). Default: no limit. */
  maxRequestsPerHost?: number | null | undefined
  /**
   * Starts in any span of time, retries included: `{ requests: 60, perMs: 60_000 }` or `'60/1m'`. Default: no
   * limit.
   */
  rateLimit?: RateLimit | null | undefined
  /** The same for each host. Default: no limit. */
  rateLimitPerHost?: RateLimit | null | undefined
  /** Milliseconds between two starts to one host. Default: 0. */
  minDelayPerHostMs?: number | null | undefined
  /** Lets the number in flight to each host follow its answers, within the other limits. Default: false. */
  adaptive?: boolean | undefined
  /**
   * Bytes of bodies that have been received and not been consumed yet, from which on nothing is started.
   * Default: no limit. `request()` and the next one of an ordered stream do not wait for them: who awaits
   * these may be the one who has to consume.
   */
  maxBufferedBytes?: number | null | undefined
}

/** `{ requests: 60, perMs: 60_000 }`, or as text: `'60/1m'`, `'5/s'`, `'1000/1h'`. */
export type RateLimit = Rate | `${number}/${string}`

/** Limits of one host, checked. */
export interface HostLimits {
  readonly maxRequests: number
  readonly rate: Rate | null
  readonly minDelayMs: number
  readonly adaptive: boolean
}

/** Limits of an instance, checked. */
export interface CheckedLimits {
  readonly maxRequests: number
  readonly rate: Rate | null
  readonly maxBufferedBytes: number
  readonly host: HostLimits
}

/** Names of the limits: they may stand among the shared options, too. */
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
 * How many may be in flight: a whole number, also as a string (scripts pass argv). 0, negative numbers,
 * `null` and `Infinity`: no limit. Anything else: `OptionError`.
 */
export function parseMaxRequests(value: unknown): number {
  if (value === null) return Infinity
  const number = typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : value
  if (typeof number === 'number' && (Number.isInteger(number) || Math.abs(number) === Infinity)) {
    return number <= 0 ? Infinity : number
  }
  throw wrong('maxRequests', 'a whole number (0, negative, null or Infinity: no limit)', value)
}

/** A rate in either spelling, checked; `OptionError` names `name`. */
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
  throw wrong(name, "{ requests: 60, perMs: 60000 }, or '60/1m' (units: ms, s, m, h, d)", value)
}

/** Checks `given`, on top of what was there before. */
export function mergeLimits(given: Limits, before: CheckedLimits): CheckedLimits {
  if (typeof given !== 'object' || (given as unknown) === null) throw wrong('limits', 'an object', given)
  const unknown = Object.keys(given).find((name) => !KNOWN.has(name))
  if (unknown !== undefined)
    throw new OptionError(`there is no limit ${unknown}; there are ${[...KNOWN].join(', ')}`, unknown)
  const take = <T>(name: keyof Limits, old: T, check: (value: unknown) => T): T =>
    given[name] === undefined ? old : check(given[name])
  const count = (name: keyof Limits) => (value: unknown) => {
    if (value === null || value === Infinity) return Infinity
    if (isCount(value)) return value
    throw wrong(name, 'a whole number of at least 1 (null or Infinity: no limit)', value)
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
        throw wrong('minDelayPerHostMs', 'milliseconds, 0 or more', value)
      }),
      adaptive: take('adaptive', before.host.adaptive, (value) => {
        if (typeof value === 'boolean') return value
        throw wrong('adaptive', 'true or false', value)
      }),
    },
  }
}

/** No limit but the one that everybody knows. */
export const DEFAULT_LIMITS: CheckedLimits = {
  maxRequests: DEFAULT_MAX_REQUESTS,
  rate: null,
  maxBufferedBytes: Infinity,
  host: { maxRequests: Infinity, rate: null, minDelayMs: 0, adaptive: false },
}

/** Whether these limits tell hosts apart. */
export function limitsHosts({ maxRequests, rate, minDelayMs, adaptive }: HostLimits): boolean {
  return maxRequests !== Infinity || rate !== null || minDelayMs > 0 || adaptive
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1
}

function wrong(name: string, expected: string, value: unknown): OptionError {
  const isShown = typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean'
  const got = isShown ? JSON.stringify(typeof value === 'number' ? String(value) : value) : kindOf(value)
  return new OptionError(`${name} must be ${expected}, got ${got}`, name)
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value !== 'object') return typeof value
  const { requests, perMs } = value as { requests?: unknown; perMs?: unknown }
  return `{ requests: ${typeof requests === 'number' ? String(requests) : typeof requests}, perMs: ${typeof perMs === 'number' ? String(perMs) : typeof perMs} }`
}
