/** Examples of the command, and of its reports. Does not know the rest of it. */
import { expect } from 'chai'
import { createHash } from 'node:crypto'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseLine } from '../../../../src/cli/input/input-line.js'
import type { ExampleRun } from '../../../support/documents/example-run.js'
import { startHttpProxy, type HttpProxy } from '../../../support/servers/proxies/http-proxy.js'
import { seen, type ExampleCase } from './example-case.js'

const PAGES = ['/a', '/b', '/c']
const URLS = PAGES.map((path) => `https://example.com${path}\n`).join('')
const ASKED = PAGES.map((path) => `GET ${path}`)

interface Har {
  log: { entries: { request: { method: string; url: string }; response: { status: number } }[] }
}
/** The archive that an example has written: `GET https://example.com/a 200`. */
const archived = (har: string): string[] =>
  (JSON.parse(har) as Har).log.entries.map(
    ({ request, response }) => `${request.method} ${request.url} ${response.status}`,
  )
const ARCHIVED = PAGES.map((path) => `GET https://example.com${path} 200`)

const proxies = new WeakMap<ExampleRun, HttpProxy>()

export const commandCases: readonly ExampleCase[] = [
  {
    heading: 'Examples',
    has: '{host}/{n}.html',
    prepare: (run) => run.write('urls.txt', URLS),
    check: (_ran, run) => {
      expect(seen(run)).to.have.members(ASKED)
      PAGES.forEach((path, i) =>
        expect(run.read(`pages/127.0.0.1/${i + 1}.html`)).to.equal(`page of ${path}`),
      )
      expect(run.read('run.journal').match(/"done"/g)).to.have.length(PAGES.length)
    },
  },
  {
    heading: "curl's command line / Options of the plain command",
    has: 'parallelcurl curl -Z',
    check: (_ran, run) => {
      // Side by side, in any order.
      expect(new Set(seen(run)).size).to.equal(100)
      expect(run.read('pages/100')).to.equal('page of /100')
      expect(run.read('run.journal').match(/"done"/g)).to.have.length(100)
      expect(archived(run.read('run.har'))).to.have.length(100)
    },
  },
  {
    heading: 'The command / Input',
    has: '"method": "PUT"',
    notRun: 'it is a line of input',
    check: (_ran, _run, text) => {
      const { url, id, output, layer } = parseLine(text.trim())
      expect([url, id, output]).to.deep.equal(['https://example.com/', '7', '7.json'])
      expect(layer).to.deep.include.members([
        ['request', 'PUT'],
        ['header', 'X-A: 1'],
        ['data-raw', '{"a":1}'],
        ['proxy', 'http://proxy:3128'],
        ['opt', 'TCP_KEEPALIVE=1'],
      ])
    },
  },
  {
    heading: 'The command',
    has: '--sessions 20',
    prepare: async (run) => {
      const proxy = run.own(await startHttpProxy({ users: { me: 'secret' } }))
      proxies.set(run, proxy)
      run.write('urls.txt', URLS).write('proxies.txt', `http://me:secret@127.0.0.1:${proxy.port}\n`)
    },
    check: ({ lines, stdout }, run) => {
      expect(seen(run)).to.have.members(ASKED)
      expect(proxies.get(run)?.requests).to.have.length(ASKED.length)
      const visitors = lines.map((line) => (JSON.parse(line) as { session: string }).session)
      expect(new Set(visitors).size).to.equal(ASKED.length)
      expect(stdout).not.to.include('secret')
    },
  },
  {
    heading: 'The command',
    has: '--crawl --robots',
    prepare: ({ server }) => {
      server.route('/robots.txt', (_request, response) => response.end('User-agent: *\nDisallow: /private\n'))
      server.route('/', (_request, response) => {
        response.setHeader('Content-Type', 'text/html')
        response.end('<a href="/next">next</a> <a href="/private">private</a>')
      })
    },
    check: (_ran, run) => {
      expect(seen(run)).to.deep.equal(['GET /robots.txt', 'GET /', 'GET /next'])
      expect(readdirSync(join(run.folder, 'pages'))).to.have.length(2)
    },
  },
  {
    heading: 'The command',
    has: '--sitemap https',
    prepare: ({ server }) => {
      server.route('/sitemap.xml', (_request, response) => {
        response.end(`<urlset><url><loc>${server.url('/a')}</loc></url></urlset>`)
      })
    },
    check: ({ lines }, run) => {
      expect(seen(run)).to.deep.equal(['GET /sitemap.xml', 'GET /a'])
      expect(lines.map((line) => (JSON.parse(line) as { cache: string }).cache)).to.deep.equal(['miss'])
      expect(readdirSync(run.folder)).to.include('cache')
    },
  },
  {
    heading: 'The command',
    has: 'https://example.com/other',
    check: ({ stdout }, run) => {
      expect(seen(run)).to.have.members(['GET /', 'GET /other'])
      expect(stdout).to.be.oneOf(['page of /page of /other', 'page of /otherpage of /'])
    },
  },
  {
    heading: 'The command',
    has: '{n}-{sha1}.html',
    prepare: (run) => run.write('urls.txt', URLS),
    check: ({ stdout }, run) => {
      expect(stdout).to.equal('')
      expect(seen(run)).to.have.members(ASKED)
      const digests = PAGES.map((path) => createHash('sha1').update(run.server.url(path)).digest('hex'))
      const names = digests.map((digest, i) => `${i + 1}-${digest}.html`)
      expect(readdirSync(join(run.folder, 'pages/127.0.0.1'))).to.have.members(names)
      names.forEach((name, i) => expect(run.read(`pages/127.0.0.1/${name}`)).to.equal(`page of ${PAGES[i]}`))
    },
  },
  {
    heading: 'The command',
    has: 'jobs.jsonl',
    prepare: (run) => {
      const put = { id: '7', method: 'PUT', headers: { 'X-A': '1' }, json: { a: 1 } }
      const jobs = [{ url: 'https://example.com/a' }, { url: 'https://example.com/b', ...put }]
      run.write('jobs.jsonl', jobs.map((job) => `${JSON.stringify(job)}\n`).join(''))
    },
    check: ({ lines }, run) => {
      const outcomes = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
      expect(outcomes.map(({ url, status }) => `${url as string} ${status as number}`)).to.have.members([
        'https://example.com/a 200',
        'https://example.com/b 200',
      ])
      expect(outcomes.map(({ id }) => id)).to.include('7')
      expect(seen(run)).to.have.members(['GET /a', 'PUT /b'])
      const sent = run.server.requests.find(({ method }) => method === 'PUT')
      expect([sent?.headers['x-a'], sent?.body.toString()]).to.deep.equal(['1', '{"a":1}'])
    },
  },
  {
    heading: 'The command',
    has: '--journal run.journal',
    prepare: (run) => run.write('urls.txt', URLS),
    check: async (_ran, run, text) => {
      expect(seen(run)).to.have.members(ASKED)
      // "killed? The same line with --resume goes on": what was not done then is fetched, and nothing else.
      rmSync(join(run.folder, 'run.journal'))
      run.server.forget()
      run.server.route('/c', (_request, response) => {
        run.server.gate('c').enter(() => response.end('page of /c'))
      })
      const doneTwice = run.wrote('run.journal', /(.*"done".*\n){2}/)
      const killed = Promise.all([doneTwice, run.server.waitForRequests(3)])
      expect((await run.shell(text, killed, 'SIGKILL')).signal).to.equal('SIGKILL')
      run.server.gate('c').open()
      run.server.forget()
      const { code, stderr } = await run.shell(text.replace(/ +#.*/, ' --resume'))
      expect(code, stderr).to.equal(0)
      expect(seen(run)).to.deep.equal(['GET /c'])
      PAGES.forEach((path, i) => expect(run.read(`pages/${i + 1}`)).to.equal(`page of ${path}`))
    },
  },
  {
    heading: 'The command',
    has: '--report run.html --har run.har',
    prepare: (run) => run.write('urls.txt', URLS),
    check: ({ stdout }, run) => {
      expect(stdout).to.equal('')
      expect(seen(run)).to.have.members(ASKED)
      expect(archived(run.read('run.har'))).to.have.members(ARCHIVED)
      expect(run.read('run.html')).to.match(/^<!doctype html>/i)
    },
  },
  {
    heading: 'The command',
    has: 'pbpaste',
    prepare: (run) => {
      run.program('pbpaste', 'cat copied')
      run.write(
        'copied',
        `curl 'https://example.com/api' \\\n  -H 'x-a: it'\\''s' \\\n  --data-raw '{"a":1}' --compressed\n`,
      )
    },
    check: ({ stdout }, run) => {
      expect(stdout).to.equal('page of /api')
      expect(seen(run)).to.deep.equal(['POST /api'])
      const { headers, body } = run.server.requests[0]!
      expect([headers['x-a'], body.toString()]).to.deep.equal(["it's", '{"a":1}'])
      expect(headers['accept-encoding']).to.include('gzip')
    },
  },
  {
    heading: 'Reports',
    has: 'renderReport',
    given: `const urls = ${JSON.stringify(URLS.trim().split('\n'))}`,
    check: (_ran, run) => {
      expect(seen(run)).to.have.members(ASKED)
      expect(archived(run.read('run.har'))).to.have.members(ARCHIVED)
      expect(run.read('run.html'))
        .to.match(/^<!doctype html>/i)
        .and.include('My run')
    },
  },
]
