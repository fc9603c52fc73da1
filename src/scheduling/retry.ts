/**
 * Whether and when a failed attempt is made again: one pure function of the facts. Does not know timers, nor
 * what waits meanwhile.
 */
import { OptionError } from '../errors.js'
import { IDEMPOTENT, OVERLOAD_STATUSES, TRANSIENT_STATUSES } from '../http-semantics.js'
import type { Transfer } from '../transfer/transfer.js'
import { PROXY } from '../curl-codes.js'

/** Retries as they are given. What is left out has the default that is named. */
export interface RetryOptions {
  /** How many times after the first attempt. Default: 2. */
  limit?: number
  /**
   * HTTP methods that may be sent again. Default: the idempotent ones (GET HEAD PUT DELETE OPTIONS TRACE).
   */
  methods?: readonly string[]
  /** Default: 408 425 429 500 502 503 504. */
  statusCodes?: readonly number[]
  /**
   * libcurl's codes. Default: those that pass by themselves (name look-up, connecting, timeouts, broken
   * connections).
   */
  errnos?: readonly number[]
  /** Milliseconds before the first retry; doubled for each further one. Default: 1000. */
  backoffMs?: number
  /** No retry waits longer, whatever is asked for. Default: 60000. */
  maxDelayMs?: number
  /**
   * `'full'`: a random time up to the backoff, so that many do not come back at once; `'none'`. Default:
   * `'full'`.
   */
  jitter?: 'full' | 'none'
  /**
   * Whether `Retry-After` (seconds or date) is obeyed, up to `maxDelayMs`, and pauses the host on 429 and
   * 503. Default: true.
   */
  retryAfter?: boolean
  /**
   * Whether each retry of a request with `session: pool` is another session's: another visitor tries.
   * Default: false, the session with its cookies stays, unless it has retired. Nothing where the request has
   * one session of its own.
   */
  newSession?: boolean
  /**
   * Has the last word on each attempt, also on one that went well (it may reject an answer by its content):
   * true and false decide, a number is the delay in milliseconds of a retry, undefined leaves it to the rest.
   * Never asked beyond `limit`, nor once the transfer is aborted. What it throws fails the transfer, as its
   * cause; so does an answer of another kind (a promise, say).
   */
  shouldRetry?: (transfer: Transfer, attempt: number) => boolean | number | undefined
}

/** Retries, checked. */
export interface RetryPolicy {
  readonly limit: number
  readonly methods: ReadonlySet<string>
  readonly statusCodes: ReadonlySet<number>
  readonly errnos: ReadonlySet<number>
  readonly backoffMs: number
  readonly maxDelayMs: number
  readonly jitter: 'full' | 'none'
  readonly retryAfter: boolean
  readonly newSession: boolean
  readonly shouldRetry: RetryOptions['shouldRetry']
}

/** What there is to know of an attempt. */
export interface AttemptFacts {
  /** How many attempts there have been, this one included. */
  attempt: number
  method: string
  errno: number
  responseCode: number
  /** What the server asked for, in milliseconds; 0 where it did not. */
  retryAfterMs: number
  /** False where certainly nothing has reached the server: any method may be sent again then. */
  wasSent: boolean
  /** What a proxy answered to CONNECT, where that is what failed; else 0. */
  proxyStatus: number
  /** `CURLINFO_PROXY_ERROR`, where a SOCKS proxy refused; else 0. */
  proxyReply: number
}

const DEFAULT_LIMIT = 2
/** Names, connecting, HTTP/2 and 3, partial, timeouts, TLS handshake, no answer, broken connections. */
const TRANSIENT_ERRNOS = [5, 6, 7, 16, 18, 28, 35, 52, 55, 56, 92, 95, 96]
/**
 * Replies of SOCKS proxies that pass by themselves, as errno 7 and 56 do: closed, cut, refused, unreachable.
 * curl/curl.h, CURLproxycode.
 */
const PASSING_REPLIES = new Set([3, 13, 14, 15, 16, 19, 20, 21, 22, 24, 26, 27, 28, 29, 30])
const MAX_DOUBLINGS = 30

/** Retries in any spelling, checked: a number is the limit. Anything that makes no sense: `OptionError`. */
export function parseRetry(value: unknown): RetryPolicy {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (typeof value !== 'number' && !isObject) throw wrong('retry', 'a number of retries, or an object', value)
  const given: { readonly [Key in keyof RetryOptions]?: unknown } = isObject ? value : { limit: value }
  const unknownKey = Object.keys(given).find((key) => !KEYS.has(key))
  if (unknownKey !== undefined) throw wrong('retry', `an object of ${[...KEYS].join(', ')}`, unknownKey)
  const { jitter = 'full', retryAfter = true, newSession = false, shouldRetry } = given
  if (jitter !== 'full' && jitter !== 'none') throw wrong('retry.jitter', "'full' or 'none'", jitter)
  if (typeof retryAfter !== 'boolean') throw wrong('retry.retryAfter', 'true or false', retryAfter)
  if (typeof newSession !== 'boolean') throw wrong('retry.newSession', 'true or false', newSession)
  if (shouldRetry !== undefined && typeof shouldRetry !== 'function') {
    throw wrong('retry.shouldRetry', 'a function', shouldRetry)
  }
  return {
    limit: wholeNumber('retry.limit', given.limit ?? DEFAULT_LIMIT),
    methods: new Set(
      list('retry.methods', given.methods ?? [...IDEMPOTENT], isName, 'method names').map(upper),
    ),
    statusCodes: new Set(
      list('retry.statusCodes', given.statusCodes ?? TRANSIENT_STATUSES, isCode, 'status codes'),
    ),
    errnos: new Set(list('retry.errnos', given.errnos ?? TRANSIENT_ERRNOS, isCode, "libcurl's codes")),
    backoffMs: milliseconds('retry.backoffMs', given.backoffMs ?? 1000),
    maxDelayMs: milliseconds('retry.maxDelayMs', given.maxDelayMs ?? 60_000),
    jitter,
    retryAfter,
    newSession,
    shouldRetry: shouldRetry as RetryPolicy['shouldRetry'],
  }
}

