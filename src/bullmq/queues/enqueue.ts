/** Adds requests to queues, lazily and in batches. Does not depend on the workers. */
import type { BulkJobOptions, JobsOptions, Queue as BullQueue, QueueOptions } from 'bullmq'
import { OptionError } from '../../errors.js'
import { mustBe } from '../../wrong-value.js'
import { shownUrl } from '../../redaction.js'
import type { InputSource } from '../../index.js'
import { checkConnection } from './connection.js'
import { Queue } from './driver.js'
import { dataOf, jobIdOf, type QueuedRequest, type RequestData } from '../jobs/request-data.js'
import { shardNames, shardOf } from './shards.js'

/** The name of this library's jobs. Jobs with another name belong to other programs. */
export const JOB_NAME = 'parallelcurl'

/** Options of {@link enqueue}. */
export interface EnqueueOptions {
  /** The number of attempts of a job, on all machines together. Default: 3. */
  attempts?: number
  /** BullMQ's backoff between attempts. Default: exponential from one second, half of it random. */
  backoff?: JobsOptions['backoff']
  /** The number of requests that are added at once and read ahead. Default: 500. */
  batchSize?: number
  /**
   * True to allow requests to access what is local to the worker: its files (`CAINFO`, `COOKIEFILE`,
   * `upload`, ...), unix sockets and output (`VERBOSE`, `RETURNTRANSFER: false`), and other protocols. The
   * worker needs the option, too. Default: false; such a request throws `OptionError`.
   */
  trustInput?: boolean | undefined
  /**
   * Called for a request that is not added because its own id belongs to another URL. Default: emits a
   * process warning.
   */
  onConflict?: ((conflict: IdConflict) => void) | undefined
  /** Called after each batch with the number of requests read so far. Default: none. */
  onBatch?: (read: number) => void
}

/** Two requests with the same id: the later one was not added. URLs are without credentials. */
export interface IdConflict {
  readonly id: string
  /** The URL that was not added. */
  readonly url: string
  /** The URL of the job in the queue with that id. */
  readonly queuedUrl: string
}

/** Options of {@link openQueues}. */
export interface OpenQueuesOptions extends QueueOptions {
  /**
   * Distributes hosts over this number of queues, each host in one of them. Default: one queue with exactly
   * the given name.
   */
  shardByHost?: number | undefined
}

/**
 * Opens the queues for a name: one, or as many as `shardByHost` says. They are BullMQ queues; close them
 * after use.
 *
 * @throws OptionError if `connection` is missing or no object, or the name or `shardByHost` is wrong
 */
export function openQueues(name: string, { shardByHost, ...options }: OpenQueuesOptions): BullQueue[] {
  checkConnection('openQueues', options.connection)
  return shardNames(name, shardByHost).map((shard) => new Queue(shard, options))
}

interface BulkJob {
  name: string
  data: RequestData
  opts: BulkJobOptions
}

/**
 * Adds requests to a queue, or to the queues of `shardByHost` ({@link openQueues}). Reads the source in
 * batches. A request that is in the queue already, also as completed or failed, is left unchanged: adding a
 * list twice adds nothing. A request whose id belongs to another URL is not added, and `onConflict` is
 * called.
 *
 * @returns the number of requests that were read
 * @throws OptionError for what is no queue or an empty list of them; for an invalid request, with its number:
 * requests in earlier batches have been added
 */
export async function enqueue(
  queue: BullQueue | readonly BullQueue[],
  requests: InputSource<QueuedRequest>,
  options: EnqueueOptions = {},
): Promise<number> {
  if (typeof requests === 'string') {
    throw mustBe('requests', 'an iterable of requests', requests, { where: 'enqueue', isSecret: true })
  }
  const queues = queuesOf(queue)
  const { attempts = 3, batchSize = 500, onBatch, trustInput = false, onConflict = warn } = options
  const backoff = options.backoff ?? { type: 'exponential', delay: 1000, jitter: 0.5 }
  let [read, batched] = [0, 0]
  let batches: BulkJob[][] = queues.map(() => [])
  const flush = async (): Promise<void> => {
    const full = batches
    ;[batches, batched] = [queues.map(() => []), 0]
    await Promise.all(full.map((jobs, i) => addAll(queues[i] as BullQueue, jobs, onConflict)))
    onBatch?.(read)
  }
  for await (const request of requests) {
    read++
    const data = numbered(read, () => dataOf(request, trustInput))
    const opts = { jobId: jobIdOf(data), attempts, backoff }
    batches[shardOf(data.url, queues.length)]?.push({ name: JOB_NAME, data, opts })
    if (++batched >= batchSize) await flush()
  }
  if (batched > 0) await flush()
  return read
}

function queuesOf(queue: BullQueue | readonly BullQueue[]): readonly BullQueue[] {
  const queues: readonly unknown[] = Array.isArray(queue) ? queue : [queue]
  const isQueue = (one: unknown): boolean =>
    typeof (one as Partial<BullQueue> | null | undefined)?.addBulk === 'function'
  if (queues.length > 0 && queues.every(isQueue)) return queues as readonly BullQueue[]
  throw mustBe('queue', 'a queue of BullMQ, or a list of at least one', queue, {
    where: 'enqueue',
    isSecret: true,
  })
}

async function addAll(
  queue: BullQueue,
  jobs: BulkJob[],
  onConflict: (conflict: IdConflict) => void,
): Promise<void> {
  if (jobs.length === 0) return
  await queue.addBulk(jobs)
  // Ids that are hashes cannot conflict.
  const named = jobs.filter(({ data }) => data.id !== undefined)
  const queued = await Promise.all(named.map(({ opts }) => queue.getJob(opts.jobId as string)))
  for (const [i, { data }] of named.entries()) {
    const there = (queued[i]?.data as Partial<RequestData> | undefined)?.url
    if (typeof there !== 'string' || there === data.url) continue
    onConflict({ id: data.id as string, url: shownUrl(data.url), queuedUrl: shownUrl(there) })
  }
}

/** Returns the message for a conflict. */
export function conflictText({ id, url, queuedUrl }: IdConflict): string {
  return `${url} is not added: its id ${JSON.stringify(id)} is that of ${queuedUrl}`
}

function warn(conflict: IdConflict): void {
  process.emitWarning(conflictText(conflict), { code: 'PARALLELCURL_ID_CONFLICT' })
}

function numbered<T>(number: number, make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof OptionError)) throw error
    throw new OptionError(`enqueue: request ${number}: ${error.message}`, error.option)
  }
}
