/**
 * A cache together with the other features: redirects, dedupe, retries, HEAD, unsafe methods, Vary, identities.
 */
import { readdirSync } from 'node:fs'
import { expect } from 'chai'
import { CurlHttpClient } from '../../../src/crawlee/index.js'
import { createFetch } from '../../../src/fetch/index.js'
import { CookieJar, ParallelCurl, Session, SessionPool, type Transfer } from '../../../src/index.js'
import { CachingBench, facts } from '../../support/caching.js'
import { rejectionOf } from '../../support/requests.js'

describe('a cache, together with', () => {
  let bench: CachingBench
  beforeEach(async () => {
    bench = await CachingBench.start()
  })
  afterEach(() => bench.close())

  const FRESH = { 'Cache-Control': 'max-age=60' }
  const redirect = (path: string, to: () => string, headers: Record<string, string> = {}): void => {
    bench.server.route(path, (_request, response) => {
      response.writeHead(302, { Location: to(), ...headers }).end()
    })
  }

  it('redirects: keeps the response under the first URL, for as long as every step is fresh', async () => {
    const { server, cache } = bench
    redirect('/start', () => '/end', FRESH)
    bench.serve('/end', FRESH)
    await using curl = new ParallelCurl(2, { cache, FOLLOWLOCATION: 1 })
    const first = await curl.request(server.url('/start'))
    const hit = await curl.request(server.url('/start'))
    expect([first, hit].map(facts)).to.deep.equal([
      ['miss', 200, 'body of /end'],
      ['hit', 200, 'body of /end'],
    ])
    expect([hit.effectiveUrl, hit.getInfo('REDIRECT_COUNT')]).to.deep.equal([server.url('/end'), 1])
    expect(hit.headerList.filter((line) => line.startsWith('HTTP/'))).to.have.length(2)
    expect(bench.seen).to.deep.equal(['GET /start', 'GET /end'])
    // The URL behind it has an entry of its own, and who does not follow gets the redirect.
    expect((await curl.request(server.url('/end'))).cache).to.equal('miss')
    const step = (): Promise<Transfer> => curl.request(server.url('/start'), { FOLLOWLOCATION: 0 })
    for (const outcome of ['miss', 'hit'])
      expect(await step()).to.include({ cache: outcome, responseCode: 302, errno: 0 })
    expect(facts(await curl.request(server.url('/start')))).to.deep.equal(['hit', 200, 'body of /end'])
  })

  it('redirects without a lifetime: asks for each step, and for no body', async () => {
    const { server, cache } = bench
    redirect('/start', () => '/end')
    bench.serve('/end', FRESH)
    await using curl = new ParallelCurl(2, { cache, FOLLOWLOCATION: 1 })
    await curl.request(server.url('/start'))
    const again = await curl.request(server.url('/start'))
    expect(facts(again)).to.deep.equal(['revalidated', 200, 'body of /end'])
    expect(bench.seen.slice(2)).to.deep.equal(['GET /start "12-body of /end"', 'GET /end "12-body of /end"'])
  })

  it('redirects that lead elsewhere: never gives the body of one URL for that of another', async () => {
    const { server, cache } = bench
    let target = '/one'
    redirect('/start', () => target)
    // Tags are those of one URL: here both have the same.
    for (const path of ['/one', '/two'])
      server.route(path, (request, response) => {
        const isSame = request.headers['if-none-match'] === '"same"'
        response.writeHead(isSame ? 304 : 200, { ETag: '"same"' }).end(isSame ? undefined : path)
      })
    await using curl = new ParallelCurl(2, { cache, FOLLOWLOCATION: 1 })
    await curl.request(server.url('/start'))
    target = '/two'
    const moved = await curl.request(server.url('/start'))
    expect(facts(moved)).to.deep.equal(['miss', 200, '/two'])
    expect(bench.seen.slice(2)).to.deep.equal([
      'GET /start "same"',
      'GET /two "same"',
      'GET /start',
      'GET /two',
    ])
  })

  it('dedupe: equal requests share the one that asks the server', async () => {
    const { server, cache } = bench
    bench.serve('/a', { 'Cache-Control': 'no-cache' })
    await using curl = new ParallelCurl(4, { cache, dedupe: true })
    const together = await Promise.all([1, 2, 3].map(() => curl.request(server.url('/a'))))
    const again = await Promise.all([1, 2, 3].map(() => curl.request(server.url('/a'))))
    expect(together.map(facts)).to.deep.equal(Array(3).fill(['miss', 200, 'body of /a']))
    expect(again.map(facts)).to.deep.equal(Array(3).fill(['revalidated', 200, 'body of /a']))
    expect(bench.seen).to.have.length(2)
  })

  it('retries: stores the response of the last attempt, and no other', async () => {
    const { server, cache } = bench
    let count = 0
    server.route('/a', (_request, response) => {
      response.writeHead(++count < 3 ? 503 : 200, FRESH).end(`attempt ${String(count)}`)
    })
    await using curl = new ParallelCurl(2, { cache, retry: { limit: 3, backoffMs: 0 } })
    const first = await curl.request(server.url('/a'))
    expect([...facts(first), first.attempts.length]).to.deep.equal(['miss', 200, 'attempt 3', 3])
    const hit = await curl.request(server.url('/a'))
    expect([...facts(hit), hit.attempts.length]).to.deep.equal(['hit', 200, 'attempt 3', 0])
  })

  it('HEAD: is answered by a fresh response to GET, and never makes one', async () => {
    const { server, cache } = bench
    bench.serve('/a', FRESH)
    await using curl = new ParallelCurl(2, { cache })
    const head = await curl.request(server.url('/a'), { NOBODY: 1 })
    const get = await curl.request(server.url('/a'))
    const again = await curl.request(server.url('/a'), { NOBODY: 1 })
    expect([head, get, again].map(facts)).to.deep.equal([
      ['miss', 200, ''],
      ['miss', 200, 'body of /a'],
      ['hit', 200, ''],
    ])
    expect(again.headers['content-type']).to.equal('text/plain')
    expect(bench.seen).to.deep.equal(['HEAD /a', 'GET /a'])
  })

  it('unsafe methods: a success makes the URL and what its response names invalid, for everybody', async () => {
    const { server, cache } = bench
    const plan: [string, number][] = [
      ['/a', 200],
      ['/b', 200],
      ['/c', 500],
    ]
    for (const [path, status] of plan)
      server.route(path, (request, response) => {
        if (request.method === 'GET') response.writeHead(200, { ...FRESH, ETag: '"x"' }).end('page')
        else response.writeHead(status, { 'Content-Location': '/b' }).end()
      })
    await using alice = new ParallelCurl(2, { cache, USERPWD: 'alice:1' })
    await using bob = new ParallelCurl(2, { cache, USERPWD: 'bob:1' })
    const visit = async (): Promise<unknown[]> => {
      const outcomes = []
      for (const path of ['/a', '/b', '/c'])
        for (const curl of [alice, bob]) outcomes.push((await curl.request(server.url(path))).cache)
      return outcomes
    }
    await visit()
    expect(await visit()).to.deep.equal(Array(6).fill('hit'))
    const failed = await alice.request(server.url('/c'), { postFields: 'x' })
    expect([failed.cache, failed.responseCode]).to.deep.equal(['bypass', 500])
    expect(await visit()).to.deep.equal(Array(6).fill('hit'))
    await alice.request(server.url('/a'), { postFields: 'x', captureHeaders: true })
    expect(await visit()).to.deep.equal(['miss', 'miss', 'miss', 'miss', 'hit', 'hit'])
  })

  it('unsafe methods: make invalid what redirects led to by way of their URL, for as long as it is there', async () => {
    const { server, cache } = bench
    redirect('/start', () => '/middle#here', FRESH)
    redirect('/middle', () => '/end', FRESH)
    bench.serve('/end', FRESH)
    await using curl = new ParallelCurl(2, { cache, FOLLOWLOCATION: 1 })
    const outcome = async (): Promise<unknown> => (await curl.request(server.url('/start'))).cache
    expect(await outcome()).to.equal('miss')
    for (const path of ['/end', '/middle', '/start']) {
      expect(await outcome(), path).to.equal('hit')
      await curl.request(server.url(path), { CUSTOMREQUEST: 'DELETE' })
      expect(await outcome(), path).to.equal('revalidated')
    }
    const files = bench.files().length
    bench.now += 7_200_000
    expect(await cache.prune()).to.include({ entries: 1 })
    await curl.request(server.url('/end'), { CUSTOMREQUEST: 'DELETE' })
    expect(files).to.equal(2)
    const all = (): string[] => readdirSync(cache.dir, { recursive: true, encoding: 'utf8' })
    expect(all().filter((name) => name.endsWith('.via'))).to.have.length(2)
    await cache.prune({ maxBytes: 0 })
    await cache.prune()
    expect(all().filter((name) => name.includes('.'))).to.deep.equal(['parallelcurl-cache.json'])
  })

  it('Vary: keeps a response for each value of the fields that it names', async () => {
    const { server, cache } = bench
    server.route('/a', (request, response) => {
      const language = request.headers['accept-language'] ?? 'none'
      response.writeHead(200, { ...FRESH, Vary: 'Accept-Language' }).end(language)
    })
    await using curl = new ParallelCurl(2, { cache })
    const ask = async (...lines: string[]): Promise<unknown[]> =>
      facts(await curl.request(server.url('/a'), { HTTPHEADER: lines }))
    expect(await ask('Accept-Language: de')).to.deep.equal(['miss', 200, 'de'])
    expect(await ask('accept-language: fr')).to.deep.equal(['miss', 200, 'fr'])
    expect(await ask('Accept-Language:  de')).to.deep.equal(['hit', 200, 'de'])
    expect(await ask('Accept-Language: fr', 'X-Other: 1')).to.deep.equal(['hit', 200, 'fr'])
    expect(await ask()).to.deep.equal(['miss', 200, 'none'])
  })

  it('identities: nobody gets the page of somebody else', async () => {
    const { server, cache } = bench
    let count = 0
    server.route('/a', (_request, response) => {
      response.writeHead(200, FRESH).end(`page ${String(++count)}`)
    })
    await using curl = new ParallelCurl(2, { cache })
    const own = [new CookieJar(), new CookieJar()]
    const sessions = [new Session({ name: 'one' }), new Session(), new Session()]
    const visitors = [
      {},
      { USERPWD: 'alice:1' },
      { USERPWD: 'bob:1' },
      { HTTPHEADER: ['Authorization: Bearer 1'] },
      { HTTPHEADER: ['Authorization: Bearer 2'] },
      { HTTPHEADER: ['X-Api-Key: 1'] },
      { COOKIE: 'a=1' },
      { COOKIE: 'a=2' },
      { HTTPHEADER: ['Host: other.test'] },
      ...own.map((cookieJar) => ({ cookieJar })),
      ...sessions.map((session) => ({ session })),
    ]
    for (const outcome of ['miss', 'hit'])
      for (const [at, options] of visitors.entries()) {
        const transfer = await curl.request(server.url('/a'), options)
        expect(facts(transfer), JSON.stringify(at)).to.deep.equal([outcome, 200, `page ${String(at + 1)}`])
      }
    const url = server.url('/a').replace('//', '//carol:1@')
    expect((await curl.request(url)).cache).to.equal('miss')
    const agents = [{ USERAGENT: 'x' }, { TIMEOUT_MS: 9_000 }, { proxies: null }]
    for (const options of agents)
      expect((await curl.request(server.url('/a'), options)).cache).to.equal('hit')
  })

  it('what it cannot serve: goes around it, and says so', async () => {
    const { server, cache } = bench
    bench.serve('/a', FRESH)
    await using curl = new ParallelCurl(2, { cache })
    await curl.request(server.url('/a'))
    const around = [
      { RANGE: '0-1' },
      { HTTPHEADER: ['If-None-Match: "x"'] },
      { HTTPHEADER: ['Range: bytes=0-1'] },
      { session: new SessionPool({ size: 2 }) },
      { WRITEFUNCTION: (chunk: Buffer) => chunk.length },
      { CUSTOMREQUEST: 'OPTIONS' },
      { HTTP_CONTENT_DECODING: 0 },
    ]
    for (const options of around) {
      const transfer = await curl.request(server.url('/a'), options)
      expect(transfer.cache, Object.keys(options)[0]).to.equal('bypass')
    }
    const none = await curl.request(server.url('/a'), { cache: false })
    expect([none.cache, bench.seen.length]).to.deep.equal([null, around.length + 2])
  })

  it("libcurl's limits: a stored response fails as it would if it came", async () => {
    const { server, cache } = bench
    server.route('/a', (_request, response) => {
      response.writeHead(404, FRESH).end('not here')
    })
    await using curl = new ParallelCurl(2, { cache })
    await curl.request(server.url('/a'))
    expect((await curl.request(server.url('/a'))).cache).to.equal('hit')
    expect(await rejectionOf(curl.request(server.url('/a'), { FAILONERROR: 1 }))).to.include({ errno: 22 })
    expect(await rejectionOf(curl.request(server.url('/a'), { maxBodySize: 3 }))).to.include({ errno: 63 })
  })

  it('only-if-cached: answers from the folder, or with a 504, and sends nothing', async () => {
    const { server, cache } = bench
    bench.serve('/a', FRESH)
    await using curl = new ParallelCurl(2, { cache })
    await curl.request(server.url('/a'))
    const outcomes: unknown[] = []
    for (const path of ['/a', '/b']) {
      const HTTPHEADER = ['Cache-Control: only-if-cached']
      const transfer = await curl.request(server.url(path), { HTTPHEADER })
      outcomes.push([transfer.cache, transfer.responseCode])
    }
    expect(outcomes).to.deep.equal([
      ['hit', 200],
      ['miss', 504],
    ])
    expect(bench.seen).to.deep.equal(['GET /a'])
  })

  it('fetch and crawlee: use the cache of their instance', async () => {
    const { server, cache } = bench
    bench.serve('/a', FRESH)
    bench.serve('/b', { 'Cache-Control': 'no-cache' })
    await using curl = new ParallelCurl(2, { cache })
    const fetch = createFetch(curl)
    const client = new CurlHttpClient(curl)
    for (const path of ['/a', '/b'])
      for (let i = 0; i < 2; i++) {
        const response = await fetch(server.url(path))
        expect([response.status, await response.text()]).to.deep.equal([200, `body of ${path}`])
        const sent = await client.sendRequest({ url: server.url(path), method: 'GET', responseType: 'text' })
        expect([sent.statusCode, sent.body]).to.deep.equal([200, `body of ${path}`])
      }
    const bodies = bench.seen.filter((line) => line === 'GET /a' || line === 'GET /b')
    expect(bench.seen.filter((line) => line.startsWith('GET /a')).length).to.be.at.most(2)
    expect(bodies.length).to.be.at.most(4)
    expect(bench.seen.filter((line) => line.startsWith('GET /b "')).length).to.be.at.least(2)
  })

  it('onData that frees its chunks: gets all of a long body', async () => {
    const { server, cache } = bench
    bench.serve('/a', FRESH, () => 'x'.repeat(2_000_000))
    await using curl = new ParallelCurl(2, { cache })
    for (const outcome of ['miss', 'hit']) {
      let length = 0
      const onData = (chunk: Buffer): void => {
        length += chunk.length
        // Node.js 22 and newer have it.
        ;(chunk.buffer as { transfer?: (size: number) => unknown }).transfer?.(0)
      }
      const transfer = await curl.request(server.url('/a'), { onData })
      expect([transfer.cache, length]).to.deep.equal([outcome, 2_000_000])
    }
  })
})
