/**
 * createFetch(): the standard's behaviour on this engine, and the options of this library for one request.
 */
import { expect } from 'chai'
import { gzipSync } from 'node:zlib'
import { Request as OwnRequest, setGlobalOrigin, type Dispatcher } from 'undici'
import { CookieJar, OptionError, ParallelCurl, Session, SessionPool } from '../../../src/index.js'
import { createFetch, type CurlFetch } from '../../../src/fetch/index.js'
import { startHttpProxy } from '../../support/servers/proxies/http-proxy.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { startHttp2Server } from '../../support/servers/http2/http2-server.js'
import { answerWith, startTcpServer } from '../../support/servers/tcp-server.js'
import { rejectionOf } from '../../support/requests.js'

describe('createFetch()', () => {
  let server: HttpServer
  let curl: ParallelCurl
  let fetch: CurlFetch
  before(async () => {
    server = await startHttpServer()
    server.route('/gzip', (_request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync('unpacked'))
    })
  })
  after(() => server.close())
  beforeEach(() => {
    server.forget()
    curl = new ParallelCurl(2)
    fetch = createFetch(curl)
  })
  afterEach(async () => {
    await fetch.dispatcher.destroy()
    await curl.close()
  })

  const seen = (): HttpServer['requests'][number] => server.requests.at(-1)!

  it('follows redirects, decodes contents, and says where the response is from', async () => {
    const response = await fetch(server.url('/redirect-to?url=/gzip'))
    expect([response.status, response.ok, response.redirected]).to.deep.equal([200, true, true])
    expect(response.url).to.equal(server.url('/gzip'))
    expect(await response.text()).to.equal('unpacked')
    expect(server.requests.map(({ url }) => url)).to.deep.equal(['/redirect-to?url=/gzip', '/gzip'])
  })

  it('sends every kind of body, and forms of both kinds', async () => {
    const form = new FormData()
    form.append('field', 'value')
    form.append('file', new File(['content'], 'name.txt', { type: 'text/x' }))
    const post = async (body: unknown): Promise<string> => {
      await (await fetch(server.url(), { method: 'POST', body: body as string, duplex: 'half' })).text()
      return seen().body.toString()
    }
    expect(await post('text')).to.equal('text')
    expect(await post(new URLSearchParams({ a: 'b c' }))).to.equal('a=b+c')
    expect(await post(new Uint8Array([65, 66]))).to.equal('AB')
    expect(await post(new Blob(['blob'], { type: 'text/y' }))).to.equal('blob')
    expect(seen().headers['content-type']).to.equal('text/y')
    expect(await post(new Blob(['stream']).stream())).to.equal('stream')
    const sent = await post(form)
    expect(sent)
      .to.contain('name="field"\r\n\r\nvalue')
      .and.to.contain('filename="name.txt"\r\nContent-Type: text/x')
    expect(seen().headers['content-length']).to.equal(String(sent.length))
  })

  it('takes a Request and Headers of Node.js, and the init wins over the Request', async () => {
    const request = new Request(server.url('/echo?own'), {
      method: 'PUT',
      body: 'body',
      headers: { 'x-own': '1' },
    })
    await (await fetch(request)).text()
    expect([seen().method, seen().body.toString(), seen().headers['x-own']]).to.deep.equal([
      'PUT',
      'body',
      '1',
    ])
    expect(request.bodyUsed).to.equal(true)
    expect(await rejectionOf(fetch(request))).to.be.instanceOf(TypeError)
    const plain = new Request(server.url(), { headers: { 'x-own': '1' } })
    await (await fetch(plain, { method: 'DELETE', headers: new Headers({ 'x-own': '2' }) })).text()
    expect([seen().method, seen().headers['x-own']]).to.deep.equal(['DELETE', '2'])
    expect(server.requests).to.have.length(2)
  })

  it('keeps the referrer of a Request, unless there is an init', async () => {
    // Where the page is, as far as the standard asks: a referrer has to be of the same origin.
    setGlobalOrigin(server.url('/page'))
    try {
      for (const Kind of [Request, OwnRequest as unknown as typeof Request]) {
        const request = (): Request =>
          new Kind(server.url('/echo'), { referrer: server.url('/from'), referrerPolicy: 'unsafe-url' })
        await fetch(request())
        expect(seen().headers.referer, 'of the request').to.equal(server.url('/from'))
        await fetch(request(), { headers: { a: 'b' } })
        expect(seen().headers.referer, 'taken away by an init').to.equal(server.url('/page'))
      }
    } finally {
      setGlobalOrigin(undefined)
    }
  })

  it('sends a request again on another connection if the server says that it was the wrong one', async () => {
    let answers = 0
    server.route('/misdirected', (_request, response) => response.writeHead(answers++ ? 200 : 421).end())
    await (await fetch(server.url('/echo'))).text()
    expect((await fetch(server.url('/misdirected'))).status).to.equal(200)
    const [before, first, again] = server.requests.map(({ connection }) => connection)
    expect(first).to.equal(before)
    expect(again).not.to.equal(before)
  })

  it('sends the control characters that the standard allows in values, and says what it cannot send', async () => {
    await using raw = await startTcpServer(answerWith('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'))
    const controls = String.fromCharCode(
      ...Array.from({ length: 0x20 }, (_, code) => code).filter((code) => ![0, 10, 13].includes(code)),
    )
    await fetch(raw.url('/'), { headers: { 'x-controls': `a${controls}b`, 'x-blank': ' \t' } })
    const received = raw.connections[0]!.received.toString('latin1')
    expect(received).to.include(`x-controls: a${controls}b\r\n`)
    expect(received).to.match(/^x-blank: ?\r$/m)
    for (const value of ['\v', '\f'])
      expect(
        await rejectionOf(fetch(raw.url('/'), { headers: { 'x-blank': value } })),
      ).to.have.nested.property('cause.code', 'UND_ERR_NOT_SUPPORTED')
  })

  it('rejects with a TypeError whose causes lead to the CurlError', async () => {
    // Not refusedPort(): the standard does not let fetch use some low ports.
    const closed = await startHttpServer()
    const url = closed.url()
    await closed.close()
    const error = (await rejectionOf(fetch(url))) as Error
    expect(error).to.be.instanceOf(TypeError)
    expect(error.cause).to.include({ code: 'ECONNREFUSED' })
    expect((error.cause as Error).cause).to.include({ errno: 7, code: 'CURLE_COULDNT_CONNECT' })
  })

  it('aborts by a signal before, during the wait, and amid the body', async () => {
    expect(await rejectionOf(fetch(server.url(), { signal: AbortSignal.abort() }))).to.have.property(
      'name',
      'AbortError',
    )
    const waiting = new AbortController()
    const first = fetch(server.url('/gate/abort'), { signal: waiting.signal })
    await server.gate('abort').waiting(1)
    waiting.abort()
    expect(await rejectionOf(first)).to.have.property('name', 'AbortError')
    await server.waitForIdle()
    const reading = new AbortController()
    server.route('/part', (_request, response) => {
      response.writeHead(200, { 'Content-Length': '10' })
      response.write('part')
    })
    const response = await fetch(server.url('/part'), { signal: reading.signal })
    const reader = response.body!.getReader()
    expect(Buffer.from((await reader.read()).value as Uint8Array).toString()).to.equal('part')
    reading.abort()
    expect(await rejectionOf(reader.read())).to.have.property('name', 'AbortError')
    await server.waitForIdle()
    await curl.finishAllRequests()
  })

  it('takes options of libcurl and of this library for one request', async () => {
    await using proxy = await startHttpProxy()
    await (await fetch(server.url(), { curl: { PROXY: proxy.url(), HTTPPROXYTUNNEL: true } })).text()
    expect(proxy.requests).to.have.length(1)
    let failures = 1
    server.route('/flaky', (_request, response) =>
      response.writeHead(failures-- > 0 ? 503 : 200).end('there'),
    )
    const tried = await fetch(server.url('/flaky'), { curl: { retry: { limit: 2, backoffMs: 0 } } })
    expect([tried.status, await tried.text()]).to.deep.equal([200, 'there'])
    const refused = await rejectionOf(fetch(server.url(), { curl: { PROXYY: 'a' } as never }))
    expect(refused).to.be.instanceOf(OptionError)
    expect(await rejectionOf(fetch(server.url(), { curl: 5 as never }))).to.be.instanceOf(OptionError)
    expect(await rejectionOf(fetch(server.url(), { curl: { FOLLOWLOCATION: 1 } }))).to.be.instanceOf(
      OptionError,
    )
  })

  it('uses sessions: their cookies over redirects, and their user agent instead of undici’s', async () => {
    server.route('/login', (_request, response) => {
      response.writeHead(302, { 'Set-Cookie': 'id=1; Path=/', Location: '/echo' }).end()
    })
    const session = new Session({ userAgent: 'session/1.0', cookieJar: new CookieJar() })
    const own = createFetch(curl, { session })
    await (await own(server.url('/login'))).text()
    expect(seen().headers).to.include({ cookie: 'id=1', 'user-agent': 'session/1.0' })
    await (await own(server.url(), { headers: { 'user-agent': 'mine' } })).text()
    expect(seen().headers).to.include({ 'user-agent': 'mine' })
    await (await fetch(server.url())).text()
    expect(seen().headers).to.include({ 'user-agent': 'undici' })
  })

  it('takes no credentials of options along to another origin', async () => {
    await using other = await startHttpServer({ host: '127.0.0.2' })
    server.route('/away', (_request, response) =>
      response.writeHead(302, { Location: other.url('/echo') }).end(),
    )
    const HTTPHEADER = ['Authorization: Bearer secret', 'X-Kept: yes']
    const credentials = [
      { USERPWD: 'user:secret' },
      { COOKIE: 'id=secret' },
      { HTTPHEADER },
      { RTSPHEADER: HTTPHEADER },
      {
        session: new Session({
          headers: { Authorization: 'Bearer secret', cookie: 'id=1', 'X-Kept': 'yes' },
        }),
      },
      { session: new SessionPool({ create: () => ({ headers: { AUTHORIZATION: 'secret' } }) }) },
      { XOAUTH2_BEARER: 'secret', HTTPAUTH: 64 },
    ]
    for (const options of credentials) {
      const fetches = [
        (path: string) => fetch(server.url(path), { curl: options }),
        (path: string) => createFetch(curl, options)(server.url(path)),
      ]
      for (const one of fetches) {
        await (await one('/redirect-to?url=/echo')).text()
        for (const { rawHeaders } of server.requests.splice(0))
          expect(rawHeaders.join()).to.match(/secret|dXNlcjpzZWNyZXQ/)
        await (await one('/away')).text()
        expect(server.requests.splice(0)[0]?.rawHeaders.join()).to.match(/secret|dXNlcjpzZWNyZXQ/)
        const [there] = other.requests.splice(0)
        expect(there?.headers).not.to.have.any.keys('authorization', 'cookie')
        if ('HTTPHEADER' in options) expect(there?.headers).to.include({ 'x-kept': 'yes' })
      }
    }
  })

  it('never goes around libcurl, and takes every kind of init', async () => {
    const proxied = createFetch(curl, { PROXY: 'http://127.0.0.1:1' })
    for (const init of [{ dispatcher: undefined }, { curl: new Map([['PROXY', 'http://127.0.0.1:2']]) }])
      expect(await rejectionOf(proxied(server.url(), init as never))).to.be.instanceOf(TypeError)
    expect(await rejectionOf(fetch(server.url(), { dispatcher: curl } as never))).to.be.instanceOf(
      OptionError,
    )
    expect(server.requests).to.deep.equal([])
    await (await fetch(server.url(), null)).text()
    const init = new Request(server.url(), { method: 'POST', body: 'body', headers: { 'x-own': '1' } })
    await (await fetch(server.url('/echo?init'), init)).text()
    expect([seen().method, seen().url, seen().body.toString(), seen().headers['x-own']]).to.deep.equal([
      'POST',
      '/echo?init',
      'body',
      '1',
    ])
  })

  it('hands the same to its own handler as dispatch() to any, in fewer chunks', async () => {
    const body = Buffer.alloc(100_000, 'body')
    server.route('/body', (_request, response) => {
      response.writeHead(200, { 'X-Two': ['1', '2'], 'Content-Type': 'text/plain' }).end(body)
    })
    const seenBy = async (dispatcher: Pick<Dispatcher, 'dispatch'>) => {
      const chunks: Buffer[] = []
      let head: unknown
      await new Promise<void>((resolve, reject) => {
        dispatcher.dispatch(
          { origin: server.url(''), path: '/body', method: 'GET' },
          {
            onRequestStart: () => undefined,
            onResponseStart: (controller, status, headers, text) => {
              const raw = (controller.rawHeaders as Buffer[]).map(String)
              const facts = ['x-two' in headers, 'none' in headers, headers['content-type']]
              head = {
                status,
                text,
                facts,
                all: { ...headers, date: null },
                raw: raw.filter((field) => !/GMT$/.test(field)),
              }
            },
            onResponseData: (_controller, chunk) => void chunks.push(chunk),
            onResponseEnd: () => {
              resolve()
            },
            onResponseError: (_controller, error) => {
              reject(error)
            },
          },
        )
      })
      expect(Buffer.concat(chunks).equals(body)).to.equal(true)
      return { head, chunks: chunks.length }
    }
    const any = await seenBy(fetch.dispatcher)
    const own = await seenBy(fetch.dispatcher.ofOneFetch())
    expect(own.head).to.deep.equal(any.head)
    expect(any.head).to.deep.include({ status: 200, text: 'OK', facts: [true, false, 'text/plain'] })
    expect(own.chunks).to.be.below(any.chunks)
  })

  it('keeps to the limits of the instance', async () => {
    const all = Array.from({ length: 6 }, () => fetch(server.url('/gate/limit')))
    await server.gate('limit').waiting(2)
    expect(curl.stats()).to.include({ inFlight: 2, pending: 4 })
    server.gate('limit').open()
    for (const one of all) await (await one).text()
    expect(server.peakInFlight).to.equal(2)
  })

  it('emits drain at its dispatcher, also for requests with options of their own', async () => {
    const drained: URL[] = []
    fetch.dispatcher.on('drain', (origin) => drained.push(origin))
    const all = Array.from({ length: 4 }, () => fetch(server.url('/gate/drain'), { curl: { priority: 1 } }))
    await server.gate('drain').waiting(2)
    expect(curl.stats()).to.include({ inFlight: 2, pending: 2 })
    expect(drained).to.deep.equal([])
    server.gate('drain').open()
    for (const one of all) await (await one).text()
    expect(drained.map(({ origin }) => origin)).to.deep.equal([new URL(server.url()).origin])
  })

  it('speaks HTTP/2 where the server does', async () => {
    await using h2 = await startHttp2Server((request) => {
      request.stream.respond({ ':status': 201, 'x-two': 'yes' })
      request.stream.end(request.path)
    })
    // Closed before the server, which waits for its connections.
    await using own = new ParallelCurl(1, { CAINFO_BLOB: h2.CAINFO_BLOB })
    const response = await createFetch(own)(h2.url('/two'))
    expect([response.status, response.statusText, response.headers.get('x-two')]).to.deep.equal([
      201,
      '',
      'yes',
    ])
    expect(await response.text()).to.equal('/two')
  })
})
