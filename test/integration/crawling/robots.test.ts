/** crawl() with robots.txt: what is fetched of a host, when, and in the name of whom. */
import { expect } from 'chai'
import { ParallelCurl, type CrawlFunction, type CrawlResult, type Transfer } from '../../../src/index.js'
import { freePort } from '../../support/programs/redis.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { VirtualClock } from '../../support/virtual-clock.js'

const follow: CrawlFunction = (_transfer, add, page) => {
  for (const link of page.links()) add(link)
}

describe('crawl() with robots.txt', () => {
  let server: HttpServer
  beforeEach(async () => {
    server = await startHttpServer()
    server.route(/^\/page/, (_request, response) => {
      response.setHeader('content-type', 'text/html')
      response.end('<a href=/page/1>x</a><a href=/page/2>x</a><a rel=nofollow href=/page/hidden>x</a>')
    })
  })
  afterEach(() => server.close())

  const robots = (text: string, status = 200, headers: Record<string, string> = {}): void => {
    server.route('/robots.txt', (_request, response) => {
      response.writeHead(status, headers).end(text)
    })
  }
  const paths = (): string[] => server.requests.map(({ path }) => path)

  it('fetches it once for a host, before all pages, and obeys the group of its user agent', async () => {
    robots('user-agent: mybot\ndisallow: /page/2\n\nuser-agent: *\ndisallow: /')
    await using curl = new ParallelCurl(5, { USERAGENT: 'MyBot/2.0 (+http://h)' })
    const result = await curl.crawl(server.url('/page/0'), follow, { robots: true })
    expect(paths()).to.deep.equal(['/robots.txt', '/page/0', '/page/1'])
    expect(result).to.deep.include({ done: 2, disallowed: 1, pending: 0 })
    const other = await curl.crawl(server.url('/page/0'), follow, { robots: { userAgent: 'otherbot' } })
    expect(other).to.deep.include({ done: 0, disallowed: 1 })
  })

  it('follows links with nofollow only where robots.txt does not matter', async () => {
    await using curl = new ParallelCurl(5)
    await curl.crawl(server.url('/page/0'), follow)
    expect(paths()).to.include('/page/hidden').and.not.include('/robots.txt')
  })

  for (const [status, isAllowed] of [
    [404, true],
    [403, true],
    [500, false],
    [503, false],
  ] as const) {
    it(`takes ${status} as ${isAllowed ? 'no rules' : 'unreachable: nothing is fetched'}`, async () => {
      robots('user-agent: *\ndisallow: /', status)
      for (const FAILONERROR of [true, false]) {
        await using curl = new ParallelCurl(5, { FAILONERROR })
        const told: string[] = []
        const result = await curl.crawl(server.url('/page/0'), () => undefined, {
          robots: true,
          onUnreachable: ({ url, responseCode }) => told.push(`${responseCode} ${url}`),
        })
        const unreachable = isAllowed ? 0 : 1
        expect(result).to.deep.include({ done: 1 - unreachable, disallowed: 0, unreachable })
        expect(told).to.deep.equal(isAllowed ? [] : [`${status} ${server.url('/robots.txt')}`])
      }
    })
  }

  it('takes a connection that is cut, or none, as unreachable, and says so once for a host', async () => {
    server.route('/robots.txt', (_request, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('user-agent: *\n', () => response.destroy())
    })
    const dead = `http://127.0.0.1:${await freePort()}`
    await using curl = new ParallelCurl(5)
    const told: string[] = []
    const seeds = [server.url('/page/0'), server.url('/page/1'), `${dead}/a`]
    const result = await curl.crawl(seeds, () => undefined, {
      robots: true,
      onUnreachable: ({ url, errno }) => told.push(`${errno} ${url}`),
    })
    expect(result).to.deep.include({ done: 0, failed: 0, disallowed: 0, unreachable: 3, pending: 0 })
    expect(told.sort()).to.deep.equal([`18 ${server.url('/robots.txt')}`, `7 ${dead}/robots.txt`])
  })

  it('ends with the error of onUnreachable, and waits for it even if it is stopped', async () => {
    robots('', 503)
    await using curl = new ParallelCurl(5)
    const stopping = new AbortController()
    for (const onUnreachable of [
      ({ responseCode }: Transfer) => {
        throw new Error(`got ${responseCode}`)
      },
      async ({ responseCode }: Transfer) => {
        stopping.abort()
        await curl.request(server.url('/status/204'))
        throw new Error(`got ${responseCode}`)
      },
    ]) {
      const options = { robots: true, stopSignal: stopping.signal, onUnreachable }
      const crawl = curl.crawl(server.url('/page/0'), () => undefined, options)
      expect(await crawl.catch(String)).to.equal('Error: got 503')
    }
  })

  it('follows five redirects to it, and takes more as no rules', async () => {
    server.route(/^\/hop\/\d/, ({ path }, response) => {
      const n = Number(path.slice(5))
      if (n === 0) response.end('user-agent: *\ndisallow: /')
      else response.writeHead(302, { location: `/hop/${n - 1}` }).end()
    })
    await using curl = new ParallelCurl(5)
    for (const [hops, disallowed] of [
      [4, 1],
      [5, 0],
    ] as const) {
      robots('', 301, { location: `/hop/${hops}` })
      const result = await curl.crawl(server.url('/page/0'), () => undefined, { robots: true })
      expect(result.disallowed, `${hops + 1} hops`).to.equal(disallowed)
    }
  })

  it('reads no more than 500 KiB of a file of 10 MB, and obeys what it has read', async () => {
    let sent = 0
    server.route('/robots.txt', (_request, response) => {
      response.write('user-agent: *\ndisallow: /page/1\n')
      const more = (): void => {
        while (sent < 10e6 && response.write(`# ${'x'.repeat(65_533)}\n`)) sent += 65_536
        if (sent >= 10e6) response.end()
      }
      response.on('drain', more).on('error', () => undefined)
      more()
    })
    await using curl = new ParallelCurl(5)
    const result = await curl.crawl(server.url('/page/1'), () => undefined, { robots: true })
    expect(result.disallowed).to.equal(1)
    expect(sent).to.be.below(10e6)
  })

  it('asks for the whole file by GET, whatever the options say of pages', async () => {
    const rules = `user-agent: *\ndisallow: /\nsitemap: /list\n# ${'x'.repeat(200)}`
    server.route('/robots.txt', ({ method, headers }, response) => {
      const names = Object.keys(headers).filter((name) => /^if-|range/.test(name))
      response.writeHead(names.length > 0 || method !== 'GET' ? 304 : 200).end(rules)
    })
    server.route('/list', (_request, response) => response.end(server.url('/page/1')))
    await using curl = new ParallelCurl(5)
    for (const options of [
      { maxBodySize: 50 },
      { MAXFILESIZE: 50 },
      { CUSTOMREQUEST: 'HEAD', NOBODY: 1 },
      { POSTFIELDS: 'a=b' },
      { RESUME_FROM: 5 },
      { RANGE: '0-5' },
      { HTTPHEADER: ['Range: bytes=0-1', 'If-None-Match: "x"'] },
      { TIMECONDITION: 1, TIMEVALUE: 1 },
    ]) {
      const name = Object.keys(options).join()
      const result = await curl.crawl(server.url('/page/0'), () => undefined, { robots: true, ...options })
      expect(result, name).to.deep.include({ done: 0, disallowed: 1 })
      const locs: string[] = []
      for await (const { loc } of curl.sitemap(server.url('/robots.txt'), options)) locs.push(loc)
      expect(locs, name).to.deep.equal([server.url('/page/1')])
    }
  })

  it('takes an aborted request as no word of the server: it asks again, or leaves the pages to the next crawl', async () => {
    let asked = 0
    server.route('/robots.txt', (_request, response) => {
      if (++asked === 2) response.end('')
      else server.gate('robots').enter(() => response.end(''))
    })
    await using curl = new ParallelCurl(5)
    const crawl = curl.crawl(server.url('/page/3'), () => undefined, { robots: true })
    await server.gate('robots').waiting(1)
    curl.abort()
    expect(await crawl).to.deep.include({ done: 1, disallowed: 0 })

    const stopping = new AbortController()
    const stopped = curl.crawl(server.url('/page/3'), () => undefined, {
      robots: true,
      stopSignal: stopping.signal,
    })
    await server.waitForRequests(4)
    stopping.abort()
    expect(await stopped).to.deep.include({ done: 0, disallowed: 0, pending: 1 })
    await curl.finishAllRequests()
  })

  it('keeps the longest delay of the crawls that go on', async () => {
    const clock = new VirtualClock()
    server.route('/robots.txt', ({ headers }, response) => {
      if (headers['user-agent'] === 'long') response.end('user-agent: *\ncrawl-delay: 30')
      else server.gate('short').enter(() => response.end('user-agent: *\ncrawl-delay: 1\ndisallow: /'))
    })
    await using curl = new (
      ParallelCurl as unknown as new (max: number, options: object, clock: VirtualClock) => ParallelCurl
    )(5, {}, clock)
    const crawl = (USERAGENT: string, ...seeds: string[]): Promise<CrawlResult> =>
      curl.crawl(seeds, () => undefined, { robots: true, USERAGENT })
    const short = crawl('short', server.url('/page/1'))
    await server.gate('short').waiting(1)
    const long = crawl('long', server.url('/page/1'), server.url('/page/2'))
    await server.waitForRequests(3)
    server.gate('short').open()
    expect((await short).disallowed).to.equal(1)
    const [waiting] = [...curl.outstandingRequests.values()].filter(({ url }) => url.endsWith('/page/2'))
    expect(curl.whyWaiting(waiting!)).to.deep.include({ reason: 'hostRate' })
    clock.advance(29_999)
    expect(paths()).to.not.include('/page/2')
    clock.advance(1)
    expect((await long).done).to.equal(2)
  })

  it('lets the pages of a host start as far apart as its Crawl-delay says, and no others', async () => {
    const clock = new VirtualClock()
    robots('user-agent: *\ncrawl-delay: 30')
    await using other = await startHttpServer({ host: '127.0.0.2' })
    await using curl = new (
      ParallelCurl as unknown as new (max: number, options: object, clock: VirtualClock) => ParallelCurl
    )(5, {}, clock)
    const done: string[] = []
    const seeds = [1, 2, 3].map((n) => server.url(`/page/${n}`))
    const crawl = curl.crawl(
      [...seeds, other.url('/echo?1'), other.url('/echo?2')],
      (transfer) => done.push(`${clock.now() - 1_000_000} ${transfer.url}`),
      { robots: true },
    )
    await server.waitForRequests(2)
    await other.waitForRequests(3)
    while (done.length < 3) await new Promise(setImmediate)
    const [waiting] = [...curl.outstandingRequests.values()]
    expect(curl.whyWaiting(waiting!)).to.deep.include({ reason: 'hostRate' })
    clock.advance(29_999)
    expect(paths()).to.have.length(2)
    clock.advance(1)
    await server.waitForRequests(3)
    while (done.length < 4) await new Promise(setImmediate)
    clock.advance(30_000)
    await crawl
    expect(done.filter((line) => line.includes('/page/'))).to.deep.equal([
      `0 ${seeds[0]!}`,
      `30000 ${seeds[1]!}`,
      `60000 ${seeds[2]!}`,
    ])
    // The delay was that of the crawl.
    await Promise.all([curl.request(seeds[0]!), curl.request(seeds[0]!)])
  })
})
