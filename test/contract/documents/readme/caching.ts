/** Examples of the cache. Does not know the rest of the pages. */
import { expect } from 'chai'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { HttpCache } from '../../../../src/index.js'
import { seen, type ExampleCase } from './example-case.js'

const FRESH = { 'Cache-Control': 'max-age=60' }

export const cachingCases: readonly ExampleCase[] = [
  {
    heading: 'Caching',
    has: "new HttpCache({ dir: 'cache' })",
    then: "console.log((await curl.request('https://example.com/b')).cache)",
    prepare: ({ server }) => {
      server.route(/./, (request, response) => {
        const link = request.url === '/' ? '<a href="/b">b</a>' : ''
        response.writeHead(200, { ...FRESH, 'Content-Type': 'text/html' }).end(link)
      })
    },
    check: ({ lines }, run) => {
      expect(lines).to.deep.equal(['miss https://example.com/', 'miss https://example.com/b', 'hit'])
      expect(seen(run)).to.have.members(['GET /', 'GET /b'])
    },
  },
  {
    heading: 'Caching / Options',
    has: 'parallelcurl --cache pages --cache-max-size 10G -i',
    prepare: (run) => run.write('urls.txt', 'https://example.com/a\n'),
    check: (_ran, run) => {
      expect(run.read('127.0.0.1/1.html')).to.equal('page of /a')
      expect(existsSync(join(run.folder, 'pages/parallelcurl-cache.json'))).to.equal(true)
    },
  },
  {
    heading: 'Caching / Options',
    has: '--offline -O',
    prepare: (run) => {
      new HttpCache({ dir: join(run.folder, 'pages') }).clear()
    },
    code: 7,
    stderr: /the cache is offline, and it has no response for it/,
    check: (_ran, run) => {
      expect(seen(run)).to.deep.equal([])
    },
  },
  {
    heading: 'Caching / The folder',
    has: 'cache.prune(',
    given: `
      import { HttpCache } from 'parallelcurl'
      const cache = new HttpCache({ dir: 'cache' })
      await new ParallelCurl({ cache }).request('https://example.com/a')`,
    then: 'console.log(await cache.prune())',
    check: ({ lines }) => {
      expect(lines[0]).to.match(/^\{ entries: 1, bytes: \d+ \}$/)
      expect(lines[1]).to.equal('{ entries: 0, bytes: 0 }')
    },
  },
]