/**
 * The delay in milliseconds before the next attempt; null: there is none.
 *
 * @param random a number from 0 to 1
 * @param verdict what `shouldRetry` said
 */
export function retryDelay(
  policy: RetryPolicy,
  facts: AttemptFacts,
  random: number,
  verdict?: boolean | number,
): number | null {
  if (facts.attempt > policy.limit || verdict === false) return null
  const isWanted = verdict !== undefined || (hasFailed(policy, facts) && maySendAgain(policy, facts))
  if (!isWanted) return null
  if (typeof verdict === 'number') return Math.min(verdict, policy.maxDelayMs)
  if (policy.retryAfter && facts.retryAfterMs > 0) return Math.min(facts.retryAfterMs, policy.maxDelayMs)
  const backoff = policy.backoffMs * 2 ** Math.min(facts.attempt - 1, MAX_DOUBLINGS)
  const delay = Math.min(backoff, policy.maxDelayMs)
  return policy.jitter === 'full' ? delay * random : delay
}

/**
 * What `shouldRetry` says; undefined: nothing. Throws what it throws, and where its answer makes no sense.
 */
export function verdictOf(
  policy: RetryPolicy,
  transfer: Transfer,
  attempt: number,
): boolean | number | undefined {
  if (policy.shouldRetry === undefined) return undefined
  transfer.isKnown = true
  const verdict: unknown = policy.shouldRetry(transfer, attempt)
  if (verdict === undefined || typeof verdict === 'boolean') return verdict
  if (typeof verdict === 'number' && verdict >= 0) return verdict
  throw wrong('retry.shouldRetry', 'a function that returns true, false, milliseconds or undefined', verdict)
}

/** How long the host of this attempt has asked to be left alone; 0: it has not. */
export function hostPause(policy: RetryPolicy, facts: AttemptFacts): number {
  const asks = policy.retryAfter && facts.retryAfterMs > 0 && OVERLOAD_STATUSES.has(facts.responseCode)
  return asks ? Math.min(facts.retryAfterMs, policy.maxDelayMs) : 0
}

/** Whether this outcome is one that may pass by itself. */
export function hasFailed(policy: RetryPolicy, facts: AttemptFacts): boolean {
  const { errno, responseCode, proxyStatus, proxyReply } = facts
  // With FAILONERROR a status is errno 22.
  if (errno === 0 || errno === 22) return policy.statusCodes.has(responseCode)
  if (policy.errnos.has(errno)) return true
  // A proxy that wants other credentials will want them again.
  return errno === PROXY && (policy.statusCodes.has(proxyStatus) || PASSING_REPLIES.has(proxyReply))
}

function maySendAgain(policy: RetryPolicy, { method, wasSent }: AttemptFacts): boolean {
  return !wasSent || policy.methods.has(method)
}

const KEYS = new Set([
  'limit',
  'methods',
  'statusCodes',
  'errnos',
  'backoffMs',
  'maxDelayMs',
  'jitter',
  'retryAfter',
  'newSession',
  'shouldRetry',
])

const upper = (name: string): string => name.toUpperCase()
const isName = (item: unknown): item is string => typeof item === 'string' && /^[A-Za-z-]+$/.test(item)
const isCode = (item: unknown): item is number =>
  typeof item === 'number' && Number.isInteger(item) && item > 0

function list<T>(
  name: string,
  value: unknown,
  isItem: (item: unknown) => item is T,
  of: string,
): readonly T[] {
  if (Array.isArray(value) && value.every(isItem)) return value
  throw wrong(name, `an array of ${of}`, value)
}

function wholeNumber(name: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0 && (Number.isInteger(value) || value === Infinity)) return value
  throw wrong(name, 'a whole number, 0 or more', value)
}

function milliseconds(name: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value < Infinity) return value
  throw wrong(name, 'milliseconds, 0 or more', value)
}

function wrong(name: string, expected: string, value: unknown): OptionError {
  const got =
    typeof value === 'string'
      ? JSON.stringify(value)
      : typeof value === 'number'
        ? String(value)
        : kind(value)
  return new OptionError(`${name} must be ${expected}, got ${got}`, name)
}

function kind(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value
}
