/**
 * The commands `parallelcurl enqueue`, `work`, `status` and `drain`, and their exit codes. Does not parse
 * options.
 */
import type { Writable } from 'node:stream'
import type { Queue as BullQueue } from 'bullmq'
import { OptionError, messageOf } from '../errors.js'
import { ParallelCurl, type InputSource, type ParallelCurlOptions } from '../index.js'
import { conflictText, enqueue, openQueues, type EnqueueOptions } from './queues/enqueue.js'
import { folderStore } from './jobs/folder-store.js'
import type { Outcome } from './jobs/outcome.js'
import { QueueProblem } from './jobs/problems.js'
import { checkQueues, parseRedisUrl, type RedisPlace } from './queues/redis.js'
import type { QueuedRequest } from './jobs/request-data.js'
import { shardNames } from './queues/shards.js'
import { oneLine } from '../redaction.js'
import { statusText } from './queues/status.js'
import { createWorkers, type CreateWorkersOptions, type RequestWorker } from './queues/worker.js'

/** The output streams of a command: data to `stdout`, messages to `stderr`. */
export interface CommandStreams {
  readonly stdout: Writable
  readonly stderr: Writable
}

/** The queue of a command. */
export interface QueuePlace {
  /** `redis://[user:password@]host[:port][/db]` */
  readonly redis: string
  readonly queue: string
  readonly shardByHost?: number | undefined
}

/** The settings of `parallelcurl enqueue`. */
export interface EnqueueCommand
  extends QueuePlace, Pick<EnqueueOptions, 'attempts' | 'backoff' | 'trustInput'> {
  readonly requests: InputSource<QueuedRequest>
}

/** The source of stop signals. */
export interface WorkSignals {
  /**
   * Registers callbacks: `onFirst` for the first signal (start nothing new), `onLast` for the last one (end
   * everything).
   */
  listen(who: { readonly onFirst: () => void; readonly onLast: () => void }): void
}

/** The settings of `parallelcurl work`. */
export interface WorkCommand extends QueuePlace {
  readonly maxRequests: number
  /** The options of all requests, and limits. */
  readonly options: ParallelCurlOptions
  /** The folder for bodies. Default: bodies are not stored. */
  readonly folder?: string | undefined
  /** True to allow jobs to access local files and sockets of this process. Default: false. */
  readonly trustInput?: boolean | undefined
  /** True to end when nothing is left to do, including delayed jobs. Default: false (waits for more jobs). */
  readonly untilEmpty?: boolean | undefined
  /** Options of BullMQ's worker: `lockDuration`, `stalledInterval`, `limiter`, ... */
  readonly worker?: Partial<CreateWorkersOptions> | undefined
  /** The source of stop signals. Default: none. */
  readonly signals?: WorkSignals | undefined
}

/**
 * 0: done; 1: some requests were not added because their ids belong to other requests; 2: the command could
 * not begin, and nothing has changed.
 */
export type ExitCode = 0 | 1 | 2

/**
 * Adds requests to the queue. Prints one line of JSON: the number of requests read, and how many of them are
 * new. Reports requests that were not added, with the reason.
 */
export function enqueueCommand(command: EnqueueCommand, streams: CommandStreams): Promise<ExitCode> {
  return exitCodeOf(streams, async () => {
    const queues = await open(command)
    const { requests, attempts, backoff, trustInput } = command
    let conflicts = 0
    try {
      const before = await total(queues)
      const read = await enqueue(queues, requests, {
        ...(attempts !== undefined && { attempts }),
        ...(backoff !== undefined && { backoff }),
        trustInput,
        onConflict(conflict) {
          conflicts++
          streams.stderr.write(`parallelcurl: ${oneLine(conflictText(conflict))}\n`)
        },
      })
      write(streams.stdout, { read, added: (await total(queues)) - before })
    } finally {
      await closeAll(queues)
    }
    return conflicts > 0 ? 1 : 0
  })
}

/**
 * Runs jobs until it is stopped. The first signal finishes the jobs in flight and leaves the rest in the
 * queue; the last one also returns the jobs in flight to the queue. Prints the outcome of each job as a line
 * of JSON.
 */
export function workCommand(command: WorkCommand, streams: CommandStreams): Promise<ExitCode> {
  return exitCodeOf(streams, async () => {
    const place = parseRedisUrl(command.redis)
    await checkQueues(place, shardNames(command.queue, command.shardByHost))
    const curl = new ParallelCurl(command.maxRequests, command.options)
    const workers = await createWorkers(command.queue, curl, {
      ...command.worker,
      trustInput: command.trustInput,
      connection: place.connection,
      shardByHost: command.shardByHost,
      store: command.folder === undefined ? undefined : folderStore(command.folder),
    })
    const queues = command.untilEmpty === true ? openUnchecked(place, command) : []
    let stopWatching = (): void => undefined
    try {
      const problem = await untilStopped(workers, curl, command, streams, (stop) => {
        if (queues.length > 0) stopWatching = watchForEmpty(queues, stop)
      })
      if (problem !== null) throw problem
    } finally {
      stopWatching()
      await closeAll(queues)
      await curl.close()
    }
  })
}

