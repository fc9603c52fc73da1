/**
 * The options that decide when, how often and for how long a request runs. Does not depend on libcurl's
 * options, and does not act on these.
 */
import { OptionError } from '../../errors.js'
import { mustBe } from '../../wrong-value.js'
import { ACCESS_SETTINGS, type AccessOptions } from './access-options.js'
import { BODY_SETTINGS, flag, type BodyOptions } from './body-options.js'
import { CACHE_SETTINGS, type CacheOptions } from './cache-options.js'
import type { ExtraSetting } from '../../options/settings.js'
import type {
  ParallelCurlOptions as SharedOptions,
  RequestOptions as SingleOptions,
} from '../../options/request-options.js'
import { LIMIT_NAMES, type Limits } from '../../scheduling/gates/limits.js'
import { parsers } from '../../scheduling/gates/rate-limit-fields.js'
import { parseRetry, type RetryOptions, type RetryPolicy } from '../../scheduling/retry.js'

/** Options that control the run of one request. */
export interface RunOptions {
  /** The number of retries, or an object with all details. Default: no retries, as in PHP. */
  retry?: number | RetryOptions | undefined
  /**
   * Requests with a higher priority start first; within one priority, in the order in which they were made.
   * Any finite number. Default: 0.
   */
  priority?: number | undefined
  /**
   * Aborts the request: the transfer settles at once with errno 42 and the signal's reason as `cause`.
   * Default: none.
   */
  signal?: AbortSignal | undefined
  /**
   * The time limit for all attempts together, including time in the queue and between attempts. After it the
   * transfer fails with errno 28. Milliseconds. Default: no limit.
   */
  totalTimeoutMs?: number | undefined
  /**
   * True to obey what the responses of a host say about further requests to it: `RateLimit` with
   * `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers), `RateLimit-Remaining` and
   * `X-RateLimit-Remaining` with their `-Reset`, and `Retry-After`. No more requests than the remaining ones
   * are started before the time is over, but at most for `retry.maxDelayMs` (default: 60000). Captures
   * headers. Default: false.
   */
  rateLimitHeaders?: boolean | undefined
  /**
   * Equal GETs that are outstanding at the same time share one transfer; each request still gets its own
   * callback. A request with functions among its options is never shared. Default: false.
   */
  dedupe?: boolean | undefined
}

/** Options that record what an instance does, or play it back. They stay as they are until it is closed. */
export interface RecordingOptions {
  /**
   * The path of an HTTP archive (HAR) that every attempt over http and https is recorded in, with its bodies, in place of a
   * file that is there. Credentials and cookies of headers are masked or left out; bodies and URLs are as they are, and a
   * warning of the process says so. After each attempt the file is a whole archive. A cache is written, and not read.
   * Default: none.
   */
  record?: string | undefined
  /**
   * The path of an HTTP archive, of this library or of a browser: requests are answered out of it, by method, URL and
   * body, and nothing is sent. Equal requests get the responses in their order. A request that it does not have fails
   * with errno 42. A cache is neither read nor written. Default: none.
   */
  replay?: string | undefined
}

/** Options of one request: libcurl's and this library's. They win over the shared options. */
export interface RequestOptions extends SingleOptions, RunOptions, BodyOptions, AccessOptions, CacheOptions {}

/** Options that all requests of an instance share: libcurl's, this library's, and limits. */
export interface ParallelCurlOptions
  extends
    SharedOptions,
    RunOptions,
    BodyOptions,
    AccessOptions,
    CacheOptions,
    RecordingOptions,
    Omit<Limits, 'maxRequests'> {}

/** The checked options, among the settings of compiled options. */
export interface RunSettings {
  readonly retry?: RetryPolicy
  readonly priority?: number
  readonly signal?: AbortSignal
  readonly totalTimeoutMs?: number
  readonly dedupe?: boolean
  readonly rateLimitHeaders?: boolean
}

const rateLimitHeaders = flag('rateLimitHeaders')

/** A package that is missing is an error of the call: later, fields would be ignored without a word. */
function loadParsers(): void {
  try {
    parsers()
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'no code'
    throw new OptionError(
      `rateLimitHeaders needs the package structured-headers, which cannot be loaded (${code}): install it again`,
      'rateLimitHeaders',
    )
  }
}

const number = (name: string, expected: string, isRight: (value: number) => boolean): ExtraSetting => ({
  check(value) {
    if (typeof value === 'number' && isRight(value)) return value
    throw mustBe(name, expected, value)
  },
})

const recordingPath = (name: string): ExtraSetting => ({
  sharedOnly: 'a recording is that of the instance',
  check(value) {
    if (typeof value === 'string' && value !== '' && !value.includes('\0')) return value
    throw mustBe(name, 'the path of a file', value)
  },
})

/** The checks of these options. Limits are checked where they are merged. */
export const RUN_SETTINGS: Readonly<Record<string, ExtraSetting>> = {
  ...ACCESS_SETTINGS,
  ...BODY_SETTINGS,
  ...CACHE_SETTINGS,
  retry: { check: parseRetry },
  priority: number('priority', 'a finite number', Number.isFinite),
  totalTimeoutMs: number(
    'totalTimeoutMs',
    'milliseconds, more than 0',
    (value) => value > 0 && value < Infinity,
  ),
  signal: {
    check(value) {
      if (value instanceof AbortSignal) return value
      throw mustBe('signal', 'an AbortSignal', value)
    },
  },
  dedupe: flag('dedupe'),
  rateLimitHeaders: {
    check(value) {
      const isOn = rateLimitHeaders.check(value)
      if (isOn === true) loadParsers()
      return isOn
    },
  },
  record: recordingPath('record'),
  replay: recordingPath('replay'),
  ...Object.fromEntries(
    LIMIT_NAMES.map((name) => [
      name,
      { sharedOnly: 'limits are those of the instance', check: (value: unknown) => value },
    ]),
  ),
}
