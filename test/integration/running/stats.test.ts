/**
 * stats() and whyWaiting() in every state, and what it costs to ask with much in line; large runs in flat
 * memory.
 */
import { expect } from 'chai'
import { Scheduler } from '../../../src/scheduling/scheduler.js'
import { ParallelCurl } from '../../../src/index.js'
import { TransferRecord } from '../../../src/running/record/transfer-record.js'
import type { LaunchOrder } from '../../../src/engine/request/wire-request.js'
import type { TransferContext } from '../../../src/transfer/transfer-types.js'
import { runChild } from '../../support/programs/child.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { VirtualClock } from '../../support/virtual-clock.js'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const soak = process.env['PARALLELCURL_SOAK'] !== undefined

describe('stats()', () => {
  let server: HttpServer
  beforeEach(async () => {
    server = await startHttpServer()
  })
  afterEach(() => server.close())

  it('F5: counts bytes as they arrive, wherever they go, and knows what is announced', async () => {
    await using curl = new ParallelCurl(5)
    const release: (() => void)[] = []
    server.route('/part', (request, response) => {
      if (request.query.has('length')) response.setHeader('Content-Length', 1000)
      response.write(Buffer.alloc(400))
      release.push(() => response.end(Buffer.alloc(600)))
    })
    const done = [
      curl.request(server.url('/part?length')),
      curl.request(server.url('/part?length'), { responseType: 'none' }),
      curl.request(server.url('/part?length'), { onData: () => undefined }),
      curl.request(server.url('/part')),
    ]
    while (curl.stats().receivedBytes < 1600) await turn()
    const { receivedBytes, bodies } = curl.stats({ bodies: true })
    expect(receivedBytes).to.equal(1600)
    expect(bodies).to.deep.equal({ receivedBytes: 1600, expectedBytes: 3000, unknown: 1 })
    for (const end of release) end()
    await Promise.all(done)
    await curl.finishAllRequests()
    expect(curl.stats({ bodies: true })).to.deep.include({
      receivedBytes: 4000,
      bodies: { receivedBytes: 0, expectedBytes: 0, unknown: 0 },
    })
  })

  it('counts transfers by state and by outcome', async () => {
    const clock = new VirtualClock()
    await using curl = new ParallelCurl(2, { retry: { limit: 1, backoffMs: 500, jitter: 'none' } }, clock)
    expect(curl.stats()).to.deep.equal({
      pending: 0,
      delayed: 0,
      inFlight: 0,
      done: 0,
      failed: 0,
      retried: 0,
      receivedBytes: 0,
      bufferedBytes: 0,
      requestsPerSecond: 0,
    })
    void curl.startRequest(server.url('/status/503'))
    for (const path of ['/gate/a', '/gate/a', '/bytes/1000', '/close'])
      void curl.startRequest(server.url(path))
    await server.gate('a').waiting(2)
    expect(curl.stats()).to.deep.include({ pending: 2, delayed: 1, inFlight: 2, done: 0, retried: 1 })
    clock.advance(500)
    expect(curl.stats(), 'due, and in line').to.deep.include({ pending: 3, delayed: 0, inFlight: 2 })
    server.gate('a').open()
    while (curl.stats().delayed === 0) await turn()
    clock.advance(500)
    await curl.finishAllRequests()
    const stats = curl.stats()
    expect(stats).to.deep.include({
      pending: 0,
      delayed: 0,
      inFlight: 0,
      done: 5,
      failed: 1,
      retried: 2,
      bufferedBytes: 0,
    })
    expect(stats.receivedBytes).to.be.at.least(1000 + 2 * 'status 503'.length)
    expect(stats.requestsPerSecond).to.equal(5)
    clock.advance(3000)
    expect(curl.stats().requestsPerSecond).to.equal(5 / 4)
    clock.advance(20_000)
    expect(curl.stats().requestsPerSecond).to.equal(0)
  })

  it('tells hosts apart by scheme, name and port, and shows nothing else of a URL', async () => {
    await using curl = new ParallelCurl(5, { maxRequestsPerHost: 2 })
    const url = server.url('/gate/a').replace('//', '//user:secret@')
    for (let i = 0; i < 4; i++) void curl.startRequest(`${url}?token=secret`)
    await server.gate('a').waiting(2)
    expect(curl.stats()).not.to.have.property('hosts')
    const stats = curl.stats({ hosts: true })
    expect(stats.hosts).to.deep.equal([
      { host: `http://127.0.0.1:${server.port}`, inFlight: 2, limit: 2, pausedForMs: 0 },
    ])
    expect(JSON.stringify(stats)).not.to.contain('secret')
    server.gate('a').open()
  })
})

