/**
 * The README's examples in TypeScript, and what it says about installing. Does not know the rest of the
 * documentation.
 */
import { expect } from 'chai'
import { existsSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { refusedPort } from '../../../support/servers/tcp-server.js'
import { QUICK_RETRIES, seen, type ExampleCase } from './example-case.js'

const fromRoot = (path: string): URL => new URL(`../../../../${path}`, import.meta.url)
const manifest = JSON.parse(readFileSync(fromRoot('package.json'), 'utf8')) as {
  scripts: Record<string, string>
}

/** A script of package.json that another test runs. */
const script = (command: string, file: string, notRun: string): ExampleCase => ({
  heading: 'Try it',
  has: command,
  notRun,
  check: () => {
    expect(manifest.scripts).to.have.property(command.split(' ').at(-1) ?? '')
    expect(existsSync(fromRoot(file)), file).to.equal(true)
  },
})

export const startCases: readonly ExampleCase[] = [
  {
    heading: '',
    has: 'onRequestDone',
    check: ({ lines }, run) => {
      const { requests } = run.server
      expect(requests.map(({ path }) => path).sort()).to.deep.equal(['/', '/about', '/contact'])
      expect(new Set(requests.map(({ headers }) => headers['user-agent']))).to.have.keys('my-scraper/1.0')
      expect([...lines].sort()).to.deep.equal([
        'https://example.com/ 200 9 cookie',
        'https://example.com/about 200 14 cookie',
        'https://example.com/contact 200 16 cookie',
      ])
    },
  },
  script('npm run demo', 'test/contract/package/demo.test.ts', 'demo.test.ts does'),
  script('npm test', 'test/contract/documents/readme-runs.test.ts', 'it is what runs here'),
  script('npm run bench', 'scripts/bench.ts', 'it takes minutes'),
  ...['/path/to/wpt  ', '/path/to/wpt redirect body/'].map((has): ExampleCase => ({
    heading: 'web-platform-tests',
    has,
    notRun: 'it needs a checkout; test/contract/package/wpt.test.ts runs the runner on one of its own',
    check: (_ran, _run, text) => expect(text).to.include('npm run test:wpt -- '),
  })),
  ...['/path/to/cache-tests  ', '/path/to/cache-tests --why'].map((has): ExampleCase => ({
    heading: 'The cache in the public tests for caches',
    has,
    notRun: 'it needs a checkout of those tests',
    check: () => expect(existsSync(fromRoot('scripts/caching/tests.ts'))).to.equal(true),
  })),
  {
    heading: 'Install',
    has: 'npm install parallelcurl',
    notRun: 'scripts/package/check-package.mjs does, with what npm pack has made',
    check: () => expect(existsSync(fromRoot('scripts/package/check-package.mjs'))).to.equal(true),
  },
  ...['pnpm add', 'yarn add', 'bun add'].map((command): ExampleCase => ({
    heading: 'Install',
    has: command,
    notRun: 'it installs',
    check: (_ran, _run, text) => expect(text).to.match(/ parallelcurl\n$/),
  })),
  {
    heading: 'Examples',
    has: 'captureHeaders: true',
    prepare: ({ server }) => {
      const statuses = [503]
      server.route('/api', (_request, response) => {
        const headers = { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' }
        response.writeHead(statuses.shift() ?? 200, headers).end(gzipSync('{"id":7}'))
      })
    },
    given: QUICK_RETRIES,
    check: ({ stdout }, run) => {
      expect(stdout).to.equal('200 application/json { id: 7 }\n')
      expect(seen(run)).to.deep.equal(['GET /api', 'GET /api'])
    },
  },
  {
    heading: 'Examples',
    has: 'createInterface',
    prepare: async (run) => {
      run.replace('http://refused.example', `http://127.0.0.1:${await refusedPort()}`)
      run.write('urls.txt', 'https://example.com/a\nhttp://refused.example/\nhttps://example.com/b\n')
    },
    stderr: /^http:\/\/refused\.example\/ Could(n't| not) connect[^\n]*\n$/,
    check: ({ lines }, run) => {
      expect(lines).to.have.members(['https://example.com/a 200 10', 'https://example.com/b 200 10'])
      expect(seen(run)).to.have.members(['GET /a', 'GET /b'])
    },
  },
  {
    heading: 'Examples',
    has: 'rateLimitPerHost',
    given: `${QUICK_RETRIES}const urls = ['https://example.com/a', 'https://example.com/b']`,
    prepare: ({ server }) => {
      const statuses = [429]
      server.route('/a', (_request, response) => {
        response.writeHead(statuses.shift() ?? 200).end('page of /a')
      })
    },
    check: ({ lines }, run) => {
      expect(lines.slice(0, -1)).to.have.members(['https://example.com/a 0 10', 'https://example.com/b 0 10'])
      expect(lines.at(-1)).to.equal('1')
      expect([run.read('pages/0.html'), run.read('pages/1.html')]).to.deep.equal(['page of /a', 'page of /b'])
      expect(seen(run)).to.have.members(['GET /a', 'GET /a', 'GET /b'])
    },
  },
  {
    heading: 'Examples',
    has: 'parallelcurl/php',
    check: ({ stdout }, run) => {
      expect(stdout).to.equal('https://example.com/ 200 9\n')
      expect(run.server.requests.map(({ headers }) => headers['user-agent'])).to.deep.equal([
        'my-scraper/1.0',
      ])
    },
  },
  {
    heading: 'Recipes / Requests',
    has: 'red shoes',
    prepare: ({ server }) => {
      server.route('/api/items', (_request, response) => response.end('{"id":7}'))
    },
    check: ({ stdout }, run) => {
      expect(stdout).to.equal('{ id: 7 }\n')
      const [{ method, url, headers, body }] = run.server.requests as [(typeof run.server.requests)[0]]
      expect([method, url, body.toString()]).to.deep.equal([
        'PUT',
        '/api/items?page=2&q=red+shoes',
        '{"price":12}',
      ])
      expect(headers).to.include({ 'content-type': 'application/json', authorization: 'Bearer my-token' })
    },
  },
  {
    heading: 'Recipes / Tests of your own code',
    has: 'CONNECT_TO',
    check: ({ stdout }, { server }) => {
      expect(stdout).to.equal('api.example/users/1\n')
      expect(server.requests).to.deep.equal([])
    },
  },
]
