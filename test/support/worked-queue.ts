/**
 * A queue of BullMQ with workers that run its requests through one instance, and the jobs that they report.
 * Does not depend on the requests.
 */
import type { Queue } from 'bullmq'
import { ParallelCurl } from '../../src/index.js'
import {
  createWorker,
  enqueue,
  openQueues,
  type CreateWorkerOptions,
  type QueuedRequest,
  type RequestWorker,
} from '../../src/bullmq/index.js'
import { Changes } from './changes.js'
import { startRedis, type RedisServer } from './programs/redis.js'
import { closeMade, requireProgram } from './programs/requires.js'
import { startHttpServer, type HttpServer } from './servers/http/http-server.js'

/** A worker with the ids of the jobs that it has reported, and its errors. */
export class Working {
  readonly done: string[] = []
  readonly failed: string[] = []
  readonly errors: string[] = []
  readonly changes = new Changes()

  constructor(readonly worker: RequestWorker) {
    worker.on('completed', ({ id = '' }) => this.#note(this.done, id))
    worker.on('failed', (job) => job?.finishedOn !== undefined && this.#note(this.failed, job.id ?? ''))
    worker.on('error', ({ message }) => this.#note(this.errors, message))
  }

  #note(list: string[], what: string): void {
    list.push(what)
    this.changes.notify()
  }

  settled(count: number): Promise<void> {
    return this.changes.until(
      () => this.done.length + this.failed.length >= count,
      () => `${count} jobs (${this.done.length} done, ${this.failed.length} failed)`,
    )
  }
}

let number = 0

/** A new queue of its own name. */
export class WorkedQueue {
  readonly queue: Queue
  working: Working[] = []

  constructor(
    private readonly redis: RedisServer,
    private readonly curl: ParallelCurl,
  ) {
    ;[this.queue] = openQueues(`test-${++number}`, { connection: redis.connection }) as [Queue]
  }

  /** Starts a worker. */
  work(options: Partial<CreateWorkerOptions> = {}): Working {
    const { connection } = this.redis
    const one = new Working(createWorker(this.queue.name, this.curl, { connection, ...options }))
    this.working.push(one)
    return one
  }

  /** Adds requests, and works until all of them have an outcome. */
  async run(requests: QueuedRequest[], options: Partial<CreateWorkerOptions> = {}): Promise<Working> {
    await enqueue(this.queue, requests, { backoff: { type: 'fixed', delay: 1 } })
    const one = this.work(options)
    await one.settled(requests.length)
    return one
  }

  async close(): Promise<void> {
    await Promise.all(this.working.map(({ worker }) => worker.close()))
    await this.queue.close()
  }
}

/** What a test of a queue needs: all but Redis is new for each one. */
export interface QueuePlace {
  readonly redis: RedisServer
  readonly server: HttpServer
  readonly queue: Queue
  readonly curl: ParallelCurl
  readonly worked: WorkedQueue
}

/** Call it in `describe`: `give` gets a place of its own for each test, which is closed after it. */
export function eachWithQueue(give: (made: QueuePlace) => void): void {
  let redis: RedisServer
  let made: QueuePlace
  before(async function () {
    requireProgram(this, 'redis-server')
    redis = await startRedis()
  })
  after(() => closeMade(redis))
  beforeEach(async () => {
    const server = await startHttpServer()
    const curl = new ParallelCurl(4)
    const worked = new WorkedQueue(redis, curl)
    made = { redis, server, queue: worked.queue, curl, worked }
    give(made)
  })
  afterEach(async () => {
    const { worked, curl, server } = made
    await worked.close()
    await Promise.all([curl.close(), server.close()])
  })
}
