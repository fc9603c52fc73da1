/**
 * Reads the URL of a Redis and checks that it is usable. Messages contain no password. Does not depend on the
 * content of the queues.
 */
import { messageOf } from '../../errors.js'
import type { Queue as BullQueue, RedisOptions } from 'bullmq'
import { Queue } from './driver.js'
import { JOB_NAME } from './enqueue.js'
import { QueueProblem } from '../jobs/problems.js'

/** The connection to a Redis, and its name for messages. */
export interface RedisPlace {
  readonly connection: RedisOptions
  readonly name: string
}

const ANSWER_WITHIN_MS = 10_000

/**
 * Parses `redis://[user:password@]host[:port][/db]`, or `rediss://` for TLS. Throws `QueueProblem` for
 * anything else.
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
 * Checks that Redis is reachable and accepts the credentials, and that the queues hold no jobs of other
 * programs. Changes nothing.
 *
 * @throws QueueProblem
 */
export async function checkQueues(place: RedisPlace, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const queue = new Queue(name, {
      connection: { ...place.connection, retryStrategy: () => null, connectTimeout: ANSWER_WITHIN_MS },
      skipMetasUpdate: true,
    })
    // waitUntilReady() rejects with the error. Without a listener, the event would end the process.
    queue.on('error', () => undefined)
    try {
      await within(queue.waitUntilReady())
      await refuseForeign(queue)
    } catch (error) {
      if (error instanceof QueueProblem) throw error
      throw new QueueProblem(`${place.name}: ${explained(error)}`)
    } finally {
      // A connection that never opened cannot be closed either.
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

/**
 * Throws if the queue holds jobs of other programs. Looks at both ends of each list of jobs: a program that
 * shares the queue by mistake has jobs there.
 */
async function refuseForeign(queue: BullQueue): Promise<void> {
  const kinds = ['waiting', 'active', 'delayed', 'prioritized', 'completed', 'failed'] as const
  for (const kind of kinds) {
    for (const isAscending of [true, false]) {
      const jobs = await queue.getJobs(kind, 0, 49, isAscending)
      // A job that was removed meanwhile is undefined.
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
