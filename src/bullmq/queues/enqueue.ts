/**
 * Requests into queues, lazily and in bulk. Does not know who takes them out.
 */
import type { BulkJobOptions, JobsOptions, Queue as BullQueue, QueueOptions } from 'bullmq'
import { OptionError } from '../../errors.js'
import { shownUrl } from '../../redaction.js'
import type { InputSource } from '../../index.js'
import { Queue } from './driver.js'
import { dataOf, jobIdOf, type QueuedRequest, type RequestData } from '../jobs/request-data.js'
import { shardNames, shardOf } from './shards.js'

/** The name of our jobs: what has another one is not ours. */
export const JOB_NAME = 'parallelcurl'

/** How requests are added. */
export interface EnqueueOptions {
  /** How many attempts a job has, on whatever machine. Default: 3. */
  attempts?: number
  /** BullMQ's. Default: exponential from one second, half of it at random. */
  backoff?: JobsOptions['backoff']
  /** How many are added at once, and read ahead of that. Default: 500. */
  batchSize?: number
  /**
   * Whether requests may reach what is local to the worker: its files (`CAINFO`, `COOKIEFILE`, `upload`,
   * ...), unix sockets and outputs (`VERBOSE`, `RETURNTRANSFER: false`), and other protocols. The worker has
   * to be started with it, too. Default: false, `OptionError`.
   */
  trustInput?: boolean | undefined
  /**
   * Told of a request that is not added because its own id is that of another URL. Default: a warning of the
   * process.
   */
  onConflict?: ((conflict: IdConflict) => void) | undefined
  /** Called after each batch, with how many have been read so far. */
  onBatch?: (read: number) => void
}

/** Two requests of one id: the later one has not been added. URLs are without credentials. */
export interface IdConflict {
  readonly id: string
  readonly url: string
  /** What the queue has under that id. */
  readonly queuedUrl: string
}

/** Options of {@link openQueues}. */
export interface OpenQueuesOptions extends QueueOptions {
  /** Spreads hosts over so many queues, each host in one of them. Default: one queue of the very name. */
  shardByHost?: number | undefined
}

/** The queues of a name: one, or with `shardByHost` as many as it says. They are BullMQ's: close them. */
export function openQueues(name: string, { shardByHost, ...options }: OpenQueuesOptions): BullQueue[] {
  return shardNames(name, shardByHost).map((shard) => new Queue(shard, options))
}

interface BulkJob {
  name: string
  data: RequestData
  opts: BulkJobOptions
}

/**
 * Adds requests to a queue, or to the queues of `shardByHost` ({@link openQueues}). The source is read as it
 * is added, a batch at a time. A request that is there already, also as done or failed, is left as it is:
 * adding a list twice adds nothing. One whose id is that of another URL is not added, and said
 * (`onConflict`).
 *
 * @returns how many requests were read
 * @throws OptionError for a request that is none, with its number; those before its batch have been added
 */
export async function enqueue(
  queue: BullQueue | readonly BullQueue[],
  requests: InputSource<QueuedRequest>,
  options: EnqueueOptions = {},
): Promise<number> {
  if (typeof requests === 'string') {
    throw new OptionError('enqueue: requests must be an iterable of requests, got a string', 'requests')
  }
  const queues = Array.isArray(queue) ? (queue as readonly BullQueue[]) : [queue as BullQueue]
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

async function addAll(
  queue: BullQueue,
  jobs: BulkJob[],
  onConflict: (conflict: IdConflict) => void,
): Promise<void> {
  if (jobs.length === 0) return
  await queue.addBulk(jobs)
  // What is hashed cannot be of another URL.
  const named = jobs.filter(({ data }) => data.id !== undefined)
  const queued = await Promise.all(named.map(({ opts }) => queue.getJob(opts.jobId as string)))
  for (const [i, { data }] of named.entries()) {
    const there = (queued[i]?.data as Partial<RequestData> | undefined)?.url
    if (typeof there !== 'string' || there === data.url) continue
    onConflict({ id: data.id as string, url: shownUrl(data.url), queuedUrl: shownUrl(there) })
  }
}

/** A conflict in words. */
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
