/** crawl() and sitemap(): which requests get the credentials of the options. */
import { join } from 'node:path'
import { expect } from 'chai'
import { ParallelCurl, type CrawlFunction, type CrawlOptions } from '../../../src/index.js'
import { temporaryFolder } from '../../support/programs/command.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'

/** The function that follows all links. */
const follow: CrawlFunction = (_transfer, add, page) => {
  for (const link of page.links()) add(link)
}

describe('crawl() and sitemap() with credentials', () => {
  const folder = temporaryFolder()
  let server: HttpServer
  beforeEach(async () => {
    server = await startHttpServer()
  })
  afterEach(() => server.close())

  it('gives credentials to the origins that were asked for, and to no others', async () => {
    await using other = await startHttpServer({ host: '127.0.0.2' })
    const secrets = {
      USERPWD: 'u:SECRET',
      COOKIE: 'sid=SECRET',
      HTTPHEADER: ['X-Plain: 1', 'Cookie: b=SECRET', 'Authorization: Bearer SECRET'],
    }
    server.route('/', (_request, response) => {
      response.setHeader('content-type', 'text/html')
      response.end(`<a href="${other.url('/found')}">x</a>`)
    })
    server.route('/moved', (_request, response) => {
      response.writeHead(301, { location: other.url('/moved'), 'content-length': 0 }).end()
    })
    other.route('/sub.xml', (_request, response) => {
      response.end(`<urlset><url><loc>${other.url('/listed')}</loc></url></urlset>`)
    })
    server.route('/index.xml', (_request, response) => {
      const locs = [other.url('/sub.xml')].map((loc) => `<sitemap><loc>${loc}</loc></sitemap>`)
      response.end(`<sitemapindex>${locs.join('')}</sitemapindex>`)
    })
    await using curl = new ParallelCurl(2)
    const crawl = (options: CrawlOptions): Promise<unknown> =>
      curl.crawl([server.url('/'), server.url('/moved')], follow, { strategy: 'all', ...secrets, ...options })
    const secret = ({ requests }: HttpServer): string[] =>
      requests.filter(({ rawHeaders }) => rawHeaders.join().includes('SECRET')).map(({ url }) => url)
    await crawl({ robots: true })
    expect(secret(server)).to.have.members(['/robots.txt', '/', '/moved'])
    await curl.crawl(curl.sitemap(server.url('/index.xml'), secrets), follow, secrets)
    expect(secret(server)).to.include('/index.xml')
    expect(other.requests.map(({ url }) => url).sort()).to.deep.equal([
      '/found',
      '/listed',
      '/moved',
      '/robots.txt',
      '/sub.xml',
    ])
    expect(secret(other)).to.deep.equal([])
    expect(other.requests.every(({ headers }) => headers['x-plain'] === '1')).to.be.true
    await crawl({ UNRESTRICTED_AUTH: 1 })
    await crawl({ prepare: () => ({ COOKIE: 'c=SECRET' }) })
    expect(secret(other).sort()).to.deep.equal(['/found', '/found', '/moved', '/moved'])

    // The seeds of an earlier run were asked for, too.
    server.forget()
    const frontier = join(folder(), 'crawl.journal')
    const seeds = [server.url('/a'), server.url('/b')]
    await curl.crawl(seeds, follow, { frontier, maxRequests: 1, ...secrets })
    await curl.crawl([], follow, { frontier, ...secrets })
    expect(secret(server)).to.deep.equal(['/a', '/b'])
  })
})
