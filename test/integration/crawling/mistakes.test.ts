/** crawl() with what it cannot take: functions that answer later, files that no crawl has written, two crawls in one. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { OptionError, ParallelCurl, type CrawlFunction, type CrawlOptions } from '../../../src/index.js'
import { keyOfUrl } from '../../../src/crawling/frontier/seen-set.js'
import { temporaryFolder } from '../../support/programs/command.js'
import { rejectionOf } from '../../support/requests.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'

const follow: CrawlFunction = (_transfer, add, page) => {
  for (const link of page.links()) add(link)
}

describe('crawl() with mistakes', () => {
  const folder = temporaryFolder()
  let server: HttpServer
  let curl: ParallelCurl
  beforeEach(async () => {
    server = await startHttpServer()
    server.route(/^\/p/, ({ path }, response) => {
      const n = Number(path.slice(2))
      response.setHeader('content-type', 'text/html')
      response.end(n < 20 ? `<a href=/p${n + 1}>x</a><a href=/p${n + 2}>x</a>` : '')
    })
    curl = new ParallelCurl(2)
  })
  afterEach(async () => {
    await curl.close()
    await server.close()
  })

  it('refuses functions that do not answer at once', async () => {
    const cases: [options: object, message: RegExp][] = [
      [
        { prepare: async () => ({ USERAGENT: 'x' }) },
        /prepare must be a function that returns an object at once/,
      ],
      [{ prepare: () => 'USERAGENT' }, /prepare must be .*, got a string/],
      [{ prepare: () => new Map([['USERAGENT', 'x']]) }, /prepare must be .*, got an object \(Map\)/],
      [{ include: async () => false }, /include must be functions that return true or false at once/],
      [{ exclude: [async () => true] }, /exclude must be functions that return true or false at once/],
      [
        { normalizeUrl: async (url: URL) => url },
        /normalizeUrl must be a function that returns a URL or null/,
      ],
    ]
    for (const [options, message] of cases) {
      const error = await rejectionOf(curl.crawl(server.url('/p0'), follow, options as CrawlOptions))
      expect(error).to.be.instanceOf(OptionError)
      expect((error as Error).message).to.match(message)
    }
    expect(server.requests.every(({ url }) => url === '/p0')).to.be.true
  })

  it('refuses a frontier with lines that no crawl has written', async () => {
    const add = server.url('/p0')
    const cases: [line: object, more?: object][] = [
      [{ add }],
      [{ add, depth: '1' }],
      [{ add, depth: -1 }],
      [{ add, depth: 0.5 }],
      [{ add: '/p0', depth: 0 }],
      [{ add: 'file:///etc/passwd', depth: 0, seed: true }],
      [{ add: 'http://h:port/', depth: 0, seed: true }],
      [{ add, depth: 0, via: 1 }],
      [{ add, depth: 0, via: [1] }],
      [{ add, depth: 0, cookies: 1 }],
      [
        { add, depth: 0 },
        { key: keyOfUrl(add), end: 'other' },
      ],
    ]
    const frontier = join(folder(), 'wrong.journal')
    for (const lines of cases) {
      const text = [{ journal: 'parallelcurl', version: 1 }, ...lines].map(
        (line) => `${JSON.stringify(line)}\n`,
      )
      writeFileSync(frontier, text.join(''))
      const error = await rejectionOf(curl.crawl([], follow, { frontier }))
      expect(error, JSON.stringify(lines)).to.be.instanceOf(OptionError)
      const problem = `crawl: frontier ${frontier}, line ${text.length}: this is no line of a crawl`
      expect((error as Error).message).to.equal(problem)
      expect(readFileSync(frontier, 'utf8')).to.equal(text.join(''))
    }
    expect(server.requests).to.deep.equal([])
  })

  it('ends a crawl whose frontier another one writes, and the file is whole', async () => {
    const frontier = join(folder(), 'two.journal')
    const crawls = await Promise.allSettled([
      curl.crawl(server.url('/p0'), follow, { frontier }),
      curl.crawl(server.url('/p1'), follow, { frontier }),
    ])
    const errors = crawls.flatMap((crawl) => (crawl.status === 'rejected' ? [String(crawl.reason)] : []))
    expect(errors).to.have.lengthOf.within(1, 2)
    const problem = `Error: ${frontier} was changed by another program: one crawl at a time may use a frontier`
    for (const error of errors) expect(error).to.equal(problem)
    const rest = await curl.crawl(server.url('/p0'), follow, { frontier })
    expect(rest).to.deep.include({ done: 22, failed: 0, pending: 0 })
  })
})
