/**
 * Decides what may be stored, for how long it is fresh, and whether it answers a request, by RFC 9111 and RFC 5861
 * (`http-cache-semantics`). Does not know files.
 */
import { ownRequire } from '../own-require.js'
import { itemsOf, type Fields } from './header-fields.js'

interface PolicyRequest {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
}

/** The part of `http-cache-semantics` that is used. */
interface Policy {
  storable(): boolean
  /** Seconds. */
  maxAge(): number
  age(): number
  satisfiesWithoutRevalidation(request: PolicyRequest): boolean
}

type PolicyClass = new (
  request: PolicyRequest,
  response: { readonly status: number; readonly headers: Fields },
  options: { readonly shared: boolean },
) => Policy

/** A response whose freshness is asked for. */
export interface JudgedResponse {
  readonly status: number
  readonly fields: Fields
  /** The time at which it came, in milliseconds since the epoch. */
  readonly at: number
}

/** What a request says about caches. */
export interface RequestControl {
  readonly method: string
  /** The value of `Cache-Control`, empty if there is none. */
  readonly control: string
  readonly pragma: string
}

/** The verdict on a response. Times are milliseconds since the epoch. */
export interface Verdict {
  readonly isStorable: boolean
  readonly freshUntil: number
  /** The time until which it may be used although the server fails; {@link NEVER}: whatever anybody says. */
  readonly errorUntil: number
  /** The time until which it may be used while the server is asked about it; 0: never. */
  readonly meanwhileUntil: number
}

/** A time that never is: the response forbids its use when it is stale (RFC 9111, 4.2.4). */
export const NEVER = -1

