/**
 * Requests that are put into a queue of BullMQ on a real Redis: what is added, and what is said of it.
 */
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Queue } from 'bullmq'
import { expect } from 'chai'
import { enqueue, type CreateWorkerOptions, type QueuedRequest } from '../../../src/bullmq/index.js'
import { OptionError } from '../../../src/index.js'
import type { HttpServer } from '../../support/servers/http/http-server.js'
import { eachWithQueue, type WorkedQueue, type Working } from '../../support/worked-queue.js'

describe('enqueue()', () => {
  let server: HttpServer
  let queue: Queue
  let worked: WorkedQueue
  eachWithQueue((made) => {
    ;({ server, queue, worked } = made)
  })

  const work = (options: Partial<CreateWorkerOptions> = {}): Working => worked.work(options)
  const run = (requests: QueuedRequest[], options: Partial<CreateWorkerOptions> = {}): Promise<Working> =>
    worked.run(requests, options)

  it('adds each request once, also if the list is added twice', async () => {
    const list = [
      'http://a.test/1',
      { url: 'http://a.test/2', USERAGENT: 'x' },
      { url: 'http://a.test/3', id: 7 },
    ]
    expect(await enqueue(queue, list)).to.equal(3)
    await enqueue(queue, list)
    expect(await queue.getWaitingCount()).to.equal(3)
    expect(await queue.getJob('id-7')).to.have.nested.property('data.url', 'http://a.test/3')
  })

  it('D31: accepts any id, also BullMQ’s own keys', async () => {
    const ids = [
      'delayed',
      'active',
      'completed',
      'failed',
      'wait',
      'paused',
      'meta',
      'stalled',
      'events',
      'marker',
      'id',
      'pc',
    ]
    const one = await run(ids.map((id) => ({ url: server.url(`/echo?${id}`), id })))
    expect(one.done.sort()).to.deep.equal(ids.map((id) => `id-${id}`).sort())
    expect(one.errors).to.deep.equal([])
    expect(server.requests.map(({ url }) => url).sort()).to.deep.equal(ids.map((id) => `/echo?${id}`).sort())
  })

  it('D31: reports an id that comes again with another URL, in one batch or later', async () => {
    const conflicts: unknown[] = []
    const onConflict = (conflict: unknown): void => void conflicts.push(conflict)
    const list = [
      { url: 'http://a.test/1', id: 'x' },
      { url: 'http://u:secret@a.test/2', id: 'x' },
      { url: 'http://a.test/1', id: 'x' },
    ]
    await enqueue(queue, list, { onConflict })
    await enqueue(queue, [{ url: 'http://a.test/3', id: 'x' }], { onConflict })
    const queuedUrl = 'http://a.test/1'
    const said = conflicts as { url: string }[]
    expect(said.map(({ url }) => url.includes('secret'))).to.deep.equal([false, false])
    expect(said[0]).to.include({ id: 'x', queuedUrl }).and.to.have.property('url').that.includes('a.test/2')
    expect(said[1]).to.deep.equal({ id: 'x', url: 'http://a.test/3', queuedUrl })
    expect(await queue.getWaitingCount()).to.equal(1)
    const warned = once(process, 'warning')
    await enqueue(queue, [{ url: 'http://a.test/4', id: 'x' }])
    expect((await warned)[0])
      .to.have.property('message')
      .that.includes('http://a.test/4 is not added')
  })

  it('B9: fails a job that accesses local files of the worker at once, unless it is trusted', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
    const file = join(folder, 'secret')
    writeFileSync(file, 'of the worker')
    const request = { url: server.url('/echo'), id: 'put', upload: file }
    await enqueue(queue, [request], { trustInput: true })
    const careful = work()
    await careful.settled(1)
    expect(careful.failed).to.deep.equal(['id-put'])
    expect((await queue.getJob('id-put'))?.failedReason).to.match(
      /broken job: its option upload reads a local file/,
    )
    expect(server.requests).to.have.length(0)
    await careful.worker.close()
    await enqueue(queue, [{ ...request, id: 'again' }], { trustInput: true })
    const trusting = work({ trustInput: true })
    await trusting.settled(1)
    expect(trusting.done).to.deep.equal(['id-again'])
    expect(String(server.requests[0]?.body)).to.equal('of the worker')
    const refused = await enqueue(queue, [request]).catch((thrown: unknown) => thrown)
    expect(refused).to.be.instanceOf(OptionError).and.to.include({ option: 'upload' })
    rmSync(folder, { recursive: true })
  })

  it('does not add a request that is done already', async () => {
    await run([server.url('/status/200')])
    await enqueue(queue, [server.url('/status/200')])
    expect(await queue.getJobCounts('waiting', 'completed')).to.deep.equal({ waiting: 0, completed: 1 })
  })

  it('reads its source no further than the current batch', async () => {
    let read = 0
    const batches: number[] = []
    async function* source(): AsyncGenerator<string> {
      for (; read < 10; read++) {
        // All that was read before this batch is in the queue.
        if (read % 4 === 0) expect(await queue.getWaitingCount()).to.equal(read)
        yield `http://a.test/${read}`
      }
    }
    await enqueue(queue, source(), { batchSize: 4, onBatch: (count) => batches.push(count) })
    expect(batches).to.deep.equal([4, 8, 10])
  })

  it('names the request that is invalid', async () => {
    const bad = { url: 'http://a.test/', WRITEFUNCTION: () => 0 }
    const adding = enqueue(queue, ['http://a.test/', bad])
    const error: unknown = await adding.catch((thrown: unknown) => thrown)
    expect(error)
      .to.be.instanceOf(OptionError)
      .with.property('message')
      .that.includes('request 2: request.WRITEFUNCTION')
    expect(await queue.getWaitingCount()).to.equal(0)
    expect(await enqueue(queue, 'http://a.test/').catch((thrown: unknown) => thrown)).to.be.instanceOf(
      OptionError,
    )
  })
})
