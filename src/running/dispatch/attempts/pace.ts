/**
 * Obeys what a response says about the pace of further requests (`rateLimitHeaders`). Does not decide about
 * retries.
 */
import { quotaIn, QUOTA_FIELDS } from '../../../scheduling/gates/rate-limit-fields.js'
import { DEFAULT_MAX_DELAY_MS } from '../../../scheduling/retry.js'
import type { Scheduler } from '../../../scheduling/scheduler.js'
import { lastResponse } from '../../../transfer/response-headers.js'
import type { TransferRecord } from '../../record/transfer-record.js'

/** Limits the starts to the host of a finished attempt, if its response says so. */
export function keepPace(transfer: TransferRecord, scheduler: Scheduler<TransferRecord>, now: number): void {
  const { headerLines, settings, url } = transfer
  if (headerLines === null || transfer.responseCode === 0) return
  const { maxDelayMs = DEFAULT_MAX_DELAY_MS, retryAfter = true } = settings.retry ?? {}
  const seconds = retryAfter ? Number(transfer.getInfo('RETRY_AFTER')) : 0
  // It takes precedence (draft-ietf-httpapi-ratelimit-headers, 7).
  if (seconds > 0) {
    scheduler.pauseHost(url, now + Math.min(seconds * 1000, maxDelayMs), now)
    return
  }
  const quota = quotaIn(lastResponse(headerLines, QUOTA_FIELDS).headers, Date.now())
  if (quota === null) return
  // This transfer is over, and still counts as in flight.
  const until = now + Math.min(quota.windowMs, maxDelayMs)
  scheduler.allowHost(url, quota.remaining + 1, until, now)
}
