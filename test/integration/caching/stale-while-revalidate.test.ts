/**
 * `stale-while-revalidate` (RFC 5861): a stale response is given at once, and the server is asked meanwhile. Does not
 * repeat what freshness is.
 */
import { expect } from 'chai'
import { CookieJar, ParallelCurl, type CurlError, type Transfer } from '../../../src/index.js'
import { CachingBench, facts } from '../../support/caching.js'
import type { Handler } from '../../support/servers/http/http-exchange.js'

const MEANWHILE = { 'Cache-Control': 'max-age=60, stale-while-revalidate=600' }

describe('stale-while-revalidate', () => {
  let bench: CachingBench
  let text: string
  beforeEach(async () => {
    bench = await CachingBench.start()
    text = 'first'
    bench.serve('/a', MEANWHILE, () => text)
  })
  afterEach(() => bench.close())
  const get = (curl: ParallelCurl, options = {}): Promise<Transfer> =>
    curl.request(bench.server.url('/a'), options)

  it('gives the stale response at once, and the new one after the server has been asked', async () => {
    const { server, cache } = bench
    await using curl = new ParallelCurl(1, { cache, captureHeaders: true })
    await get(curl)
    bench.now += 61_000
    text = 'second'
    const stale = await get(curl)
    expect(facts(stale)).to.deep.equal(['hit', 200, 'first'])
    expect(stale.attempts).to.have.length(0)
    expect(Number(stale.headers['age'])).to.be.within(61, 62)
    await curl.finishAllRequests()
    expect(bench.seen).to.deep.equal(['GET /a', 'GET /a "5-first"'])
    expect(facts(await get(curl))).to.deep.equal(['hit', 200, 'second'])
    bench.now += 61_000
    expect(facts(await get(curl))).to.deep.equal(['hit', 200, 'second'])
    await curl.finishAllRequests()
    bench.now += 30_000
    // Confirmed by a 304, which renews the lifetime.
    expect((await get(curl)).attempts).to.deep.equal([])
    expect(server.requests).to.have.length(3)
    bench.now += 661_000
    expect(facts(await get(curl))).to.deep.equal(['revalidated', 200, 'second'])
  })

  it('asks once at a time, by a request that takes a slot, counts, and is waited for', async () => {
    const { server, cache } = bench
    await using curl = new ParallelCurl(1, { cache })
    await get(curl)
    bench.now += 61_000
    let answer = (): void => undefined
    server.route('/a', (_request, response) => {
      answer = () => void response.writeHead(304).end()
    })
    for (let at = 0; at < 3; at++) expect((await get(curl)).cache).to.equal('hit')
    await server.waitForRequests(2)
    expect(curl.stats().inFlight).to.equal(1)
    expect([...curl.outstandingRequests.values()].map(({ cache: outcome }) => outcome)).to.deep.equal([
      'miss',
    ])
    // The only slot is taken.
    const other = curl.request(server.url('/other'))
    let isFinished = false
    const finished = curl.finishAllRequests().then(() => (isFinished = true))
    expect((await get(curl)).cache).to.equal('hit')
    expect([server.requests.length, isFinished]).to.deep.equal([2, false])
    answer()
    await Promise.all([other, finished])
    expect(server.requests.map(({ url }) => url)).to.deep.equal(['/a', '/a', '/other'])
    expect(curl.stats().done).to.equal(7)
  })

  it('costs nobody anything if the server fails, and asks again at the next use', async () => {
    const { server, cache } = bench
    const calls: unknown[] = []
    await using curl = new ParallelCurl(1, { cache })
    await get(curl)
    bench.now += 61_000
    const failures: Handler[] = [
      (_request, response) => response.writeHead(503).end(),
      (_request, response) => response.destroy(),
    ]
    for (const [at, failure] of failures.entries()) {
      server.route('/a', failure)
      await curl.startRequest(server.url('/a'), (content) => void calls.push(content))
      await curl.finishAllRequests()
      // libcurl itself sends again what was cut off on a connection that it had used before.
      expect(server.requests.length).to.be.within(2 + at, 2 + 2 * at)
    }
    expect(calls).to.deep.equal(['first', 'first'])
    bench.now += 600_000
    const error = await get(curl).catch((reason: unknown) => reason)
    expect(error).to.have.property('errno', 52)
  })

  it('stores a long body that nobody reads, and gives none to functions of the request', async () => {
    const { cache } = bench
    const long = 'x'.repeat(600_000)
    let given = 0
    await using curl = new ParallelCurl(1, { cache, onData: (chunk: Buffer) => void (given += chunk.length) })
    await get(curl)
    bench.now += 61_000
    text = long
    await get(curl)
    await curl.finishAllRequests()
    expect(given).to.equal(10)
    await get(curl)
    expect(given).to.equal(600_010)
    expect(bench.seen).to.have.length(2)
  })

  it('asks as who asked, and never for somebody else', async () => {
    const { server, cache } = bench
    await using curl = new ParallelCurl(2, { cache })
    const names = ['ann', 'bob']
    server.route('/a', (request, response) => {
      response.writeHead(200, MEANWHILE).end(`for ${String(request.headers.cookie)}`)
    })
    const jars = names.map((name) => new CookieJar([{ name: 'who', value: name, domain: '127.0.0.1' }]))
    for (const [at, name] of names.entries())
      expect((await get(curl, { cookieJar: jars[at] })).content).to.equal(`for who=${name}`)
    bench.now += 61_000
    await get(curl, { cookieJar: jars[1] })
    await curl.finishAllRequests()
    expect(server.requests.map(({ headers }) => headers.cookie)).to.deep.equal([
      'who=ann',
      'who=bob',
      'who=bob',
    ])
    expect(facts(await get(curl, { cookieJar: jars[1] }))).to.deep.equal(['hit', 200, 'for who=bob'])
  })

  for (const [why, options, control] of [
    ['a request with no-cache', { HTTPHEADER: ['Cache-Control: no-cache'] }, MEANWHILE['Cache-Control']],
    ['a request with max-age', { HTTPHEADER: ['Cache-Control: max-age=10'] }, MEANWHILE['Cache-Control']],
    ['a response with must-revalidate', {}, `${MEANWHILE['Cache-Control']}, must-revalidate`],
    ['a response with no-cache', {}, `no-cache, stale-while-revalidate=600`],
    ['a window that is no number', {}, 'max-age=60, stale-while-revalidate=x'],
  ] as const)
    it(`is not done for ${why}`, async () => {
      bench.serve('/a', { 'Cache-Control': control }, () => text)
      await using curl = new ParallelCurl(1, { cache: bench.cache })
      await get(curl)
      bench.now += 61_000
      expect((await get(curl, options)).cache).to.equal('revalidated')
    })

  it('is not done offline, and not for what an unsafe request has made invalid', async () => {
    const { server, cache } = bench
    await using curl = new ParallelCurl(1, { cache })
    await get(curl)
    bench.now += 61_000
    await get(curl, { cache: bench.open({ mode: 'offline' }) })
    await curl.finishAllRequests()
    expect(server.requests).to.have.length(1)
    await curl.request(server.url('/a'), { CUSTOMREQUEST: 'DELETE' })
    expect((await get(curl)).cache).to.equal('revalidated')
  })

  it('ends with the signal of the request that began it', async () => {
    const { server, cache } = bench
    await using curl = new ParallelCurl(1, { cache })
    await get(curl)
    bench.now += 61_000
    let isClosed: Promise<unknown> = Promise.resolve()
    server.route('/a', (_request, response) => {
      isClosed = new Promise((resolve) => response.once('close', resolve))
    })
    const stop = new AbortController()
    expect((await get(curl, { signal: stop.signal })).cache).to.equal('hit')
    await server.waitForRequests(2)
    stop.abort()
    await curl.finishAllRequests()
    await isClosed
    expect(
      await get(curl, { signal: AbortSignal.abort() }).catch((error: unknown) => (error as CurlError).errno),
    ).to.equal(42)
    expect(server.requests).to.have.length(2)
  })
})
