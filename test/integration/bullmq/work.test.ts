/** Requests through BullMQ on a real Redis: what the server sees, and what the queue has of it afterwards. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Queue } from 'bullmq'
import { expect } from 'chai'
import {
  createWorkers,
  enqueue,
  folderStore,
  JOB_NAME,
  openQueues,
  type CreateWorkerOptions,
  type Outcome,
  type QueuedRequest,
} from '../../../src/bullmq/index.js'
import { ParallelCurl } from '../../../src/index.js'
import { Changes } from '../../support/changes.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'
import { freePort, type RedisServer } from '../../support/programs/redis.js'
import { eachWithQueue, type WorkedQueue, Working } from '../../support/worked-queue.js'

describe('BullMQ workers', () => {
  let redis: RedisServer
  let server: HttpServer
  let queue: Queue
  let curl: ParallelCurl
  let worked: WorkedQueue
  eachWithQueue((made) => {
    ;({ redis, server, queue, curl, worked } = made)
  })

  const work = (options: Partial<CreateWorkerOptions> = {}): Working => worked.work(options)
  const run = (requests: QueuedRequest[], options: Partial<CreateWorkerOptions> = {}): Promise<Working> =>
    worked.run(requests, options)

  it('keep no body in memory without a store', async () => {
    const held: number[] = []
    const startRequest = curl.startRequest.bind(curl)
    curl.startRequest = (url, callback, ...rest) =>
      startRequest(
        url,
        (...args) => {
          held.push(curl.stats().bufferedBytes)
          return (callback as (...args: unknown[]) => unknown)(...args)
        },
        ...(rest as []),
      )
    const { worker } = await run([server.url('/bytes/1000')])
    await worker.close()
    await run([server.url('/bytes/1001')], { store: () => undefined })
    expect(held).to.deep.equal([0, 1001])
  })

  it('make the request that was added, and return its outcome', async () => {
    const postFields = Buffer.from([0, 1, 255])
    const stored: unknown[] = []
    await run(
      [{ url: server.url('/echo'), id: 'mine', HTTPHEADER: ['X-A: b'], postFields, userData: { n: 1 } }],
      {
        store: ({ userData, responseCode }, { id }) => stored.push([userData, responseCode, id]),
      },
    )
    const [request] = server.requests
    expect(request).to.include({ method: 'POST', path: '/echo' })
    expect(request?.headers).to.include({ 'x-a': 'b' })
    expect(request?.body).to.deep.equal(postFields)
    expect(stored).to.deep.equal([[{ n: 1 }, 200, 'id-mine']])
    const job = await queue.getJob('id-mine')
    const outcome = job?.returnvalue as Outcome
    expect(outcome).to.include({
      id: 'mine',
      url: server.url('/echo'),
      ok: true,
      status: 200,
      method: 'POST',
      error: '',
    })
    expect(outcome.sizes).to.include({ upload: 3 })
  })

  it('store bodies in a folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'parallelcurl-store-'))
    try {
      await run([{ url: server.url('/status/404'), id: 'a' }], { store: folderStore(folder) })
      const job = await queue.getJob('id-a')
      expect(readFileSync((job?.returnvalue as Outcome).output!, 'utf8')).to.equal('status 404')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('run maxRequests jobs at the same time', async () => {
    await enqueue(
      queue,
      Array.from({ length: 10 }, (_, i) => server.url(`/gate/all?${i}`)),
    )
    const one = work()
    await server.gate('all').waiting(4)
    expect(await queue.getActiveCount()).to.equal(4)
    server.gate('all').open()
    await one.settled(10)
    expect(server.peakInFlight).to.equal(4)
  })

  it('retry temporary failures, up to the attempts of the job', async () => {
    server.route('/twice', (_request, response) => {
      response.writeHead(server.requests.length < 3 ? 503 : 200).end('served')
    })
    const one = await run([{ url: server.url('/twice'), id: 'a' }])
    const job = await queue.getJob('id-a')
    expect(one.done).to.deep.equal(['id-a'])
    expect([server.requests.length, job?.attemptsMade, (job?.returnvalue as Outcome).status]).to.deep.equal([
      3, 3, 200,
    ])
  })

  it('return the status if every attempt got it, and fail with the reason if none got a response', async () => {
    const nowhere = `http://127.0.0.1:${await freePort()}/`
    const one = await run([
      { url: server.url('/status/503'), id: 'status' },
      { url: nowhere, id: 'nowhere' },
    ])
    expect([one.done, one.failed]).to.deep.equal([['id-status'], ['id-nowhere']])
    expect(server.requests).to.have.length(3)
    const [status, failed] = await Promise.all([queue.getJob('id-status'), queue.getJob('id-nowhere')])
    expect(status?.returnvalue).to.include({ ok: true, status: 503 })
    expect(failed).to.include({ attemptsMade: 3 })
    expect(failed?.progress).to.include({ ok: false, errno: 7, url: nowhere })
    expect(failed?.failedReason).to.equal((failed?.progress as unknown as Outcome).error)
  })

  it('do not retry permanent failures, nor requests that must not be sent twice', async () => {
    server.route('/post', (_request, response) => void response.writeHead(503).end())
    const one = await run([
      { url: 'http://:::/', id: 'malformed' },
      { url: server.url('/post'), id: 'post', postFields: 'x' },
    ])
    expect([one.done, one.failed]).to.deep.equal([['id-post'], ['id-malformed']])
    expect(server.requests).to.have.length(1)
    expect(await queue.getJob('id-malformed')).to.include({ attemptsMade: 1 })
  })

  it('delay a job as long as a 429 says, without using up an attempt', async () => {
    server.route('/later', (_request, response) => {
      response.writeHead(server.requests.length === 1 ? 429 : 200, { 'Retry-After': '1' }).end()
    })
    await enqueue(queue, [{ url: server.url('/later'), id: 'a' }], { attempts: 1 })
    const one = work()
    await one.settled(1)
    expect(one.done).to.deep.equal(['id-a'])
    const job = await queue.getJob('id-a')
    expect([job?.attemptsMade, job?.attemptsStarted]).to.deep.equal([1, 2])
    // BullMQ took it out of the line: between the two starts is the time that was asked for.
    expect((job?.finishedOn ?? 0) - (job?.timestamp ?? 0)).to.be.at.least(1000)
  })

  it('delay a job no more often than the limit allows', async () => {
    server.route('/never', (_request, response) => void response.writeHead(429, { 'Retry-After': '1' }).end())
    await enqueue(queue, [{ url: server.url('/never'), id: 'a' }], { attempts: 1 })
    await work({ maxRetryAfterDelays: 1 }).settled(1)
    expect(server.requests).to.have.length(2)
    expect((await queue.getJob('id-a'))?.returnvalue).to.include({ status: 429 })
  })

  it('fail a job with broken data at once, with the reason', async () => {
    const opts = { attempts: 5, backoff: 1 }
    await queue.addBulk([
      { name: JOB_NAME, data: { nothing: true }, opts: { ...opts, jobId: 'data' } },
      {
        name: JOB_NAME,
        data: { url: server.url(), options: { TIMEOUTT: 1 } },
        opts: { ...opts, jobId: 'option' },
      },
    ])
    const one = work()
    await one.settled(2)
    const [data, option] = await Promise.all([queue.getJob('data'), queue.getJob('option')])
    expect([data?.failedReason, data?.attemptsMade]).to.deep.equal(['broken job: its data has no url', 1])
    expect(option?.failedReason).to.match(/^broken job: .*TIMEOUTT/)
    expect(server.requests).to.be.empty
  })

  it('leave jobs of other programs in the queue, and pause', async () => {
    await queue.add('somebody', { else: true })
    const one = work()
    await one.changes.until(
      () => one.errors.length > 0,
      () => 'an error',
    )
    expect(one.errors[0]).to.include('not ours: "somebody"')
    await one.worker.close()
    expect(await queue.getJobCounts('waiting', 'active', 'failed')).to.deep.equal({
      waiting: 1,
      active: 0,
      failed: 0,
    })
  })

  it('finish the transfers in flight when they are closed, and leave the other jobs', async () => {
    await enqueue(
      queue,
      Array.from({ length: 6 }, (_, i) => server.url(`/gate/close?${i}`)),
    )
    const one = work()
    await server.gate('close').waiting(4)
    const closed = one.worker.close()
    server.gate('close').open()
    await closed
    expect(await queue.getJobCounts('waiting', 'active', 'completed')).to.deep.equal({
      waiting: 2,
      active: 0,
      completed: 4,
    })
    expect(server.requests).to.have.length(4)
  })

  it('give aborted jobs back when they are closed', async () => {
    await enqueue(queue, [{ url: server.url('/hang'), id: 'a' }])
    const one = work()
    await server.waitForRequests(1)
    const closed = one.worker.close()
    curl.abort()
    await closed
    expect(await queue.getJobCounts('waiting', 'active', 'failed')).to.deep.equal({
      waiting: 1,
      active: 0,
      failed: 0,
    })
    expect(await queue.getJob('id-a')).to.include({ attemptsMade: 0 })
  })

  it('retry a job whose body could not be stored', async () => {
    let calls = 0
    const store = (): void => {
      if (++calls === 1) throw new Error('disk full')
    }
    const one = await run([{ url: server.url('/status/200'), id: 'a' }], { store })
    expect([one.done, calls, (await queue.getJob('id-a'))?.attemptsMade]).to.deep.equal([['id-a'], 2, 2])
  })

  it('keep the limit of a host over several workers with shardByHost', async () => {
    const shards = { connection: redis.connection, shardByHost: 2 }
    const queues = openQueues(queue.name, shards)
    const other = await startHttpServer()
    const curls = [1, 2, 3].map(() => new ParallelCurl(10, { maxRequestsPerHost: 2 }))
    try {
      const urls = Array.from({ length: 20 }, (_, i) => [
        server.url(`/gate/held?${i}`),
        other.url(`/status/200?${i}`),
      ])
      await enqueue(queues, urls.flat())
      const sets = await Promise.all(curls.map((one) => createWorkers(queue.name, one, shards)))
      const working = (worked.working = sets.flat().map((worker) => new Working(worker)))
      const settled = (): number => working.reduce((sum, { done }) => sum + done.length, 0)
      const changes = new Changes()
      for (const { worker } of working) worker.on('completed', () => changes.notify())
      await server.gate('held').waiting(2)
      server.gate('held').open()
      await changes.until(
        () => settled() === 40,
        () => `40 jobs (${settled()})`,
      )
      expect(server.peakInFlight).to.equal(2)
      expect(other.peakInFlight).to.be.at.most(2)
    } finally {
      await Promise.all(worked.working.map(({ worker }) => worker.close()))
      await Promise.all([
        ...curls.map((one) => one.close()),
        ...queues.map((one) => one.close()),
        other.close(),
      ])
    }
  })
})
