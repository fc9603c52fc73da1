/**
 * Limits as the servers see them: how many at once and how often, for all and for each host, and changed
 * while it runs.
 */
import { expect } from 'chai'
import { ParallelCurl } from '../../../src/index.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { Recorder } from '../../support/recorder.js'
import { optionErrorOf, type Options } from '../../support/requests.js'
import { VirtualClock } from '../../support/virtual-clock.js'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('limits', () => {
  let servers: [HttpServer, HttpServer]
  let recorder: Recorder
  beforeEach(async () => {
    servers = [await startHttpServer(), await startHttpServer()]
    recorder = new Recorder()
  })
  afterEach(() => Promise.all(servers.map((server) => server.close())))

  const start = (
    curl: ParallelCurl,
    server: HttpServer,
    count: number,
    options?: Options,
    path = '/gate/a',
  ): void => {
    for (let i = 0; i < count; i++)
      void curl.startRequest(server.url(path), recorder.callback, null, null, options)
  }

  it('keeps to so many in flight to one host, and a full host holds up no other', async () => {
    await using curl = new ParallelCurl(10, { maxRequestsPerHost: 2 })
    start(curl, servers[0], 20)
    start(curl, servers[1], 20)
    for (let left = 20; left > 0; left--) {
      for (const server of servers) {
        await server.gate('a').waiting(Math.min(2, left))
        server.gate('a').release()
      }
    }
    await curl.finishAllRequests()
    expect(servers.map(({ peakInFlight }) => peakInFlight)).to.deep.equal([2, 2])
    expect(recorder.calls).to.have.length(40)
  })

  it('never lets a slow host keep the slots from a fast one', async () => {
    await using curl = new ParallelCurl(4, { maxRequestsPerHost: 3 })
    start(curl, servers[0], 100)
    start(curl, servers[1], 30, undefined, '/echo')
    await recorder.waitFor(30)
    expect(servers[0].requests, 'the slow one').to.have.length(3)
    servers[0].gate('a').open()
  })

  it('changes at any time, both ways, also from "hosts are alike" while they are in flight', async () => {
    await using curl = new ParallelCurl(4)
    start(curl, servers[0], 12)
    await servers[0].gate('a').waiting(4)
    curl.setLimits({ maxRequestsPerHost: 2 })
    servers[0].gate('a').release(3)
    await recorder.waitFor(3)
    await servers[0].gate('a').waiting(2)
    expect(servers[0].requests).to.have.length(5)
    expect(servers[0].inFlight).to.equal(2)
    curl.setLimits({ maxRequestsPerHost: 3, maxRequests: 9 })
    await servers[0].gate('a').waiting(3)
    start(curl, servers[1], 9)
    await servers[1].gate('a').waiting(3)
    expect(curl.maxRequests).to.equal(9)
    curl.setLimits({ maxRequestsPerHost: null })
    await servers[0].gate('a').waiting(6)
    for (const server of servers) server.gate('a').open()
    await curl.finishAllRequests()
    expect(recorder.calls).to.have.length(21)
  })

  it('starts no more than so many in any span of time, whoever they are for', async () => {
    const clock = new VirtualClock()
    await using curl = new ParallelCurl(100, { rateLimit: { requests: 5, perMs: 1000 } }, clock)
    const arrivals: number[] = []
    for (const server of servers) {
      server.route('/now', (_request, response) => {
        arrivals.push(clock.now())
        response.end('x')
      })
      start(curl, server, 10, undefined, '/now')
    }
    for (let done = 5; done <= 20; done += 5) {
      await recorder.waitFor(done)
      expect(arrivals).to.have.length(done)
      clock.advance(999)
      await turn()
      expect(curl.stats().inFlight, 'not early').to.equal(0)
      clock.advance(1)
    }
    await curl.finishAllRequests()
    expect(arrivals.map((at) => at - arrivals[0]!)).to.deep.equal(
      Array.from({ length: 20 }, (_, i) => Math.floor(i / 5) * 1000),
    )
  })

  it('has rates and delays for each host, and one host waits alone', async () => {
    const clock = new VirtualClock()
    await using curl = new ParallelCurl(100, { rateLimitPerHost: '2/1s', minDelayPerHostMs: 100 }, clock)
    const begin = clock.now()
    const arrivals = servers.map(() => [] as number[])
    servers.forEach((server, index) => {
      server.route('/now', (_request, response) => {
        arrivals[index]!.push(clock.now() - begin)
        response.end('x')
      })
    })
    start(curl, servers[0], 4, undefined, '/now')
    start(curl, servers[1], 1, undefined, '/now')
    await recorder.waitFor(2)
    for (let done = 3; done <= 5; done++) {
      clock.step()
      await recorder.waitFor(done)
    }
    expect(arrivals).to.deep.equal([[0, 100, 1000, 1100], [0]])
  })

  it('launches higher priorities first, and within one whoever came first', async () => {
    await using curl = new ParallelCurl(1)
    start(curl, servers[0], 1)
    for (const [path, priority] of [
      ['/a', 0],
      ['/b', -1.5],
      ['/c', 7],
      ['/d', 0],
      ['/e', 7],
    ] as const) {
      start(curl, servers[0], 1, { priority }, path)
    }
    servers[0].gate('a').open()
    await curl.finishAllRequests()
    expect(servers[0].requests.map(({ path }) => path)).to.deep.equal([
      '/gate/a',
      '/c',
      '/e',
      '/a',
      '/d',
      '/b',
    ])
  })

  it('follows the host with adaptive: as many as it bears, and it shows in the statistics', async () => {
    const bears = 4
    const [server] = servers
    server.route('/busy', (_request, response, of) => {
      if (of.inFlight > bears) response.writeHead(429).end()
      else setImmediate(() => response.end('x'))
    })
    await using curl = new ParallelCurl(50, { adaptive: true })
    const limits: number[] = []
    for (let i = 0; i < 400; i++) {
      void curl.startRequest(server.url('/busy'), () => {
        limits.push(curl.stats({ hosts: true }).hosts![0]!.limit)
      })
    }
    await curl.finishAllRequests()
    expect(server.requests).to.have.length(400)
    expect(Math.max(...limits.slice(100)), 'it does not run away').to.be.at.most(3 * bears)
    expect(Math.min(...limits)).to.be.at.least(1)
    expect(server.peakInFlight, 'nor ever did').to.be.at.most(3 * bears)
  })

  it('starts nothing above maxBufferedBytes, and goes on once bytes have been consumed', async () => {
    await using curl = new ParallelCurl(2, { maxBufferedBytes: 1000 })
    const consume: (() => void)[] = []
    const url = servers[0].url('/bytes/1000')
    for (let i = 0; i < 6; i++) {
      void curl.startRequest(url, () => new Promise<void>((resolve) => consume.push(resolve)))
    }
    const arrived = async (count: number): Promise<void> => {
      while (consume.length < count) await turn()
      await turn()
    }
    const reasons = (): unknown[] =>
      [...curl.outstandingRequests.values()].map((transfer) => curl.whyWaiting(transfer)?.reason)
    await arrived(2)
    const seen = [reasons(), curl.stats().bufferedBytes, servers[0].requests.length]
    consume[0]!()
    await turn()
    seen.push(servers[0].requests.length)
    for (let i = 1; i < 6; i++) {
      consume[i]!()
      if (i % 2 === 1) await arrived(Math.min(i + 3, 6))
    }
    await curl.finishAllRequests()
    expect(seen).to.deep.equal([['bytes', 'bytes', 'bytes', 'bytes'], 2000, 2, 2])
    expect(curl.stats().bufferedBytes).to.equal(0)
    expect(servers[0].requests).to.have.length(6)
  })

  it('a callback that awaits another request gets it, whatever is buffered', async () => {
    await using curl = new ParallelCurl(2, { maxBufferedBytes: 10 })
    const details: string[] = []
    for (let i = 0; i < 5; i++) {
      void curl.startRequest(servers[0].url('/bytes/1000'), async () => {
        details.push((await curl.request(servers[0].url('/status/200'))).text())
      })
    }
    await curl.finishAllRequests()
    expect(details).to.have.length(5)
  })

  it('refuses what makes no sense, and changes nothing then', async () => {
    await using curl = new ParallelCurl(3)
    for (const limits of [
      { rateLimit: '60/x' },
      { rateLimit: { requests: 1, perMs: 0 } },
      { maxRequestsPerHost: -1 },
      { minDelayPerHostMs: NaN },
    ]) {
      optionErrorOf(() => curl.setLimits({ maxRequests: 9, ...limits } as never))
      optionErrorOf(() => new ParallelCurl(1, limits as never))
      optionErrorOf(() => curl.setOptions(limits as never))
      optionErrorOf(() => curl.startRequest(servers[0].url(), null, null, null, limits))
      optionErrorOf(() => curl.stream([], limits))
    }
    expect(curl.maxRequests).to.equal(3)
  })
})
