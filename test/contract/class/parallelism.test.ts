/**
 * The number of requests at once, as the server sees it: limits, changes of limits, backpressure
 * (parallelcurl.php 59-77, README).
 */
import { expect } from 'chai'
import { ParallelCurl } from '../../../src/index.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'
import { Recorder } from '../../support/recorder.js'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('parallelism', () => {
  let server: HttpServer
  let recorder: Recorder
  beforeEach(async () => {
    server = await startHttpServer()
    recorder = new Recorder()
  })
  afterEach(() => server.close())

  const start = (curl: ParallelCurl, count: number): Promise<unknown>[] =>
    Array.from({ length: count }, () => curl.startRequest(server.url('/gate/a'), recorder.callback))

  for (const limit of [1, 2, 7]) {
    it(`keeps exactly ${limit} requests in flight at a limit of ${limit} while there is work`, async () => {
      await using curl = new ParallelCurl(limit)
      const count = limit * 4
      void start(curl, count)
      for (let left = count; left > 0; left--) {
        await server.gate('a').waiting(Math.min(limit, left))
        server.gate('a').release()
      }
      await curl.finishAllRequests()
      expect(recorder.calls).to.have.length(count)
      expect(server.peakInFlight).to.equal(limit)
      expect(server.connections, 'connections are reused').to.be.at.most(limit)
    })
  }

  it('starts pending requests at once when the limit is raised', async () => {
    await using curl = new ParallelCurl(2)
    void start(curl, 8)
    await server.gate('a').waiting(2)
    curl.setMaxRequests(5)
    await server.gate('a').waiting(5)
    curl.setMaxRequests(0)
    await server.gate('a').waiting(8)
    server.gate('a').open()
    await curl.finishAllRequests()
    expect(recorder.calls).to.have.length(8)
  })

  it('raises the limit by assignment as well', async () => {
    await using curl = new ParallelCurl(1)
    void start(curl, 3)
    await server.gate('a').waiting(1)
    curl.maxRequests = 3
    await server.gate('a').waiting(3)
    server.gate('a').open()
  })

  it('lets requests in flight finish when the limit is lowered, and starts none until it is free', async () => {
    await using curl = new ParallelCurl(4)
    void start(curl, 10)
    await server.gate('a').waiting(4)
    curl.setMaxRequests(1)
    server.gate('a').release(3)
    await recorder.waitFor(3)
    await server.waitForRequests(4)
    expect(server.inFlight).to.equal(1)
    server.forget()
    server.gate('a').open()
    await curl.finishAllRequests()
    expect(recorder.calls).to.have.length(10)
    expect(server.requests).to.have.length(6)
    expect(server.peakInFlight).to.equal(1)
  })

  it('lowers the limit in the middle of a run, in a callback, without hanging', async () => {
    await using curl = new ParallelCurl(8)
    const urls = Array.from({ length: 40 }, (_, i) => server.url(`/echo?${i}`))
    for (const url of urls) {
      void curl.startRequest(url, (...args: unknown[]) => {
        recorder.callback(...args)
        curl.setMaxRequests(1 + (recorder.calls.length % 3))
      })
    }
    await curl.finishAllRequests()
    recorder.exactlyOnce(urls)
  })

  it('applies new options from the next startRequest() on, and replaces all of them', async () => {
    await using curl = new ParallelCurl(1, { USERAGENT: 'old', REFERER: 'old' })
    void start(curl, 1)
    void curl.startRequest(server.url('/echo?pending'), recorder.callback)
    await server.gate('a').waiting(1)
    curl.setOptions({ USERAGENT: 'new' })
    void curl.startRequest(server.url('/echo?later'), recorder.callback)
    server.gate('a').open()
    await curl.finishAllRequests()
    expect(server.requests.map(({ headers }) => [headers['user-agent'], headers.referer])).to.deep.equal([
      ['old', 'old'],
      ['old', 'old'],
      ['new', undefined],
    ])
  })

  it('ignores later changes of an options object', async () => {
    const shared = { HTTPHEADER: ['X-A: 1'] }
    const own = { USERAGENT: 'a' }
    await using curl = new ParallelCurl(1, shared)
    void start(curl, 1)
    void curl.startRequest(server.url(), recorder.callback, [], null, own)
    shared.HTTPHEADER.push('X-B: 2')
    own.USERAGENT = 'b'
    server.gate('a').open()
    await curl.finishAllRequests()
    expect(server.requests[1]?.headers).to.include({ 'x-a': '1', 'user-agent': 'a' })
    expect(server.requests[1]?.headers).not.to.have.property('x-b')
  })

  it("resolves the promise of startRequest() at the launch, as PHP's call blocks until then", async () => {
    await using curl = new ParallelCurl(2)
    const [first, second, third] = start(curl, 3)
    await Promise.all([first, second])
    let launched = false
    void third?.then(() => (launched = true))
    await server.gate('a').waiting(2)
    for (let i = 0; i < 10; i++) await turn()
    expect(launched).to.equal(false)
    server.gate('a').release()
    await third
    expect(launched).to.equal(true)
    server.gate('a').open()
  })

  it('lets a loop that awaits startRequest() have no more outstanding requests than the limit', async () => {
    await using curl = new ParallelCurl(3)
    for (let i = 0; i < 50; i++) {
      await curl.startRequest(server.url(), recorder.callback)
      expect(curl.outstandingRequests.size).to.be.at.most(3)
    }
    await curl.finishAllRequests()
    expect(recorder.calls).to.have.length(50)
    expect(server.peakInFlight).to.be.at.most(3)
  })

  it('resolves the promise of startRequest for a request that fails, too', async () => {
    await using curl = new ParallelCurl(1)
    for (const url of ['', 'nonsense://x', 'http://127.0.0.1:1/'])
      await curl.startRequest(url, recorder.callback)
    await curl.finishAllRequests()
    expect(recorder.contents).to.deep.equal([null, null, null])
  })

  it('runs instances beside each other, each with its own limit', async () => {
    await using one = new ParallelCurl(2)
    await using other = new ParallelCurl(3)
    void start(one, 6)
    void start(other, 6)
    await server.gate('a').waiting(5)
    server.gate('a').open()
    await Promise.all([one.finishAllRequests(), other.finishAllRequests()])
    expect(server.peakInFlight).to.equal(5)
    expect(recorder.calls).to.have.length(12)
  })

  it('accepts 20,000 pending requests', async () => {
    await using curl = new ParallelCurl(1)
    for (let i = 0; i < 20_000; i++) void curl.startRequest('nonsense://x', recorder.callback)
    expect(curl.outstandingRequests.size).to.equal(20_000)
    await curl.finishAllRequests()
    expect(recorder.calls).to.have.length(20_000)
  })
})
