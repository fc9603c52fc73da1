/**
 * A queue of BullMQ with workers that run its requests through one instance, and the jobs that they report.
 * Does not depend on the requests.
 */
import type { Queue } from 'bullmq'
import type { ParallelCurl } from '../../src/index.js'
import {
  createWorker,
  enqueue,
  openQueues,
  type CreateWorkerOptions,
  type QueuedRequest,
  type RequestWorker,
} from '../../src/bullmq/index.js'
import { Changes } from './changes.js'
import type { RedisServer } from './programs/redis.js'

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
