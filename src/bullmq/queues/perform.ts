/**
 * Runs one job as one transfer, and reports the result to BullMQ: completed, to be retried, finally failed,
 * or returned to the queue. Does not fetch jobs.
 */
import { messageOf } from '../../errors.js'
import type { Job } from 'bullmq'
import type { ParallelCurl, RequestOptions, RetryOptions, Transfer } from '../../index.js'
import { OVERLOAD_STATUSES } from '../../http-semantics.js'
import {
  hasFailed,
  parseRetry,
  retryDelay,
  type AttemptFacts,
  type RetryPolicy,
} from '../../scheduling/retry.js'
import { DelayedError, UnrecoverableError, WaitingError } from './driver.js'
import type { Store } from '../jobs/folder-store.js'
import { outcomeOf, type Outcome } from '../jobs/outcome.js'
import { BrokenJob } from '../jobs/problems.js'
import { requestOf, type RequestFromQueue } from '../jobs/request-data.js'
import { ABORTED_BY_CALLBACK } from '../../curl-codes.js'

/**
 * Decides which attempts BullMQ makes again. Their number and the time between them are set on the job
 * (`attempts`, `backoff`).
 */
export type WorkerRetryOptions = Pick<
  RetryOptions,
  'methods' | 'statusCodes' | 'errnos' | 'retryAfter' | 'maxDelayMs'
>

/** Everything that running a job needs. */
export interface Performance {
  readonly curl: ParallelCurl
  readonly store: Store | undefined
  readonly policy: RetryPolicy
  /** True if requests may access what is local to this process. */
  readonly trustInput: boolean
  /** The number of times that a `Retry-After` may delay a job without counting as an attempt. */
  readonly maxDelays: number
  /** Returns true if the worker is closing: aborted transfers then return to the queue. */
  readonly isClosing: () => boolean
}

/** Returns the checked retry policy of the worker. A job is delayed by an hour at most. */
export function workerPolicy(retry: WorkerRetryOptions = {}): RetryPolicy {
  return parseRetry({ maxDelayMs: 3_600_000, ...retry, limit: Infinity })
}

/** BullMQ's processor for this library's jobs. */
export async function perform(
  job: Job,
  token: string | undefined,
  performance: Performance,
): Promise<Outcome> {
  // A fetch that was in progress when the worker was closed may deliver a job that was just returned to the
  // queue.
  if (performance.isClosing()) return giveBack(job, token)
  const request = readRequest(job, performance.trustInput)
  const verdict = await transferOf(request, performance, (transfer) =>
    judge(transfer, job, request, performance),
  )
  switch (verdict.kind) {
    case 'done':
      return verdict.outcome
    case 'back':
      return giveBack(job, token)
    case 'delay':
      await job.updateProgress(verdict.outcome)
      await job.moveToDelayed(Date.now() + verdict.delayMs, token)
      throw new DelayedError()
    case 'failed':
      // BullMQ keeps no return value of a failed job, so the outcome is stored as its progress.
      await job.updateProgress(verdict.outcome)
      throw verdict.isFinal ? new UnrecoverableError(verdict.reason) : new Error(verdict.reason)
  }
}

type Verdict =
  | { readonly kind: 'done'; readonly outcome: Outcome }
  | { readonly kind: 'back' }
  | { readonly kind: 'delay'; readonly outcome: Outcome; readonly delayMs: number }
  | { readonly kind: 'failed'; readonly outcome: Outcome; readonly reason: string; readonly isFinal: boolean }

async function giveBack(job: Job, token: string | undefined): Promise<never> {
  await job.moveToWait(token)
  throw new WaitingError()
}

function readRequest(job: Job, trustInput: boolean): RequestFromQueue {
  try {
    return requestOf(job.data, trustInput)
  } catch (error) {
    if (error instanceof BrokenJob) throw new UnrecoverableError(`broken job: ${error.message}`)
    throw error
  }
}

