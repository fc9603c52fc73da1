/** Redirects that come from the folder, followed by libcurl, by crawl(), or not at all. */
import { expect } from 'chai'
import { ParallelCurl, type HttpCache } from '../../../src/index.js'
import { CachingBench, facts } from '../../support/caching.js'

describe('a cache', () => {
  let bench: CachingBench
  beforeEach(async () => {
    bench = await CachingBench.start()
  })
  afterEach(() => bench.close())

  const FRESH = { 'Cache-Control': 'max-age=60' }

  it('gives a response without redirects to those who follow them, and to the others', async () => {
    const { server, cache } = bench
    bench.serve('/a', FRESH)
    await using curl = new ParallelCurl(2, { cache })
    const follow = { FOLLOWLOCATION: 1 }
    const outcomes = async (): Promise<unknown[]> => {
      const made = [{}, { FOLLOWLOCATION: 0 }, follow].map((options) =>
        curl.request(server.url('/a'), options),
      )
      return (await Promise.all(made)).map((transfer) => transfer.cache)
    }
    await curl.request(server.url('/a'), follow)
    expect(await outcomes()).to.deep.equal(['hit', 'hit', 'hit'])
    cache.clear()
    await curl.request(server.url('/a'))
    expect(await outcomes()).to.deep.equal(['hit', 'hit', 'hit'])
    // The URL moves, and comes back: neither of them gets what it was before.
    bench.now += 61_000
    bench.serve('/b', FRESH)
    server.route('/a', (_request, response) => {
      response.writeHead(302, { Location: '/b', ...FRESH }).end()
    })
    expect(facts(await curl.request(server.url('/a'), follow))).to.deep.equal(['miss', 200, 'body of /b'])
    expect((await curl.request(server.url('/a'))).responseCode).to.equal(302)
    expect(facts(await curl.request(server.url('/a'), follow))).to.deep.equal(['hit', 200, 'body of /b'])
    bench.now += 61_000
    bench.serve('/a', FRESH, () => 'back again')
    expect(facts(await curl.request(server.url('/a')))).to.deep.equal(['miss', 200, 'back again'])
    expect(facts(await curl.request(server.url('/a'), follow))).to.deep.equal(['hit', 200, 'back again'])
  })

  it('has the REDIRECT_URL of the server, if redirects are not followed', async () => {
    const { server } = bench
    const targets = [
      '../x?a=1#f',
      '//127.0.0.1:1/y',
      'http://example.test/z',
      '/a b',
      '/\u00c3\u00a4',
      'http://[',
      '',
    ]
    let fails = false
    for (const [at, location] of targets.entries())
      server.route(`/d/${String(at)}`, (request, response) => {
        const isSame = request.headers['if-none-match'] === '"1"'
        const headers = {
          ...(isSame || fails ? {} : { Location: location }),
          ETag: '"1"',
          'Content-Length': 0,
        }
        response
          .writeHead(fails ? 503 : isSame ? 304 : 301, { 'Cache-Control': 'max-age=60', ...headers })
          .end()
      })
    await using curl = new ParallelCurl(2, { cache: bench.open({ staleIfErrorMs: 1e9 }) })
    const ask = async (at: number): Promise<unknown[]> => {
      const transfer = await curl.request(server.url(`/d/${String(at)}`))
      const target = transfer.getInfo('REDIRECT_URL') as string | null
      // Versions of libcurl escape in capitals, or not.
      return [
        transfer.cache,
        transfer.responseCode,
        target?.replace(/%\w\w/g, (hex) => hex.toUpperCase()) || null,
      ]
    }
    for (const at of targets.keys()) {
      fails = false
      const [, , target] = await ask(at)
      expect(await ask(at)).to.deep.equal(['hit', 301, target])
      bench.now += 61_000
      expect(await ask(at)).to.deep.equal(['revalidated', 301, target])
      bench.now += 61_000
      fails = true
      expect(await ask(at)).to.deep.equal(['hit', 301, target])
    }
  })

  it('lets a crawl follow a redirect out of the folder as one of the server: fresh, validated, stale and offline', async () => {
    const { server } = bench
    let fails = false
    server.route(/^\/(moved|away)$/, (request, response) => {
      const headers = { 'Cache-Control': 'max-age=60', ETag: '"1"' }
      if (fails) response.writeHead(503).end()
      else if (request.headers['if-none-match'] === '"1"') response.writeHead(304, headers).end()
      else response.writeHead(301, { ...headers, Location: request.url === '/away' ? 'page' : '/home' }).end()
    })
    server.route(/^\/(home|page)$/, (request, response) => {
      const link = request.url === '/home' ? '<a href=/away>x</a>' : ''
      response.writeHead(200, { 'Cache-Control': 'max-age=600', 'Content-Type': 'text/html' }).end(link)
    })
    server.route('/robots.txt', (_request, response) => {
      response.writeHead(200, { 'Cache-Control': 'max-age=600' }).end('User-agent: other')
    })
    const crawl = async (cache: HttpCache): Promise<unknown> => {
      server.forget()
      const pages: string[] = []
      await using curl = new ParallelCurl(2, { cache })
      const { done, redirected } = await curl.crawl(
        server.url('/moved'),
        (transfer, add, page) => {
          pages.push(`${String(transfer.responseCode)} ${new URL(page.url).pathname}`)
          for (const link of page.links()) add(link)
        },
        { robots: true },
      )
      return { pages, done, redirected, asked: server.requests.length }
    }
    const whole = { pages: ['200 /home', '200 /page'], done: 2, redirected: 2 }
    expect(await crawl(bench.cache)).to.deep.equal({ ...whole, asked: 5 })
    expect(await crawl(bench.cache)).to.deep.equal({ ...whole, asked: 0 })
    bench.now += 61_000
    expect(await crawl(bench.cache)).to.deep.equal({ ...whole, asked: 2 })
    bench.now += 61_000
    fails = true
    expect(await crawl(bench.open({ staleIfErrorMs: 100_000 }))).to.deep.equal({ ...whole, asked: 2 })
    expect(await crawl(bench.open({ mode: 'offline' }))).to.deep.equal({ ...whole, asked: 0 })
  })

  it('is shared by crawl() and request(): neither asks for what the other one has', async () => {
    bench.serve('/a', FRESH)
    await using curl = new ParallelCurl(2, { cache: bench.cache })
    const outcomes: unknown[] = []
    await curl.crawl(bench.server.url('/a'), (transfer) => outcomes.push(transfer.cache))
    for (const options of [{}, { FOLLOWLOCATION: 1 }])
      outcomes.push((await curl.request(bench.server.url('/a'), options)).cache)
    await curl.crawl(bench.server.url('/a'), (transfer) => outcomes.push(transfer.cache))
    expect(outcomes).to.deep.equal(['miss', 'hit', 'hit', 'hit'])
  })
})
