/**
 * CurlHttpClient without a crawler: requests, redirects, limits and failures.
 */
import { expect } from 'chai'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { CurlError, OptionError, ParallelCurl, Session } from '../../../src/index.js'
import { CurlHttpClient, type CrawleeHead, type CrawleeRequest } from '../../../src/crawlee/index.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { answerWith, startTcpServer } from '../../support/servers/tcp-server.js'
import { rejectionOf } from '../../support/requests.js'

type Given = CrawleeRequest<'json' | 'text' | 'buffer'>

describe('CurlHttpClient', () => {
  let server: HttpServer
  let other: HttpServer
  let curl: ParallelCurl
  let client: CurlHttpClient
  before(async () => {
    server = await startHttpServer()
    other = await startHttpServer()
    curl = new ParallelCurl(4, { HTTPHEADER: ['X-Shared: yes'], FOLLOWLOCATION: true, USERPWD: 'me:secret' })
    client = new CurlHttpClient(curl, { maxBodySize: 100_000 })
    for (const status of [301, 302, 303, 307, 308]) {
      server.route(`/to/${String(status)}`, (_request, response) => {
        response.writeHead(status, { Location: '/there' }).end('moved')
      })
    }
    server.route('/elsewhere', (_request, response) => {
      response.writeHead(302, { Location: other.url('/there') }).end()
    })
    server.route('/loop', (_request, response) => response.writeHead(302, { Location: '/loop' }).end())
    server.route('/file', (_request, response) =>
      response.writeHead(302, { Location: 'file:///etc/hostname' }).end(),
    )
    server.route('/there', (_request, response) => response.end('there'))
    other.route('/there', (_request, response) => response.end('other'))
  })
  beforeEach(() => {
    server.forget()
    other.forget()
  })
  after(async () => {
    await curl.close()
    await server.close()
    await other.close()
  })

  const send = (path: string, request: Partial<Given> = {}) =>
    client.sendRequest({ ...request, url: server.url(path) } as CrawleeRequest)
  const first = () => server.requests[0]!

  it('sends each kind of body, with its length where that is known', async () => {
    const form = new FormData()
    form.append('a', '1')
    function* parts(): Generator<string> {
      yield 'gene'
      yield 'rator'
    }
    const bodies: [body: unknown, sent: string | RegExp, length: string | undefined, headers?: object][] = [
      ['téxt', 'téxt', '5'],
      [Buffer.from('bytes'), 'bytes', '5'],
      [Readable.from(['a ', 'stream']), 'a stream', undefined],
      [Readable.from(['a ', 'stream']), 'a stream', '8', { 'Content-Length': '8' }],
      [parts(), 'generator', undefined],
      [form, /name="a"\r\n\r\n1\r\n/, undefined],
      [undefined, '', '0'],
      ['', '', '0'],
    ]
    for (const [body, sent, length, headers] of bodies) {
      server.forget()
      await send('/echo', { method: 'post', body, headers: { ...headers } })
      expect(first().method).to.equal('POST')
      if (typeof sent === 'string') expect(first().body.toString()).to.equal(sent)
      else expect(first().body.toString()).to.match(sent)
      if (body === form) expect(Number(first().headers['content-length'])).to.be.above(50)
      else expect(first().headers['content-length'], String(body)).to.equal(length)
      if (body !== form) expect(first().headers).not.to.have.property('content-type')
    }
  })

  it('sends its headers beside the shared ones, and returns the response as Node.js shows it', async () => {
    server.route('/reply', (_request, response) => {
      response.writeHead(201, 'Made', { 'Set-Cookie': ['a=1', 'b=2'], 'X-Two': ['1', '2'], Trailer: 'X-Sum' })
      response.addTrailers({ 'X-Sum': 'right' })
      response.end('{"ok":true}')
    })
    const request: Given = { url: server.url('/reply'), headers: { 'X-Own': ['1', '2'], 'X-Empty': '' } }
    const response = await client.sendRequest({ ...request, responseType: 'json' })
    expect(first().headers).to.include({ 'x-shared': 'yes', 'x-own': '1, 2', 'x-empty': '' })
    expect(response).to.include({
      statusCode: 201,
      statusMessage: 'Made',
      complete: true,
      url: request.url,
      ip: '127.0.0.1',
    })
    expect(response.body).to.deep.equal({ ok: true })
    expect(response.headers['set-cookie']).to.deep.equal(['a=1', 'b=2'])
    expect(response.headers['x-two']).to.equal('1, 2')
    expect(response.trailers).to.deep.equal({ 'x-sum': 'right' })
    expect((response.request as Given).headers).to.equal(request.headers)
    expect((await send('/there', { responseType: 'buffer' })).body).to.deep.equal(Buffer.from('there'))
    expect((await send('/there', { encoding: 'hex' })).body).to.equal(Buffer.from('there').toString('hex'))
    expect((await send('/there', { method: 'HEAD' })).body).to.equal('')
    expect(server.requests.at(-1)?.method).to.equal('HEAD')
  })

  it('follows redirects as browsers do, and tells of each', async () => {
    const methods: Record<number, string> = { 301: 'GET', 302: 'GET', 303: 'GET', 307: 'POST', 308: 'POST' }
    for (const [status, method] of Object.entries(methods)) {
      server.forget()
      const told: unknown[] = []
      const onRedirect = (head: CrawleeHead, updated: { headers: object }): void => {
        told.push([head.statusCode, head.url])
        Object.assign(updated.headers, { 'X-Added': 'yes' })
      }
      const url = server.url(`/to/${status}`)
      const given: CrawleeRequest<never> = {
        url,
        method: 'POST',
        body: 'a',
        headers: { 'Content-Type': 'x/y' },
      }
      const response = await client.stream(given, onRedirect)
      expect(await text(response.stream)).to.equal('there')
      expect(told).to.deep.equal([[Number(status), url]])
      expect(response.redirectUrls.map(String)).to.deep.equal([server.url('/there')])
      const [, second] = server.requests
      expect([second?.method, second?.body.toString()]).to.deep.equal([method, method === 'GET' ? '' : 'a'])
      expect(second?.headers['content-type']).to.equal(method === 'GET' ? undefined : 'x/y')
      expect(second?.headers['x-added']).to.equal('yes')
      expect(second?.connection, 'one connection').to.equal(first().connection)
    }
  })

  it('takes no credentials to another origin, of headers or of options', async () => {
    await send('/elsewhere', { headers: { authorization: 'Bearer token', Cookie: 'a=1', 'X-Kept': 'yes' } })
    expect(first().headers).to.include({ authorization: 'Bearer token', cookie: 'a=1' })
    expect(other.requests[0]?.headers).to.include({ 'x-kept': 'yes', 'x-shared': 'yes' })
    expect(other.requests[0]?.headers).not.to.have.any.keys('authorization', 'cookie')
    await send('/there')
    expect(server.requests.at(-1)?.headers.authorization).to.match(/^Basic /)
    other.forget()
    const session = new Session({ headers: { Authorization: 'secret', Cookie: 'a=1', 'X-Own': 'yes' } })
    await new CurlHttpClient(curl, { session }).sendRequest({ url: server.url('/elsewhere') })
    expect(server.requests.at(-1)?.headers).to.include({ authorization: 'secret', cookie: 'a=1' })
    expect(other.requests[0]?.headers).to.include({ 'x-own': 'yes' })
    expect(other.requests[0]?.headers).not.to.have.any.keys('authorization', 'cookie')
  })

  it('leaves redirects alone when followRedirect says so, and ends a loop', async () => {
    expect(await send('/to/302', { followRedirect: false })).to.include({ statusCode: 302, body: 'moved' })
    const chosen: number[] = []
    const followRedirect = ({ statusCode }: CrawleeHead): boolean => chosen.push(statusCode) > 1
    expect(await send('/to/302', { followRedirect })).to.include({ statusCode: 302 })
    expect(chosen).to.deep.equal([302])
    server.route('/long', (_request, response) => {
      response.writeHead(302, { Location: '/there' }).write(Buffer.alloc(1_000_000))
    })
    const wrong = new Error('wrong')
    const throwing = (): never => {
      throw wrong
    }
    // Without a limit of bytes: the response stays as it is until somebody reads or ends it.
    const unlimited = new CurlHttpClient(curl)
    const given = { url: server.url('/long'), followRedirect: throwing }
    expect(await rejectionOf(unlimited.sendRequest(given))).to.equal(wrong)
    await server.waitForIdle()
    server.forget()
    expect(await rejectionOf(send('/loop', { maxRedirects: 3 }))).to.include({ errno: 47 })
    expect(server.requests).to.have.length(4)
  })

  it('follows no redirect to a file, and sends no stream again', async () => {
    expect(await rejectionOf(send('/file')))
      .to.be.instanceOf(CurlError)
      .with.property('errno', 1)
    const body = Readable.from(['once'])
    expect(await rejectionOf(send('/to/307', { method: 'POST', body }))).to.include({ errno: 65 })
  })

  it('sends the cookies of a jar beside those of the header, and keeps those of each response', async () => {
    const cookies: Record<string, string> = { a: 'jar', b: 'jar' }
    const refused: string[] = []
    const cookieJar = {
      getCookieString: async () =>
        Object.entries(cookies)
          .map((pair) => pair.join('='))
          .join('; '),
      async setCookie(cookie: string) {
        const [name = '', value = ''] = cookie.split('=')
        if (name === 'bad') throw new Error(`refused: ${refused.push(name)}`)
        cookies[name] = value
      },
    }
    server.route('/set', (_request, response) => {
      response.writeHead(302, { Location: '/there', 'Set-Cookie': ['bad=1', 'a=new', 'c=new'] }).end()
    })
    await send('/set', { cookieJar, headers: { cookie: 'a=header; d=header' } })
    expect(server.requests.map(({ headers }) => headers.cookie?.split('; ').sort())).to.deep.equal([
      ['a=header', 'b=jar', 'd=header'],
      ['a=new', 'b=jar', 'c=new', 'd=header'],
    ])
    expect(refused).to.deep.equal(['bad'])
  })

  it('ends at its time limit, over redirects, too, and at an abort', async () => {
    const late = await rejectionOf(send('/hang', { timeout: { request: 50 } }))
    expect(late).to.be.instanceOf(CurlError).with.property('errno', 28)
    const aborter = new AbortController()
    const aborted = rejectionOf(send('/hang', { signal: aborter.signal }))
    await server.waitForRequests(2)
    aborter.abort(new Error('enough'))
    expect(await aborted).to.have.nested.property('cause.message', 'enough')
    await server.waitForIdle()
  })

  it('fails at an error status only if it is asked to', async () => {
    expect(await send('/status/503')).to.include({ statusCode: 503 })
    expect(await rejectionOf(send('/status/503', { throwHttpErrors: true }))).to.include({ errno: 22 })
  })

  it('gives a broken body to whoever reads it, however late, and takes nobody down', async () => {
    await using broken = await startTcpServer(answerWith('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart'))
    const response = await client.stream({ url: broken.url('/') })
    const { stream } = response
    await curl.finishAllRequests()
    expect(stream.destroyed).to.equal(false)
    expect(await rejectionOf(buffer(stream)))
      .to.be.instanceOf(CurlError)
      .with.property('errno', 18)
    expect(response.downloadProgress).to.deep.equal({ percent: 4 / 9, transferred: 4, total: 9 })
  })

  it('stops the server while nobody reads, and the transfer when the stream is destroyed', async () => {
    server.route('/endless', (_request, response) => {
      const write = (): void => {
        while (response.write(Buffer.alloc(65_536))) continue
      }
      response.on('drain', write)
      write()
    })
    const unlimited = new CurlHttpClient(curl)
    const { stream } = await unlimited.stream({ url: server.url('/endless') })
    await once(stream, 'readable')
    expect(stream.readableLength).to.be.within(1, 600_000)
    stream.destroy()
    await server.waitForIdle()
  })

  it('says what is wrong with a request, and with options', async () => {
    const wrong: [request: object, message: RegExp][] = [
      [{ url: 'ftp://example.com/' }, /url must be an http or https URL, got "ftp:/],
      [{ url: 'nothing' }, /url must be an http or https URL, got "nothing"/],
      [{ method: 'A B' }, /method must be a method of HTTP, got "A B"/],
      [{ body: 5 }, /body must be a string, .*, got a number/],
      [{ headers: { 'a b': 'c' } }, /headers must be names of headers, got "a b"/],
      [{ headers: { a: 'b\r\nc: d' } }, /HTTPHEADER/],
      [{ responseType: 'blob' }, /responseType must be 'text', 'json' or 'buffer', got "blob"/],
    ]
    for (const [request, message] of wrong) {
      const error = await rejectionOf(client.sendRequest({ url: server.url('/'), ...request }))
      expect(error, String(message))
        .to.be.instanceOf(OptionError)
        .with.property('message')
        .that.matches(message)
    }
    expect(() => new CurlHttpClient({} as never)).to.throw(
      OptionError,
      'CurlHttpClient: curl must be a ParallelCurl',
    )
    expect(() => new CurlHttpClient(curl, { FOLLOWLOCATION: true })).to.throw(
      OptionError,
      'FOLLOWLOCATION is what each request sets itself',
    )
    expect(server.requests).to.have.length(0)
  })
})
