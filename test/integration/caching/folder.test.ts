/**
 * The folder of a cache: what is on the disk, what happens to broken files, and to several processes at once.
 */
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { CookieJar, HttpCache, OptionError, ParallelCurl } from '../../../src/index.js'
import { CachingBench, facts } from '../../support/caching.js'
import { runCommand } from '../../support/programs/command.js'
import { rejectionOf } from '../../support/requests.js'

describe('the folder of a cache', () => {
  let bench: CachingBench
  let warnings: Error[]
  const onWarning = (warning: Error): void => void warnings.push(warning)
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

  beforeEach(async () => {
    bench = await CachingBench.start()
    warnings = []
    process.on('warning', onWarning)
  })
  afterEach(async () => {
    process.off('warning', onWarning)
    await bench.close()
  })

  const FRESH = { 'Cache-Control': 'max-age=60' }

  it('has no readable secret, and is for this user only', async () => {
    const { server, cache } = bench
    const secrets = [
      'user-secret',
      'pass-secret',
      'cookie-secret',
      'token-secret',
      'set-secret',
      'agent-secret',
    ]
    server.route('/a', (_request, response) => {
      response
        .writeHead(200, {
          ...FRESH,
          'Set-Cookie': 'id=set-secret',
          Vary: 'User-Agent, Cookie, Authorization',
        })
        .end('page')
    })
    const jar = new CookieJar([{ name: 'a', value: 'cookie-secret', domain: '127.0.0.1' }])
    await using curl = new ParallelCurl(2, { cache, cookieJar: jar, proxies: null })
    const options = {
      USERPWD: 'user-secret:pass-secret',
      PROXYUSERPWD: 'user-secret:pass-secret',
      USERAGENT: 'agent-secret',
      HTTPHEADER: ['X-Auth-Token: token-secret', 'Cookie: b=cookie-secret'],
    }
    const url = server.url('/a').replace('//', '//user-secret:pass-secret@')
    for (const outcome of ['miss', 'hit'])
      for (const target of [server.url('/a'), url])
        expect((await curl.request(target, options)).cache).to.equal(outcome)
    const bytes = bench.bytes()
    for (const secret of secrets)
      for (const text of [
        secret,
        Buffer.from(secret).toString('base64').slice(0, 10),
        encodeURIComponent(secret),
      ])
        expect(bytes).not.to.include(text)
    expect(bench.files()).to.have.length(4)
    for (const path of [cache.dir, join(cache.dir, 'parallelcurl-cache.json'), ...bench.files()])
      expect(statSync(path).mode & 0o077).to.equal(0)
  })

  it('of another program is refused at the call, and left alone', () => {
    const other = join(bench.folder, 'photos')
    mkdirSync(other)
    writeFileSync(join(other, 'cat.jpg'), 'x')
    expect(() => bench.open({ dir: other })).to.throw(
      OptionError,
      'holds files of another program ("cat.jpg")',
    )
    const empty = join(bench.folder, 'empty')
    mkdirSync(empty)
    expect(bench.open({ dir: empty }).dir).to.equal(empty)
    writeFileSync(join(empty, 'parallelcurl-cache.json'), '{"program":"parallelcurl","cache":99}')
    expect(() => bench.open({ dir: empty })).to.throw(OptionError, 'no mark of a cache of this version')
    writeFileSync(join(bench.folder, 'file'), '')
    expect(() => bench.open({ dir: join(bench.folder, 'file') })).to.throw(OptionError, 'cannot be used')
  })

  it('with broken entries: they are not used, are fetched again, and are said once', async () => {
    const { server, cache } = bench
    const paths = ['/a', '/b', '/c', '/d', '/e']
    for (const path of paths) bench.serve(path, FRESH)
    await using curl = new ParallelCurl(1, { cache })
    const breaks = [
      (entry: string) => writeFileSync(entry, 'no JSON'),
      (entry: string) => writeFileSync(entry, '{"v":1,"of":[{"method":"GET"}]}'),
      (entry: string) =>
        writeFileSync(entry, readFileSync(entry, 'utf8').replace('"at":', '"at":"x","was":')),
      (_entry: string, body: string) => unlinkSync(body),
      (_entry: string, body: string) => truncateSync(body, 3),
    ]
    for (const [at, path] of paths.entries()) {
      const before = new Set(bench.files())
      await curl.request(server.url(path))
      const made = bench.files().filter((name) => !before.has(name))
      const of = (end: string): string => made.find((name) => name.endsWith(end)) as string
      breaks[at]!(of('.json'), of('.body'))
      const again = await curl.request(server.url(path))
      expect(facts(again), path).to.deep.equal(['miss', 200, `body of ${path}`])
      expect((await curl.request(server.url(path))).cache).to.equal('hit')
    }
    await turn()
    const [said, ...others] = warnings
    expect(others).to.deep.equal([])
    expect(said?.message).to.include('HttpCache: an entry is broken and is not used')
  })

  it('with a body of other bytes: reading it fails, and the next request fetches it', async () => {
    const { server, cache } = bench
    bench.serve('/a', FRESH)
    await using curl = new ParallelCurl(1, { cache })
    await curl.request(server.url('/a'))
    const body = bench.files().find((name) => name.endsWith('.body')) as string
    writeFileSync(body, readFileSync(body, 'utf8').toUpperCase())
    const hit = await curl.request(server.url('/a'))
    expect(() => hit.content)
      .to.throw('the cached body is gone or broken')
      .with.property('errno', 26)
    expect(facts(await curl.request(server.url('/a')))).to.deep.equal(['miss', 200, 'body of /a'])
  })

  it('keeps the body of a hit until it is read, although the response is replaced meanwhile', async () => {
    const { server, cache } = bench
    let text = 'old'
    bench.serve('/a', FRESH, () => text)
    await using curl = new ParallelCurl(1, { cache })
    await curl.request(server.url('/a'))
    const hit = await curl.request(server.url('/a'))
    text = 'new'
    bench.now += 61_000
    expect(facts(await curl.request(server.url('/a')))).to.deep.equal(['miss', 200, 'new'])
    expect(hit.content).to.equal('old')
    bench.now += 61_000
    text = 'newer'
    await curl.request(server.url('/a'))
    expect(bench.files()).to.have.length(3)
  })

  it('with a body that is gone since its response was found: nothing newer is dropped, and nothing is broken', async () => {
    const { server, cache } = bench
    let text = 'first'
    bench.serve('/a', FRESH, () => text)
    await using curl = new ParallelCurl(1, { cache })
    await curl.request(server.url('/a'))
    const hit = await curl.request(server.url('/a'))
    for (text of ['second', 'third']) {
      bench.now += 61_000
      await curl.request(server.url('/a'))
    }
    expect(() => hit.content).to.throw('the cached body is gone or broken')
    expect(facts(await curl.request(server.url('/a')))).to.deep.equal(['hit', 200, 'third'])
    await turn()
    expect(warnings).to.deep.equal([])
  })

  it('of which another process removes or replaces an entry while it is read: nothing is broken', async () => {
    const { server, cache } = bench
    bench.serve('/a', FRESH)
    await using curl = new ParallelCurl(1, { cache })
    await curl.request(server.url('/a'))
    // The moment between the entry and its body.
    const { entries } = cache as unknown as { entries: { bodyFile: (...given: unknown[]) => unknown } }
    const bodyFile = entries.bodyFile.bind(entries)
    entries.bodyFile = (...given) => {
      bench.open().clear()
      return bodyFile(...given)
    }
    expect((await curl.request(server.url('/a'))).cache).to.equal('miss')
    await turn()
    expect(warnings).to.deep.equal([])
  })

  it('that cannot be written to: responses come all the same, and that is said once', async () => {
    const { server, cache } = bench
    bench.serve('/a', FRESH)
    bench.serve('/b', FRESH)
    // A file where the subfolders would be: nothing can be made there.
    for (let at = 0; at < 256; at++) writeFileSync(join(cache.dir, at.toString(16).padStart(2, '0')), '')
    await using curl = new ParallelCurl(1, { cache })
    for (const path of ['/a', '/b'])
      expect(facts(await curl.request(server.url(path)))).to.deep.equal(['miss', 200, `body of ${path}`])
    await turn()
    expect(warnings.map(({ message }) => /cannot be stored/.test(message))).to.deep.equal([true])
  })

  it('that cannot take a long body while it arrives: whoever reads it does not wait for the disk', async () => {
    const { server, cache } = bench
    const text = 'x'.repeat(8_000_000)
    bench.serve('/long', FRESH, () => text)
    const files = process.getBuiltinModule('node:fs/promises')
    const { open } = files
    let fail = (): void => undefined
    files.open = () =>
      new Promise((_resolve, reject) => {
        fail = () => {
          reject(new Error('the disk is full'))
        }
      })
    let given = 0
    try {
      await using curl = new ParallelCurl(1, { cache, totalTimeoutMs: 10_000 })
      const transfer = await curl.request(server.url('/long'), {
        onData: (chunk: Buffer) => {
          given += chunk.length
          // As much as a copy queues: the transfer is paused at the next chunk, which has come already.
          if (given >= 1 << 20) setImmediate(fail)
        },
      })
      expect([transfer.cache, given]).to.deep.equal(['miss', text.length])
    } finally {
      files.open = open
    }
    await turn()
    expect(warnings.map(({ message }) => /cannot be stored: the disk is full/.test(message))).to.deep.equal([
      true,
    ])
    expect(bench.files()).to.deep.equal([])
  })

  it('whose disk is full: no temporary file is left', () => {
    const { cache } = bench
    const { folder } = cache as unknown as { folder: { replace: (path: string, text: string) => void } }
    const nowhere = join(cache.dir, 'ab')
    mkdirSync(join(nowhere, 'x.json'), { recursive: true })
    expect(() => {
      folder.replace(join(nowhere, 'x.json'), 'text')
    }).to.throw('EISDIR')
    expect(readdirSync(nowhere)).to.deep.equal(['x.json'])
  })

  it('is emptied by clear()', async () => {
    const { server, cache } = bench
    bench.serve('/a', FRESH)
    await using curl = new ParallelCurl(1, { cache })
    await curl.request(server.url('/a'))
    cache.clear()
    expect(bench.files()).to.deep.equal([])
    const again = [await curl.request(server.url('/a')), await curl.request(server.url('/a'))]
    expect(again.map(({ cache: outcome }) => outcome)).to.deep.equal(['miss', 'hit'])
  })

  it('is made smaller by prune(): the oldest go first, and so does what nobody names', async () => {
    const { server, cache } = bench
    for (let at = 0; at < 5; at++) bench.serve(`/${String(at)}`, FRESH, () => 'x'.repeat(1000))
    await using curl = new ParallelCurl(1, { cache })
    for (let at = 0; at < 5; at++) {
      await curl.request(server.url(`/${String(at)}`))
      bench.now += 1000
    }
    const orphan = join(
      cache.dir,
      bench.files()[0]!.slice(cache.dir.length + 1, cache.dir.length + 3),
      'x.body',
    )
    writeFileSync(orphan, 'x')
    const whole = await cache.prune()
    expect(whole.entries).to.equal(5)
    expect(bench.files()).to.include(orphan)
    utimesSync(orphan, 0, 0)
    expect(await cache.prune({ maxBytes: whole.bytes - 2 })).to.include({ entries: 4 })
    expect(bench.files()).to.have.length(8)
    expect(await cache.prune({ maxAgeMs: 2500 })).to.include({ entries: 2 })
    const left = []
    for (let at = 0; at < 5; at++) left.push((await curl.request(server.url(`/${String(at)}`))).cache)
    expect(left).to.deep.equal(['miss', 'miss', 'miss', 'hit', 'hit'])
    expect(await rejectionOf(cache.prune({ maxBytes: -1 }))).to.be.instanceOf(OptionError)
  })

  it('belongs to several processes at once, one of which is killed: every body is whole', async () => {
    const { server, cache } = bench
    let version = 0
    // Each response is one of a kind, and says so: a body of parts of two would be seen.
    server.route(/^\/p\//, (_request, response) => {
      const mark = `<${String(++version)}>`
      response.writeHead(200, { 'Cache-Control': 'no-cache', 'X-Mark': mark }).end(mark.repeat(1000))
    })
    const urls = Array.from({ length: 100 }, (_, at) => server.url(`/p/${String(at % 20)}`))
    const args = ['--cache', cache.dir, '--jsonl', '--with-headers', '--body', 'text', ...urls]
    const killed = runCommand(args, {
      onStart: (child) => void server.waitForRequests(50).then(() => child.kill('SIGKILL')),
    })
    const [whole, dead] = await Promise.all([runCommand(args), killed])
    expect([whole.code, dead.signal]).to.deep.equal([0, 'SIGKILL'])
    for (const line of whole.text.trim().split('\n')) {
      const { headers, body } = JSON.parse(line) as { headers: Record<string, string>; body: string }
      expect(body).to.equal(headers['x-mark']!.repeat(1000))
    }
    await using curl = new ParallelCurl(8, { cache: bench.open({ mode: 'offline' }) })
    for (const url of urls.slice(0, 20)) {
      const transfer = await curl.request(url)
      expect(transfer.content).to.equal(String(transfer.headers['x-mark']).repeat(1000))
    }
  })

  it('refuses wrong options at the call', async () => {
    const wrong: [object, string][] = [
      [{ dir: '' }, 'HttpCache: dir must be the path of a folder'],
      [{ mode: 'online' }, "HttpCache: mode must be 'default' or 'offline'"],
      [{ staleIfErrorMs: -1 }, 'HttpCache: staleIfErrorMs must be milliseconds'],
      [{ maxEntrySize: 1.5 }, 'HttpCache: maxEntrySize must be a whole number of bytes'],
      [{ maxBytes: 0 }, 'HttpCache: maxBytes must be a whole number of bytes, 1 or more, got 0'],
      [{ maxBytes: '10M' as never }, 'HttpCache: maxBytes must be a whole number of bytes, 1 or more'],
      [{ folder: 'x' }, 'HttpCache: "folder" is none of dir, mode'],
    ]
    for (const [options, message] of wrong) expect(() => bench.open(options)).to.throw(OptionError, message)
    expect(() => new HttpCache('cache' as never)).to.throw(OptionError, 'options must be an object of dir')
    await using curl = new ParallelCurl(1)
    const error = await rejectionOf(curl.request('http://127.0.0.1/', { cache: { dir: 'x' } as never }))
    expect((error as Error).message).to.include('cache must be an HttpCache, or false')
  })
})
