/**
 * Decides if a transfer is tried again, and when: `--retry` and what goes with it. Does not know how a
 * transfer is made.
 */
import type { OperationSettings } from '../operation-settings.js'
import type { RunMessages } from '../output/messages.js'
import {
  COULDNT_CONNECT,
  COULDNT_RESOLVE_HOST,
  COULDNT_RESOLVE_PROXY,
  FTP_ACCEPT_TIMEOUT,
  HTTP_RETURNED_ERROR,
  OK,
  OPERATION_TIMEDOUT,
} from '../../../curl-codes.js'

const FIRST_DELAY_MS = 1000
const MAX_DELAY_MS = 10 * 60 * 1000
const MAX_RETRY_AFTER_MS = 2 ** 32 - 1
const ECONNREFUSED = 111
const TRANSIENT = new Set([408, 429, 500, 502, 503, 504, 522, 524])
const TIMEOUTS = new Set([
  OPERATION_TIMEDOUT,
  COULDNT_RESOLVE_HOST,
  COULDNT_RESOLVE_PROXY,
  FTP_ACCEPT_TIMEOUT,
])

/** The facts of an attempt that is over. */
export interface AttemptFacts {
  readonly code: number
  readonly status: number
  /** Lower case. */
  readonly scheme: string
  readonly systemErrno: number
  /** The pause that the server has asked for, in seconds; 0: none. */
  readonly retryAfter: number
}

/** The retries of one transfer. */
export class Retries {
  /** The number of retries so far. */
  count = 0
  private remaining: number
  private delayMs: number
  private readonly startedAt: number

  constructor(
    private readonly settings: OperationSettings,
    private readonly messages: RunMessages,
    private readonly now: () => number,
  ) {
    this.remaining = settings.retry
    this.delayMs = settings.retryDelayMs
    this.startedAt = now()
  }

  /** Milliseconds until the next attempt; null: there is none. */
  next(facts: AttemptFacts): number | null {
    const { retryMaxTimeMs } = this.settings
    const elapsed = this.now() - this.startedAt
    if (this.remaining <= 0 || (retryMaxTimeMs > 0 && elapsed >= retryMaxTimeMs)) return null
    const reason = this.reasonOf(facts)
    if (reason === null) return null
    const asked = reason === ': HTTP error' ? Math.min(facts.retryAfter * 1000, MAX_RETRY_AFTER_MS) : 0
    if (asked > 0 && retryMaxTimeMs > 0 && elapsed + asked > retryMaxTimeMs) {
      this.messages.warn(
        'The Retry-After: time would make this command line exceed the maximum allowed time for retries.',
      )
      return null
    }
    const delay = asked > 0 ? asked : this.growingDelay()
    this.tell(reason, delay)
    this.remaining--
    this.count++
    return delay
  }

  private growingDelay(): number {
    if (this.settings.retryDelayMs === 0)
      this.delayMs = this.delayMs === 0 ? FIRST_DELAY_MS : Math.min(this.delayMs * 2, MAX_DELAY_MS)
    return this.delayMs
  }

  private reasonOf({ code, status, scheme, systemErrno }: AttemptFacts): string | null {
    const { retryConnrefused, retryAllErrors, fail } = this.settings
    if (TIMEOUTS.has(code)) return ': timeout'
    let reason: string | null = null
    if (retryConnrefused && code === COULDNT_CONNECT) {
      if (systemErrno === ECONNREFUSED) reason = ': connection refused'
    } else if (code === OK || (fail !== 'no' && code === HTTP_RETURNED_ERROR)) {
      if ((scheme === 'http' || scheme === 'https') && TRANSIENT.has(status)) reason = ': HTTP error'
    } else if ((scheme === 'ftp' || scheme === 'ftps') && Math.floor(status / 100) === 4)
      reason = ': FTP error'
    if (reason === null && code !== OK && retryAllErrors) reason = ' (retrying all errors)'
    return reason
  }

  private tell(reason: string, delay: number): void {
    const rest = delay % 1000
    const seconds = `${String(Math.floor(delay / 1000))}${rest === 0 ? '' : `.${String(rest).padStart(3, '0')}`}`
    const { remaining } = this
    this.messages.warn(
      `Problem${reason.startsWith(':') ? ` ${reason}` : reason}. Retrying in ${seconds} second${delay === 1000 ? '' : 's'}. ${String(remaining)} retr${remaining > 1 ? 'ies' : 'y'} left.`,
    )
  }
}
