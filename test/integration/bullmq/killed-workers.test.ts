/**
 * Workers that are killed, and a Redis that crashes and comes back: nothing is lost, and nothing is fetched
 * more often than it has to be. The full run, 20,000 URLs: PARALLELCURL_SOAK=1.
 */
import { type Queue, QueueEvents } from 'bullmq'
import { expect } from 'chai'
import { enqueue, openQueues } from '../../../src/bullmq/index.js'
import { Changes } from '../../support/changes.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'
import { type RedisServer, startRedis } from '../../support/programs/redis.js'
import { closeMade, requireProgram } from '../../support/programs/requires.js'
import { WorkerProcess, type WorkerProcessOptions } from '../../support/programs/worker-process.js'

const isFull = process.env['PARALLELCURL_SOAK'] !== undefined
const total = isFull ? 20_000 : 300
const kills = isFull ? 20 : 2
const atOnce = isFull ? 25 : 10

describe('BullMQ workers that are killed', () => {
  let redis: RedisServer
  let server: HttpServer
  let queue: Queue
  let events: QueueEvents
  let workers: WorkerProcess[] = []

  before(async function () {
    requireProgram(this, 'redis-server')
    redis = await startRedis()
    server = await startHttpServer()
    ;[queue] = openQueues('killed', { connection: redis.connection }) as [Queue]
    queue.on('error', () => undefined)
    events = new QueueEvents('killed', { connection: redis.connection })
    events.on('error', () => undefined)
    await events.waitUntilReady()
  })
  after(async () => {
    await Promise.all(workers.map((worker) => worker.end('SIGKILL')))
    await closeMade(queue, events, server, redis)
  })

  const start = (): Promise<WorkerProcess> => {
    const options: WorkerProcessOptions = {
      queue: 'killed',
      maxRequests: atOnce,
      // Soon enough for a test; long enough for a machine that is busy.
      options: { connection: redis.connection, lockDuration: 3000, stalledInterval: 500 },
    }
    return new WorkerProcess(options).ready()
  }

  it('have one outcome for each URL, and at most one extra request for each job in flight at a kill', async function () {
    this.timeout(isFull ? 600_000 : 120_000)
    const seen = new Map<string, number>()
    const changes = new Changes()
    server.keepNothing()
    let fetches = 0
    server.route(/^\/page\//, ({ path }, response) => {
      fetches++
      seen.set(path, (seen.get(path) ?? 0) + 1)
      changes.notify()
      response.end(path)
    })
    const outcomes: string[] = []
    events.on('completed', ({ jobId }) => {
      outcomes.push(jobId)
      changes.notify()
    })
    const untilCount = async (what: string, count: () => number, wanted: number): Promise<void> => {
      // A run of minutes: it has to get on within each wait, not to be over.
      for (let step = count(); step < wanted;) {
        step = Math.min(wanted, step + 50)
        await changes.until(
          () => count() >= step,
          () => `${step} ${what} (${count()})`,
        )
      }
    }
    const urls = Array.from({ length: total }, (_, i) => server.url(`/page/${i}`))
    expect(await enqueue(queue, urls)).to.equal(total)
    workers = await Promise.all([start(), start(), start()])
    const began = performance.now()
    for (let kill = 1; kill <= kills; kill++) {
      await untilCount('fetches', () => fetches, Math.floor((total * kill) / (kills + 2)))
      const [victim] = workers.splice(0, 1)
      await victim?.end('SIGKILL')
      workers.push(await start())
      if (kill === Math.ceil(kills / 2)) {
        await redis.stop('SIGKILL')
        await redis.start()
      }
    }
    await untilCount('outcomes', () => outcomes.length, total)
    const counts = await queue.getJobCounts()
    expect(counts).to.include({ completed: total, failed: 0, waiting: 0, active: 0, delayed: 0 })
    expect(seen.size).to.equal(total)
    expect(new Set(outcomes).size).to.equal(total)
    const most = Math.max(...seen.values())
    const extra = fetches - total
    // In flight at a kill: what that worker may have had. The crash of Redis loses no answer that was
    // acknowledged.
    expect(extra).to.be.at.most(kills * atOnce)
    expect(most).to.be.at.most(1 + kills)
    if (isFull) {
      const seconds = ((performance.now() - began) / 1000).toFixed(1)
      console.log(
        `      ${total} URLs, ${kills} kills, 1 crash of Redis: ${extra} extra fetches, ${seconds} s`,
      )
    }
    expect(await Promise.all(workers.map((worker) => worker.end('SIGTERM')))).to.deep.equal([0, 0, 0])
  })
})