describe('whyWaiting()', () => {
  it('names the connection of a transfer in flight that waits because the connections that multi allows are taken (D17)', async () => {
    await using server = await startHttpServer()
    const gate = server.gate('x')
    await using curl = new ParallelCurl(2, { multi: { MAX_HOST_CONNECTIONS: 1 } })
    void curl.startRequest(server.url('/gate/x'))
    void curl.startRequest(server.url('/gate/x'))
    await gate.waiting(1)
    const why = [...curl.outstandingRequests.values()].map((transfer) => curl.whyWaiting(transfer))
    expect(why).to.have.deep.members([null, { reason: 'connection' }])
    gate.release(2)
    await curl.finishAllRequests()
  })

  it('names the slot, the host, a rate, the rate of the host, or a pause, with the time where it is known', async () => {
    const server = await startHttpServer()
    try {
      const clock = new VirtualClock()
      const ask = async (
        limits: ConstructorParameters<typeof ParallelCurl>[1],
        max = 9,
      ): Promise<[unknown, number | undefined]> => {
        await using curl = new ParallelCurl(max, limits, clock)
        server.forget()
        void curl.startRequest(server.url('/gate/a'))
        void curl.startRequest(server.url('/gate/a'))
        const [first, second] = [...curl.outstandingRequests.values()]
        expect(curl.whyWaiting(first!), 'in flight').to.equal(null)
        const why = curl.whyWaiting(second!)!
        const inMs = why.until === undefined ? undefined : Math.round((why.until - Date.now()) / 100) * 100
        curl.abort()
        await curl.finishAllRequests()
        expect(curl.whyWaiting(first!), 'done').to.equal(null)
        return [why.reason, inMs]
      }
      expect(await ask({}, 1)).to.deep.equal(['slot', undefined])
      expect(await ask({ maxRequestsPerHost: 1 })).to.deep.equal(['host', undefined])
      expect(await ask({ rateLimit: '1/1h' })).to.deep.equal(['rate', 3_600_000])
      expect(await ask({ rateLimitPerHost: '1/2h' })).to.deep.equal(['hostRate', 7_200_000])
      expect(await ask({ minDelayPerHostMs: 60_000 })).to.deep.equal(['hostRate', 60_000])
    } finally {
      await server.close()
    }
  })
})

