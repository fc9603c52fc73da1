/**
 * What a response says about the requests that its server still takes: `RateLimit`, and the fields that came
 * before it. Does not act on it.
 *
 * Sources: draft-ietf-httpapi-ratelimit-headers-11 (List of policies), -07 (Dictionary), -06 and older
 * (`RateLimit-Remaining`); the documentation of GitHub's, Twitter's and Discord's APIs for the rest.
 */
import type { BareItem, parseDictionary, parseList } from 'structured-headers'
import { ownRequire } from '../../own-require.js'
import type { ResponseHeaders } from '../../transfer/response-headers.js'

interface Parsers {
  readonly parseDictionary: typeof parseDictionary
  readonly parseList: typeof parseList
}

/** A number of requests that a server takes within a time. */
export interface Quota {
  readonly remaining: number
  readonly windowMs: number
  /** The number that a policy with a longer window leaves, if there is one. */
  readonly afterwards?: number
}

/** Fields with a number of requests, each with those that say when it ends; the first ones win. */
const PAIRS: readonly [remaining: string, ...resets: string[]][] = [
  ['ratelimit-remaining', 'ratelimit-reset'],
  ['x-ratelimit-remaining', 'x-ratelimit-reset-after', 'x-ratelimit-reset'],
  ['x-rate-limit-remaining', 'x-rate-limit-reset'],
]

/** The names of the fields that {@link quotaIn} reads. */
export const QUOTA_FIELDS: ReadonlySet<string> = new Set([
  'age',
  'date',
  'ratelimit',
  'ratelimit-policy',
  ...PAIRS.flat(),
])

/** A larger number is a time: seconds since the epoch. */
const FIRST_TIME = 1e9
/** A larger number is a time in milliseconds. */
const FIRST_TIME_IN_MS = 1e12
/** The units in which a remainder counts requests; a remainder in another one counts only if it is 0. */
const REQUEST_UNITS: readonly unknown[] = ['request', 'requests', undefined]

/**
 * Returns the quota that a response names, the tightest if it names several; null if there is none. Malformed
 * fields count as absent.
 *
 * @param now milliseconds since the epoch, for responses without a `Date`
 */
export function quotaIn(headers: ResponseHeaders, now: number): Quota | null {
  const text = (name: string): string | undefined => {
    const value = headers[name]
    return typeof value === 'string' ? value : undefined
  }
  // A response of a cache says what was true when it was stored.
  if (Number(text('age') ?? 0) > 0) return null
  const field = text('ratelimit')
  if (field !== undefined) {
    const quotas = fromList(field, text('ratelimit-policy') ?? '') ?? fromDictionary(field) ?? []
    if (quotas.length > 0) return tightest(quotas)
  }
  const date = Date.parse(text('date') ?? '')
  for (const [name, ...resets] of PAIRS) {
    const remaining = numberIn(text(name))
    if (remaining === null) continue
    for (const reset of resets) {
      const windowMs = timeUntil(text(reset), Number.isNaN(date) ? now : date)
      if (windowMs !== null) return { remaining: Math.floor(remaining), windowMs }
    }
  }
  return null
}

/** Returns the quota that counts first, with what those that last longer leave after it. */
function tightest(quotas: readonly Quota[]): Quota {
  const first = quotas.reduce(tighter)
  const longer = quotas.filter(({ windowMs }) => windowMs > first.windowMs)
  if (longer.length === 0) return first
  return { ...first, afterwards: Math.min(...longer.map(({ remaining }) => remaining)) }
}

/** Of two quotas that are used up the longer one counts, else the smaller one. */
function tighter(a: Quota, b: Quota): Quota {
  if (a.remaining !== b.remaining) return a.remaining < b.remaining ? a : b
  return a.windowMs >= b.windowMs ? a : b
}

/** `"default";r=50;t=30`. Returns null if it is no list. */
function fromList(field: string, policies: string): Quota[] | null {
  const items = itemsOf(field)
  if (items === null) return null
  const named = new Map(itemsOf(policies) ?? [])
  return items.flatMap(([name, parameters]) => {
    const policy = named.get(name)
    const remaining = countIn(parameters.get('r'))
    const seconds = countIn(parameters.get('t')) ?? countIn(policy?.get('w'))
    if (remaining === null || seconds === null) return []
    const isInRequests = REQUEST_UNITS.includes(policy?.get('qu'))
    return isInRequests || remaining === 0 ? [{ remaining, windowMs: seconds * 1000 }] : []
  })
}

/** Returns the names in a list with their parameters; null if it is none. */
function itemsOf(field: string): [unknown, ReadonlyMap<string, BareItem>][] | null {
  const { parseList } = parsers()
  try {
    return parseList(field).map(([name, parameters]) => [String(name), parameters])
  } catch {
    return null
  }
}

/** `limit=100, remaining=50, reset=30`. Returns null if it is no dictionary. */
function fromDictionary(field: string): Quota[] | null {
  const { parseDictionary } = parsers()
  try {
    const members = parseDictionary(field)
    const remaining = countIn(members.get('remaining')?.[0])
    const seconds = countIn(members.get('reset')?.[0])
    if (remaining === null || seconds === null) return null
    return [{ remaining, windowMs: seconds * 1000 }]
  } catch {
    return null
  }
}

let loaded: Parsers | undefined

/** Loads the package that reads lists and dictionaries: few processes need it. Throws if it cannot be loaded. */
export function parsers(): Parsers {
  return (loaded ??= ownRequire()('structured-headers') as Parsers)
}

function countIn(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null
}

function numberIn(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}(\.\d{1,9})?$/.test(text) ? Number(text) : null
}

/** Reads seconds, a time in seconds or milliseconds since the epoch, or a date. Returns milliseconds from `now`. */
function timeUntil(text: string | undefined, now: number): number | null {
  const number = numberIn(text)
  if (number === null) {
    const isDate = text !== undefined && /^\d{4}-\d\d-\d\dT|GMT$/.test(text)
    const time = isDate ? Date.parse(text) : NaN
    return Number.isNaN(time) ? null : Math.max(0, time - now)
  }
  if (number < FIRST_TIME) return number * 1000
  return Math.max(0, (number < FIRST_TIME_IN_MS ? number * 1000 : number) - now)
}