const PRIVATE = { shared: false }
/** The statuses that the package knows. */
const UNDERSTOOD: ReadonlySet<number> = new Set([
  200, 203, 204, 300, 301, 302, 303, 307, 308, 404, 405, 410, 414, 501,
])
/** Statuses of answers that are no responses of their own: to conditions and ranges. */
const PARTIAL: ReadonlySet<number> = new Set([206, 304])
const DATES = ['date', 'expires', 'last-modified'] as const
const SECOND = 1000
/** The directives whose values are seconds. */
const SECONDS: ReadonlySet<string> = new Set([
  'max-age',
  's-maxage',
  'min-fresh',
  'stale-if-error',
  'stale-while-revalidate',
])

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const TIME = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)`
const FORMS = [
  // Sun, 06 Nov 1994 08:49:37 GMT
  String.raw`^[a-z]{3}, (?<day>\d\d) (?<month>[a-z]{3}) (?<year>\d{4}) ${TIME} gmt$`,
  // Sunday, 06-Nov-94 08:49:37 GMT
  String.raw`^[a-z]{6,9}, (?<day>\d\d)-(?<month>[a-z]{3})-(?<year>\d\d) ${TIME} gmt$`,
  // Sun Nov  6 08:49:37 1994
  String.raw`^[a-z]{3} (?<month>[a-z]{3}) (?<day>[\d ]\d) ${TIME} (?<year>\d{4})$`,
].map((form) => new RegExp(form, 'i'))
const CENTURY = 100
/** A year of two digits is never further ahead than this (RFC 9110, 5.6.7). */
const MOST_YEARS_AHEAD = 50

/** The time that policies see. The library asks a method of theirs. */
let time = 0
let Clocked: PolicyClass | undefined

/** Loads the package on first use: few processes need it. */
function policyOf({ method, control, pragma }: RequestControl, response: JudgedResponse): Policy {
  if (Clocked === undefined) {
    const CachePolicy = ownRequire()('http-cache-semantics') as PolicyClass
    Clocked = class extends CachePolicy {
      now(): number {
        return time
      }
    }
  }
  time = response.at
  const { fields, status } = normal(response)
  return new Clocked(
    { method, headers: requestHeaders(control, pragma) },
    { status, headers: fields },
    PRIVATE,
  )
}

/** Returns a response in the spelling that the package takes: it reads dates and directives in too many forms, or too few. */
function normal({ fields, status, at }: JudgedResponse): { fields: Record<string, string>; status: number } {
  const headers: Record<string, string> = { ...fields }
  const directives = directivesOf(fields['cache-control'] ?? '')
  // A status that is understood obeys its own rules only (RFC 9111, 5.2.2.3).
  if (directives.has('must-understand') && UNDERSTOOD.has(status)) directives.delete('no-store')
  if (directives.size > 0) headers['cache-control'] = joined(directives)
  for (const name of DATES) {
    const given = fields[name]
    if (given === undefined) continue
    const date = httpDate(given, at)
    if (date !== null) headers[name] = new Date(date).toUTCString()
    else if (name === 'expires') headers[name] = '0'
    else Reflect.deleteProperty(headers, name)
  }
  const [age = ''] = itemsOf(fields['age'])
  if (fields['age'] !== undefined) headers['age'] = /^\d+$/.test(age) ? age : '0'
  const isExplicit = ['max-age', 'public'].some((name) => directives.has(name)) || 'expires' in fields
  // Any final status may be stored if the response says for how long (RFC 9111, 3).
  const isPlain = isExplicit && !directives.has('must-understand') && status >= 200 && !PARTIAL.has(status)
  return { fields: headers, status: isPlain && !UNDERSTOOD.has(status) ? 200 : status }
}

function requestHeaders(control: string, pragma: string): Record<string, string> {
  return {
    ...(control === '' ? {} : { 'cache-control': joined(directivesOf(control)) }),
    ...(pragma === '' ? {} : { pragma }),
  }
}

/** Judges a response to a request. */
export function verdictOn(request: RequestControl, response: JudgedResponse): Verdict {
  const policy = policyOf(request, response)
  const { fields, at } = response
  if (!policy.storable() || itemsOf(fields['vary']).includes('*'))
    return { isStorable: false, freshUntil: 0, errorUntil: NEVER, meanwhileUntil: 0 }
  const left = policy.maxAge() - policy.age()
  const directives = directivesOf(fields['cache-control'] ?? '')
  const mayBeStale = !directives.has('must-revalidate') && !directives.has('no-cache')
  const grace = Number(directives.get('stale-if-error') ?? 0)
  const meanwhile = Number(directives.get('stale-while-revalidate') ?? 0)
  return {
    isStorable: true,
    freshUntil: left > 0 ? at + left * SECOND : 0,
    errorUntil: !mayBeStale ? NEVER : grace > 0 ? at + (Math.max(0, left) + grace) * SECOND : 0,
    meanwhileUntil: mayBeStale && meanwhile > 0 ? at + (left + meanwhile) * SECOND : 0,
  }
}

/** True if a stored response answers a request at this time, by what the request says about caches. */
export function satisfies(
  request: RequestControl,
  response: JudgedResponse,
  isFresh: boolean,
  now: number,
): boolean {
  const fields = { ...response.fields }
  const directives = directivesOf(fields['cache-control'] ?? '')
  if (directives.has('no-cache')) return false
  // The package asks the server about every such response, the fresh ones, too.
  if (isFresh && directives.delete('must-revalidate')) fields['cache-control'] = joined(directives)
  // Selected already: `Vary` is not looked at again.
  delete fields['vary']
  const policy = policyOf({ method: request.method, control: '', pragma: '' }, { ...response, fields })
  time = now
  return policy.satisfiesWithoutRevalidation({
    method: request.method,
    headers: requestHeaders(request.control, request.pragma),
  })
}

/** Returns the directives of `Cache-Control` by name in lower case. One that comes twice has its first value. */
export function directivesOf(control: string): Map<string, string | null> {
  const directives = new Map<string, string | null>()
  for (const [, name = '', quoted, plain] of control.matchAll(
    /([^\s=,;]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]*)))?/g,
  )) {
    const key = name.toLowerCase()
    if (directives.has(key)) continue
    const value = quoted ?? plain
    directives.set(key, SECONDS.has(key) && value !== undefined ? seconds(value) : (value ?? null))
  }
  return directives
}

/** Returns a number of seconds; 0, which is stale, for anything else (RFC 9111, 4.2.1). */
function seconds(value: string): string {
  return /^\d+$/.test(value) ? String(Math.min(Number(value), 2 ** 31)) : '0'
}

/** The package splits at the commas in quoted texts, too. */
function joined(directives: ReadonlyMap<string, string | null>): string {
  return [...directives]
    .map(([name, value]) => (value === null ? name : `${name}=${value.replaceAll(',', ' ')}`))
    .join(', ')
}

/** Returns a date (RFC 9110, 5.6.7) in milliseconds since the epoch; null if it has none of the three forms. */
function httpDate(text: string, now: number): number | null {
  for (const form of FORMS) {
    const found = form.exec(text)?.groups
    if (found === undefined) continue
    const { day, month = '', year = '', hour, minute, second } = found
    const at = MONTHS.indexOf(month.toLowerCase())
    if (at < 0) return null
    const fullYear = year.length === 2 ? withCentury(Number(year), now) : Number(year)
    const time = Date.UTC(fullYear, at, Number(day), Number(hour), Number(minute), Number(second))
    // 31 Feb and 25:61 are no dates.
    const isReal =
      new Date(time).getUTCDate() === Number(day) && new Date(time).getUTCHours() === Number(hour)
    return isReal ? time : null
  }
  return null
}

function withCentury(year: number, now: number): number {
  const current = new Date(now).getUTCFullYear()
  const full = current - (current % CENTURY) + year
  return full > current + MOST_YEARS_AHEAD ? full - CENTURY : full
}
