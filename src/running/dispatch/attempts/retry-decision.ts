/**
 * Whether a transfer whose attempt is over is sent again, and when: what the outcome says, under the policy
 * of the request. Changes nothing but the transfer whose `shouldRetry` throws. Does not know how it is sent
 * again.
 */
import { methodOf } from '../../../engine/request/wire-request.js'
import { messageOf } from '../../../errors.js'
import { SAFE_METHODS } from '../../../http-semantics.js'
import {
  hasFailed,
  retryDelay,
  verdictOf,
  type AttemptFacts,
  type RetryPolicy,
} from '../../../scheduling/retry.js'
import type { TransferRecord } from '../../record/transfer-record.js'
import { ABORTED_BY_CALLBACK, PROXY } from '../../../curl-codes.js'

/** How long the transfer waits before its next attempt, in milliseconds; null: there is none. */
export function delayOf(transfer: TransferRecord, retry: RetryPolicy, facts: AttemptFacts): number | null {
  if (transfer.bodySink?.isCommitted || transfer.bodySource?.isSpent) return null
  let delay: number | null
  try {
    const mayBe = facts.attempt <= retry.limit
    const verdict = mayBe ? verdictOf(retry, transfer, facts.attempt) : undefined
    delay = retryDelay(retry, facts, Math.random(), verdict)
  } catch (error) {
    transfer.fail(ABORTED_BY_CALLBACK, `shouldRetry threw: ${messageOf(error)}`, error)
    return null
  }
  // It may have been aborted by what was asked.
  return transfer.isAborted ? null : delay
}

/** What the policy has to know of the attempt. */
export function factsOf(transfer: TransferRecord, retry: RetryPolicy, detours: number): AttemptFacts {
  const { errno, responseCode } = transfer
  const facts: AttemptFacts = {
    attempt: transfer.attempts.length - detours - transfer.restarts - transfer.uncounted,
    method: '',
    errno,
    responseCode,
    retryAfterMs: 0,
    wasSent: true,
    proxyStatus: 0,
    proxyReply: 0,
  }
  if (errno === PROXY) {
    facts.proxyStatus = Number(transfer.getInfo('HTTP_CONNECTCODE'))
    facts.proxyReply = Number(transfer.getInfo('PROXY_ERROR'))
  }
  // All else costs native calls, and most transfers go well.
  if (!hasFailed(retry, facts) && retry.shouldRetry === undefined) return facts
  facts.method = methodOf(transfer.order)
  facts.retryAfterMs = Number(transfer.getInfo('RETRY_AFTER')) * 1000
  // Older builds count a proxy's CONNECT as the request, newer ones note a time also where nothing is about
  // to be sent.
  facts.wasSent =
    errno === 0 ||
    (Number(transfer.getInfo('REQUEST_SIZE')) > 0 && Number(transfer.getInfo('PRETRANSFER_TIME_T')) > 0)
  return facts
}

/**
 * An answer without a body and without a length may be one that was cut within its head. Asked once more,
 * with its head heard, it tells: for methods that change nothing, and those that `retry` may send again.
 */
export function isAskedAgain({ isAborted, bodySource, order, settings }: TransferRecord): boolean {
  if (isAborted || bodySource?.isSpent) return false
  const method = methodOf(order)
  return SAFE_METHODS.has(method) || (settings.retry?.methods.has(method) ?? false)
}
