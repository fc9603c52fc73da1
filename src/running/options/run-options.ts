/**
 * Options of ours that say how a request is run: when, how often, and until when. Does not know libcurl's
 * options, nor who acts on these.
 */
import { OptionError } from '../../errors.js'
import { ACCESS_SETTINGS, type AccessOptions } from './access-options.js'
import { BODY_SETTINGS, type BodyOptions } from './body-options.js'
import type { ExtraSetting } from '../../options/settings.js'
import type {
  ParallelCurlOptions as SharedOptions,
  RequestOptions as SingleOptions,
} from '../../options/request-options.js'
import { LIMIT_NAMES, type Limits } from '../../scheduling/limits.js'
import { parseRetry, type RetryOptions, type RetryPolicy } from '../../scheduling/retry.js'

/** How one request is run. */
export interface RunOptions {
  /** Retries: how many, or exactly how. Default: none, as in PHP. */
  retry?: number | RetryOptions | undefined
  /** Higher ones are launched first; within one priority, whoever came first. Any number. Default: 0. */
  priority?: number | undefined
  /** Aborts the request: it settles at once with errno 42 and the signal's reason as `cause`. */
  signal?: AbortSignal | undefined
  /**
   * Milliseconds for all attempts together, waiting and queueing included; errno 28 when they are over.
   * Default: no limit.
   */
  totalTimeoutMs?: number | undefined
  /**
   * Equal GETs that are outstanding at the same time share one transfer; each asker gets its own callback.
   * Requests with functions among their options are never shared. Default: false.
   */
  dedupe?: boolean | undefined
}

/** Options of one request: libcurl's and ours. They stand over the shared ones. */
export interface RequestOptions extends SingleOptions, RunOptions, BodyOptions, AccessOptions {}

/** Options that all requests of an instance share: libcurl's, ours, and limits. */
export interface ParallelCurlOptions
  extends SharedOptions, RunOptions, BodyOptions, AccessOptions, Omit<Limits, 'maxRequests'> {}

/** The checked form, among the settings of compiled options. */
export interface RunSettings {
  readonly retry?: RetryPolicy
  readonly priority?: number
  readonly signal?: AbortSignal
  readonly totalTimeoutMs?: number
  readonly dedupe?: boolean
}

const number = (name: string, expected: string, isRight: (value: number) => boolean): ExtraSetting => ({
  check(value) {
    if (typeof value === 'number' && isRight(value)) return value
    throw new OptionError(
      `${name} must be ${expected}, got ${typeof value === 'number' ? String(value) : typeof value}`,
      name,
    )
  },
})

/** How these options are checked. Limits are checked where they are merged. */
export const RUN_SETTINGS: Readonly<Record<string, ExtraSetting>> = {
  ...ACCESS_SETTINGS,
  ...BODY_SETTINGS,
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
      throw new OptionError(
        `signal must be an AbortSignal, got ${value === null ? 'null' : typeof value}`,
        'signal',
      )
    },
  },
  dedupe: {
    check(value) {
      if (typeof value === 'boolean') return value
      throw new OptionError(`dedupe must be true or false, got ${typeof value}`, 'dedupe')
    },
  },
  ...Object.fromEntries(
    LIMIT_NAMES.map((name) => [
      name,
      { sharedOnly: 'limits are those of the instance', check: (value: unknown) => value },
    ]),
  ),
}
