/** crawl() with robots.txt: what is fetched of a host, when, and in the name of whom. */
import { expect } from 'chai'
import { ParallelCurl, type CrawlFunction } from '../../../src/index.js'
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
    it(`takes ${status} as ${isAllowed ? 'no rules' : 'all is forbidden'}`, async () => {
      robots('user-agent: *\ndisallow: /', status)
      await using curl = new ParallelCurl(5, { FAILONERROR: true })
      const result = await curl.crawl(server.url('/page/0'), () => undefined, { robots: true })
      expect(result).to.deep.include({ done: isAllowed ? 1 : 0, disallowed: isAllowed ? 0 : 1 })
    })
  }

  it('takes a connection that is cut as all is forbidden', async () => {
    server.route('/robots.txt', (_request, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('user-agent: *\n', () => response.destroy())
    })
    await using curl = new ParallelCurl(5)
    const result = await curl.crawl(server.url('/page/0'), () => undefined, { robots: true })
    expect(result).to.deep.include({ done: 0, disallowed: 1 })
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
