/**
 * The option `cache`: what the server sees of requests that are answered from the cache, validated or sent anew.
 */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { ParallelCurl, type Transfer } from '../../../src/index.js'
import { CachingBench, facts } from '../../support/caching.js'
import { rejectionOf, send } from '../../support/requests.js'

describe('a cache', () => {
  let bench: CachingBench
  beforeEach(async () => {
    bench = await CachingBench.start()
  })
  afterEach(() => bench.close())

  it('answers from the folder while a response is fresh, and nothing is sent', async () => {
    bench.serve('/a', { 'Cache-Control': 'max-age=60' }, () => 'one')
    await using curl = new ParallelCurl(2, { cache: bench.cache })
    const first = await curl.request(bench.server.url('/a'))
    const second = await curl.request(bench.server.url('/a'))
    const third = await send(curl, bench.server.url('/a'))
    expect(facts(first)).to.deep.equal(['miss', 200, 'one'])
    expect(facts(second)).to.deep.equal(['hit', 200, 'one'])
    expect([third.content, third.transfer.cache]).to.deep.equal(['one', 'hit'])
    expect(second.headers).to.deep.include({ 'content-type': 'text/plain', age: '0' })
    expect(bench.server.requests).to.have.length(1)
  })

  it('asks the server about a stale one, and gives the stored body with renewed fields', async () => {
    let count = 0
    bench.server.route('/a', (request, response) => {
      count++
      const isSame = request.headers['if-none-match'] === '"x"'
      response.writeHead(isSame ? 304 : 200, {
        ETag: '"x"',
        'X-Count': String(count),
        'Cache-Control': 'max-age=60',
      })
      response.end(isSame ? undefined : 'body')
    })
    await using curl = new ParallelCurl(2, { cache: bench.cache })
    await curl.request(bench.server.url('/a'))
    bench.now += 61_000
    const again = await curl.request(bench.server.url('/a'))
    expect(facts(again)).to.deep.equal(['revalidated', 200, 'body'])
    expect(again.getInfo('RESPONSE_CODE')).to.equal(200)
    expect(again.headers['x-count']).to.equal('2')
    bench.now += 30_000
    const hit = await curl.request(bench.server.url('/a'))
    expect(facts(hit)).to.deep.equal(['hit', 200, 'body'])
    expect(hit.headers).to.deep.include({ 'x-count': '2', age: '30' })
    expect(bench.server.requests.map(({ headers }) => headers['if-none-match'])).to.deep.equal([
      undefined,
      '"x"',
    ])
  })

  it('takes a new response in the place of a stale one', async () => {
    let body = 'one'
    bench.serve('/a', { 'Cache-Control': 'no-cache' }, () => body)
    await using curl = new ParallelCurl(2, { cache: bench.cache })
    const all = [await curl.request(bench.server.url('/a')), await curl.request(bench.server.url('/a'))]
    body = 'two'
    all.push(await curl.request(bench.server.url('/a')), await curl.request(bench.server.url('/a')))
    expect(all.map(facts)).to.deep.equal([
      ['miss', 200, 'one'],
      ['revalidated', 200, 'one'],
      ['miss', 200, 'two'],
      ['revalidated', 200, 'two'],
    ])
  })

  it('gives bodies to files, streams and functions as the server would', async () => {
    const body = 'x'.repeat(300_000)
    bench.serve('/a', { 'Cache-Control': 'max-age=60' }, () => body)
    bench.serve('/b', { 'Cache-Control': 'no-cache' }, () => body)
    await using curl = new ParallelCurl(2, { cache: bench.cache })
    const outcomes: unknown[] = []
    for (const path of ['/a', '/b'])
      for (let i = 0; i < 2; i++) {
        const output = join(bench.folder, `copy-${String(i)}`)
        const saved = await curl.request(bench.server.url(path), { output })
        expect(readFileSync(output, 'utf8')).to.equal(body)
        const streamed = await curl.request(bench.server.url(path), { responseType: 'stream' })
        const { responseCode, cache } = streamed
        expect(await text(streamed.stream)).to.equal(body)
        const got: Buffer[] = []
        const given = await curl.request(bench.server.url(path), { onData: (chunk) => got.push(chunk) })
        expect(Buffer.concat(got).toString()).to.equal(body)
        const dropped = await curl.request(bench.server.url(path), { responseType: 'none' })
        outcomes.push([saved.cache, saved.output?.size, responseCode, cache, given.cache, dropped.cache])
        expect([saved.content, given.content, dropped.content, dropped.body.length]).to.deep.equal([
          null,
          null,
          null,
          0,
        ])
      }
    expect(outcomes).to.deep.equal([
      ['miss', 300_000, 200, 'hit', 'hit', 'hit'],
      ['hit', 300_000, 200, 'hit', 'hit', 'hit'],
      ['miss', 300_000, 200, 'revalidated', 'revalidated', 'revalidated'],
      ['revalidated', 300_000, 200, 'revalidated', 'revalidated', 'revalidated'],
    ])
    expect(bench.server.requests).to.have.length(9)
  })

  it('serves an offline instance, and refuses what it has not', async () => {
    bench.serve('/a', { 'Cache-Control': 'no-cache' }, () => 'one')
    await using curl = new ParallelCurl(2, { cache: bench.cache })
    await curl.request(bench.server.url('/a'))
    await using offline = new ParallelCurl(2, { cache: bench.open({ mode: 'offline' }) })
    expect(facts(await offline.request(bench.server.url('/a')))).to.deep.equal(['hit', 200, 'one'])
    const error = await rejectionOf(offline.request(bench.server.url('/b')))
    expect(error).to.include({ errno: 7 })
    expect((error as Error).message).to.include('the cache is offline, and it has no response for it')
    expect(bench.server.requests).to.have.length(1)
  })

  it('uses a stale response if the server fails, for as long as it or the option allows', async () => {
    let fails: 'not' | 'status' | 'connection' = 'not'
    bench.server.route('/said', (_request, response) => {
      if (fails === 'connection') response.destroy()
      else {
        const headers = { 'Cache-Control': 'max-age=10, stale-if-error=100' }
        response.writeHead(fails === 'status' ? 503 : 200, headers).end(fails)
      }
    })
    bench.server.route('/strict', (_request, response) => {
      if (fails === 'not')
        response.writeHead(200, { 'Cache-Control': 'max-age=10, must-revalidate' }).end('x')
      else response.writeHead(503).end()
    })
    await using curl = new ParallelCurl(2, { cache: bench.cache })
    await using lenient = new ParallelCurl(2, { cache: bench.open({ staleIfErrorMs: 500_000 }) })
    const [said, strict] = [bench.server.url('/said'), bench.server.url('/strict')]
    for (const url of [said, strict]) await curl.request(url)
    bench.now += 50_000
    fails = 'status'
    expect(facts(await curl.request(said))).to.deep.equal(['hit', 200, 'not'])
    const streamed = await curl.request(said, { responseType: 'stream' })
    expect([streamed.responseCode, await text(streamed.stream), streamed.headers['age']]).to.deep.equal([
      200,
      'not',
      '50',
    ])
    expect((await lenient.request(strict)).responseCode).to.equal(503)
    fails = 'connection'
    expect(facts(await curl.request(said))).to.deep.equal(['hit', 200, 'not'])
    bench.now += 100_000
    expect(await rejectionOf(curl.request(said))).to.include({ errno: 52 })
    expect(facts(await lenient.request(said))).to.deep.equal(['hit', 200, 'not'])
  })

  it('counts ages from the last confirmation, also where nothing was written for it', async () => {
    const { server } = bench
    bench.serve('/a', {})
    const cache = bench.open({ staleIfErrorMs: 60_000 })
    await using curl = new ParallelCurl(1, { cache, captureHeaders: true })
    await curl.request(server.url('/a'))
    bench.now += 3_600_000
    expect((await curl.request(server.url('/a'))).cache).to.equal('revalidated')
    bench.now += 10_000
    server.route('/a', (_request, response) => response.writeHead(503).end())
    const stale = await curl.request(server.url('/a'))
    expect(facts(stale)).to.deep.equal(['hit', 200, 'body of /a'])
    expect(Number(stale.headers['age'])).to.be.within(10, 11)
    expect((await cache.prune({ maxAgeMs: 60_000 })).entries).to.equal(1)
    bench.now += 60_000
    expect((await curl.request(server.url('/a'))).responseCode).to.equal(503)
    expect((await cache.prune({ maxAgeMs: 60_000 })).entries).to.equal(0)
  })

  it('takes no slot, no rate and no turn for a hit', async () => {
    bench.serve('/a', { 'Cache-Control': 'max-age=60' })
    await using curl = new ParallelCurl(1, {
      cache: bench.cache,
      rateLimit: '2/10m',
    })
    await curl.request(bench.server.url('/a'))
    const held = curl.request(bench.server.url('/gate/a'))
    await bench.server.gate('a').waiting(1)
    for (let i = 0; i < 5; i++) expect((await curl.request(bench.server.url('/a'))).cache).to.equal('hit')
    expect(curl.stats()).to.include({ inFlight: 1, pending: 0, done: 6 })
    bench.server.gate('a').open()
    await held
  })

  it('gives a large body at the pace of its reader, and can be aborted meanwhile', async () => {
    const body = 'x'.repeat(3_000_000)
    bench.serve('/a', { 'Cache-Control': 'max-age=60' }, () => body)
    await using curl = new ParallelCurl(1, { cache: bench.cache })
    await curl.request(bench.server.url('/a'), { responseType: 'none' })
    const slow = await curl.request(bench.server.url('/a'), { responseType: 'stream' })
    expect(slow.cache).to.equal('hit')
    await once(slow.stream, 'readable')
    expect([...curl.outstandingRequests.values()]).to.deep.equal([slow])
    const failure = once(slow.stream, 'error')
    curl.abort(new Error('enough'))
    const [error] = (await failure) as [Error]
    expect(error).to.include({ errno: 42 })
    const left = await curl.request(bench.server.url('/a'), { responseType: 'stream' })
    left.stream.destroy()
    const whole = await curl.request(bench.server.url('/a'), { responseType: 'stream' })
    expect(await text(whole.stream)).to.equal(body)
    await curl.finishAllRequests()
    expect(curl.outstandingRequests.size).to.equal(0)
  })

  it('settles exactly once if a request is aborted before its hit is delivered', async () => {
    bench.serve('/a', { 'Cache-Control': 'max-age=60' })
    await using curl = new ParallelCurl(1, { cache: bench.cache })
    await curl.request(bench.server.url('/a'))
    const signal = AbortSignal.abort(new Error('before'))
    expect(await rejectionOf(curl.request(bench.server.url('/a'), { signal }))).to.include({ errno: 42 })
    const late = new AbortController()
    const answered = curl.request(bench.server.url('/a'), { signal: late.signal })
    late.abort()
    expect((await answered).cache).to.equal('hit')
  })

  it('keeps infos, headers and bodies of a hit readable for as long as the transfer lives', async () => {
    bench.serve('/a', { 'Cache-Control': 'max-age=60' })
    const kept: Transfer[] = []
    await using curl = new ParallelCurl(1, { cache: bench.cache, keepInfo: true })
    for (let i = 0; i < 2; i++) kept.push(await curl.request(bench.server.url('/a')))
    await new Promise(setImmediate)
    const hit = kept[1] as Transfer
    expect(hit.getInfo('CONTENT_TYPE')).to.equal('text/plain')
    expect([hit.effectiveUrl, hit.headers['content-type'], hit.body.toString()]).to.deep.equal([
      bench.server.url('/a'),
      'text/plain',
      'body of /a',
    ])
    expect(hit.info()).to.include({ RESPONSE_CODE: 200, PRIMARY_IP: null, TOTAL_TIME: 0 })
    expect(hit.attempts).to.deep.equal([])
  })

  it('leaves out what is too long', async () => {
    bench.serve('/a', { 'Cache-Control': 'max-age=60' }, () => 'x'.repeat(20_000))
    const cache = bench.open({ maxEntrySize: 10_000 })
    await using curl = new ParallelCurl(1, { cache })
    for (const options of [{}, { responseType: 'none' as const }, {}])
      expect((await curl.request(bench.server.url('/a'), options)).cache).to.equal('miss')
    expect(bench.files()).to.deep.equal([])
  })

  it('looks a request up once if it is sent at once, and again at its launch if it has waited', async () => {
    bench.serve('/a', { 'Cache-Control': 'no-cache' })
    const lookups: string[] = []
    const find = bench.cache.find.bind(bench.cache)
    bench.cache.find = (request) => {
      lookups.push(new URL(request.url).search)
      return find(request)
    }
    await using curl = new ParallelCurl(1, { cache: bench.cache, dedupe: true })
    // The second one waits for the slot, with a transfer of its own that is sent for equal requests.
    const both = ['?1', '?2'].map((query) => curl.request(bench.server.url(`/a${query}`)))
    await Promise.all(both)
    expect(lookups).to.deep.equal(['?1', '?2', '?2'])
    lookups.length = 0
    const again = ['?1', '?2'].map((query) => curl.request(bench.server.url(`/a${query}`)))
    expect((await Promise.all(again)).map(({ cache }) => cache)).to.deep.equal(['revalidated', 'revalidated'])
    expect(lookups).to.deep.equal(['?1', '?2', '?2'])
  })

  it('judges a response that must not be stored once, however many chunks it has', async () => {
    let chunks = 0
    let sendNext = (): void => undefined
    bench.server.route('/a', (_request, response) => {
      sendNext = () => {
        if (chunks < 5) response.write('chunk')
        else response.end()
      }
      response.writeHead(200, { 'Cache-Control': 'no-store' })
      sendNext()
    })
    let judged = 0
    const judge = bench.cache.judge.bind(bench.cache)
    bench.cache.judge = (...given) => {
      judged++
      return judge(...given)
    }
    await using curl = new ParallelCurl(1, { cache: bench.cache })
    await curl.request(bench.server.url('/a'), {
      onData() {
        chunks++
        sendNext()
      },
    })
    expect([chunks, judged]).to.deep.equal([5, 1])
  })
})
