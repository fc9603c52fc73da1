/**
 * crawl() with a frontier in a file: whatever ends the process, the next one goes on. PARALLELCURL_SOAK=1 is the
 * full size: a site of 10,000 pages and 10 kills, and the memory of a million URLs.
 */
import { spawn } from 'node:child_process'
import fs, { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { expect } from 'chai'
import type { CurlError } from '../../../src/index.js'
import { OptionError, ParallelCurl, type CrawlFunction } from '../../../src/index.js'
import { compiledSources, runChild } from '../../support/programs/child.js'
import { temporaryFolder } from '../../support/programs/command.js'
import { rejectionOf } from '../../support/requests.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { LinkedSite, TRAP } from '../../support/servers/linked-site.js'

const isSoak = process.env['PARALLELCURL_SOAK'] !== undefined
const [pages, kills, urls] = isSoak ? [10_000, 10, 1_000_000] : [80, 1, 20_000]

/** Crawls `URL FRONTIER PATTERN`, and prints its result. */
const CRAWLER = `
  import { ParallelCurl } from './src/index.js'
  const [url, frontier, trap] = process.argv.slice(1)
  const curl = new ParallelCurl(20, { retry: { limit: 3, backoffMs: 1 } })
  const result = await curl.crawl(url, async (transfer, add, page) => {
    for (const link of page.links()) add(link)
    await new Promise(setImmediate)
  }, { frontier, exclude: new RegExp(trap) })
  await curl.close()
  console.log(JSON.stringify(result))
`

/** Prints by how many bytes the process grows while a frontier gets this number of URLs. */
const MEASURER = `
  import { Frontier } from './src/crawling/frontier/frontier.js'
  const [path, count] = process.argv.slice(1)
  const frontier = new Frontier({ path, retryFailed: false, exactDepth: false, onSeed() {} })
  const used = () => { gc(); gc(); const { heapUsed, external } = process.memoryUsage(); return heapUsed + external }
  const before = used()
  for (let i = 0; i < count; i++)
    frontier.add('http://example.com/some/path/of/a/page/' + i, { depth: 0, via: [], cookies: '', isSeed: false, userData: undefined })
  frontier.flush()
  await new Promise(setImmediate)
  console.log(JSON.stringify({ grown: used() - before, set: frontier.setBytes, pending: frontier.pending }))
`

const follow: CrawlFunction = (_transfer, add, page) => {
  for (const link of page.links()) add(link)
}

describe('crawl() with a frontier', () => {
  const folder = temporaryFolder()
  let server: HttpServer
  beforeEach(async () => {
    server = await startHttpServer()
  })
  afterEach(() => server.close())

  /** The URLs that a frontier has as ended. */
  function endedIn(path: string): number {
    return readFileSync(path, 'utf8').match(/"end":"done"/g)?.length ?? 0
  }

  it(`survives kill -9 at ${kills} moments of a crawl of ${pages} pages`, async function () {
    this.timeout(isSoak ? 600_000 : 120_000)
    const site = new LinkedSite(pages).serveOn(server)
    const expected = site.expected()
    const path = join(folder(), 'kills.journal')
    const args = [server.url('/p/0'), path, TRAP.source]
    let [killed, before] = [0, 0]
    for (let i = 0; i < kills; i++) {
      server.forget()
      const step = 1 + Math.floor((Math.random() * 0.8 * expected.size) / kills)
      const child = spawn(process.execPath, ['--input-type=module', '--eval', CRAWLER, '--', ...args], {
        cwd: compiledSources(),
        stdio: ['ignore', 'ignore', 'inherit'],
      })
      const over = new Promise((resolve) => child.on('close', resolve))
      // At any moment after some request, before, within and after the writes of others.
      await Promise.race([
        server.waitForRequests(step).then(
          () => child.kill('SIGKILL'),
          () => undefined,
        ),
        over,
      ])
      await over
      if (child.signalCode === 'SIGKILL') killed++
      const ended = endedIn(path)
      expect(ended, 'nothing is lost').to.be.at.least(before)
      before = ended
    }
    expect(killed).to.equal(kills)
    const { stdout, stderr } = await runChild(CRAWLER, { args, killAfterMs: 300_000 })
    expect(stderr).to.equal('')
    const result = JSON.parse(stdout) as Record<string, unknown>
    const redirects = [...expected].filter((url) => /^\/(r|circle)\//.test(url)).length
    expect(result).to.deep.include({
      done: expected.size - redirects,
      redirected: redirects,
      failed: 0,
      pending: 0,
    })
    expect([...site.asked.keys()].sort()).to.deep.equal([...expected].sort())
    // Whatever was in flight at a kill is fetched again, and nothing else.
    const twice = [...site.asked].filter(([url, times]) => times > (url.startsWith('/busy') ? 2 : 1)).length
    expect(twice).to.be.at.most(killed * 2 * 20)
    if (isSoak) console.log(`      ${killed} kills, ${expected.size} URLs, ${twice} fetched more than once`)
  })

  it('fetches nothing that has ended, and goes on with the rest at its depth', async () => {
    const site = new LinkedSite(120).serveOn(server)
    const frontier = join(folder(), 'parts.journal')
    const options = { frontier, exclude: [TRAP, /\/busy/], maxDepth: 4 }
    const start = server.url('/p/0')
    await using curl = new ParallelCurl(5)
    const whole = await curl.crawl(start, follow, { ...options, frontier: undefined })
    site.asked.clear()
    const first = await curl.crawl(start, follow, { ...options, maxRequests: 15 })
    expect([first.done + first.redirected, site.asked.size]).to.deep.equal([15, 15])
    const stopped = await curl.crawl(start, follow, { ...options, maxRequests: 15 })
    expect([stopped.pending, site.asked.size]).to.deep.equal([first.pending, 15])
    const second = await curl.crawl(start, follow, options)
    for (const [path, times] of site.asked) expect(times, path).to.equal(1)
    const { skipped: _skipped, ...counts } = whole
    expect(second).to.deep.include(counts)
  })

  it('keeps what its function has not seen to the end, and the values of pages', async () => {
    const frontier = join(folder(), 'values.journal')
    await using curl = new ParallelCurl(1)
    const seen: unknown[] = []
    const crawl = (shouldThrow: boolean): Promise<unknown> =>
      curl.crawl(
        server.url('/echo?0'),
        (_transfer, add, page) => {
          seen.push([page.url.slice(-1), page.depth, page.userData])
          if (page.depth === 0) add('/echo?1', { userData: ['ü', 1], depth: 3 })
          else if (shouldThrow) throw new Error('not yet')
        },
        { frontier },
      )
    expect(((await rejectionOf(crawl(true))) as Error).message).to.equal('not yet')
    await crawl(false)
    expect(seen).to.deep.equal([
      ['0', 0, undefined],
      ['1', 3, ['ü', 1]],
      ['1', 3, ['ü', 1]],
    ])
    expect(statSync(frontier).mode & 0o777).to.equal(0o600)
  })

  it('fetches again what failed with retryFailed, and goes on with the hosts that seeds have led to', async () => {
    const frontier = join(folder(), 'failed.journal')
    let isBroken = true
    server.route('/moved', (_request, response) => {
      response
        .writeHead(302, { location: server.url('/x').replace('127.0.0.1', 'localhost'), 'content-length': 0 })
        .end()
    })
    server.route('/x', (_request, response) => {
      if (isBroken) response.destroy()
      else response.end('<a href=/echo>x</a>')
    })
    await using curl = new ParallelCurl(2)
    const errors: (CurlError | null)[] = []
    const run = (others: object): ReturnType<ParallelCurl['crawl']> =>
      curl.crawl(
        server.url('/moved'),
        (transfer, add, page) => {
          errors.push(transfer.toError())
          for (const link of page.links()) add(link)
        },
        { frontier, ...others },
      )
    expect(await run({})).to.deep.include({ done: 0, failed: 1, redirected: 1, pending: 0 })
    isBroken = false
    expect(await run({})).to.deep.include({ done: 0, failed: 1 })
    expect(await run({ retryFailed: true })).to.deep.include({ done: 2, failed: 0, redirected: 1 })
    expect(errors.map((error) => error?.errno ?? 0)).to.deep.equal([52, 0, 0])
  })

  it('refuses a file that is none, and leaves it alone', async () => {
    const path = join(folder(), 'other')
    writeFileSync(path, 'my notes\n')
    await using curl = new ParallelCurl(2)
    const error = (await rejectionOf(curl.crawl(server.url('/'), follow, { frontier: path }))) as Error
    expect(error).to.be.instanceOf(OptionError)
    expect(error.message).to.equal(`crawl: frontier ${path}, line 1: this is not a journal`)
    expect(readFileSync(path, 'utf8')).to.equal('my notes\n')
    expect(server.requests).to.deep.equal([])
  })

  it('ends with the error of a disk that is full when a page ends, and can be resumed', async () => {
    const frontier = join(folder(), 'full.journal')
    await using curl = new ParallelCurl(2)
    const { writeSync } = fs
    const full = curl.crawl(
      server.url('/echo'),
      (_transfer, add) => {
        const refuse = (): never => {
          throw new Error('ENOSPC: no space left on device, write')
        }
        Object.assign(fs, { writeSync: refuse })
        syncBuiltinESMExports()
        // As long as what is written at once: only the line of the ending is too much.
        const line = (length: number): string =>
          `{"add":"${server.url(`/${'x'.repeat(length)}`)}","depth":1}\n`
        add(`/${'x'.repeat(65_535 - line(0).length)}`)
      },
      { frontier },
    )
    const error = (await rejectionOf(full)) as Error
    Object.assign(fs, { writeSync })
    syncBuiltinESMExports()
    expect(error.message).to.include('ENOSPC')
    expect(await curl.crawl(server.url('/echo'), () => undefined, { frontier })).to.include({ done: 1 })
  })

  it('creates no file for a crawl whose seeds are wrong', async () => {
    const frontier = join(folder(), 'none.journal')
    await using curl = new ParallelCurl(2)
    expect(await rejectionOf(curl.crawl(['no url'], follow, { frontier }))).to.be.instanceOf(OptionError)
    expect(existsSync(frontier)).to.be.false
  })

  it(`takes little memory for each of ${urls} URLs that wait`, async function () {
    this.timeout(120_000)
    const path = join(folder(), 'many.journal')
    const { stdout, stderr } = await runChild(MEASURER, {
      args: [path, String(urls)],
      nodeArgs: ['--expose-gc'],
      killAfterMs: 110_000,
    })
    expect(stderr).to.equal('')
    const { grown, set, pending } = JSON.parse(stdout) as Record<string, number>
    expect(pending).to.equal(urls)
    // A small table has other sizes than one of a million.
    expect(grown).to.be.at.most(isSoak ? 32 * 2 ** 20 : 60 * urls)
    if (isSoak)
      console.log(
        `      ${(grown! / 2 ** 20).toFixed(1)} MiB, of them ${(set! / 2 ** 20).toFixed(1)} for the set`,
      )
  })
})
