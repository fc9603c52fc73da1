/**
 * Requests into queues, lazily and in bulk. Does not know who takes them out.
 */
import type { BulkJobOptions, JobsOptions, Queue as BullQueue, QueueOptions } from 'bullmq'
import { OptionError } from '../errors.js'
import type { InputSource } from '../index.js'
import { Queue } from './driver.js'
import { dataOf, jobIdOf, type QueuedRequest, type RequestData } from './request-data.js'
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
  /** Called after each batch, with how many have been read so far. */
  onBatch?: (read: number) => void
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
 * Adds requests to a queue, or to the queues of `shardByHost` ({@link openQueues}). The source is read as it is added, a batch at a
 * time. A request that is there already, also as done or failed, is left as it is: adding a list twice adds nothing.
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
  const { attempts = 3, batchSize = 500, onBatch } = options
  const backoff = options.backoff ?? { type: 'exponential', delay: 1000, jitter: 0.5 }
  let [read, batched] = [0, 0]
  let batches: BulkJob[][] = queues.map(() => [])
  const flush = async (): Promise<void> => {
    const full = batches
    ;[batches, batched] = [queues.map(() => []), 0]
    await Promise.all(full.map(async (jobs, i) => jobs.length > 0 && (await queues[i]?.addBulk(jobs))))
    onBatch?.(read)
  }
  for await (const request of requests) {
    read++
    const data = numbered(read, () => dataOf(request))
    const opts = { jobId: jobIdOf(data), attempts, backoff }
    batches[shardOf(data.url, queues.length)]?.push({ name: JOB_NAME, data, opts })
    if (++batched >= batchSize) await flush()
  }
  if (batched > 0) await flush()
  return read
}

function numbered<T>(number: number, make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof OptionError)) throw error
    throw new OptionError(`enqueue: request ${number}: ${error.message}`, error.option)
  }
}
