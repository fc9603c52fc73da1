/**
 * Decides if and when a failed attempt is repeated, as a pure function of the facts. Does not depend on
 * timers.
 */
import { mustBe } from '../wrong-value.js'
import { IDEMPOTENT, OVERLOAD_STATUSES, TRANSIENT_STATUSES } from '../http-semantics.js'
import type { Transfer } from '../transfer/transfer.js'
import { PROXY, TRANSIENT_CODES } from '../curl-codes.js'

/** Options for retries. Every option can be left out. */
export interface RetryOptions {
  /** The number of retries after the first attempt. Default: 2. */
  limit?: number
  /**
   * The HTTP methods that may be sent again. Default: the idempotent ones (GET HEAD PUT DELETE OPTIONS
   * TRACE).
   */
  methods?: readonly string[]
  /** The statuses that are retried. Default: 408 425 429 500 502 503 504. */
  statusCodes?: readonly number[]
  /**
   * The libcurl error codes that are retried. Default: temporary errors (name look-up, connecting, timeouts,
   * broken connections).
   */
  errnos?: readonly number[]
  /** The delay before the first retry; doubled for each further one. Milliseconds. Default: 1000. */
  backoffMs?: number
  /** The longest delay before a retry, also for `Retry-After`. Milliseconds. Default: 60000. */
  maxDelayMs?: number
  /**
   * `'full'`: a random time up to the backoff, so that many requests do not return at once. `'none'`: exactly
   * the backoff. Default: `'full'`.
   */
  jitter?: 'full' | 'none'
  /**
   * True to obey `Retry-After` (seconds or date) up to `maxDelayMs`, and to pause the host on 429 and 503.
   * Default: true.
   */
  retryAfter?: boolean
  /**
   * True to give each retry of a request with `session: pool` another session. Default: false: the session
   * with its cookies is kept unless it has retired. No effect on a request with a single session.
   */
  newSession?: boolean
  /**
   * Decides about each finished attempt, also a successful one (it may reject a response because of its
   * content). true and false decide; a number is the delay of a retry in milliseconds; undefined leaves the
   * decision to the other options. Not called beyond `limit` or after an abort. If it throws or returns
   * anything else (such as a promise), the transfer fails, with the error as `cause`. Default: none.
   */
  shouldRetry?: (transfer: Transfer, attempt: number) => boolean | number | undefined
}

/** The checked retry options. */
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

/** The facts about an attempt. */
export interface AttemptFacts {
  /** The number of attempts so far, including this one. */
  attempt: number
  method: string
  errno: number
  responseCode: number
  /** The delay that the server asked for, in milliseconds; 0 if none. */
  retryAfterMs: number
  /** False if certainly nothing has reached the server. Then any method may be sent again. */
  wasSent: boolean
  /** The proxy's response status to CONNECT if that failed; otherwise 0. */
  proxyStatus: number
  /** `CURLINFO_PROXY_ERROR` if a SOCKS proxy refused; otherwise 0. */
  proxyReply: number
}

const DEFAULT_LIMIT = 2
/** The default of `maxDelayMs`. */
export const DEFAULT_MAX_DELAY_MS = 60_000
/**
 * Replies of SOCKS proxies that are temporary, like errno 7 and 56: closed, cut off, refused, unreachable.
 * Source: curl/curl.h, CURLproxycode.
 */
const PASSING_REPLIES = new Set([3, 13, 14, 15, 16, 19, 20, 21, 22, 24, 26, 27, 28, 29, 30])
const MAX_DOUBLINGS = 30

/** Parses retries: a number is the limit. Throws `OptionError` if the value is invalid. */
export function parseRetry(value: unknown): RetryPolicy {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (typeof value !== 'number' && !isObject)
    throw mustBe('retry', 'a number of retries, or an object', value)
  const given: { readonly [Key in keyof RetryOptions]?: unknown } = isObject ? value : { limit: value }
  const unknownKey = Object.keys(given).find((key) => !KEYS.has(key))
  if (unknownKey !== undefined) throw mustBe('retry', `an object of ${[...KEYS].join(', ')}`, unknownKey)
  const { jitter = 'full', retryAfter = true, newSession = false, shouldRetry } = given
  if (jitter !== 'full' && jitter !== 'none') throw mustBe('retry.jitter', "'full' or 'none'", jitter)
  if (typeof retryAfter !== 'boolean') throw mustBe('retry.retryAfter', 'true or false', retryAfter)
  if (typeof newSession !== 'boolean') throw mustBe('retry.newSession', 'true or false', newSession)
  if (shouldRetry !== undefined && typeof shouldRetry !== 'function') {
    throw mustBe('retry.shouldRetry', 'a function', shouldRetry)
  }
  return {
    limit: wholeNumber('retry.limit', given.limit ?? DEFAULT_LIMIT),
    methods: new Set(
      list('retry.methods', given.methods ?? [...IDEMPOTENT], isName, 'method names').map(upper),
    ),
    statusCodes: new Set(
      list('retry.statusCodes', given.statusCodes ?? TRANSIENT_STATUSES, isCode, 'status codes'),
    ),
    errnos: new Set(list('retry.errnos', given.errnos ?? TRANSIENT_CODES, isCode, "libcurl's codes")),
    backoffMs: milliseconds('retry.backoffMs', given.backoffMs ?? 1000),
    maxDelayMs: milliseconds('retry.maxDelayMs', given.maxDelayMs ?? DEFAULT_MAX_DELAY_MS),
    jitter,
    retryAfter,
    newSession,
    shouldRetry: shouldRetry as RetryPolicy['shouldRetry'],
  }
}

/**
 * Returns the delay before the next attempt in milliseconds; null if there is none.
 *
 * @param random a number from 0 to 1
 * @param verdict the result of `shouldRetry`
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
 * Returns the result of `shouldRetry`; undefined if there is no such function. Throws its error, or
 * `OptionError` if its result is invalid.
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
  throw mustBe('retry.shouldRetry', 'a function that returns true, false, milliseconds or undefined', verdict)
}

/** Returns the pause that the host of this attempt has requested, in milliseconds; 0 if none. */
export function hostPause(policy: RetryPolicy, facts: AttemptFacts): number {
  const asks = policy.retryAfter && facts.retryAfterMs > 0 && OVERLOAD_STATUSES.has(facts.responseCode)
  return asks ? Math.min(facts.retryAfterMs, policy.maxDelayMs) : 0
}

/** True if the outcome is a temporary failure. */
export function hasFailed(policy: RetryPolicy, facts: AttemptFacts): boolean {
  const { errno, responseCode, proxyStatus, proxyReply } = facts
  // With FAILONERROR, a status becomes errno 22.
  if (errno === 0 || errno === 22) return policy.statusCodes.has(responseCode)
  if (policy.errnos.has(errno)) return true
  // A proxy that refuses the credentials will refuse them again.
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
  throw mustBe(name, `an array of ${of}`, value)
}

function wholeNumber(name: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0 && (Number.isInteger(value) || value === Infinity)) return value
  throw mustBe(name, 'a whole number, 0 or more', value)
}

function milliseconds(name: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value < Infinity) return value
  throw mustBe(name, 'milliseconds, 0 or more', value)
}