/** Returns options that drop the body, unless a store or a `shouldRetry` of the instance may read it. */
function bodyOptions({ curl, store }: Performance): RequestOptions {
  const { retry, responseType } = curl.options as RequestOptions
  const mayBeRead = typeof retry === 'object' && retry.shouldRetry !== undefined
  return store !== undefined || responseType !== undefined || mayBeRead ? {} : { responseType: 'none' }
}

/** Runs the transfer, and judges it while it still holds its handle. */
function transferOf(
  { url, userData, postFields, options }: RequestFromQueue,
  performance: Performance,
  judge: (transfer: Transfer) => Promise<Verdict>,
): Promise<Verdict> {
  return new Promise((resolve, reject) => {
    const callback = (_content: unknown, _url: string, transfer: Transfer): Promise<void> =>
      // An error in here fails the job and must not become an error of the instance.
      judge(transfer).then(resolve, reject)
    try {
      void performance.curl.startRequest<unknown>(url, callback, userData, postFields, {
        ...bodyOptions(performance),
        ...options,
      })
    } catch (error) {
      const message = messageOf(error).replace(/^startRequest: /, '')
      // An instance that was closed before its worker is not the job's fault.
      const isOurs = message.endsWith('is closed')
      reject(isOurs ? new Error(message) : new UnrecoverableError(`broken job: ${message}`))
    }
  })
}

async function judge(
  transfer: Transfer,
  job: Job,
  { id }: RequestFromQueue,
  { store, policy, maxDelays, isClosing }: Performance,
): Promise<Verdict> {
  if (transfer.errno === ABORTED_BY_CALLBACK && isClosing()) return { kind: 'back' }
  const facts = factsOf(transfer)
  if (hasFailed(policy, facts)) {
    const outcome = outcomeOf(transfer, id)
    const { responseCode, retryAfterMs } = facts
    const isAsked = policy.retryAfter && retryAfterMs > 0 && OVERLOAD_STATUSES.has(responseCode)
    if (isAsked && delaysOf(job) < maxDelays) {
      return { kind: 'delay', outcome, delayMs: Math.min(retryAfterMs, policy.maxDelayMs) }
    }
    const mayHelp = retryDelay(policy, facts, 0) !== null
    const isLast = job.attemptsMade + 1 >= (job.opts.attempts ?? 1)
    if (mayHelp && !isLast) return { kind: 'failed', outcome, reason: reasonOf(transfer), isFinal: false }
  }
  // A status is not a failure, as everywhere in this library. After all attempts, the last response is the
  // outcome.
  if (transfer.errno !== 0) {
    return { kind: 'failed', outcome: outcomeOf(transfer, id), reason: reasonOf(transfer), isFinal: true }
  }
  const stored = await store?.(transfer, job)
  return { kind: 'done', outcome: outcomeOf(transfer, id, typeof stored === 'string' ? stored : undefined) }
}

function factsOf(transfer: Transfer): AttemptFacts {
  const { errno, responseCode } = transfer
  const isLaunched = transfer.attempts.length > 0
  return {
    attempt: 1,
    method: isLaunched ? String(transfer.getInfo('EFFECTIVE_METHOD') ?? 'GET') : 'GET',
    errno,
    responseCode,
    retryAfterMs: isLaunched ? Number(transfer.getInfo('RETRY_AFTER')) * 1000 : 0,
    wasSent: errno === 0 || (isLaunched && Number(transfer.getInfo('REQUEST_SIZE')) > 0),
    proxyStatus: isLaunched ? Number(transfer.getInfo('HTTP_CONNECTCODE')) : 0,
    proxyReply: isLaunched ? Number(transfer.getInfo('PROXY_ERROR')) : 0,
  }
}

/**
 * Returns the number of times a job was delayed: starts that are neither attempts nor caused by a killed
 * worker.
 */
function delaysOf({ attemptsStarted, attemptsMade, stalledCounter }: Job): number {
  return Math.max(0, attemptsStarted - 1 - attemptsMade - stalledCounter)
}

function reasonOf({ errno, error, responseCode }: Transfer): string {
  return errno === 0 ? `HTTP status ${responseCode}` : error
}
