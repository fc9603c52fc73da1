/**
 * The size of a cache's folder: what goes by itself, what stays, with several processes, and while bodies are read.
 */
import { mkdirSync, rmSync, statSync } from 'node:fs'
import { expect } from 'chai'
import type { HttpCache } from '../../../src/index.js'
import { ParallelCurl } from '../../../src/index.js'
import { CachingBench, facts } from '../../support/caching.js'
import { runCommand } from '../../support/programs/command.js'

const FRESH = { 'Cache-Control': 'max-age=600000' }
const PAGE = 10_000
const MAX = 200_000

describe('the size of a cache', () => {
  let bench: CachingBench
  beforeEach(async () => {
    bench = await CachingBench.start()
    bench.server.route(/^\/p\//, (request, response) => {
      response.writeHead(200, FRESH).end(request.url.padEnd(PAGE, '.'))
    })
  })
  afterEach(() => bench.close())

  const url = (at: number): string => bench.server.url(`/p/${String(at)}`)
  const size = (): number => bench.files().reduce((sum, path) => sum + statSync(path).size, 0)
  /** Counts the times that the folder is looked through. */
  const scansOf = (cache: HttpCache): { count: number } => {
    const scans = { count: 0 }
    const { folder } = cache as unknown as { folder: { subfolders: () => unknown } }
    const subfolders = folder.subfolders.bind(folder)
    folder.subfolders = () => {
      scans.count++
      return subfolders()
    }
    return scans
  }

  it('stays below maxBytes: what was used longest ago goes, and what is used stays', async () => {
    const cache = bench.open({ maxBytes: MAX })
    const scans = scansOf(cache)
    await using curl = new ParallelCurl(1, { cache })
    for (let at = 0; at < 60; at++) {
      expect((await curl.request(url(at))).cache).to.equal('miss')
      await cache.sizeLimit?.running
      expect(size()).to.be.at.most(MAX)
      bench.now += 100_000
      expect((await curl.request(url(0))).cache, `after ${String(at)}`).to.equal('hit')
    }
    // The first look finds out how large the folder is; each later one frees room for two pages at least.
    expect(scans.count).to.be.within(2, 1 + 42 / 2)
    await using offline = new ParallelCurl(1, { cache: bench.open({ mode: 'offline' }) })
    const left: number[] = []
    for (let at = 0; at < 60; at++)
      await offline.request(url(at)).then(
        () => left.push(at),
        () => undefined,
      )
    expect(left[0]).to.equal(0)
    expect(left.slice(1)).to.deep.equal(
      Array.from({ length: left.length - 1 }, (_, i) => 61 - left.length + i),
    )
    expect(left.length).to.be.within(16, 19)
  })

  it('looks through the folder once, and never again while it is below the limit', async () => {
    const cache = bench.open({ maxBytes: 10 * MAX })
    const scans = scansOf(cache)
    await using curl = new ParallelCurl(5, { cache })
    for (let at = 0; at < 50; at++) await curl.request(url(at % 25))
    await cache.sizeLimit?.running
    expect(scans.count).to.equal(1)
  })

  it('does not grow by responses that replace others', async () => {
    const cache = bench.open({ maxBytes: MAX })
    const scans = scansOf(cache)
    await using curl = new ParallelCurl(5, { cache })
    for (let at = 0; at < 60; at++) {
      bench.now += 1e9
      expect((await curl.request(url(at % 5))).cache).to.equal('miss')
      await cache.sizeLimit?.running
    }
    expect(scans.count).to.equal(1)
    expect(bench.files()).to.have.length(15)
  })

  it('is corrected after a limit was lowered, and after nobody has counted', async () => {
    await using curl = new ParallelCurl(5)
    const free = bench.open()
    for (let at = 0; at < 30; at++) await curl.request(url(at), { cache: free })
    for (const maxBytes of [MAX, MAX / 2]) {
      const cache = bench.open({ maxBytes })
      expect(size()).to.be.greaterThan(maxBytes)
      await curl.request(url(maxBytes), { cache })
      await cache.sizeLimit?.running
      expect(size()).to.be.at.most(maxBytes)
    }
  })

  it('is kept by several processes together', async () => {
    const urls = Array.from({ length: 40 }, (_, at) => url(at))
    const args = ['--cache', bench.cache.dir, '--cache-max-size', '200k', '--jsonl']
    const runs = [urls.slice(0, 20), urls.slice(20)].map((part) => runCommand([...args, ...part]))
    for (const { code, stderr } of await Promise.all(runs)) expect([code, stderr]).to.deep.equal([0, ''])
    // Each process may have pruned last before the other one wrote its last pages.
    expect(size()).to.be.within(100_000, 200 * 1024 + 2 * PAGE)
    await using curl = new ParallelCurl(5, { cache: bench.open({ mode: 'offline' }) })
    const outcomes = await Promise.allSettled(urls.map((each) => curl.request(each)))
    const found = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    for (const { url: of, content } of found) expect(content).to.equal(new URL(of).pathname.padEnd(PAGE, '.'))
    expect(found.length).to.be.within(10, 22)
  })

  it('leaves a body readable that is being read', async () => {
    const text = 'x'.repeat(1_000_000)
    bench.serve('/long', FRESH, () => text)
    const { cache, server } = bench
    await using curl = new ParallelCurl(1, { cache })
    await curl.request(server.url('/long'))
    const { bodyStream, cache: outcome } = await curl.request(server.url('/long'), {
      responseType: 'stream',
    })
    expect(outcome).to.equal('hit')
    const chunks: Buffer[] = []
    for await (const chunk of bodyStream!) {
      chunks.push(chunk as Buffer)
      if (chunks.length === 1)
        expect(await cache.prune({ maxBytes: 0 })).to.deep.equal({ entries: 0, bytes: 0 })
    }
    expect(Buffer.concat(chunks).toString()).to.equal(text)
    expect(bench.files()).to.deep.equal([])
  })

  it('leaves a hit readable that nobody has read yet', async () => {
    const cache = bench.open({ maxBytes: MAX })
    await using curl = new ParallelCurl(1, { cache })
    await curl.request(url(0))
    const [unread, dropped] = [await curl.request(url(0)), await curl.request(url(0))]
    expect(dropped.content).to.have.length(PAGE)
    for (let at = 1; at < 60; at++) {
      bench.now += 100_000
      await curl.request(url(at))
      await cache.sizeLimit?.running
    }
    expect(facts(unread)).to.deep.equal(['hit', 200, '/p/0'.padEnd(PAGE, '.')])
    for (let at = 60; at < 90; at++) {
      await curl.request(url(at))
      await cache.sizeLimit?.running
    }
    expect((await curl.request(url(0))).cache).to.equal('miss')
  })

  it('is no reason to remove an entry that is used while the folder is looked through', async () => {
    const { cache } = bench
    await using curl = new ParallelCurl(1, { cache })
    await curl.request(url(1))
    bench.now += 100_000
    const pruning = cache.prune({ maxBytes: 100 })
    const hit = await curl.request(url(1))
    expect((await pruning).entries).to.equal(1)
    expect(facts(hit)).to.deep.equal(['hit', 200, '/p/1'.padEnd(PAGE, '.')])
  })

  it('keeps bodies out that take more than nine tenths', async () => {
    const cache = bench.open({ maxBytes: PAGE })
    await using curl = new ParallelCurl(1, { cache })
    expect(facts(await curl.request(url(1)))).to.deep.equal(['miss', 200, '/p/1'.padEnd(PAGE, '.')])
    expect(bench.files()).to.deep.equal([])
  })

  it('is looked at when the disk is full, because nothing grows then', async () => {
    await using curl = new ParallelCurl(5)
    for (let at = 0; at < 30; at++) await curl.request(url(at), { cache: bench.open() })
    const cache = bench.open({ maxBytes: MAX })
    const { folder } = cache as unknown as { folder: { ensureFolder: (path: string) => void } }
    folder.ensureFolder = () => {
      throw Object.assign(new Error('the disk is full'), { code: 'ENOSPC' })
    }
    expect((await curl.request(url(99), { cache })).errno).to.equal(0)
    await cache.sizeLimit?.running
    expect(size()).to.be.within(0.8 * MAX, 0.9 * MAX)
  })

  it('that cannot be written down costs no response, and is said once', async () => {
    const warnings: string[] = []
    const onWarning = ({ message }: Error): void => void warnings.push(message)
    process.on('warning', onWarning)
    try {
      mkdirSync(`${bench.cache.dir}/parallelcurl-cache.json.size`)
      await using curl = new ParallelCurl(1, { cache: bench.open({ maxBytes: MAX }) })
      for (let at = 0; at < 5; at++) expect((await curl.request(url(at))).errno).to.equal(0)
      expect((await curl.request(url(0))).cache).to.equal('hit')
      await new Promise(setImmediate)
      expect(warnings).to.have.length(1)
      expect(warnings[0]).to.include('maxBytes cannot be kept: EISDIR')
    } finally {
      process.off('warning', onWarning)
      rmSync(`${bench.cache.dir}/parallelcurl-cache.json.size`, { recursive: true })
    }
  })
})
