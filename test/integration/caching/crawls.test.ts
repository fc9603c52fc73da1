/**
 * Crawls of 1,000 pages of nginx, with gzip: what a second one sends, and what it gets.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { ParallelCurl } from '../../../src/index.js'
import { CachingBench } from '../../support/caching.js'
import { closeMade, requireProgram } from '../../support/programs/requires.js'
import { startNginx, type ProgramServer } from '../../support/programs/server-programs.js'

const PAGES = 1000

describe('a second crawl', () => {
  let bench: CachingBench
  let nginx: ProgramServer
  let log: string
  const body = 'A page of words. '.repeat(200)

  before(async function () {
    requireProgram(this, 'nginx')
    bench = await CachingBench.start()
    log = join(bench.folder, 'sent.log')
    nginx = await startNginx(`
      keepalive_requests 100000;
      access_log ${log} combined;
      gzip on; gzip_types text/plain; default_type text/plain;
      location /checked/ { add_header Cache-Control no-cache; rewrite ^ /page break; }
      location /fresh/ { add_header Cache-Control max-age=3600; rewrite ^ /page break; }`)
    writeFileSync(join(nginx.folder, 'page'), body)
  })
  after(() => closeMade(nginx, bench))

  /** Returns how often each status and number of bytes was sent. */
  const sent = (): Record<string, number> => {
    const counts: Record<string, number> = {}
    for (const line of readFileSync(log, 'utf8').trim().split('\n')) {
      const [, status = '', bytes = ''] = /" (\d+) (\d+) "/.exec(line) ?? []
      const key = bytes === '0' ? `${status} without a body` : `${status} with a body`
      counts[key] = (counts[key] ?? 0) + 1
    }
    writeFileSync(log, '')
    return counts
  }

  const crawl = async (folder: string): Promise<Record<string, number>> => {
    const counts: Record<string, number> = {}
    await using curl = new ParallelCurl(20, {
      cache: bench.open(),
      CAINFO: nginx.CAINFO,
      ACCEPT_ENCODING: 'gzip',
    })
    const urls = Array.from({ length: PAGES }, (_, i) => nginx.url(`/${folder}/${String(i)}`))
    for await (const transfer of curl.stream(urls)) {
      const key = `${String(transfer.cache)} ${String(transfer.responseCode)}`
      counts[key] = (counts[key] ?? 0) + 1
      expect(transfer.content).to.equal(body)
    }
    return counts
  }

  it('of unchanged pages asks for each, and gets no body', async () => {
    expect(await crawl('checked')).to.deep.equal({ 'miss 200': PAGES })
    expect(sent()).to.deep.equal({ '200 with a body': PAGES })
    expect(await crawl('checked')).to.deep.equal({ 'revalidated 200': PAGES })
    expect(sent()).to.deep.equal({ '304 without a body': PAGES })
  })

  it('of fresh pages sends nothing', async () => {
    expect(await crawl('fresh')).to.deep.equal({ 'miss 200': PAGES })
    expect(sent()).to.deep.equal({ '200 with a body': PAGES })
    expect(await crawl('fresh')).to.deep.equal({ 'hit 200': PAGES })
    expect(readFileSync(log, 'utf8')).to.equal('')
  })
})
