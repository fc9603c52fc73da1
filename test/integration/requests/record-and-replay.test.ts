/** Recordings: what they hold, and that playing them back is the same as the network. */
import assert from 'node:assert/strict'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { expect } from 'chai'
import fc from 'fast-check'
import {
  CookieJar,
  FormFile,
  ParallelCurl,
  type CurlError,
  type ParallelCurlOptions,
} from '../../../src/index.js'
import type { Har } from '../../../src/report/index.js'
import { withoutCredentials } from '../../../src/url/comparable-url.js'
import { join } from 'node:path'
import { runCommand, temporaryFolder } from '../../support/programs/command.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { run, site, step, type Step } from '../../support/servers/planned-programs.js'
import { SiteServer, type Planned, type Site } from '../../support/servers/planned-site.js'
import { startTcpServer } from '../../support/servers/tcp-server.js'
import { harProblems } from '../../support/har-problems.js'
import { heardWarnings, readArchive } from '../../support/recordings.js'

/** What a replay cannot have: secrets are left out, bodies are encoded anew, and those of redirects are dropped. */
function harmless(planned: Site): Site {
  const isKept = ([name]: readonly [string, string]): boolean => name !== 'Set-Cookie'
  const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status)
  const all = Object.entries(planned).map(([path, list]): [string, Planned[]] => [
    path,
    list.map((one) => ({
      ...one,
      isGzip: false,
      headers: one.headers.filter(isKept),
      body: isRedirect(one.status) ? '' : one.body,
    })),
  ])
  return Object.fromEntries(all)
}

/** Without what ends a transfer by itself, at a byte that depends on the network or before anything is sent. */
function calm(steps: readonly Step[]): Step[] {
  return steps.map((one) => {
    const { maxBodySize: _limit, HTTP_VERSION: _version, ...options } = one.options
    return { ...one, options }
  })
}

