/**
 * Random sites, crawled by runs that end in all ways, each with the frontier of the last one: in the end each page was
 * fetched that belongs to the crawl, and no other one.
 */
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { ParallelCurl, type CrawlResult } from '../../../src/index.js'
import { temporaryFolder } from '../../support/programs/command.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'

/** Pages that are linked to and are not there are among them. */
const MOST = 11

const pages = fc.array(
  fc.record({
    links: fc.array(fc.nat(MOST), { maxLength: 4 }),
    to: fc.option(fc.nat(MOST), { freq: 4, nil: null }),
    status: fc.constantFrom(200, 200, 404),
  }),
  { minLength: 1, maxLength: MOST + 1 },
)
const endings = fc.array(
  fc.record({
    kind: fc.constantFrom('stop', 'throw', 'throw later', 'signal', 'stopSignal', 'maxRequests', 'abort()'),
    at: fc.integer({ min: 1, max: 6 }),
  }),
  { maxLength: 4 },
)
const settings = fc.record({
  robots: fc.boolean(),
  window: fc.integer({ min: 1, max: 4 }),
  maxDepth: fc.option(fc.nat(4), { nil: undefined }),
  hasOnError: fc.boolean(),
})

type Pages = typeof pages extends fc.Arbitrary<infer T> ? T : never
type Ending = { readonly kind: string; readonly at: number }

/** Returns the pages that can be reached with so many links; those that robots.txt forbids lead nowhere. */
function reachable(site: Pages, isForbidden: (n: number) => boolean, maxDepth: number): Set<number> {
  const seen = new Set<number>()
  let level = [0]
  for (let depth = 0; depth <= maxDepth && level.length > 0; depth++) {
    const next: number[] = []
    for (let n = level.pop(); n !== undefined; n = level.pop()) {
      if (seen.has(n)) continue
      seen.add(n)
      const page = isForbidden(n) ? undefined : site[n]
      if (page === undefined) continue
      if (page.to !== null) level.push(page.to)
      else if (page.status === 200) next.push(...page.links)
    }
    level = next
  }
  return seen
}

describe('crawl() of random sites', () => {
  const folder = temporaryFolder()
  let server: HttpServer
  let curl: ParallelCurl
  beforeEach(async () => {
    server = await startHttpServer()
    curl = new ParallelCurl(3)
  })
  afterEach(async () => {
    await curl.close()
    await server.close()
  })

  function serve(site: Pages): void {
    server.route('/robots.txt', (_request, response) =>
      response.end('user-agent: *\ndisallow: /n/3$\ndisallow: /n/5$'),
    )
    server.route(/^\/n/, ({ url }, response) => {
      const { to, status, links } = site[Number(url.slice(3))] ?? { to: null, status: 404, links: [] }
      if (to !== null) response.writeHead(302, { location: `/n/${to}`, 'content-length': 0 }).end()
      else {
        response.writeHead(status, { 'content-type': 'text/html' })
        response.end(links.map((n) => `<a href="/n/${n}">x</a>`).join(''))
      }
    })
  }

  /** Runs a crawl that ends in some way. Resolves with null if that was an error. */
  async function crawl(
    { hasOnError, ...options }: typeof settings extends fc.Arbitrary<infer T> ? T : never,
    frontier: string,
    { kind, at }: Ending,
  ): Promise<CrawlResult | null> {
    const controller = new AbortController()
    let count = 0
    const running = curl.crawl(
      server.url('/n/0'),
      async (_transfer, add, page) => {
        const isIt = ++count === at
        if (isIt && kind === 'stop') page.stop()
        if (isIt && kind === 'throw') throw new Error(kind)
        if (isIt && /signal/i.test(kind)) controller.abort()
        if (isIt && kind === 'abort()') curl.abort()
        for (const link of page.links()) add(link)
        if (!isIt || kind !== 'throw later') return
        await new Promise(setImmediate)
        throw new Error(kind)
      },
      {
        ...options,
        frontier,
        ...(hasOnError && { onError: () => undefined }),
        ...(kind === 'maxRequests' && { maxRequests: at }),
        ...(kind === 'signal' && { signal: controller.signal }),
        ...(kind === 'stopSignal' && { stopSignal: controller.signal }),
        retryFailed: kind === 'none',
      },
    )
    return running.catch((error: unknown) => {
      if (!/^(Error: throw|AbortError)/.test(String(error))) throw error
      return null
    })
  }

  it('fetches each page that belongs to it, whatever has ended the runs before', async () => {
    let runs = 0
    await fc.assert(
      fc.asyncProperty(pages, endings, settings, async (site, ends, options) => {
        serve(site)
        server.forget()
        const frontier = join(folder(), `${++runs}.journal`)
        for (const ending of ends) await crawl(options, frontier, ending)
        const result = await crawl(options, frontier, { kind: 'none', at: 0 })
        const isForbidden = (n: number): boolean => options.robots && (n === 3 || n === 5)
        const seen = [...reachable(site, isForbidden, options.maxDepth ?? Infinity)]
        const wanted = seen.filter((n) => !isForbidden(n))
        const asked = new Set(server.requests.map(({ url }) => url))
        asked.delete('/robots.txt')
        expect([...asked].sort()).to.deep.equal(wanted.map((n) => `/n/${n}`).sort())
        const redirected = wanted.filter((n) => (site[n]?.to ?? null) !== null).length
        const disallowed = seen.length - wanted.length
        const counts = { failed: 0, redirected, disallowed, unreachable: 0, pending: 0 }
        expect(result).to.deep.include({ ...counts, done: wanted.length - redirected })
      }),
      { numRuns: 40 },
    )
  })
})
