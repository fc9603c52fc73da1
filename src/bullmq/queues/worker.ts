/**
 * BullMQ workers over one ParallelCurl. Does not know what becomes of a single job.
 */
import { hostname } from 'node:os'
import type { Job, Worker as BullWorker, WorkerOptions } from 'bullmq'
import { OptionError } from '../../errors.js'
import type { ParallelCurl } from '../../index.js'
import { Queue, WaitingError, Worker } from './driver.js'
import { JOB_NAME } from './enqueue.js'
import type { Store } from '../jobs/folder-store.js'
import type { Outcome } from '../jobs/outcome.js'
import { perform, workerPolicy, type WorkerRetryOptions } from './perform.js'
import { QueueProblem } from '../jobs/problems.js'
import type { RequestData } from '../jobs/request-data.js'
import { shardNames } from './shards.js'

/** BullMQ's worker, of our jobs. */
export type RequestWorker = BullWorker<RequestData, Outcome>

/** Options of {@link createWorker}: BullMQ's, of which `connection` is needed, and these. */
export interface CreateWorkerOptions extends Omit<WorkerOptions, 'concurrency'> {
  /** Where bodies go. Default: nowhere, outcomes only. */
  store?: Store | undefined
  /** Which attempts are made again. */
  retry?: WorkerRetryOptions | undefined
  /**
   * Whether jobs may reach what is local to this process: its files (`CAINFO`, `COOKIEFILE`, `upload`, ...),
   * unix sockets and outputs (`VERBOSE`, `RETURNTRANSFER: false`), and other protocols. Only where whoever
   * can write to Redis may do all that this process may. Default: false, such a job fails at once.
   */
  trustInput?: boolean | undefined
  /** How often a `Retry-After` may put a job off without using up one of its attempts. Default: 20. */
  maxRetryAfterDelays?: number | undefined
}

/** Options of {@link createWorkers}. */
export interface CreateWorkersOptions extends CreateWorkerOptions {
  /** As the requests were added. Default: one queue of the very name. */
  shardByHost?: number | undefined
}

/** BullMQ wants a number where there is no limit. */
const UNLIMITED = 1000

// A killed worker's jobs must not fail for it, and be taken up soon; a Redis that comes back must not be left
// waiting for.
const DEFAULTS = {
  maxStalledCount: 1000,
  stalledInterval: 10_000,
  runRetryDelay: 1000,
  metrics: { maxDataPoints: 120 },
}

/**
 * Runs the jobs of a queue through one ParallelCurl: as many at once as its `maxRequests`. The outcome is the
 * job's return value; of an attempt that failed, its progress.
 *
 * It is BullMQ's worker, with its options and events; listen for `error`. `close()` finishes what is in
 * flight and leaves the rest to others; `curl.abort()` after it gives back what is in flight, too.
 *
 * A job that is not ours goes back into the queue, and the worker pauses: `error` says so.
 */
export function createWorker(
  queueName: string,
  curl: ParallelCurl,
  options: CreateWorkerOptions,
): RequestWorker {
  const { store, retry, trustInput = false, maxRetryAfterDelays = 20, ...own } = options
  if (store !== undefined && typeof store !== 'function') {
    throw new OptionError('createWorker: store must be a function', 'store')
  }
  if (typeof trustInput !== 'boolean')
    throw new OptionError('createWorker: trustInput must be true or false', 'trustInput')
  const performance = {
    curl,
    store,
    policy: workerPolicy(retry),
    trustInput,
    maxDelays: maxRetryAfterDelays,
    isClosing: () => worker.closing !== undefined,
  }
  const processor = async (job: Job<RequestData, Outcome>, token?: string): Promise<Outcome> => {
    if (job.name !== JOB_NAME) return leave(worker, job, token)
    return perform(job, token, performance)
  }
  const worker: RequestWorker = new Worker<RequestData, Outcome>(queueName, processor, {
    ...DEFAULTS,
    name: `${hostname()}-${process.pid}`,
    ...own,
    concurrency: concurrencyOf(curl),
  })
  return worker
}

/**
 * A worker for each queue of `shardByHost`. Where the instance has `maxRequestsPerHost`, it becomes the limit
 * of each of these queues on all machines together (BullMQ's global concurrency), so that no host ever sees
 * more: with many hosts, use many queues.
 */
export async function createWorkers(
  queueName: string,
  curl: ParallelCurl,
  { shardByHost, ...options }: CreateWorkersOptions,
): Promise<RequestWorker[]> {
  const names = shardNames(queueName, shardByHost)
  const perHost = perHostOf(curl)
  if (shardByHost !== undefined && perHost !== undefined) {
    for (const name of names) {
      const { connection, prefix } = options
      const queue = new Queue(name, { connection, ...(prefix !== undefined && { prefix }) })
      try {
        await queue.setGlobalConcurrency(perHost)
      } finally {
        await queue.close()
      }
    }
  }
  return names.map((name) => createWorker(name, curl, options))
}

function concurrencyOf({ maxRequests }: ParallelCurl): number {
  return maxRequests === Infinity ? UNLIMITED : maxRequests
}

function perHostOf({ options }: ParallelCurl): number | undefined {
  const all = options as ReadonlyMap<string, unknown> | { maxRequestsPerHost?: unknown }
  const value =
    all instanceof Map
      ? (all.get('maxRequestsPerHost') as unknown)
      : (all as { maxRequestsPerHost?: unknown }).maxRequestsPerHost
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : undefined
}

async function leave(worker: RequestWorker, job: Job, token: string | undefined): Promise<never> {
  void worker.pause(true)
  worker.emit(
    'error',
    new QueueProblem(`queue ${worker.name} has jobs that are not ours: ${JSON.stringify(job.name)}`),
  )
  await job.moveToWait(token)
  throw new WaitingError()
}
