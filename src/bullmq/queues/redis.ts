/**
 * Where Redis is, and whether it is there. No message of it has a password. Does not know what the queues
 * hold.
 */
import type { Queue as BullQueue, RedisOptions } from 'bullmq'
import { Queue } from './driver.js'
import { JOB_NAME } from './enqueue.js'
import { messageOf, QueueProblem } from '../jobs/problems.js'

/** A Redis, and what it may be called in messages. */
export interface RedisPlace {
  readonly connection: RedisOptions
  readonly name: string
}

const ANSWER_WITHIN_MS = 10_000

/**
 * Reads `redis://[user:password@]host[:port][/db]`, or `rediss://` for TLS. Anything else: `QueueProblem`.
 */
export function parseRedisUrl(text: string): RedisPlace {
  const wanted = 'the URL of a Redis is redis://[user:password@]host[:port][/db], or rediss:// for TLS'
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw new QueueProblem(wanted)
  }
  const { protocol, hostname, pathname } = url
  const [, db] = /^\/?(\d*)$/.exec(pathname) ?? []
  if ((protocol !== 'redis:' && protocol !== 'rediss:') || hostname === '' || db === undefined) {
    throw new QueueProblem(wanted)
  }
  const port = url.port === '' ? 6379 : Number(url.port)
  return {
    name: `${protocol}//${hostname}:${port}${db === '' ? '' : `/${db}`}`,
    connection: {
      host: hostname.replace(/^\[|\]$/g, ''),
      port,
      ...(url.username !== '' && { username: decoded(url.username) }),
      ...(url.password !== '' && { password: decoded(url.password) }),
      ...(db !== '' && { db: Number(db) }),
      ...(protocol === 'rediss:' && { tls: {} }),
    },
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new QueueProblem('user and password in the URL of a Redis are percent-encoded')
  }
}

/**
 * Makes sure that there is a Redis that lets us in, and that these queues hold no jobs of others. Changes
 * nothing.
 *
 * @throws QueueProblem
 */
export async function checkQueues(place: RedisPlace, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const queue = new Queue(name, {
      connection: { ...place.connection, retryStrategy: () => null, connectTimeout: ANSWER_WITHIN_MS },
      skipMetasUpdate: true,
    })
    // Whoever waits for the connection hears of it.
    queue.on('error', () => undefined)
    try {
      await within(queue.waitUntilReady())
      await refuseForeign(queue)
    } catch (error) {
      if (error instanceof QueueProblem) throw error
      throw new QueueProblem(`${place.name}: ${explained(error)}`)
    } finally {
      // What never came up cannot be closed either; nothing is left of it.
      await queue.close().catch(() => undefined)
    }
  }
}

async function within<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${ANSWER_WITHIN_MS / 1000} seconds`))
    }, ANSWER_WITHIN_MS)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

function explained(error: unknown): string {
  const message = messageOf(error)
  if (message.startsWith('NOAUTH')) return 'it asks for a password (redis://:password@host)'
  if (message.startsWith('WRONGPASS')) return 'user or password is wrong'
  if (message.startsWith('WRONGTYPE')) return 'the keys of this queue are no queue'
  return (
    message === '' && error instanceof AggregateError ? error.errors.map(messageOf).join('; ') : message
  ).replace(/\s+/g, ' ')
}

/** Both ends of each kind of job: whoever shares a queue by mistake has some there. */
async function refuseForeign(queue: BullQueue): Promise<void> {
  const kinds = ['waiting', 'active', 'delayed', 'prioritized', 'completed', 'failed'] as const
  for (const kind of kinds) {
    for (const isAscending of [true, false]) {
      const jobs = await queue.getJobs(kind, 0, 49, isAscending)
      // One that has just gone is no job.
      const foreign = jobs.find(
        (job) => (job as typeof job | undefined)?.name !== undefined && job.name !== JOB_NAME,
      )
      if (foreign !== undefined) {
        throw new QueueProblem(
          `queue ${queue.name} has jobs that are not ours: ${JSON.stringify(foreign.name)}; use another name`,
        )
      }
    }
  }
}