describe('a recording', () => {
  const folder = temporaryFolder()
  const warnings = heardWarnings()
  const site_ = new SiteServer()
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
    await site_.listen()
  })
  after(async () => {
    await server.close()
    await site_.close()
  })
  beforeEach(() => {
    server.forget()
    warnings.length = 0
  })

  it('played back gives random programs what the network gave, and the network nothing', async function () {
    this.timeout(60_000)
    await fc.assert(
      fc.asyncProperty(site, fc.array(step, { minLength: 1, maxLength: 5 }), async (planned, given) => {
        const steps = calm(given)
        const origin = `http://127.0.0.1:${site_.port}`
        const path = join(folder(), 'random.har')
        site_.restart(harmless(planned))
        const real = await run(origin, steps, { record: path })
        const count = site_.requests.length
        const har = readArchive(path)
        assert.deepEqual(harProblems(har), [])
        assert.equal(har.log.entries.length, count)
        const again = await run(origin, steps, { replay: path })
        assert.equal(site_.requests.length, count)
        assert.deepEqual(again, real)
      }),
      { numRuns: 15 },
    )
  })

  it('has each hop with its bodies, and no credentials and cookies of headers', async () => {
    const path = join(folder(), 'hops.har')
    server.route('/login', (_request, response) =>
      response
        .writeHead(302, {
          Location: '/in?user=ä'.replace('ä', '%C3%A4'),
          'Set-Cookie': 'sid=cookie1; Path=/',
        })
        .end('moved'),
    )
    server.route(/^\/in/, (_request, response) =>
      response.writeHead(200, { 'Content-Type': 'text/plain', 'X-Session-Token': 'token1' }).end('welcome ✓'),
    )
    const curl = new ParallelCurl(1, { record: path, cookieJar: new CookieJar(), FOLLOWLOCATION: 1 })
    const url = server.url('/login').replace('//', '//user:password1@')
    await curl.request(url, {
      postFields: 'name=ada',
      HTTPHEADER: ['X-Api-Key: key1', 'X-Own: yes'],
      COOKIE: 'own=cookie2',
    })
    expect(
      ((await curl.request('http://127.0.0.1:1/').catch((error: unknown) => error)) as CurlError).errno,
    ).to.equal(7)
    const text = readFileSync(path, 'utf8')
    await curl.close()
    expect(readFileSync(path, 'utf8')).to.equal(text)
    const har = JSON.parse(text) as Har
    expect(harProblems(har)).to.deep.equal([])
    for (const secret of ['password1', 'cookie1', 'cookie2', 'key1', 'token1', 'dXNlcj'])
      expect(text).to.not.include(secret)
    const [login, welcome, refused] = har.log.entries
    expect(har.log.entries).to.have.length(3)
    expect(login!.request).to.deep.include({ method: 'POST', url: server.url('/login') })
    expect(login!.request.postData).to.deep.equal({
      mimeType: 'application/x-www-form-urlencoded',
      text: 'name=ada',
      params: [],
    })
    expect(login!.request.headers).to.deep.include({ name: 'X-Own', value: 'yes' })
    expect(login!.request.headers).to.deep.include({ name: 'Authorization', value: '***' })
    expect(login!.response.headers.map(({ name }) => name))
      .to.include('Location')
      .and.not.include('Set-Cookie')
    expect(login!.response).to.deep.include({ status: 302, redirectURL: server.url('/in?user=%C3%A4') })
    expect(welcome!.request).to.deep.include({ method: 'GET', url: server.url('/in?user=%C3%A4') })
    expect(welcome!.response.content).to.deep.equal({ size: 11, mimeType: 'text/plain', text: 'welcome ✓' })
    expect(refused!.response).to.deep.include({ status: 0 })
    expect(refused!.response._error).to.match(/^7: /)
    expect(warnings.join()).to.include('hops.har').and.to.include('may hold secrets')
    expect(statSync(path).mode & 0o777).to.equal(0o600)

    const replay = new ParallelCurl(1, { replay: path, cookieJar: new CookieJar(), FOLLOWLOCATION: 1 })
    server.forget()
    const again = await replay.request(url, { postFields: 'name=ada' })
    expect([again.text(), withoutCredentials(again.effectiveUrl), again.cookies]).to.deep.equal([
      'welcome ✓',
      server.url('/in?user=%C3%A4'),
      [],
    ])
    const failed = (await replay.request('http://127.0.0.1:1/').catch((error: unknown) => error)) as CurlError
    expect(failed.errno).to.equal(7)
    const unknown = (await replay
      .request(url, { postFields: 'name=bob' })
      .catch((error: unknown) => error)) as CurlError
    expect(unknown.message).to.include(
      `has no response for POST ${server.url('/login')} with this body (1 with another one)`,
    )
    await replay.close()
    expect(server.requests).to.deep.equal([])
  })

  it('has no password of FTP after a redirect, and none of a URL that cannot be parsed', async () => {
    const path = join(folder(), 'ftp.har')
    await using ftp = await startTcpServer(async (connection) => {
      connection.send('220 ready\r\n')
      await connection.until('USER user\r\n')
      connection.send('331 password, please\r\n')
      await connection.until('PASS se:cret99\r\n')
      connection.send('530 no\r\n')
    })
    const target = `ftp://user:se%3Acret99@127.0.0.1:${ftp.port}/a`
    server.route('/to-ftp', (_request, response) => response.writeHead(302, { Location: target }).end())
    {
      await using curl = new ParallelCurl(1, { record: path, FOLLOWLOCATION: 1 })
      const errno = async (url: string, options = {}): Promise<number> =>
        ((await curl.request(url, options).catch((error: unknown) => error)) as CurlError).errno
      expect(await errno(server.url('/to-ftp'))).to.equal(67)
      const RESOLVE = [`ftp.example:${ftp.port}:127.0.0.1`]
      expect(await errno(`ftp.example:${ftp.port}/a`, { RESOLVE, USERPWD: 'user:se:cret99' })).to.equal(67)
      expect(await errno('http://user:cret99@127.0.0.1:99999/')).to.equal(3)
    }
    expect(ftp.connections).to.have.length(2)
    const text = readFileSync(path, 'utf8')
    expect(text).to.not.include('cret99')
    const { entries } = readArchive(path).log
    expect(entries.map(({ request, response }) => [request.url, response.status])).to.deep.equal([
      [server.url('/to-ftp'), 302],
      ['http://127.0.0.1:99999/', 0],
    ])
    await runCommand(['-s', '-L', '--har', 'run.har', server.url('/to-ftp')], { cwd: folder() })
    expect(ftp.connections).to.have.length(3)
    const har = readArchive(join(folder(), 'run.har'))
    expect(JSON.stringify(har)).to.not.include('cret99')
    expect(har.log.entries.map(({ request }) => request.url)).to.deep.equal([
      server.url('/to-ftp'),
      `ftp://127.0.0.1:${ftp.port}/a`,
    ])
  })

  it('gives equal requests their responses in order, then the last one again', async () => {
    const path = join(folder(), 'order.har')
    let count = 0
    server.route('/count', (_request, response) => response.end(String(++count)))
    const texts = async (options: ParallelCurlOptions, times: number): Promise<string[]> => {
      await using curl = new ParallelCurl(1, options)
      const all: string[] = []
      for (let i = 0; i < times; i++) all.push((await curl.request(server.url('/count'))).text())
      return all
    }
    expect(await texts({ record: path }, 3)).to.deep.equal(['1', '2', '3'])
    expect(await texts({ replay: path }, 4)).to.deep.equal(['1', '2', '3', '3'])
    expect(count).to.equal(3)
  })

  it('gives equal requests in parallel their own responses, and ranges theirs', async () => {
    const path = join(folder(), 'parallel.har')
    const held: (() => void)[] = []
    server.route('/held', (request, response) => {
      const answer = (): unknown => response.end(request.headers.range ?? String(request.headers['x-place']))
      // The last one is answered first.
      if (held.push(answer) === 4) for (const one of held.reverse()) one()
    })
    const texts = async (options: ParallelCurlOptions, ranges: string[]): Promise<string[]> => {
      await using curl = new ParallelCurl(4, options)
      const asked = [
        ...['first', 'second'].map((place) => ({ HTTPHEADER: [`X-Place: ${place}`] })),
        ...ranges.map((RANGE) => ({ RANGE })),
      ]
      const all = asked.map((one) => curl.request(server.url('/held'), one))
      return (await Promise.all(all)).map((transfer) => transfer.text())
    }
    const real = await texts({ record: path }, ['0-1', '2-3'])
    expect(real).to.deep.equal(['first', 'second', 'bytes=0-1', 'bytes=2-3'])
    expect(await texts({ replay: path }, ['2-3', '0-1'])).to.deep.equal([
      ...real.slice(0, 2),
      'bytes=2-3',
      'bytes=0-1',
    ])
  })

  it('keeps encoded, binary and form bodies', async () => {
    const path = join(folder(), 'bodies.har')
    const bytes = Buffer.from([0, 255, 10, 13, 200])
    server.route('/gzip', (_request, response) =>
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync('plain text')),
    )
    server.route('/echo-body', (request, response) => response.end(request.body))
    const all = async (options: ParallelCurlOptions): Promise<unknown[]> => {
      await using curl = new ParallelCurl(1, { captureHeaders: true, ...options })
      const decoded = await curl.request(server.url('/gzip'), { ACCEPT_ENCODING: '' })
      const raw = await curl.request(server.url('/gzip'), { encoding: 'buffer' })
      const binary = await curl.request(server.url('/echo-body'), { postFields: bytes })
      const form = await curl.request(server.url('/echo-body'), {
        postFields: {
          name: 'ada',
          file: new FormFile({ content: bytes }, 'a.bin', 'application/octet-stream'),
        },
      })
      const stream = await curl.request(server.url('/echo-body'), {
        upload: (async function* () {
          yield 'one'
          yield 'two'
        })(),
      })
      return [
        decoded.text(),
        decoded.headers['content-encoding'],
        raw.body,
        binary.body,
        form.body.length,
        stream.text(),
      ]
    }
    const real = await all({ record: path })
    expect(real.slice(0, 2)).to.deep.equal(['plain text', 'gzip'])
    const count = server.requests.length
    const again = await all({ replay: path })
    expect(again).to.deep.equal(real)
    expect(server.requests.length).to.equal(count)
    const [first, second, third] = readArchive(path).log.entries
    expect(first!.response.content).to.deep.include({ text: 'plain text', size: 10 })
    expect(second!.response.content).to.deep.include({ encoding: 'base64', _encoded: true })
    expect(third!.request.postData).to.deep.include({ _encoding: 'base64', text: bytes.toString('base64') })
  })

  it('leaves a whole archive whenever the process dies', async () => {
    const path = join(folder(), 'killed.har')
    const curl = new ParallelCurl(2, { record: path })
    expect(readArchive(path).log.entries).to.deep.equal([])
    await curl.request(server.url('/bytes/3'))
    expect(readArchive(path).log.entries).to.have.length(1)
    await curl.close()
  })

  for (const command of [[], ['curl']]) {
    it(`is made and played back by the command${command.map((word) => ` (${word})`).join('')}`, async () => {
      const path = join(folder(), `command${command.length}.har`)
      server.route('/once', (_request, response) => response.end(`at ${server.requests.length}`))
      const args = (option: string): string[] => [
        ...command,
        ...(command.length > 0 ? ['--no-progress-meter'] : ['-s', '-S']),
        option,
        path,
        server.url('/once'),
      ]
      const made = await runCommand(args('--record'), { cwd: folder() })
      expect([made.code, String(made.stdout)], made.stderr).to.deep.equal([0, 'at 1'])
      // curl's warnings are wrapped.
      expect(made.stderr.replace(/\s+(Warning: )?/g, ' ')).to.match(/^\S+: .*may hold secrets $/)
      const played = await runCommand(args('--replay'), { cwd: folder() })
      expect([played.code, String(played.stdout), played.stderr]).to.deep.equal([0, 'at 1', ''])
      expect(server.requests).to.have.length(1)
      writeFileSync(path, 'no')
      const bad = await runCommand(args('--replay'), { cwd: folder() })
      expect(bad.code).to.not.equal(0)
      expect(bad.stderr).to.match(/^[^\n]*is no HTTP archive \(HAR\): it is not JSON\n$/)
    })
  }
})
