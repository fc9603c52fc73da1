/**
 * An option that a request takes back with a value of its own (`null`, `HTTPGET: true`, ...) has no effect on
 * anything that is derived from options: on the wire, on retries, on shared transfers. Each such value is
 * tried with each derived fact (A3, A4, D13).
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Handshake } from '../../../src/bodies/sockets/web-socket-handshake.js'
import { CookieJar, ParallelCurl, type Transfer } from '../../../src/index.js'
import { methodOf } from '../../../src/engine/request/wire-request.js'
import { compileShared, orderOver } from '../../../src/running/make/compile-request.js'
import { proxyIdentity } from '../../../src/engine/request/proxy-identity.js'
import { connectionOrder } from '../../../src/running/entry/connections.js'
import { sharedKey } from '../../../src/running/make/dedupe-key.js'
import { listening } from '../../support/servers/http/cut-answers.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { optionErrorOf } from '../../support/requests.js'

type Options = Record<string, unknown>

/** Returns the facts that are derived from options, without a request. */
function derived(
  shared: Options,
  own: Options,
): { method: string; headers: readonly string[]; key: string | null; identity: string; isOverlaid: boolean } {
  const base = compileShared(shared)
  const order = orderOver('startRequest', base, null, own)
  return {
    method: methodOf(order),
    headers: order.options.headers,
    key: sharedKey(order, 'http://h/') === null ? null : 'shared',
    identity: proxyIdentity(order.options).text,
    isOverlaid: order.overlay !== null,
  }
}

