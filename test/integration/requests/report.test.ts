/**
 * The page of a run, in a real browser. Does not look at its colours. Its picture is kept in the folder for
 * temporary files.
 */
import { statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'chai'
import { chromium, type Browser, type Page } from 'playwright-core'
import { renderReport, type RunEntry } from '../../../src/report/index.js'
import { runCommand, temporaryFolder } from '../../support/programs/command.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { requireProgram } from '../../support/programs/requires.js'

const EVIL = `"><img src=x onerror="document.title='evil'"></script><script>document.title='evil'</script><!--`

function makeEntry(i: number, changes: Partial<RunEntry> = {}): RunEntry {
  return {
    url: `http://host-${i % 7}.test/page/${i}`,
    effectiveUrl: `http://host-${i % 7}.test/page/${i}`,
    method: 'GET',
    status: i % 50 === 0 ? 500 : 200,
    errno: i % 100 === 1 ? 28 : 0,
    error: i % 100 === 1 ? 'Timeout was reached' : '',
    queuedAt: 1_700_000_000_000 + i,
    queueMs: i % 5,
    retryMs: 0,
    phases: { dns: 1, connect: 2, tls: 3, send: 0, wait: 20, receive: 5 },
    attempts: [],
    httpVersion: 'HTTP/1.1',
    remoteIp: '127.0.0.1',
    remotePort: 80,
    contentType: 'text/plain',
    redirectUrl: '',
    sizes: { request: 100, upload: 0, header: 100, download: 1000 },
    contentSize: 1000,
    requestHeaders: [],
    responseHeaders: [],
    responseTrailers: [],
    statusText: 'OK',
    ...changes,
  }
}

describe('the report', () => {
  const folder = temporaryFolder()
  let server: HttpServer
  let browser: Browser
  before(async function () {
    this.timeout(60_000)
    requireProgram(this, 'chromium')
    server = await startHttpServer()
    browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    })
  })
  after(async () => {
    await (browser as Browser | undefined)?.close()
    await (server as HttpServer | undefined)?.close()
  })

  async function open(path: string): Promise<{ page: Page; complaints: string[] }> {
    const page = await browser.newPage()
    const complaints: string[] = []
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('request', (request) => {
      if (!request.url().startsWith('file:')) complaints.push(`asked for ${request.url()}`)
    })
    await page.goto(pathToFileURL(path).href)
    return { page, complaints }
  }
  const shown = (page: Page): Promise<string> => page.locator('#shown').innerText()

  it('shows the run of a command', async () => {
    const urls = [
      ...Array.from({ length: 12 }, (_, i) => server.url(`/bytes/${i}`)),
      server.url('/status/404'),
      server.url('/close'),
    ]
    const args = ['-s', '-o', '/dev/null', '--report', 'run.html', ...urls]
    const secret = server.url('/echo').replace('//', '//user:password1@')
    await runCommand([...args, secret], { cwd: folder() })
    const { page, complaints } = await open(join(folder(), 'run.html'))
    expect(await shown(page)).to.equal('15 of 15')
    expect(await page.locator('.row').count()).to.equal(15)
    expect(await page.locator('#summary').innerText()).to.match(/^15 requests in .*, 1 failed/)
    expect(await page.locator('#statuses').innerText())
      .to.match(/200\s+13/)
      .and.match(/404\s+1/)
    expect(await page.locator('#hosts').innerText()).to.include('127.0.0.1')
    expect(await page.locator('#inflight path').count()).to.equal(1)
    await page.fill('#search', 'status 404')
    expect(await shown(page)).to.equal('1 of 15')
    await page.locator('.row').click()
    expect(await page.locator('#details').innerText())
      .to.include('/status/404')
      .and.include('connect ')
    await page.fill('#search', '')
    await page.check('#failed')
    expect(await shown(page)).to.equal('2 of 15')
    expect(await page.content()).to.not.include('password1')
    expect(complaints).to.deep.equal([])
    await page.uncheck('#failed')
    const picture = join(tmpdir(), 'parallelcurl-report.png')
    await page.screenshot({ path: picture, fullPage: true })
    expect(statSync(picture).size).to.be.greaterThan(1000)
    await page.close()
  })

  it('counts transfers in flight, and not those that wait for a retry', async () => {
    const start = 1_700_000_000_000
    const phases = { dns: 0, connect: 0, tls: 0, send: 0, wait: 10, receive: 0 }
    const attempt = (at: number): RunEntry['attempts'][number] => ({
      errno: 0,
      responseCode: 500,
      proxy: null,
      startedAt: start + at,
      durationMs: 10,
    })
    const entries = [
      // One after the other, all of them in one column of the picture.
      ...Array.from({ length: 20 }, (_, i) => makeEntry(i, { queuedAt: start + 10 * i, queueMs: 0, phases })),
      makeEntry(20, {
        queuedAt: start,
        queueMs: 0,
        retryMs: 100_000,
        attempts: [attempt(0), attempt(100_000)],
        phases,
      }),
    ]
    const path = join(folder(), 'flights.html')
    writeFileSync(path, renderReport(entries))
    const { page, complaints } = await open(path)
    expect(await page.locator('#inflight-note').innerText()).to.match(/^at most 2, over /)
    // The wait between its attempts, and both of them.
    await page.fill('#search', '/page/20')
    expect(await page.locator('.row rect').count()).to.equal(3)
    await page.locator('.row').click()
    expect(await page.locator('#details').innerText()).to.include('2 attempts')
    expect(complaints).to.deep.equal([])
    await page.close()
  })

  it('escapes the texts of URLs and servers', async () => {
    const entry = makeEntry(1, {
      url: EVIL,
      effectiveUrl: EVIL,
      error: EVIL,
      errno: 7,
      method: EVIL,
      contentType: EVIL,
    })
    const path = join(folder(), 'evil.html')
    writeFileSync(path, renderReport([entry], { title: EVIL, subtitle: EVIL }))
    const { page, complaints } = await open(path)
    await page.locator('.row').click()
    expect(await page.title()).to.equal(EVIL)
    expect(await page.locator('.row .url').innerText()).to.equal(EVIL)
    expect(await page.locator('img').count()).to.equal(0)
    expect(complaints).to.deep.equal([])
    await page.close()
  })

  it('scrolls through 50,000 requests', async function () {
    this.timeout(60_000)
    const path = join(folder(), 'large.html')
    writeFileSync(path, renderReport(Array.from({ length: 50_000 }, (_, i) => makeEntry(i))))
    const { page, complaints } = await open(path)
    expect(await shown(page)).to.equal('50000 of 50000')
    await page.evaluate(`document.getElementById('list').scrollTop = 25000 * 22`)
    await page.locator('.row[data-index="25000"]').waitFor()
    await page.evaluate(`document.getElementById('list').scrollTop = 1e9`)
    await page.locator('.row[data-index="49999"]').waitFor()
    expect(await page.locator('.row[data-index="49999"] .url').innerText()).to.include('/page/49999')
    expect(await page.locator('.row').count()).to.be.below(100)
    await page.fill('#search', '/page/4999')
    expect(await shown(page)).to.equal('11 of 50000')
    expect(complaints).to.deep.equal([])
    await page.close()
  })
})
