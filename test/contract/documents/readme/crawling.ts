/** Examples of crawls and sitemaps. Does not know the rest of the documentation. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { seen, type ExampleCase } from './example-case.js'

const links = (...paths: string[]): string => paths.map((path) => `<a href="${path}">x</a>`).join('')

export const crawlingCases: readonly ExampleCase[] = [
  {
    heading: 'Crawling',
    has: 'curl.crawl(',
    given: `
      const curl = new ParallelCurl()
      const save = async (url: string, body: Buffer) => console.log(url, body.length > 0)`,
    prepare: ({ server }) => {
      server.route('/', (_request, response) => {
        response.end(links('/a', 'b', '/moved', 'https://elsewhere.example/'))
      })
      server.route('/moved', (_request, response) => {
        response.writeHead(301, { location: '/new', 'content-length': 0 }).end()
      })
      server.route('/robots.txt', (_request, response) => response.writeHead(404).end())
      server.route(/^\/(a|b|new)$/, (_request, response) => response.end(links('/')))
    },
    check: ({ stdout }, run) => {
      const all = ['GET /', 'GET /a', 'GET /b', 'GET /moved', 'GET /new', 'GET /robots.txt']
      expect(seen(run).sort()).to.deep.equal(all)
      expect(stdout).to.match(
        /done: 4,\s+failed: 0,\s+redirected: 1,\s+disallowed: 0,\s+unreachable: 0,\s+pending: 0/,
      )
      expect(stdout.match(/^https:\/\/example\.com\/\w* true$/gm)).to.have.length(4)
      const journal = readFileSync(join(run.folder, 'crawl.journal'), 'utf8')
      expect(journal.match(/"end":"done"/g)).to.have.length(5)
    },
  },
  {
    heading: 'Sitemaps',
    has: 'curl.sitemap(',
    given: `
      const curl = new ParallelCurl()
      const save = (url: string, body: Buffer) => console.log(url, String(body))`,
    prepare: ({ server }) => {
      const entry = `<url><loc>${server.url('/page')}</loc><lastmod>2020-02-02</lastmod></url>`
      server.route('/robots.txt', (_request, response) => response.end('Sitemap: /sitemap.xml'))
      server.route('/sitemap.xml', (_request, response) => response.end(`<urlset>${entry}</urlset>`))
      server.route('/page', (_request, response) => response.end('text'))
    },
    check: ({ lines }) => {
      expect(lines).to.deep.equal(['https://example.com/page 2020-02-02', 'https://example.com/page text'])
    },
  },
  {
    heading: 'Crawling / The command',
    has: '--crawl',
    prepare: (run) => {
      const { server } = run
      run.write('pages/before', '')
      server.route('/docs/', (_request, response) => response.end(links('/docs/a', '/other')))
      server.route('/docs/a', (_request, response) => response.end(links('b')))
      server.route('/docs/b', (_request, response) => response.end('the last'))
      server.route('/robots.txt', (_request, response) => response.writeHead(404).end())
    },
    check: (_ran, run) => {
      expect(seen(run)).to.deep.equal(['GET /robots.txt', 'GET /docs/', 'GET /docs/a', 'GET /docs/b'])
      expect(run.read('pages/3')).to.equal('the last')
    },
  },
  {
    heading: 'Sitemaps / The command',
    has: '--sitemap',
    prepare: ({ server }) => {
      server.route('/sitemap.xml', (_request, response) => response.end(server.url('/docs/b')))
    },
    check: ({ lines }, run) => {
      expect(seen(run)).to.deep.equal(['GET /sitemap.xml', 'GET /docs/b'])
      expect(JSON.parse(lines.at(-1) ?? '')).to.include({ status: 200 })
    },
  },
  {
    heading: 'Crawling / Queues that grow in `stream()`',
    has: 'visit(',
    given: `
      const curl = new ParallelCurl()
      const pathsIn = (content: string | null) => content?.split(' ') ?? []`,
    prepare: ({ server }) => {
      server.route('/start', (_request, response) => response.end('/a /b'))
      server.route(/^\/[ab]$/, (_request, response) => response.end('/last'))
      server.route('/last', (_request, response) => response.end('/beyond'))
    },
    check: (_ran, run) => {
      expect(seen(run).sort()).to.deep.equal(['GET /a', 'GET /b', 'GET /last', 'GET /last', 'GET /start'])
    },
  },
]