describe('a request that resets shared options', () => {
  describe('knows the method that libcurl sends', () => {
    let server: HttpServer
    before(async () => {
      server = await startHttpServer()
    })
    after(() => server.close())

    const layers: readonly (readonly [shared: Options, own: Options, method: string])[] = [
      [{ CUSTOMREQUEST: 'PUT' }, { CUSTOMREQUEST: null }, 'GET'],
      [{ CUSTOMREQUEST: 'PUT' }, { CUSTOMREQUEST: null, POSTFIELDS: 'a=1' }, 'POST'],
      [{ CUSTOMREQUEST: 'DELETE', POSTFIELDS: 'a=1' }, { CUSTOMREQUEST: null }, 'POST'],
      [{ CUSTOMREQUEST: 'DELETE' }, { HTTPGET: true }, 'DELETE'],
      [{ POSTFIELDS: 'a=1' }, { HTTPGET: true }, 'GET'],
      [{ POSTFIELDS: 'a=1' }, { NOBODY: true }, 'HEAD'],
      [{ POST: true, POSTFIELDS: 'a=1' }, { HTTPGET: true }, 'GET'],
      [{ POST: true }, { POST: false, HTTPGET: true }, 'GET'],
      [{ POST: true, POSTFIELDS: 'a=1' }, { POST: false }, 'GET'],
      [{ HTTPPOST: [{ name: 'a', contents: 'b' }] }, { HTTPGET: true }, 'GET'],
      [{ HTTPPOST: [{ name: 'a', contents: 'b' }] }, { NOBODY: true }, 'HEAD'],
      [{ NOBODY: true }, { NOBODY: false }, 'GET'],
      [{ NOBODY: true }, { HTTPGET: true }, 'GET'],
      [{ NOBODY: true }, { POSTFIELDS: 'a=1' }, 'POST'],
      [{ NOBODY: true }, { upload: Buffer.from('x') }, 'PUT'],
      [{ UPLOAD: true, INFILESIZE: 0, READFUNCTION: () => 0 }, { UPLOAD: false }, 'GET'],
      [{ UPLOAD: true, INFILESIZE: 0, READFUNCTION: () => 0 }, { HTTPGET: true }, 'GET'],
      [{ UPLOAD: true, INFILESIZE: 0, READFUNCTION: () => 0 }, { NOBODY: true, UPLOAD: false }, 'HEAD'],
      [{ UPLOAD: true, INFILESIZE: 0, READFUNCTION: () => 0 }, { POSTFIELDS: 'a=1' }, 'POST'],
      [{ POST: true }, { POSTFIELDS: 'a=1', CUSTOMREQUEST: 'PATCH' }, 'PATCH'],
      [{ upload: Buffer.from('x') }, { POST: true }, 'POST'],
      [{ upload: Buffer.from('x') }, {}, 'PUT'],
    ]
    for (const [shared, own, method] of layers) {
      it(`${method}: ${inspectNames(own)} over ${inspectNames(shared)}`, async () => {
        expect(derived(shared, own).method).to.equal(method)
        server.forget()
        await using curl = new ParallelCurl(1, shared)
        const { errno } = await curl.request(server.url('/echo'), own)
        expect(errno).to.equal(0)
        expect(server.requests.map((request) => request.method)).to.deep.equal([method])
      })
    }

    for (const [name, shared, own] of [
      ['by the instance', { POST: true }, {}],
      ['by the request', {}, { POST: true }],
      ['after another method', { NOBODY: true }, { POST: true }],
      ['with a name of its own', { POST: true }, { CUSTOMREQUEST: 'REPORT' }],
    ] as const) {
      it(`D13: sends an empty POST without fields: ${name}`, async () => {
        server.forget()
        await using curl = new ParallelCurl(1, shared)
        for (const options of [own, own, { POSTFIELDS: 'b=2' }, own]) {
          const { errno } = await curl.request(server.url('/echo'), options)
          expect(errno).to.equal(0)
        }
        const sent = server.requests.map(({ method, body }) => `${method} ${body.toString()}`)
        const method = 'CUSTOMREQUEST' in own ? own.CUSTOMREQUEST : 'POST'
        expect(sent).to.deep.equal([`${method} `, `${method} `, 'POST b=2', `${method} `])
        expect(server.requests[0]?.headers['content-length']).to.equal('0')
      })
    }

    it('A4: a POST that replaces a shared PUT is sent once, and not retried', async () => {
      server.forget()
      await using curl = new ParallelCurl(1, {
        CUSTOMREQUEST: 'PUT',
        retry: { limit: 2, backoffMs: 0, jitter: 'none' },
      })
      const { responseCode } = await curl.request(server.url('/status/503'), {
        CUSTOMREQUEST: null,
        POSTFIELDS: 'a=1',
      })
      expect([responseCode, server.requests.map(({ method }) => method)]).to.deep.equal([503, ['POST']])
    })

    for (const [name, shared, own] of [
      ['a shared DELETE', { CUSTOMREQUEST: 'DELETE' }, { CUSTOMREQUEST: null }],
      ['a shared POST without fields', { POST: true }, { POST: false }],
      ['a shared POST', { POSTFIELDS: 'a=1' }, { HTTPGET: true }],
    ] as const) {
      it(`A4: a GET that replaces ${name} is retried and deduplicated`, async () => {
        server.forget()
        await using curl = new ParallelCurl(1, {
          ...shared,
          retry: { limit: 2, backoffMs: 0, jitter: 'none' },
        })
        const { responseCode } = await curl.request(server.url('/status/503'), own)
        expect(responseCode).to.equal(503)
        expect(server.requests.map(({ method }) => method)).to.deep.equal(['GET', 'GET', 'GET'])
        server.forget()
        await Promise.all([1, 2, 3].map(() => curl.request(server.url('/echo'), { ...own, dedupe: true })))
        expect(server.requests).to.have.length(1)
        server.forget()
        await Promise.all([1, 2, 3].map(() => curl.request(server.url('/echo'), { dedupe: true })))
        expect(server.requests).to.have.length(3)
      })
    }
  })

  describe('sends no shared header that it has reset (A3)', () => {
    let server: HttpServer
    let folder: string
    before(async () => {
      server = await startHttpServer()
      folder = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
    })
    after(async () => {
      rmSync(folder, { recursive: true })
      await server.close()
    })

    const bodies: readonly (readonly [name: string, own: () => Options])[] = [
      ['nothing to send', () => ({})],
      ['post fields that are text', () => ({ POSTFIELDS: 'a=1' })],
      ['a form', () => ({ POSTFIELDS: { a: '1', b: Buffer.from('2') } })],
      ['bytes', () => ({ POSTFIELDS: Buffer.from([0, 1, 2]) })],
      ['a Blob', () => ({ POSTFIELDS: new Blob(['x'], { type: 'text/x-blob' }) })],
      ['FormData', () => ({ POSTFIELDS: formData() })],
      ['an upload', () => ({ upload: Buffer.from('x') })],
      ['an upload of unknown length by POST', () => ({ POST: true, upload: () => pieces() })],
      ['a download', () => ({ output: join(folder, 'whole') })],
      ['a body that goes to a function', () => ({ onData: () => undefined })],
    ]
    for (const value of [null, []] as const) {
      for (const [name, body] of bodies) {
        it(`with HTTPHEADER: ${JSON.stringify(value)} and ${name}`, async () => {
          server.forget()
          await using curl = new ParallelCurl(1, {
            HTTPHEADER: ['Authorization: Bearer shared', 'X-Shared: 1'],
          })
          const own = { HTTPHEADER: value, ...body() }
          const { errno } = await curl.request(server.url('/echo'), own)
          expect(errno).to.equal(0)
          const [request] = server.requests
          expect(request?.headers).to.not.have.any.keys('authorization', 'x-shared')
          expect(derived({ HTTPHEADER: ['Authorization: Bearer shared'] }, own).headers).to.deep.equal([])
        })
      }
    }

    it('sends no reset header in the second attempt of a download that was cut', async () => {
      const seen: IncomingMessage['headers'][] = []
      const whole = 'x'.repeat(1000)
      const cutter = await listening((request, cut) => {
        seen.push(request.headers)
        const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
        const head = { etag: '"v"', 'accept-ranges': 'bytes' }
        if (seen.length === 1) return cut({ ...head, 'content-length': '1000' }, whole.slice(0, 300))
        return {
          status: 206,
          headers: { ...head, 'content-range': `bytes ${from}-999/1000` },
          body: whole.slice(from),
        }
      })
      await using curl = new ParallelCurl(1, {
        HTTPHEADER: ['Authorization: Bearer shared'],
        retry: { limit: 1, backoffMs: 0, jitter: 'none' },
      })
      const output = join(folder, 'cut')
      const transfer = await curl.request(cutter.url, { HTTPHEADER: null, output, resume: true })
      expect([transfer.errno, readFileSync(output, 'utf8')]).to.deep.equal([0, whole])
      expect(seen.map(({ range }) => range)).to.deep.equal([undefined, 'bytes=300-'])
      for (const headers of seen) expect(headers).to.not.have.property('authorization')
      cutter.close()
    })

    it('sends no reset header with webSocket() and protocols', () => {
      const base = compileShared({ HTTPHEADER: ['Authorization: Bearer shared'] })
      const own = orderOver('startRequest', base, null, { HTTPHEADER: null }).options.own
      if (own === null) throw new Error('the request has options of its own')
      const order = connectionOrder(base, own, new Handshake(['chat']))
      expect(order.options.headers).to.deep.equal(['Sec-WebSocket-Protocol: chat'])
    })
  })

  describe('has no proxy identity if it has reset the credentials', () => {
    const secrets: readonly (readonly [shared: Options, own: Options])[] = [
      [{ PROXY: 'http://a:b@h:1' }, { PROXY: null }],
      [{ PROXY: 'http://a:b@h:1' }, { PROXY: '' }],
      [{ PROXYUSERPWD: 'a:b' }, { PROXYUSERPWD: null }],
      [
        { PROXYUSERNAME: 'a', PROXYPASSWORD: 'b' },
        { PROXYUSERNAME: null, PROXYPASSWORD: null },
      ],
      [{ PROXYHEADER: ['X: 1'] }, { PROXYHEADER: null }],
      [{ HTTPHEADER: ['Proxy-Authorization: Basic x'] }, { HTTPHEADER: null }],
      [{ HTTPHEADER: ['Proxy-Authorization: Basic x'] }, { HTTPHEADER: [] }],
      [{ PRE_PROXY: 'socks5://a:b@h:1' }, { PRE_PROXY: null }],
      [{ PROXY: 'http://a:b@h:1' }, { proxies: null }],
    ]
    for (const [shared, own] of secrets) {
      it(`${inspectNames(own)} over ${inspectNames(shared)}`, () => {
        expect(derived(shared, {}).identity).to.not.equal('')
        expect(derived(shared, own).identity).to.equal('')
      })
    }
  })

  it('continues a download if it has reset the options that prevent it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
    const whole = 'y'.repeat(500)
    for (const [shared, own] of [
      [{ RANGE: '0-4' }, { RANGE: null }],
      [{ ACCEPT_ENCODING: 'gzip' }, { ACCEPT_ENCODING: null }],
      [{ HTTPHEADER: ['Range: bytes=0-4'] }, { HTTPHEADER: null }],
      [{ CUSTOMREQUEST: 'PUT' }, { CUSTOMREQUEST: null }],
    ] as const) {
      const ranges: (string | undefined)[] = []
      const cutter = await listening((request, cut) => {
        ranges.push(request.headers.range)
        if (ranges.length === 1) return cut({ etag: '"v"', 'content-length': '500' }, whole.slice(0, 100))
        return {
          status: 206,
          headers: { etag: '"v"', 'content-range': 'bytes 100-499/500' },
          body: whole.slice(100),
        }
      })
      await using curl = new ParallelCurl(1, {
        ...shared,
        retry: { limit: 1, backoffMs: 0, jitter: 'none' },
      })
      const output = join(folder, Object.keys(own)[0] as string)
      const transfer = await curl.request(cutter.url, { ...own, output, resume: true })
      cutter.close()
      expect([transfer.errno, ranges], inspectNames(own)).to.deep.equal([0, [undefined, 'bytes=100-']])
    }
    rmSync(folder, { recursive: true })
  })

  it('sends no cookies of a shared jar or share that it has reset', async () => {
    const server = await startHttpServer()
    const jar = new CookieJar()
    jar.set('in=jar', server.url('/'))
    for (const [shared, own] of [
      [{ cookieJar: jar }, { cookieJar: false }],
      [{ cookieJar: jar }, { SHARE: null, COOKIEFILE: null }],
      [{ COOKIEFILE: '', COOKIELIST: '127.0.0.1\tFALSE\t/\tFALSE\t0\tin\tlist' }, { COOKIEFILE: null }],
      [{ COOKIE: 'in=option' }, { COOKIE: null }],
    ] as const) {
      server.forget()
      await using curl = new ParallelCurl(1, shared)
      await curl.request(server.url('/echo'))
      await curl.request(server.url('/echo'), own)
      await curl.request(server.url('/echo'))
      const sent = server.requests.map(({ headers }) => (headers.cookie === undefined ? 'none' : 'cookie'))
      expect(sent, inspectNames(own)).to.deep.equal(['cookie', 'none', 'cookie'])
    }
    await server.close()
  })

  it('is not refused for active FTP that it has reset', () => {
    const base = compileShared({ FTPPORT: '-', USE_SSL: 3 })
    const { options } = orderOver('startRequest', base, null, { FTPPORT: null })
    expect(options.isSet(10017)).to.equal(false)
    expect(base.options.isSet(10017)).to.equal(true)
  })

  it('does not call functions that it has reset', async () => {
    const server = await startHttpServer()
    const heard: string[] = []
    const listen = (name: string) => (buffer: Buffer) => {
      heard.push(name)
      return buffer.length
    }
    await using curl = new ParallelCurl(1, {
      HEADERFUNCTION: listen('header'),
      WRITEFUNCTION: listen('write'),
      onSocketEvent: () => heard.push('socket'),
    })
    const transfer: Transfer = await curl.request(server.url('/echo'), {
      HEADERFUNCTION: null,
      WRITEFUNCTION: null,
      onSocketEvent: null,
    })
    expect([heard, transfer.content?.length]).to.deep.equal([[], transfer.body.length])
    expect(transfer.body.length).to.be.greaterThan(0)
    await server.close()
  })

  it('throws OptionError for null as signal or retry, which cannot be reset', () => {
    const curl = new ParallelCurl(1)
    for (const name of ['signal', 'retry']) {
      const error = optionErrorOf(() =>
        curl.startRequest('http://127.0.0.1/', undefined, [], null, { [name]: null }),
      )
      expect(error.option ?? error.message).to.contain(name)
    }
  })
})

function inspectNames(options: Options): string {
  const text = (value: unknown): string =>
    typeof value === 'function' ? 'function' : Buffer.isBuffer(value) ? 'bytes' : JSON.stringify(value)
  return `{ ${Object.entries(options)
    .map(([name, value]) => `${name}: ${text(value)}`)
    .join(', ')} }`
}

function formData(): FormData {
  const form = new FormData()
  form.set('a', 'b')
  return form
}

async function* pieces(): AsyncGenerator<string> {
  yield 'one'
}
