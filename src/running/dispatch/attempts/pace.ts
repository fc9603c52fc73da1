/**
 * Obeys what a response says about the pace of further requests (`rateLimitHeaders`, `Retry-After`). Does not
 * decide about retries.
 */
import { quotaIn, QUOTA_FIELDS } from '../../../scheduling/gates/rate-limit-fields.js'
import { DEFAULT_MAX_DELAY_MS } from '../../../scheduling/retry.js'
import type { Scheduler } from '../../../scheduling/scheduler.js'
import { lastResponse } from '../../../transfer/response-headers.js'
import { authorityOf, hostKeyOf } from '../../../url/url-parts.js'
import type { TransferRecord } from '../../record/transfer-record.js'

/** Limits the starts to the host of a finished attempt, if its response says so. */
export function keepPace(transfer: TransferRecord, scheduler: Scheduler<TransferRecord>, now: number): void {
  const { headerLines, settings, url } = transfer
  if (headerLines === null || transfer.responseCode === 0) return
  const { maxDelayMs = DEFAULT_MAX_DELAY_MS, retryAfter = true } = settings.retry ?? {}
  const seconds = retryAfter ? Number(transfer.getInfo('RETRY_AFTER')) : 0
  // It takes precedence (draft-ietf-httpapi-ratelimit-headers, 7).
  if (seconds > 0) {
    pauseHosts(transfer, scheduler, Math.min(seconds * 1000, maxDelayMs), now)
    return
  }
  const quota = quotaIn(lastResponse(headerLines, QUOTA_FIELDS).headers, Date.now())
  if (quota === null) return
  // Where the host's time is longer, nothing is known of what it takes by then: one request asks.
  const afterwards = quota.windowMs > maxDelayMs ? 1 : (quota.afterwards ?? Infinity)
  const until = now + Math.min(quota.windowMs, maxDelayMs)
  for (const limited of answeringHosts(transfer)) {
    // This transfer is over, and still counts as in flight at the host that it was sent to.
    const starts = quota.remaining + (limited === url ? 1 : 0)
    scheduler.allowHost(limited, { starts, until, afterwards }, now)
  }
}

/** Starts nothing for so long to the host that an attempt's last response came from. */
export function pauseHosts(
  transfer: TransferRecord,
  scheduler: Scheduler<TransferRecord>,
  pauseMs: number,
  now: number,
): void {
  for (const url of answeringHosts(transfer)) scheduler.pauseHost(url, now + pauseMs, now)
}

/**
 * Returns URLs of the hosts for which the last response speaks: the one that it came from. The same host under
 * another scheme is one more: its requests are redirected from there.
 */
function answeringHosts(transfer: TransferRecord): string[] {
  const { url } = transfer
  if (Number(transfer.getInfo('REDIRECT_COUNT')) === 0) return [url]
  const { effectiveUrl } = transfer
  if (hostKeyOf(url) === hostKeyOf(effectiveUrl)) return [url]
  const isSame = authorityOf(url).toLowerCase() === authorityOf(effectiveUrl).toLowerCase()
  return isSame ? [url, effectiveUrl] : [effectiveUrl]
}
