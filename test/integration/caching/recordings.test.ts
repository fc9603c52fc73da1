/** A cache together with recordings, replays and the mock, and an offline cache that does not exist. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { OptionError, ParallelCurl } from '../../../src/index.js'
import { notice } from '../../../src/recordings/recorder.js'
import { CurlMock } from '../../../src/testing/index.js'
import { CachingBench, facts } from '../../support/caching.js'
import { rejectionOf } from '../../support/requests.js'

describe('a cache', () => {
  let bench: CachingBench
  const { say } = notice
  before(() => (notice.say = () => undefined))
  after(() => (notice.say = say))
  beforeEach(async () => {
    bench = await CachingBench.start()
  })
  afterEach(() => bench.close())

  it('does not change a recording: fresh and stale pages are recorded as a whole, and stored', async () => {
    const { server, cache } = bench
    const paths = ['/fresh', '/checked']
    bench.serve('/fresh', { 'Cache-Control': 'max-age=60' })
    bench.serve('/checked', { 'Cache-Control': 'no-cache' })
    const path = join(bench.folder, 'run.har')
    const visit = async (curl: ParallelCurl): Promise<unknown[]> => {
      const made = await Promise.all(paths.map((at) => curl.request(server.url(at))))
      await curl.close()
      return made.map(facts)
    }
    const pages = paths.map((at) => ['miss', 200, `body of ${at}`])
    expect(await visit(new ParallelCurl(2, { cache }))).to.deep.equal(pages)
    expect(await visit(new ParallelCurl(2, { cache, record: path }))).to.deep.equal(pages)
    expect(bench.seen.slice(2).sort()).to.deep.equal(['GET /checked', 'GET /fresh'])
    const har = JSON.parse(readFileSync(path, 'utf8')) as {
      log: { entries: { response: { status: number } }[] }
    }
    expect(har.log.entries.map(({ response }) => response.status)).to.deep.equal([200, 200])
    const around = paths.map((at) => ['bypass', 200, `body of ${at}`])
    expect(await visit(new ParallelCurl(2, { cache, replay: path }))).to.deep.equal(around)
    expect(bench.seen).to.have.length(4)
    // An offline cache has nothing to ask.
    await using curl = new ParallelCurl(2, { record: path, cache: bench.open({ mode: 'offline' }) })
    const refused = rejectionOf((async () => curl.request(server.url('/fresh')))())
    expect(await refused).to.be.an.instanceOf(OptionError)
    expect(bench.seen).to.have.length(4)
  })

  it('is neither read nor written by a replay', async () => {
    const { server, cache } = bench
    bench.serve('/a', { 'Cache-Control': 'max-age=60' })
    const path = join(bench.folder, 'run.har')
    await using live = new ParallelCurl(2, { record: path })
    await live.request(server.url('/a'))
    await live.close()
    for (const own of [cache, bench.open({ mode: 'offline' })]) {
      await using replay = new ParallelCurl(2, { replay: path, cache: own })
      expect(facts(await replay.request(server.url('/a')))).to.deep.equal(['bypass', 200, 'body of /a'])
    }
    expect(bench.files()).to.deep.equal([])
  })

  it('keeps replies of the mock as those of a server', async () => {
    using mock = new CurlMock().install()
    mock.get('http://api.example/a').reply({ headers: { 'Cache-Control': 'max-age=60' }, body: 'mocked' })
    await using curl = new ParallelCurl(2, { cache: bench.cache })
    for (const outcome of ['miss', 'hit'])
      expect(facts(await curl.request('http://api.example/a'))).to.deep.equal([outcome, 200, 'mocked'])
    mock.assertDone()
  })

  it('that is offline and does not exist is refused, and nothing is made', () => {
    const dir = join(bench.folder, 'typo')
    const open = (): unknown => bench.open({ dir, mode: 'offline' })
    expect(open).to.throw(OptionError, /there is no cache in ".*typo", and offline none is made/)
    expect(existsSync(dir)).to.equal(false)
    mkdirSync(dir)
    expect(open).to.throw(OptionError, /there is no cache/)
    expect(readdirSync(dir)).to.deep.equal([])
  })
})