describe('a large scheduler', () => {
  const fill = (
    pending: number,
    hosts: number,
  ): { scheduler: Scheduler<TransferRecord>; all: TransferRecord[] } => {
    const scheduler = new Scheduler<TransferRecord>({ maxRequests: 50, maxRequestsPerHost: 1 })
    const all = Array.from({ length: pending }, (_, i) => {
      const transfer = new TransferRecord(
        {} as TransferContext,
        i + 1,
        `http://h${i % hosts}/`,
        {},
        {} as LaunchOrder,
        0,
      )
      scheduler.enqueue(transfer)
      return transfer
    })
    return { scheduler, all }
  }

  it('looks at each transfer a bounded number of times, however many wait and for how many hosts', () => {
    // Nine of ten are for one host that is full: each is looked at once, and stands aside.
    const looks = (pending: number, hosts: number): number => {
      let count = 0
      const scheduler = new Scheduler<TransferRecord>({ maxRequests: 50, maxRequestsPerHost: 1 })
      for (let i = 0; i < pending; i++) {
        const host = i % 10 === 0 ? `h${i % hosts}` : 'busy'
        const transfer = new TransferRecord(
          {} as TransferContext,
          i + 1,
          `http://${host}/`,
          {},
          {} as LaunchOrder,
          0,
        )
        let state = transfer.state
        Object.defineProperty(transfer, 'state', {
          get: () => (count++, state),
          set: (value: typeof state) => (state = value),
        })
        scheduler.enqueue(transfer)
      }
      count = 0
      const inFlight: TransferRecord[] = []
      for (let done = 0; done < pending; done++) {
        for (let next = scheduler.next(0); next !== undefined; next = scheduler.next(0)) inFlight.push(next)
        scheduler.settle(inFlight.shift()!, 0)
      }
      expect(scheduler.outstandingCount).to.equal(0)
      return count / pending
    }
    const few = looks(1000, 100)
    const many = looks(soak ? 1_000_000 : 50_000, soak ? 100_000 : 5000)
    expect(many).to.be.below(few * 1.5)
    expect(many).to.be.below(40)
  })

  it('says why each of 100,000 transfers waits without walking through the line', () => {
    const { scheduler, all } = fill(100_000, 1000)
    for (let next = scheduler.next(0); next !== undefined; next = scheduler.next(0)) next.launchedAt = 1
    const reads: string[] = []
    const watched = new Proxy(all[50_500]!, {
      get: (target, key) => (reads.push(String(key)), Reflect.get(target, key) as unknown),
    })
    expect(scheduler.waitOf(watched, 0)).to.deep.equal({ reason: 'slot' })
    expect(reads.length).to.be.below(20)
    expect({ ...scheduler.numbers }).to.deep.equal({ pending: 99_950, delayed: 0, inFlight: 50 })
  })

  it('forgets transfers that are aborted before their turn, and hosts without requests', () => {
    const { scheduler, all } = fill(20_000, 5000)
    for (let next = scheduler.next(0); next !== undefined; next = scheduler.next(0)) next.launchedAt = 1
    for (const transfer of all) scheduler.settle(transfer, 1)
    expect(scheduler.outstandingCount).to.equal(0)
    scheduler.next(2)
    expect([...scheduler.outstanding(), ...scheduler.hosts()]).to.have.length(0)
  })
})

describe('a stream of very many', () => {
  const count = soak ? 1_000_000 : 20_000

  it(`goes through ${count} in flat memory, and pulls no more than the window ahead`, async function () {
    this.timeout(1_200_000)
    const server = await startHttpServer()
    try {
      server.route('/x', (_request, response) => {
        // Otherwise the memory of the recorder would count: it is in this process.
        server.requests.length = 0
        response.end('x')
      })
      const { stdout, stderr, code } = await runChild(
        `import { ParallelCurl } from './src/index.js'
         const [url, count] = [process.argv[1], Number(process.argv[2])]
         const curl = new ParallelCurl(50, { maxRequestsPerHost: 50, retry: 1, totalTimeoutMs: 60000 })
         let pulled = 0, yielded = 0, ahead = 0
         function* urls() { for (; pulled < count; ) { pulled++; yield url } }
         const heap = () => (gc(), process.memoryUsage().heapUsed)
         let early = 0
         const begin = performance.now()
         for await (const transfer of curl.stream(urls())) {
           yielded++
           ahead = Math.max(ahead, pulled - yielded)
           if (transfer.errno !== 0) throw transfer.toError()
           if (yielded === Math.floor(count / 5)) early = heap()
         }
         const perSecond = Math.round(count / (performance.now() - begin) * 1000)
         console.log(JSON.stringify({ yielded, ahead, early, late: heap(), rssMb: Math.round(process.memoryUsage().rss / 2 ** 20), perSecond }))`,
        { args: [server.url('/x'), String(count)], nodeArgs: ['--expose-gc'], killAfterMs: 1_200_000 },
      )
      expect([code, stderr]).to.deep.equal([0, ''])
      const seen = JSON.parse(stdout) as { yielded: number; ahead: number; early: number; late: number }
      if (soak) console.log(seen)
      expect([seen.yielded, seen.ahead <= 100]).to.deep.equal([count, true])
      expect((seen.late - seen.early) / 2 ** 20, 'MB more at the end than after a fifth').to.be.below(2)
    } finally {
      await server.close()
    }
  })
})
