/**
 * One job as one transfer, and what BullMQ is told of it: done, to be tried again, never to be tried again,
 * or given back. Does not know how jobs are fetched.
 */
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
import { BrokenJob, messageOf } from '../jobs/problems.js'
import { requestOf, type RequestFromQueue } from '../jobs/request-data.js'
import { ABORTED_BY_CALLBACK } from '../../curl-codes.js'

/**
 * Which attempts BullMQ makes again. How many there are, and the time between them, are the job's
 * (`attempts`, `backoff`).
 */
export type WorkerRetryOptions = Pick<
  RetryOptions,
  'methods' | 'statusCodes' | 'errnos' | 'retryAfter' | 'maxDelayMs'
>

/** What performing a job needs. */
export interface Performance {
  readonly curl: ParallelCurl
  readonly store: Store | undefined
  readonly policy: RetryPolicy
  /** Whether requests may reach what is local to this process. */
  readonly trustInput: boolean
  /** How often a server may put a job off by `Retry-After` without that being an attempt. */
  readonly maxDelays: number
  /** Whether the worker is on its way out: what is aborted then goes back. */
  readonly isClosing: () => boolean
}

/** Retries as the worker has them, checked. An hour is the most that a job is put off. */
export function workerPolicy(retry: WorkerRetryOptions = {}): RetryPolicy {
  return parseRetry({ maxDelayMs: 3_600_000, ...retry, limit: Infinity })
}

/** BullMQ's processor for one of our jobs. */
export async function perform(job: Job, token: string | undefined, with_: Performance): Promise<Outcome> {
  // A fetch that was under way when the worker was closed: what is given back may come round to it once more.
  if (with_.isClosing()) return giveBack(job, token)
  const request = readRequest(job, with_.trustInput)
  const verdict = await transferOf(request, with_, (transfer) => judge(transfer, job, request, with_))
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
      // BullMQ keeps no return value of what has failed.
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

/** Where there is no store nobody reads a body, unless the instance has a function that may. */
function bodyOptions({ curl, store }: Performance): RequestOptions {
  const { retry, responseType } = curl.options as RequestOptions
  const mayBeRead = typeof retry === 'object' && retry.shouldRetry !== undefined
  return store !== undefined || responseType !== undefined || mayBeRead ? {} : { responseType: 'none' }
}

/** Runs the transfer, and judges it while it is held. */
function transferOf(
  { url, userData, postFields, options }: RequestFromQueue,
  performance: Performance,
  judge: (transfer: Transfer) => Promise<Verdict>,
): Promise<Verdict> {
  return new Promise((resolve, reject) => {
    const callback = (_content: unknown, _url: string, transfer: Transfer): Promise<void> =>
      // What is wrong here is the job's, and not the instance's.
      judge(transfer).then(resolve, reject)
    try {
      void performance.curl.startRequest<unknown>(url, callback, userData, postFields, {
        ...bodyOptions(performance),
        ...options,
      })
    } catch (error) {
      const message = messageOf(error).replace(/^startRequest: /, '')
      // An instance that was closed before its worker: no fault of the job.
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
  // A status is no failure, as everywhere in this library: what is left of it after all attempts is the
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
 * How often a job has been put off: starts that are neither attempts nor those of a worker that was killed.
 */
function delaysOf({ attemptsStarted, attemptsMade, stalledCounter }: Job): number {
  return Math.max(0, attemptsStarted - 1 - attemptsMade - stalledCounter)
}

function reasonOf({ errno, error, responseCode }: Transfer): string {
  return errno === 0 ? `HTTP status ${responseCode}` : error
}
