/** BullMQ workers on top of one ParallelCurl. Does not depend on single jobs. */
import { hostname } from 'node:os'
import type { Job, Worker as BullWorker, WorkerOptions } from 'bullmq'
import { messageOf } from '../../errors.js'
import { mustBe } from '../../wrong-value.js'
import type { ParallelCurl } from '../../index.js'
import { checkConnection } from './connection.js'
import { Queue, WaitingError, Worker } from './driver.js'
import { JOB_NAME } from './enqueue.js'
import type { Store } from '../jobs/folder-store.js'
import type { Outcome } from '../jobs/outcome.js'
import { perform, workerPolicy, type WorkerRetryOptions } from './perform.js'
import { QueueProblem } from '../jobs/problems.js'
import type { RequestData } from '../jobs/request-data.js'
import { shardNames } from './shards.js'

/** A BullMQ worker for this library's jobs. */
export type RequestWorker = BullWorker<RequestData, Outcome>

/** Options of {@link createWorker}: BullMQ's options, of which `connection` is required, and these. */
export interface CreateWorkerOptions extends Omit<WorkerOptions, 'concurrency'> {
  /** Stores bodies. Default: bodies are not stored; only outcomes are kept. */
  store?: Store | undefined
  /** Decides which attempts are made again. Default: the same as `retry` of a request. */
  retry?: WorkerRetryOptions | undefined
  /**
   * True to allow jobs to access what is local to this process: its files (`CAINFO`, `COOKIEFILE`, `upload`,
   * ...), unix sockets and output (`VERBOSE`, `RETURNTRANSFER: false`), and other protocols. Use it only if
   * everybody who can write to Redis may do all that this process may. Default: false; such a job fails at
   * once.
   */
  trustInput?: boolean | undefined
  /**
   * The number of times that a `Retry-After` may delay a job without using up one of its attempts. Default:
   * 20.
   */
  maxRetryAfterDelays?: number | undefined
}

/** Options of {@link createWorkers}. */
export interface CreateWorkersOptions extends CreateWorkerOptions {
  /** The same number as for `openQueues()`. Default: one queue with exactly the given name. */
  shardByHost?: number | undefined
}

/** BullMQ's concurrency must be a number, also without a limit. */
const UNLIMITED = 1000

// Jobs of a killed worker must not fail because of that, and must be picked up soon. The worker must
// reconnect soon when Redis comes back.
const DEFAULTS = {
  maxStalledCount: 1000,
  stalledInterval: 10_000,
  runRetryDelay: 1000,
  metrics: { maxDataPoints: 120 },
}

/**
 * Runs the jobs of a queue through one ParallelCurl, up to its `maxRequests` at once. The outcome is the
 * job's return value; the outcome of a failed attempt is the job's progress.
 *
 * Returns a BullMQ worker with all its options and events; listen for `error`. `close()` finishes the jobs in
 * flight and leaves the rest to other workers; `curl.abort()` after it also returns the jobs in flight to the
 * queue.
 *
 * A job of another program goes back into the queue, and the worker pauses and emits `error`. While Redis is
 * unreachable the worker waits for it. If it cannot be used (it is too old, for example), the worker emits
 * `error` and closes.
 *
 * @throws OptionError if an option is invalid
 */
export function createWorker(
  queueName: string,
  curl: ParallelCurl,
  options: CreateWorkerOptions,
): RequestWorker {
  const { store, retry, trustInput = false, maxRetryAfterDelays = 20, ...own } = options
  if (store !== undefined && typeof store !== 'function') {
    throw mustBe('store', 'a function', store, { where: 'createWorker', isSecret: true })
  }
  if (typeof trustInput !== 'boolean')
    throw mustBe('trustInput', 'true or false', trustInput, { where: 'createWorker' })
  checkConnection('createWorker', own.connection)
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
    connection: patientConnection(own.connection),
    concurrency: concurrencyOf(curl),
  })
  closeIfUseless(worker)
  return worker
}

/**
 * Returns the connection with commands that wait for Redis however often it was away. Without that, ioredis
 * fails them after 20 attempts to connect. Of BullMQ's two connections only one has it by itself.
 */
function patientConnection(connection: WorkerOptions['connection']): WorkerOptions['connection'] {
  const isClient = 'connect' in connection && typeof connection.connect === 'function'
  return isClient ? connection : { ...connection, maxRetriesPerRequest: null }
}

/**
 * Closes the worker if BullMQ cannot use its Redis, for example because it is too old. BullMQ 6.7.0 never
 * connects again then, and its main loop asks for jobs without ever returning to the event loop: the process
 * would be busy and would not even notice signals.
 */
function closeIfUseless(worker: RequestWorker): void {
  worker.getBackend().client.catch((error: unknown) => {
    if (worker.closing !== undefined) return
    worker.close(true).catch(() => undefined)
    worker.emit('error', new QueueProblem(`queue ${worker.name}: ${messageOf(error)}`))
  })
}

/**
 * Creates a worker for each queue of `shardByHost`. If the instance has `maxRequestsPerHost`, that number
 * becomes the limit of each queue on all machines together (BullMQ's global concurrency), so that no host
 * gets more requests at once. With many hosts, use many queues.
 *
 * @throws OptionError if an option is invalid
 */
export async function createWorkers(
  queueName: string,
  curl: ParallelCurl,
  { shardByHost, ...options }: CreateWorkersOptions,
): Promise<RequestWorker[]> {
  checkConnection('createWorkers', options.connection)
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
