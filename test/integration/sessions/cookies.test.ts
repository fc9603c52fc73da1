/**
 * Cookie jars with real servers: live between transfers in flight, by libcurl's rules, in files that are
 * whole, and nobody else's.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { CookieJar, OptionError, ParallelCurl, type CookieInit } from '../../../src/index.js'
import { runChild } from '../../support/programs/child.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'
import { optionErrorOf, send } from '../../support/requests.js'

describe('cookie jars', () => {
  let server: HttpServer
  let folder: string
  let everywhere: { CONNECT_TO: string[]; NOPROXY: string }
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
    server = await startHttpServer()
    // Any name leads to the server.
    everywhere = { CONNECT_TO: [`::127.0.0.1:${String(server.port)}`], NOPROXY: '*' }
    // Each `set` parameter is the text of a Set-Cookie header.
    server.route('/set', (request, response) => {
      const bytes = (text: string): string => Buffer.from(text).toString('latin1')
      response.writeHead(200, { 'Set-Cookie': request.query.getAll('set').map(bytes) })
      response.end(request.headers.cookie ?? 'none')
    })
  })
  after(async () => {
    rmSync(folder, { recursive: true })
    await server.close()
  })
  beforeEach(() => {
    server.forget()
  })

  const setting = (...texts: string[]): string =>
    `/set?${texts.map((text) => `set=${encodeURIComponent(text)}`).join('&')}`
  const values = (jar: CookieJar): string[] =>
    jar
      .all()
      .map(({ name, value }) => `${name}=${value}`)
      .sort()
  const sent = (): (string | undefined)[] => server.requests.map(({ headers }) => headers.cookie)

  it('send what a response set with the next request, and share it among requests in flight', async () => {
    const jar = new CookieJar()
    await using curl = new ParallelCurl(10, { cookieJar: jar })
    await Promise.all(
      Array.from({ length: 10 }, (_, i) => send(curl, server.url(setting(`c${String(i)}=${String(i)}`)))),
    )
    expect(values(jar)).to.deep.equal(Array.from({ length: 10 }, (_, i) => `c${String(i)}=${String(i)}`))
    server.forget()
    // Held at the gate, while another one changes the jar.
    const held = send(curl, server.url('/gate/cookies'))
    await server.gate('cookies').waiting(1)
    await send(curl, server.url(setting('c0=changed')))
    server.gate('cookies').open()
    await held
    await send(curl, server.url('/echo'))
    expect(sent()[2]?.split('; ').sort()).to.include('c0=changed').and.to.have.length(10)
  })

  it('can belong to an instance, a request or nobody, and leave nothing in a handle', async () => {
    const [shared, own] = [new CookieJar(), new CookieJar()]
    const base = server.url('/')
    shared.set('of=instance', base)
    own.set('of=request', base)
    await using curl = new ParallelCurl(1, { cookieJar: shared })
    const order = [
      {},
      { cookieJar: own },
      { cookieJar: false as const },
      { cookieJar: own },
      {},
      { USERAGENT: 'x' },
    ]
    for (const options of order) await send(curl, server.url('/echo'), { options })
    expect(sent()).to.deep.equal([
      'of=instance',
      'of=request',
      undefined,
      'of=request',
      'of=instance',
      'of=instance',
    ])
    curl.setOptions({})
    await send(curl, server.url('/echo'))
    expect(sent()[6]).to.equal(undefined)
    await using plain = new ParallelCurl(1)
    await send(plain, server.url(setting('of=nobody')), { options: { cookieJar: own } })
    await send(plain, server.url('/echo'))
    expect(sent()[8]).to.equal(undefined)
    expect(values(own)).to.deep.equal(['of=nobody'])
  })

  it('are switched off by cookieJar: false', async () => {
    const file = join(folder, 'netscape')
    writeFileSync(file, '127.0.0.1\tFALSE\t/\tFALSE\t0\tfrom\tfile\n')
    const options = {
      COOKIEFILE: file,
      COOKIEJAR: join(folder, 'jar'),
      COOKIELIST: '127.0.0.1\tFALSE\t/\tFALSE\t0\tlisted\t1',
    }
    await using curl = new ParallelCurl(1, options)
    await send(curl, server.url(setting('a=1')))
    await send(curl, server.url(setting('b=2')), { options: { cookieJar: false } })
    await send(curl, server.url('/echo'), { options: { cookieJar: false } })
    expect(sent()[0]?.split('; ').sort()).to.deep.equal(['from=file', 'listed=1'])
    expect(sent().slice(1)).to.deep.equal([undefined, undefined])
  })

  it('get cookies of COOKIE, COOKIEFILE and COOKIELIST of their own requests only', async () => {
    const jar = new CookieJar()
    jar.set('jar=1', server.url('/'))
    await using curl = new ParallelCurl(1, { cookieJar: jar })
    await send(curl, server.url('/echo'), { options: { COOKIE: 'given=1' } })
    await send(curl, server.url('/echo'))
    expect(sent()[0]?.split('; ').sort()).to.deep.equal(['given=1', 'jar=1'])
    expect(sent()[1]).to.equal('jar=1')
  })

  it('are never mixed up: random sequences of jars, no jar, and libcurl’s own options', async function () {
    this.timeout(120_000)
    const jars = [new CookieJar(), new CookieJar(), new CookieJar()]
    for (const [i, jar] of jars.entries()) jar.set(`jar=${String(i)}`, server.url('/'))
    const kinds: [options: Record<string, unknown>, expected: string | undefined][] = [
      ...jars.map((jar, i): [Record<string, unknown>, string] => [{ cookieJar: jar }, `jar=${String(i)}`]),
      [{}, undefined],
      [{ cookieJar: false }, undefined],
      [{ COOKIE: 'given=1' }, 'given=1'],
      [{ COOKIEFILE: '' }, undefined],
      [{ COOKIELIST: '127.0.0.1\tFALSE\t/\tFALSE\t0\tlisted\t1' }, 'listed=1'],
      [{ COOKIEFILE: '', COOKIESESSION: true, FORBID_REUSE: true }, undefined],
    ]
    const step = fc.record({
      kind: fc.nat(kinds.length - 1),
      path: fc.constantFrom('/echo', '/redirect/1', '/close'),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        server.forget()
        await using curl = new ParallelCurl(1, { FOLLOWLOCATION: true, FRESH_CONNECT: true })
        const expected: (string | undefined)[] = []
        for (const { kind, path } of steps) {
          const [options, cookie] = kinds[kind] as (typeof kinds)[number]
          await send(curl, server.url(path), { options })
          expected.push(...(path === '/redirect/1' ? [cookie, cookie] : [cookie]))
        }
        expect(sent()).to.deep.equal(expected)
      }),
      { numRuns: 60 },
    )
    expect(jars.map(values)).to.deep.equal([['jar=0'], ['jar=1'], ['jar=2']])
  })

  it('keep what libcurl accepts: domains, public suffixes, paths, secure, prefixes, expiry', async () => {
    const jar = new CookieJar()
    await using curl = new ParallelCurl(1, { cookieJar: jar, ...everywhere })
    const texts = [
      'host=1',
      'domain=1; Domain=example.com',
      'foreign=1; Domain=example.org',
      'suffix=1; Domain=co.uk',
      'tld=1; Domain=com',
      'path=1; Path=/sub',
      'secure=1; Secure',
      '__Host-a=1; Path=/',
      '__Secure-b=1',
      'gone=1; Max-Age=0',
      'kept=1; Max-Age=100; HttpOnly',
    ]
    await send(curl, `http://www.example.com${setting(...texts)}`)
    await send(curl, `http://www.example.co.uk${setting('suffix=2; Domain=co.uk')}`)
    expect(values(jar)).to.deep.equal(['domain=1', 'host=1', 'kept=1', 'path=1'])
    const byName = Object.fromEntries(jar.all().map((cookie) => [cookie.name, cookie]))
    expect(byName.domain).to.include({ domain: 'example.com', includeSubdomains: true })
    expect(byName.host).to.include({ domain: 'www.example.com', includeSubdomains: false, expires: null })
    expect(byName.kept).to.include({ httpOnly: true })
    expect(Date.parse(byName.kept?.expires ?? '') - Date.now()).to.be.within(60_000, 101_000)
  })

  it('return by get() what libcurl sends', async function () {
    this.timeout(60_000)
    const hosts = [
      'example.com',
      'www.example.com',
      'a.b.example.com',
      'localhost',
      '127.0.0.1',
      'notexample.com',
    ]
    const paths = ['/', '/a', '/a/', '/a/b', '/ab', '/a%20b']
    const cookie = fc.record({
      name: fc.constantFrom('a', 'bb', 'ccc', 'dd'),
      value: fc.constantFrom('', '1', 'x y'),
      domain: fc.constantFrom(...hosts, '.example.com', '.www.example.com', '.localhost'),
      path: fc.constantFrom(...paths),
      secure: fc.boolean(),
    })
    const property = fc.asyncProperty(
      fc.array(cookie, { maxLength: 8 }),
      fc.constantFrom(...hosts),
      fc.constantFrom(...paths),
      async (list, host, path) => {
        server.forget()
        const jar = new CookieJar(list as CookieInit[])
        const url = `http://${host}:${String(server.port)}${path}?query=/a/b`
        await using curl = new ParallelCurl(1, { cookieJar: jar, ...everywhere })
        const predicted = jar.get(url).map(({ name, value }) => `${name}=${value}`)
        await send(curl, url)
        expect((sent()[0] ?? '').split('; ').filter(Boolean).sort()).to.deep.equal(predicted.sort())
      },
    )
    await fc.assert(property, { numRuns: 150 })
  })

  it('read cookies of servers back from the file unchanged', async () => {
    const path = join(folder, 'odd.txt')
    const jar = await CookieJar.open(path)
    await using curl = new ParallelCurl(1, { cookieJar: jar, ...everywhere })
    const texts = [
      'quoted="a b"',
      'equals=a=b=c',
      'empty=',
      'json={"a":[1,2]}',
      'utf8=žluťoučký',
      'long=' + 'x'.repeat(4000),
      'session=1',
      'far=1; Expires=Fri, 31 Dec 9999 23:59:59 GMT',
      'spaces=a b c',
      'percent=%20%09',
      'UPPER=1; Domain=EXAMPLE.com; Path=/A%20b',
    ]
    await send(curl, `http://www.example.com${setting(...texts)}`)
    await send(curl, `http://[::1]:${String(server.port)}${setting('v6=1')}`)
    await curl.finishAllRequests()
    const order = (list: ReturnType<CookieJar['all']>) => [...list].sort((a, b) => (a.name < b.name ? -1 : 1))
    expect(jar.all().length).to.be.at.least(11)
    expect(order((await CookieJar.open(path)).all())).to.deep.equal(order(jar.all()))
  })

  it('lose no cookie of 200 parallel responses, saved and read again', async function () {
    this.timeout(60_000)
    const path = join(folder, 'storm.txt')
    const jar = await CookieJar.open(path)
    await using curl = new ParallelCurl(200, { cookieJar: jar })
    const expected: string[] = []
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 200; i++) {
        const texts = Array.from({ length: 5 }, (_, n) => `c${String(i)}x${String(n)}=${String(round)}`)
        if (round === 2) expected.push(...texts)
        void curl.startRequest(server.url(setting(...texts.map((text) => `${text}; Path=/; Max-Age=1000`))))
      }
      await curl.finishAllRequests()
      const read = await CookieJar.open(path)
      expect(read.all()).to.have.length(1000)
      expect(values(read)).to.deep.equal(values(jar))
    }
    expect(values(await CookieJar.open(path))).to.deep.equal(expected.sort())
  })

  it('are saved when all is finished and on dispose, and reject if that fails', async () => {
    const path = join(folder, 'saved.txt')
    const jar = await CookieJar.open(path)
    {
      await using curl = new ParallelCurl(2)
      await send(curl, server.url(setting('a=1')), { options: { cookieJar: jar } })
      await curl.finishAllRequests()
      expect(readFileSync(path, 'utf8')).to.include('\ta\t1\n')
      expect(statSync(path).mode & 0o777).to.equal(0o600)
      await send(curl, server.url(setting('a=2')), { options: { cookieJar: jar } })
    }
    expect(readFileSync(path, 'utf8')).to.include('\ta\t2\n')
    const curl = new ParallelCurl(2, { cookieJar: jar })
    await send(curl, server.url(setting('a=s3cret')))
    rmSync(path)
    mkdirSync(join(path, 'occupied'), { recursive: true })
    const failure = (await curl.finishAllRequests().catch((error: unknown) => error)) as Error
    expect(failure).to.be.instanceOf(Error).and.to.have.property('code')
    expect(String(failure.stack)).not.to.include('s3cret')
    const thrown = new Error('of a callback')
    void curl.startRequest(server.url('/echo'), () => {
      throw thrown
    })
    const both = (await curl.finishAllRequests().catch((error: unknown) => error)) as AggregateError
    expect(both.errors).to.have.length(2).and.to.include(thrown)
    rmSync(path, { recursive: true })
    await curl.close()
    expect(readFileSync(path, 'utf8')).to.include('s3cret')
  })

  it('refuse two ways of choosing cookies at once', () => {
    const jar = new CookieJar()
    for (const options of [
      { cookieJar: jar, SHARE: null },
      { SHARE: null, cookieJar: false as const },
    ]) {
      expect(optionErrorOf(() => new ParallelCurl(1, options)).message).to.include('exclude each other')
    }
    for (const wrong of [true, null, {}, 'cookies.txt']) {
      const error = optionErrorOf(() => new ParallelCurl(1, { cookieJar: wrong as never }))
      expect(error).to.be.instanceOf(OptionError)
      expect(error.message).to.include('cookieJar must be a CookieJar, or false')
    }
  })

  it('are created and collected without a crash', async function () {
    this.timeout(60_000)
    const source = `
      import { CookieJar, ParallelCurl } from './src/index.js'
      const url = process.argv[1]
      const curl = new ParallelCurl(20)
      for (let round = 0; round < 20; round++) {
        for (let i = 0; i < 50; i++) {
          const jar = new CookieJar([{ name: 'n', value: String(i), domain: '127.0.0.1' }])
          void curl.startRequest(url, (content) => {
            if (JSON.parse(content).headers.cookie !== 'n=' + i) throw new Error(content)
          }, null, null, { cookieJar: jar })
        }
        gc()
        await curl.finishAllRequests()
        gc()
      }
      await curl.close()
      gc()
      console.log('fine')`
    const { code, signal, stdout, stderr } = await runChild(source, {
      args: [server.url('/echo')],
      nodeArgs: ['--expose-gc'],
    })
    expect({ code, signal, stdout, stderr }).to.deep.equal({
      code: 0,
      signal: null,
      stdout: 'fine\n',
      stderr: '',
    })
  })
})
