/** crawl() and sitemap() with a mock, and out of an archive: what they ask for, and that nothing is sent. */
import { join } from 'node:path'
import { expect } from 'chai'
import { ParallelCurl, type CrawlFunction, type CrawlResult } from '../../../src/index.js'
import { CurlMock } from '../../../src/testing/index.js'
import { heardWarnings } from '../../support/recordings.js'
import { temporaryFolder } from '../../support/programs/command.js'
import { startHttpServer } from '../../support/servers/http/http-server.js'

const follow: CrawlFunction = (_transfer, add, page) => {
  for (const link of page.links()) add(link)
}
const HTML = { 'content-type': 'text/html' }

describe('crawl() without a network', () => {
  heardWarnings()
  const folder = temporaryFolder()

  it('gets sitemap, robots.txt, redirects and pages from a mock', async () => {
    using mock = new CurlMock().install()
    mock.get('https://example.com/robots.txt').reply({ body: 'user-agent: *\ndisallow: /no' })
    mock.get('https://example.com/list').reply({ body: 'https://example.com/' })
    mock.get('https://example.com/').reply({ headers: HTML, body: '<a href=/moved>x</a><a href=/no>x</a>' })
    mock.get('https://example.com/moved').reply({ status: 302, headers: { location: '/b' } })
    mock.get('https://example.com/b').fail(28)
    await using curl = new ParallelCurl(2)
    const result = await curl.crawl(curl.sitemap('https://example.com/list'), follow, { robots: true })
    expect(result).to.deep.include({ done: 1, redirected: 1, disallowed: 1, failed: 1, pending: 0 })
    mock.assertDone()
  })

  it('goes out of an archive as it went when it was recorded', async () => {
    await using server = await startHttpServer()
    server.route('/robots.txt', (_request, response) => response.end('user-agent: *\ndisallow: /no'))
    server.route('/list', (_request, response) => response.end(server.url('/')))
    server.route('/', (_request, response) => {
      response.writeHead(200, HTML).end('<a href=/moved>x</a><a href=/no>x</a>')
    })
    server.route('/moved', (_request, response) =>
      response.writeHead(302, { location: '/b', 'content-length': 0 }).end(),
    )
    const archive = join(folder(), 'crawl.har')
    const results: CrawlResult[] = []
    for (const options of [{ record: archive }, { replay: archive }]) {
      await using curl = new ParallelCurl(2, options)
      results.push(await curl.crawl(curl.sitemap(server.url('/list')), follow, { robots: true }))
    }
    expect(results[0]).to.deep.include({ done: 2, redirected: 1, disallowed: 1, pending: 0 })
    expect(results[1]).to.deep.equal(results[0])
    expect(server.requests).to.have.length(5)
    // A robots.txt that the archive does not have.
    await using curl = new ParallelCurl(2, { replay: archive })
    const other = await curl.crawl('http://other.example/', follow, { robots: true })
    expect(other).to.deep.include({ done: 0, unreachable: 1, pending: 0 })
  })

  it('takes a robots.txt that the mock does not have as unreachable', async () => {
    using mock = new CurlMock().install()
    await using curl = new ParallelCurl(2)
    const told: string[] = []
    const result = await curl.crawl('https://example.com/', follow, {
      robots: true,
      onUnreachable: ({ errno, url }) => told.push(`${errno} ${url}`),
    })
    expect(result).to.deep.include({ done: 0, unreachable: 1, pending: 0 })
    expect(told).to.deep.equal(['42 https://example.com/robots.txt'])
    expect(mock.requests.every(({ url }) => url === 'https://example.com/robots.txt')).to.be.true
  })
})
