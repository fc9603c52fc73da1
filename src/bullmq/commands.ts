/**
 * What `parallelcurl enqueue`, `work`, `status` and `drain` do, and their exit codes. Does not know how they
 * are spelled: options are read elsewhere.
 */
import type { Writable } from 'node:stream'
import type { Queue as BullQueue } from 'bullmq'
import { OptionError } from '../errors.js'
import { ParallelCurl, type InputSource, type ParallelCurlOptions } from '../index.js'
import { conflictText, enqueue, openQueues, type EnqueueOptions } from './queues/enqueue.js'
import { folderStore } from './jobs/folder-store.js'
import type { Outcome } from './jobs/outcome.js'
import { messageOf, QueueProblem } from './jobs/problems.js'
import { checkQueues, parseRedisUrl, type RedisPlace } from './queues/redis.js'
import type { QueuedRequest } from './jobs/request-data.js'
import { shardNames } from './queues/shards.js'
import { oneLine } from '../redaction.js'
import { statusText } from './queues/status.js'
import { createWorkers, type CreateWorkersOptions, type RequestWorker } from './queues/worker.js'

/** Where a command writes: data to `stdout`, lines for people to `stderr`. */
export interface CommandStreams {
  readonly stdout: Writable
  readonly stderr: Writable
}

/** Which queue is meant. */
export interface QueuePlace {
  /** `redis://[user:password@]host[:port][/db]` */
  readonly redis: string
  readonly queue: string
  readonly shardByHost?: number | undefined
}

/** `parallelcurl enqueue`. */
export interface EnqueueCommand
  extends QueuePlace, Pick<EnqueueOptions, 'attempts' | 'backoff' | 'trustInput'> {
  readonly requests: InputSource<QueuedRequest>
}

/** Who says that work is to end. */
export interface WorkSignals {
  /** Tells this one: at first that nothing new is to begin, at last that everything ends. */
  listen(who: { readonly onFirst: () => void; readonly onLast: () => void }): void
}

/** `parallelcurl work`. */
export interface WorkCommand extends QueuePlace {
  readonly maxRequests: number
  /** Options of all requests, and limits. */
  readonly options: ParallelCurlOptions
  /** Where bodies go. Default: nowhere. */
  readonly folder?: string | undefined
  /** Whether jobs may reach what is local to this process. Default: false. */
  readonly trustInput?: boolean | undefined
  /** Ends when there is nothing left to do, delayed jobs included. Default: false, it waits for more. */
  readonly untilEmpty?: boolean | undefined
  /** Of the worker: `lockDuration`, `stalledInterval`, `limiter`, ... */
  readonly worker?: Partial<CreateWorkersOptions> | undefined
  /** Who says that it is to end. Default: nobody. */
  readonly signals?: WorkSignals | undefined
}

/**
 * 0: done; 1: requests were not added, because their ids are those of others; 2: it could not begin, and
 * nothing has changed.
 */
export type ExitCode = 0 | 1 | 2

/**
 * Adds requests; writes one line of JSON: how many were read, and how many of them are new. Says which were
 * not added, and why.
 */
export function enqueueCommand(command: EnqueueCommand, streams: CommandStreams): Promise<ExitCode> {
  return guarded(streams, async () => {
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
 * Works until it is told to stop: the first signal finishes what is in flight and leaves the rest in the
 * queue, the last one gives back what is in flight, too. Writes the outcome of each job as a line of JSON.
 */
export function workCommand(command: WorkCommand, streams: CommandStreams): Promise<ExitCode> {
  return guarded(streams, async () => {
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
    const queues = command.untilEmpty === true ? openOnes(place, command) : []
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

/** Writes counts, rates, workers, and what failed for which reason. */
export function statusCommand(
  command: QueuePlace & { readonly failures?: number | undefined },
  { stdout, stderr }: CommandStreams,
): Promise<ExitCode> {
  return guarded({ stdout, stderr }, async () => {
    const queues = await open(command)
    try {
      stdout.write(await statusText(queues, command.failures ?? 10))
    } finally {
      await closeAll(queues)
    }
  })
}

/**
 * Takes out what waits, delayed jobs included; what is in flight and what is done stays. Writes how many that
 * were.
 */
export function drainCommand(command: QueuePlace, streams: CommandStreams): Promise<ExitCode> {
  return guarded(streams, async () => {
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

async function guarded({ stderr }: CommandStreams, run: () => Promise<unknown>): Promise<ExitCode> {
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
  return openOnes(place, { queue, shardByHost })
}

function openOnes(
  { connection }: RedisPlace,
  { queue, shardByHost }: Pick<QueuePlace, 'queue' | 'shardByHost'>,
): BullQueue[] {
  const queues = openQueues(queue, { connection, shardByHost })
  // A Redis that is away is waited for until it is back.
  for (const one of queues) one.on('error', () => undefined)
  return queues
}

async function closeAll(queues: readonly BullQueue[]): Promise<void> {
  await Promise.all(queues.map((queue) => queue.close()))
}

/** All that there is, whatever became of it. */
async function total(queues: readonly BullQueue[]): Promise<number> {
  const counts = await Promise.all(queues.map((queue) => queue.getJobCounts()))
  return counts.flatMap((count) => Object.values(count)).reduce((sum, n) => sum + n, 0)
}

function write(stream: Writable, line: unknown): void {
  stream.write(`${JSON.stringify(line)}\n`)
}

/** Resolves when all workers are closed, with what was wrong with their queue. */
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
        curl.abort(new Error('the worker was told to stop'))
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
        // One line for a Redis that is away, however often it is looked for.
        const complaint = messageOf(error).replace(/\s+/g, ' ')
        if (complaint !== lastComplaint) stderr.write(`parallelcurl: ${(lastComplaint = complaint)}\n`)
      })
    }
    onStop(stop)
  })
}

/** Looks every half second whether there is anything left to do, until it is told that it may end. */
function watchForEmpty(queues: readonly BullQueue[], onEmpty: () => void): () => void {
  const looking = setInterval(() => {
    const counts = queues.map((queue) => queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized'))
    Promise.all(counts).then(
      (all) => {
        if (all.every((count) => Object.values(count).every((n) => n === 0))) onEmpty()
      },
      // It is away: nothing is known of it.
      () => undefined,
    )
  }, 500)
  return () => {
    clearInterval(looking)
  }
}
