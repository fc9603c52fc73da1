/**
 * Decides if and when a finished attempt is retried, from its outcome and the request's policy. Does not send
 * anything; changes the transfer only if its `shouldRetry` throws.
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
import { inContext } from '../../../transfer/caller-context.js'
import type { TransferRecord } from '../../record/transfer-record.js'
import { ABORTED_BY_CALLBACK, PROXY } from '../../../curl-codes.js'

/** Returns the delay before the next attempt in milliseconds; null if there is none. */
export function delayOf(transfer: TransferRecord, retry: RetryPolicy, facts: AttemptFacts): number | null {
  if (transfer.bodySink?.isCommitted || transfer.bodySource?.isSpent) return null
  let delay: number | null
  try {
    const mayBe = facts.attempt <= retry.limit
    const asks = mayBe && retry.shouldRetry !== undefined
    const { caller } = transfer
    const verdict = asks ? inContext(caller, verdictOf, undefined, retry, transfer, facts.attempt) : undefined
    delay = retryDelay(retry, facts, Math.random(), verdict)
  } catch (error) {
    transfer.fail(ABORTED_BY_CALLBACK, `shouldRetry threw: ${messageOf(error)}`, error)
    return null
  }
  // shouldRetry() may have aborted the transfer.
  return transfer.isAborted ? null : delay
}

/** Returns the facts that the policy needs about the attempt. */
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
  // The other facts cost native calls, and most transfers succeed.
  if (!hasFailed(retry, facts) && retry.shouldRetry === undefined) return facts
  facts.method = methodOf(transfer.order)
  facts.retryAfterMs = Number(transfer.getInfo('RETRY_AFTER')) * 1000
  // Older libcurl counts a proxy's CONNECT as the request; newer libcurl sets PRETRANSFER_TIME even if no
  // request follows. So both must be above 0.
  facts.wasSent =
    errno === 0 ||
    (Number(transfer.getInfo('REQUEST_SIZE')) > 0 && Number(transfer.getInfo('PRETRANSFER_TIME_T')) > 0)
  return facts
}

/**
 * True if a doubtful response is requested again. A response without body and length may have been cut off
 * within its head; a second attempt with the header lines captured shows that. Only for methods that change
 * nothing, and those that `retry` may send again.
 */
export function isAskedAgain({ isAborted, bodySource, order, settings }: TransferRecord): boolean {
  if (isAborted || bodySource?.isSpent) return false
  const method = methodOf(order)
  return SAFE_METHODS.has(method) || (settings.retry?.methods.has(method) ?? false)
}