/** Prints counts, rates, workers, and the last failures with their reasons. */
export function statusCommand(
  command: QueuePlace & { readonly failures?: number | undefined },
  { stdout, stderr }: CommandStreams,
): Promise<ExitCode> {
  return exitCodeOf({ stdout, stderr }, async () => {
    const queues = await open(command)
    try {
      stdout.write(await statusText(queues, command.failures ?? 10))
    } finally {
      await closeAll(queues)
    }
  })
}

/**
 * Removes all waiting jobs, including delayed ones. Jobs in flight and finished jobs stay. Prints the number
 * of removed jobs.
 */
export function drainCommand(command: QueuePlace, streams: CommandStreams): Promise<ExitCode> {
  return exitCodeOf(streams, async () => {
    const queues = await open(command)
    try {
      const before = await total(queues)
      for (const queue of queues) await queue.drain(true)
      write(streams.stdout, { removed: before - (await total(queues)) })
    } finally {
      await closeAll(queues)
    }
  })
}

async function exitCodeOf({ stderr }: CommandStreams, run: () => Promise<unknown>): Promise<ExitCode> {
  try {
    return (await run()) === 1 ? 1 : 0
  } catch (error) {
    if (!(error instanceof QueueProblem) && !(error instanceof OptionError)) throw error
    stderr.write(`parallelcurl: ${error.message}\n`)
    return 2
  }
}

async function open({ redis, queue, shardByHost }: QueuePlace): Promise<BullQueue[]> {
  const place = parseRedisUrl(redis)
  await checkQueues(place, shardNames(queue, shardByHost))
  return openUnchecked(place, { queue, shardByHost })
}

function openUnchecked(
  { connection }: RedisPlace,
  { queue, shardByHost }: Pick<QueuePlace, 'queue' | 'shardByHost'>,
): BullQueue[] {
  const queues = openQueues(queue, { connection, shardByHost })
  // If Redis is unreachable, BullMQ waits for it. Without a listener, the error event would end the process.
  for (const one of queues) one.on('error', () => undefined)
  return queues
}

async function closeAll(queues: readonly BullQueue[]): Promise<void> {
  await Promise.all(queues.map((queue) => queue.close()))
}

/** Returns the number of all jobs, in any state. */
async function total(queues: readonly BullQueue[]): Promise<number> {
  const counts = await Promise.all(queues.map((queue) => queue.getJobCounts()))
  return counts.flatMap((count) => Object.values(count)).reduce((sum, n) => sum + n, 0)
}

function write(stream: Writable, line: unknown): void {
  stream.write(`${JSON.stringify(line)}\n`)
}

/** Resolves when all workers are closed, with the problem of their queue or null. */
function untilStopped(
  workers: readonly RequestWorker[],
  curl: ParallelCurl,
  { signals }: WorkCommand,
  { stdout, stderr }: CommandStreams,
  onStop: (stop: () => void) => void,
): Promise<QueueProblem | null> {
  return new Promise((resolve, reject) => {
    let problem: QueueProblem | null = null
    let lastComplaint = ''
    let stopping: Promise<unknown> | null = null
    const stop = (): void => {
      stopping ??= Promise.all(workers.map((worker) => worker.close())).then(() => {
        resolve(problem)
      }, reject)
    }
    signals?.listen({
      onFirst: stop,
      onLast() {
        stop()
        curl.abort(new Error('the worker was stopped'))
      },
    })
    for (const worker of workers) {
      worker.on('completed', (_job, outcome: Outcome) => {
        write(stdout, outcome)
      })
      worker.on('failed', (job, { message }) => {
        if (job?.finishedOn === undefined) return
        write(stdout, { ...(job.progress as object), job: job.id, ok: false, error: message })
      })
      worker.on('error', (error) => {
        if (error instanceof QueueProblem) {
          problem ??= error
          stop()
          return
        }
        // An unreachable Redis is reported once, however often BullMQ tries to connect.
        const complaint = messageOf(error).replace(/\s+/g, ' ')
        if (complaint !== lastComplaint) stderr.write(`parallelcurl: ${(lastComplaint = complaint)}\n`)
      })
    }
    onStop(stop)
  })
}

/**
 * Checks every half second if anything is left to do, and calls `onEmpty` if not. Returns a function that
 * stops the checks.
 */
function watchForEmpty(queues: readonly BullQueue[], onEmpty: () => void): () => void {
  const looking = setInterval(() => {
    const counts = queues.map((queue) => queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized'))
    Promise.all(counts).then(
      (all) => {
        if (all.every((count) => Object.values(count).every((n) => n === 0))) onEmpty()
      },
      // Redis is unreachable: try again later.
      () => undefined,
    )
  }, 500)
  return () => {
    clearInterval(looking)
  }
}
