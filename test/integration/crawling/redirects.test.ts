/** crawl(): pages that redirect. Does not know how URLs are kept. */
import { expect } from 'chai'
import { ParallelCurl } from '../../../src/index.js'
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
})
