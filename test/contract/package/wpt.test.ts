/**
 * The runner of web-platform-tests: what it reads of a checkout, how it runs a page, and how it compares. The
 * checkout here has a harness and pages of its own.
 */
import { expect } from 'chai'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { packageName } from '../../../scripts/bench/clients/undici.js'
import { bundled } from '../../../scripts/wpt/bundle.js'
import { missingFrom, pagesOf, pagesOfFile, type Page } from '../../../scripts/wpt/checkout.js'
import { compare, reportOf } from '../../../scripts/wpt/compare.js'
import { runPage, type PageOutcome, type Surroundings } from '../../../scripts/wpt/run-page.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'

describe('the runner of web-platform-tests', () => {
  describe('reads a checkout', () => {
    let checkout: string
    const write = (path: string, text = ''): void => {
      mkdirSync(dirname(join(checkout, path)), { recursive: true })
      writeFileSync(join(checkout, path), text)
    }
    beforeEach(() => (checkout = mkdtempSync(join(tmpdir(), 'parallelcurl-wpt-'))))
    afterEach(() => {
      rmSync(checkout, { recursive: true })
    })

    it('and says by name what it lacks', () => {
      expect(missingFrom(join(checkout, 'no'))).to.deep.equal([
        `${join(checkout, 'no')}: there is no such folder`,
      ])
      write('fetch/api/basic/a.any.js')
      write('fetch/api/resources/a.py')
      write('common/get-host-info.sub.js')
      write('tools/serve/serve.py')
      write('tools/wptserve/wptserve/server.py')
      expect(missingFrom(checkout)).to.deep.equal([
        `${join(checkout, 'resources/testharness.js')}: is missing (the harness of the tests)`,
      ])
      write('resources/testharness.js')
      expect(missingFrom(checkout)).to.deep.equal([])
    })

    it('and finds the pages that need no browser', () => {
      for (const path of [
        'basic/b.any.js',
        'basic/a.any.js',
        'basic/a.html',
        'cors/c.any.js',
        'body/d.https.any.js',
      ])
        write(`fetch/api/${path}`)
      write('fetch/api/redirect/e.h2.any.js', '// META: variant=?1\n// META: variant=?2\n')
      const found = (filters?: string[]): string[] =>
        pagesOf(checkout, filters).map(({ path, variant, server }) => `${path}${variant} ${server}`)
      expect(found()).to.deep.equal([
        'fetch/api/basic/a.any.js http',
        'fetch/api/basic/b.any.js http',
        'fetch/api/body/d.https.any.js https',
        'fetch/api/redirect/e.h2.any.js?1 h2',
        'fetch/api/redirect/e.h2.any.js?2 h2',
      ])
      expect(found(['basic/a', 'body'])).to.have.length(2)
    })

    it('and what a page says about itself', () => {
      const source = [
        '// META: title=A title',
        '// META: script=/common/utils.js',
        '//META: script=../resources/utils.js',
        '// META: timeout=long',
        '// META: global=window, worker',
        '"use strict"',
        '// META: script=/never.js',
      ].join('\n')
      const [page] = pagesOfFile('fetch/api/basic/x.any.js', source)
      expect(page).to.deep.include({
        scripts: ['/common/utils.js', '/fetch/api/resources/utils.js'],
        ...{ isLong: true, isWorker: true, variant: '' },
      })
      expect(pagesOfFile('x.any.js', '// META: global=window')[0]).to.include({
        isWorker: false,
        isLong: false,
      })
    })
  })

  describe('runs a page with either client', () => {
    /** As much of a harness as pages of one promise need. */
    const HARNESS = `
      const results = [], ends = []
      self.add_result_callback = (callback) => results.push(callback)
      self.add_completion_callback = (callback) => ends.push(callback)
      self.run = async (name, test) => {
        let status = 0, message = null
        try { await test() } catch (error) { status = 1; message = String(error) }
        for (const callback of results) callback({ name, status, message })
      }
      self.finish = (status = 0, message = null) => ends.forEach((callback) => callback([], { status, message }))`
    let server: HttpServer
    let around: Surroundings
    before(async () => {
      server = await startHttpServer()
      const undiciName = packageName()
      const ports = { http: [server.port, 0], https: [0, 0], h2: [0] } as const
      around = { ports, undiciName, bundle: await bundled(undiciName) }
      server.route('/resources/testharness.js', (_request, response) => response.end(HARNESS))
    })
    beforeEach(() => {
      server.forget()
    })
    after(() => server.close())

    const outcomes = async (name: string, source: string, limitMs?: number): Promise<PageOutcome[]> => {
      const [page] = pagesOfFile(`fetch/api/basic/${name}.any.js`, source) as [Page]
      server.route(`/${page.path}`, (_request, response) => response.end(source))
      const limits = limitMs === undefined ? around : { ...around, limitMs }
      return Promise.all((['fetch', 'createFetch'] as const).map((client) => runPage(page, client, limits)))
    }

    it('at an address that no resolver knows, and tells the outcome of each test', async () => {
      const pairs = await outcomes(
        'good',
        `run('passes', async () => {
          const { url, headers } = await (await fetch('/echo?of=page')).json()
          if (url !== '/echo?of=page') throw new Error(url)
          if (!headers.host.startsWith('web-platform.test:')) throw new Error(headers.host)
          if (!GLOBAL.isWorker()) throw new Error('no worker')
        }).then(() => run('fails', () => { throw new Error('as it should') })).then(() => finish())`,
      )
      for (const { tests, problem } of pairs) {
        expect(problem).to.equal(null)
        expect(Object.fromEntries(tests)).to.deep.equal({
          passes: { isPassed: true, message: '' },
          fails: { isPassed: false, message: 'Error: as it should' },
        })
      }
      // undici asks to keep the connection, libcurl says nothing.
      const asked = server.requests
        .filter(({ path }) => path === '/echo')
        .map(({ headers }) => headers.connection)
      expect(asked).to.have.members(['keep-alive', undefined])
    })

    it('and notes what goes wrong apart from tests', async () => {
      const cases: [source: string, problem: RegExp, limitMs?: number][] = [
        ["fetch('/hang')", /did not end within 1.5 s/, 1500],
        ["finish(2, 'broken')", /the harness failed: broken/],
        ['throw new Error("at once")', /at once/],
        ['1', /the process ended early/],
      ]
      const found = await Promise.all(
        cases.map(([source, , limitMs], i) => outcomes(`bad-${String(i)}`, source, limitMs)),
      )
      for (const [i, [, problem]] of cases.entries())
        expect(found[i]?.map((outcome) => outcome.problem).join('\n')).to.match(problem)
    })
  })

  it('compares test by test, and counts one without an outcome as failed', () => {
    const outcome = (tests: Record<string, string | true>, problem: string | null = null): PageOutcome => ({
      tests: new Map(
        Object.entries(tests).map(([name, passed]) => [
          name,
          { isPassed: passed === true, message: passed === true ? '' : passed },
        ]),
      ),
      problem,
    })
    const pairs = [
      { name: 'a', fetch: outcome({ one: true, two: 'no' }), createFetch: outcome({ one: true, two: true }) },
      { name: 'b', fetch: outcome({ one: true, two: true }), createFetch: outcome({ one: 'wrong' }, 'cut') },
      { name: 'c', fetch: outcome({ one: 'no' }), createFetch: outcome({ one: 'no' }) },
    ]
    const comparison = compare(pairs)
    expect(comparison).to.deep.equal({
      ...{ tests: 5, fetch: 3, createFetch: 2 },
      differences: [
        { page: 'a', test: 'two', passes: 'createFetch', message: 'no' },
        { page: 'b', test: 'one', passes: 'fetch', message: 'wrong' },
        { page: 'b', test: 'two', passes: 'fetch', message: 'cut' },
      ],
    })
    const report = reportOf(pairs, comparison)
    expect(report).to.include('| b | 2 | 2 | 0 * |\n| c | 1 | 0 | 0 |\n| all | 5 | 3 | 2 |')
    expect(report).to.include('* b, createFetch: cut\n')
    expect(report).to.include('* a, "two": only createFetch passes. no')
  })
})
