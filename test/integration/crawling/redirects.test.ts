/** crawl(): pages that redirect. Does not know how URLs are kept. */
import { expect } from 'chai'
import { CookieJar, ParallelCurl } from '../../../src/index.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'

describe('crawl() and redirects', () => {
  let server: HttpServer
  beforeEach(async () => {
    server = await startHttpServer()
  })
  afterEach(() => server.close())

  it('knows the shortest way to a page, also if it leads over a redirect', async () => {
    // /x is two links away, and one by the redirect that is answered last.
    const pages: Record<string, string> = {
      '/': '<a href=/s><a href=/p>',
      '/p': '<a href=/x>',
      '/x': '<a href=/y>',
      '/y': '',
    }
    for (const [path, html] of Object.entries(pages))
      server.route(path, (_request, response) => response.end(html))
    server.route('/s', (_request, response) => {
      server.gate('moved').enter(() => {
        response.writeHead(302, { location: '/x', 'content-length': 0 }).end()
      })
    })
    await using curl = new ParallelCurl(4)
    const depths: Record<string, number> = {}
    await curl.crawl(
      server.url('/'),
      (_transfer, add, page) => {
        const { pathname } = new URL(page.url)
        depths[pathname] = page.depth
        for (const link of page.links()) add(link)
        // A crawl that does not wait for /s would fetch /x now.
        if (pathname !== '/p') return
        setImmediate(() => setImmediate(() => server.gate('moved').open()))
      },
      { maxDepth: 2 },
    )
    expect(depths).to.deep.equal({ '/': 0, '/p': 1, '/x': 1, '/y': 2 })
  })

  it('fetches a page again whose redirect sets a cookie and leads back to it, and no circle without end', async () => {
    const to = (location: string, cookie?: string): Record<string, string> => ({
      location,
      'content-length': '0',
      ...(cookie !== undefined && { 'set-cookie': `${cookie}=1; path=/` }),
    })
    const redirects: Record<string, [cookie: string | null, location: string, gives?: string]> = {
      '/itself': ['a', '/itself', 'a'],
      '/page': ['b', '/wall'],
      '/wall': [null, '/page', 'b'],
      '/circle': [null, '/circle/2'],
      '/circle/2': [null, '/circle'],
    }
    for (const [path, [needed, location, gives]] of Object.entries(redirects)) {
      server.route(path, ({ headers }, response) => {
        if (needed !== null && String(headers['cookie']).includes(`${needed}=1`)) response.end('page')
        else response.writeHead(302, to(location, gives)).end()
      })
    }
    await using curl = new ParallelCurl(1, { cookieJar: new CookieJar() })
    const pages: string[] = []
    const result = await curl.crawl(
      ['/itself', '/page', '/circle'].map((path) => server.url(path)),
      ({ responseCode }, _add, { url }) => pages.push(`${responseCode} ${new URL(url).pathname}`),
    )
    expect(pages.sort()).to.deep.equal(['200 /itself', '200 /page'])
    expect(result).to.deep.include({ done: 2, redirected: 3, failed: 0, pending: 0 })
    const asked = server.requests.map(({ url }) => url)
    const times = Object.keys(redirects).map((path) => asked.filter((url) => url === path).length)
    expect(times.slice(0, 3)).to.deep.equal([2, 2, 1])
    expect(Math.max(...times)).to.be.at.most(2)
  })
})
