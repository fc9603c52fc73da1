/**
 * Options in every spelling, as the server sees them; options of the multi handle; files that options name.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { ParallelCurl } from '../../../src/index.js'
import {
  type HttpServer,
  type RecordedRequest,
  startHttpServer,
} from '../../support/servers/http/http-server.js'
import { optionErrorOf, type Options, send, sendAlone } from '../../support/requests.js'

describe('options', () => {
  let server: HttpServer
  beforeEach(async () => {
    server = await startHttpServer()
  })
  afterEach(() => server.close())

  async function seen(options: unknown, path = '/echo'): Promise<RecordedRequest> {
    server.forget()
    const { transfer } = await sendAlone(server.url(path), { options: options as Options })
    expect(transfer.error).to.equal('')
    return server.requests.at(-1) as RecordedRequest
  }

  for (const [name, options] of Object.entries({
    'by name': { USERAGENT: 'me/1' },
    'by PHP’s name': { CURLOPT_USERAGENT: 'me/1' },
    'by number': { 10018: 'me/1' },
    'in a Map': new Map<string | number, unknown>([[10018, 'me/1']]),
    'in an object without a prototype': Object.assign(Object.create(null), { USERAGENT: 'me/1' }) as object,
    frozen: Object.freeze({ USERAGENT: 'me/1' }),
  })) {
    it(`are accepted ${name}, for a request and shared`, async () => {
      expect((await seen(options)).headers['user-agent']).to.equal('me/1')
      await sendAlone(server.url(), {}, options as Options)
      expect(server.requests.at(-1)?.headers['user-agent']).to.equal('me/1')
    })
  }

  for (const value of [1, true, '1']) {
    it(`accept ${JSON.stringify(value)} as a number that is not 0`, async () => {
      expect((await seen({ NOBODY: value })).method).to.equal('HEAD')
    })
  }

  for (const value of [0, false, '0']) {
    it(`accept ${JSON.stringify(value)} as 0`, async () => {
      expect((await seen({ NOBODY: value })).method).to.equal('GET')
    })
  }

  it('apply in order: the last one wins, by any of its names', async () => {
    expect((await seen({ USERAGENT: 'a', CURLOPT_USERAGENT: 'b' })).headers['user-agent']).to.equal('b')
    const map = new Map<string | number, unknown>([
      ['CURLOPT_USERAGENT', 'b'],
      [10018, 'c'],
      ['USERAGENT', 'a'],
    ])
    expect((await seen(map)).headers['user-agent']).to.equal('a')
  })

  it('return to the default with null', async () => {
    await using curl = new ParallelCurl(1, {
      USERAGENT: 'shared',
      HTTPHEADER: ['X-Shared: 1'],
      COOKIE: 'a=b',
    })
    await send(curl, server.url(), { options: { USERAGENT: null, HTTPHEADER: null, COOKIE: null } })
    expect(server.requests[0]?.rawHeaders).to.have.length(4)
  })

  it('throw for a wrong value, naming option, expectation and value, and start nothing', () => {
    for (const [options, expected] of [
      [{ USERAGNET: 'x' }, /USERAGENT/],
      [{ TIMEOUT: 'soon' }, /TIMEOUT.*"soon"/],
      [{ TIMEOUT_MS: 0.5 }, /TIMEOUT_MS.*0\.5/],
      [{ TIMEOUT_MS: NaN }, /TIMEOUT_MS.*NaN/],
      [{ HTTPHEADER: 'X-A: 1' }, /HTTPHEADER/],
      [{ HTTPHEADER: { 'X-A': '1' } }, /HTTPHEADER/],
      [{ WRITEFUNCTION: 'print' }, /WRITEFUNCTION/],
      [{ USERAGENT: 5n }, /USERAGENT/],
      [{ USERAGENT: {} }, /USERAGENT/],
      [{ 99999: 1 }, /99999/],
      [{ captureHeaders: 'yes' }, /captureHeaders/],
      [{ captureHeader: true }, /captureHeaders/],
      [{ ERRORBUFFER: 'x' }, /ERRORBUFFER/],
    ] as [Options, RegExp][]) {
      expect(optionErrorOf(() => new ParallelCurl(1, options)).message).to.match(expected)
    }
  })

  it('show no secret in an error message', () => {
    for (const options of [
      { USERPWD: 'me:sEcReT\0' },
      { HTTPHEADER: ['Authorization: sEcReT\r\n'] },
      { COOKIE: 'sEcReT\n' },
    ]) {
      expect(optionErrorOf(() => new ParallelCurl(1, options)).message).not.to.contain('sEcReT')
    }
  })

  it('replace and remove headers of libcurl', async () => {
    const HTTPHEADER = ['Accept:', 'X-Empty;', 'User-Agent: custom', 'Host: elsewhere']
    const { rawHeaders } = await seen({ HTTPHEADER })
    expect(rawHeaders).to.deep.equal(['Host', 'elsewhere', 'X-Empty', '', 'User-Agent', 'custom'])
  })

  it('follow redirects', async () => {
    const { transfer } = await sendAlone(server.url('/redirect/3'), { options: { FOLLOWLOCATION: true } })
    expect(transfer).to.include({ responseCode: 200, effectiveUrl: server.url('/redirect/0') })
  })

  for (const path of ['/auth/basic', '/auth/digest']) {
    it(`authenticate at ${path}`, async () => {
      const { transfer } = await sendAlone(server.url(path), {
        options: { USERPWD: 'user:pass word', HTTPAUTH: -17 },
      })
      expect(transfer.responseCode).to.equal(200)
    })
  }

  it('send cookies through the redirects of one transfer only', async () => {
    await using curl = new ParallelCurl(1, { COOKIEFILE: '', FOLLOWLOCATION: true })
    server.route('/login', (_request, response) => {
      response.writeHead(302, { Location: '/echo', 'Set-Cookie': 'session=1' }).end()
    })
    await send(curl, server.url('/login'))
    await send(curl, server.url('/echo'))
    expect(server.requests.map(({ headers }) => headers.cookie)).to.deep.equal([
      undefined,
      'session=1',
      undefined,
    ])
  })

  it('send requests to a proxy', async () => {
    await using proxy = await startHttpServer()
    const PROXY = proxy.url('')
    const { content } = await sendAlone('http://nowhere.invalid/echo?a', {
      options: { PROXY, PROXYUSERPWD: 'p:q' },
    })
    expect(content).to.contain('http://nowhere.invalid/echo?a')
    expect(proxy.requests[0]?.headers['proxy-authorization']).to.equal(
      `Basic ${Buffer.from('p:q').toString('base64')}`,
    )
    await sendAlone(server.url('/echo'), { options: { PROXY, HTTPPROXYTUNNEL: true } })
    expect(proxy.requests[1]).to.include({ method: 'CONNECT', url: `127.0.0.1:${server.port}` })
    expect(server.requests[0]?.headers).not.to.have.property('proxy-authorization')
  })

  it('set addresses of hosts by RESOLVE and CONNECT_TO, with international names in any locale', async () => {
    const port = server.port
    await sendAlone(`http://somewhere.invalid:${port}/echo`, {
      options: { RESOLVE: [`somewhere.invalid:${port}:127.0.0.1`] },
    })
    await sendAlone('http://elsewhere.invalid/echo', { options: { CONNECT_TO: [`::127.0.0.1:${port}`] } })
    const RESOLVE = [`xn--mnchen-3ya.invalid:${port}:127.0.0.1`]
    const { transfer } = await sendAlone(`http://münchen.invalid:${port}/echo`, { options: { RESOLVE } })
    expect(transfer.error).to.equal('')
    expect(server.requests.map(({ headers }) => headers.host)).to.deep.equal([
      `somewhere.invalid:${port}`,
      'elsewhere.invalid',
      `xn--mnchen-3ya.invalid:${port}`,
    ])
  })

  describe('options that name files', () => {
    let folder: string
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
    })
    after(() => {
      rmSync(folder, { recursive: true })
    })

    it('write the COOKIEJAR when the transfer is done', async () => {
      await using curl = new ParallelCurl(1)
      const jar = join(folder, 'jar')
      await send(curl, server.url('/cookies/set?a=b'), { options: { COOKIEJAR: jar } })
      await curl.finishAllRequests()
      expect(readFileSync(jar, 'utf8')).to.match(/127\.0\.0\.1\t.*\ta\tb\n/)
      await send(curl, server.url('/echo'), { options: { COOKIEFILE: jar } })
      expect(server.requests.at(-1)?.headers.cookie).to.equal('a=b')
    })

    it('write a shared COOKIEJAR at the latest at close()', async () => {
      const jar = join(folder, 'shared')
      {
        await using curl = new ParallelCurl(1, { COOKIEJAR: jar })
        await send(curl, server.url('/cookies/set?c=d'))
      }
      expect(readFileSync(jar, 'utf8')).to.match(/\tc\td\n/)
    })
  })

  describe('options of the multi handle', () => {
    it('apply MAX_HOST_CONNECTIONS', async () => {
      await using curl = new ParallelCurl(6, { multi: { MAX_HOST_CONNECTIONS: 2 } })
      const all = Array.from({ length: 6 }, () => send(curl, server.url('/gate/a')))
      for (let left = 6; left > 0; left--) {
        await server.gate('a').waiting(Math.min(2, left))
        server.gate('a').release()
      }
      await Promise.all(all)
      expect(server.peakInFlight).to.equal(2)
      expect(server.connections).to.equal(2)
    })

    it('apply at once when they are set later', async () => {
      await using curl = new ParallelCurl(4)
      await send(curl, server.url())
      curl.setOptions({ multi: { MAX_HOST_CONNECTIONS: 1 } })
      await curl.finishAllRequests()
      const all = Array.from({ length: 4 }, () => send(curl, server.url('/gate/a')))
      for (let left = 4; left > 0; left--) {
        await server.gate('a').waiting(1)
        server.gate('a').release()
      }
      await Promise.all(all)
      expect(server.peakInFlight).to.equal(1)
    })

    it('are checked, and refused for single requests', async () => {
      for (const multi of [
        { MAX_HOST_CONNECTION: 1 },
        { MAX_HOST_CONNECTIONS: 'x' },
        { MAX_HOST_CONNECTIONS: -1 },
        [],
        null,
        5,
      ]) {
        optionErrorOf(() => new ParallelCurl(1, { multi } as unknown as Options))
      }
      await using curl = new ParallelCurl(1)
      optionErrorOf(() => curl.startRequest(server.url(), null, 1, null, { multi: {} } as Options))
    })
  })
})
