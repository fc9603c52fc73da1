/**
 * Requests through a CurlDispatcher that are unlike what libcurl would make of them: origins and paths,
 * bodies and lengths, headers that options and sessions have, too.
 */
import { expect } from 'chai'
import { PassThrough, Readable, Stream } from 'node:stream'
import { errors, request } from 'undici'
import { OptionError, ParallelCurl, Session, type RequestOptions } from '../../../src/index.js'
import { CurlDispatcher } from '../../../src/undici/index.js'
import { rejectionOf } from '../../support/requests.js'
import type { HttpServer } from '../../support/servers/http/http-server.js'
import { withDispatcher } from '../../support/undici/dispatcher-place.js'
import { answerWith, startTcpServer } from '../../support/servers/tcp-server.js'

interface Dispatched {
  readonly origin?: unknown
  readonly path?: string
  readonly headers?: Record<string, string>
}

describe('a request through a CurlDispatcher', () => {
  let server: HttpServer
  let curl: ParallelCurl
  let dispatcher: CurlDispatcher
  withDispatcher((place) => {
    ;({ server, curl, dispatcher } = place)
  })

  const seen = (): HttpServer['requests'][number] => server.requests.at(-1)!

  /** Resolves at the end of a response, rejects with the error. */
  const dispatch = (options: Dispatched, over = dispatcher): Promise<void> =>
    new Promise((resolve, reject) => {
      over.dispatch(
        { origin: new URL(server.url()).origin, path: '/echo', method: 'GET', ...options } as never,
        {
          onRequestStart: () => undefined,
          onResponseEnd: () => {
            resolve()
          },
          onResponseError: (_controller, error) => {
            reject(error)
          },
        },
      )
    })

  const send = async (options: object, over = dispatcher): Promise<void> => {
    const { body } = await request(server.url(), { dispatcher: over, ...options })
    await body.dump()
  }

  it('goes to its origin, whatever its path is', async () => {
    await using tcp = await startTcpServer(answerWith('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'))
    const origin = `http://127.0.0.1:${String(tcp.port)}`
    for (const path of ['http://other.example/x', '/a#b', '/a?q=1#b']) {
      await dispatch({ origin, path })
      expect(tcp.connections.at(-1)?.received.toString()).to.match(
        new RegExp(
          `^GET ${path.replace('?', '\\?')} HTTP/1\\.1\r\nHost: 127\\.0\\.0\\.1:${String(tcp.port)}\r\n`,
        ),
      )
    }
  })

  it('is refused if its origin is none, and nothing is sent', async () => {
    const at = new URL(server.url()).host
    for (const origin of [undefined, '', 5, 'exa mple', `http://${at}/x?y=`, 'http://exa mple'])
      expect(await rejectionOf(dispatch({ origin })), String(origin)).to.be.instanceOf(
        errors.InvalidArgumentError,
      )
    await dispatch({ origin: `http://user:secret@${at}` })
    expect(seen().headers).not.to.have.property('authorization')
    expect(server.requests).to.have.length(1)
  })

  it('emits drain with its origin, also if that was a URL', async () => {
    const drained = new Promise<URL>((resolve) => dispatcher.once('drain', resolve))
    const first = dispatch({ path: '/gate/origin' })
    const second = dispatch({ origin: new URL(server.url()).origin + '/' })
    server.gate('origin').open()
    await Promise.all([first, second])
    expect((await drained).href).to.equal(new URL('/', server.url()).href)
  })

  it('is refused if it is a HEAD with a body', async () => {
    const error = await rejectionOf(send({ method: 'HEAD', body: 'abc' }))
    expect(error)
      .to.have.property('message')
      .that.matches(/^a body of HEAD is not supported by CurlDispatcher/)
    expect(server.requests).to.deep.equal([])
  })

  it('fails if a stream has bytes although its length is 0', async () => {
    const headers = { 'content-length': '0' }
    const error = await rejectionOf(send({ method: 'POST', headers, body: Readable.from(['abc']) }))
    expect(error).to.be.instanceOf(errors.RequestContentLengthMismatchError)
    await send({ method: 'POST', headers, body: Readable.from([]) })
    expect([seen().method, seen().headers['content-length'], seen().body.length]).to.deep.equal([
      'POST',
      '0',
      0,
    ])
  })

  it('sends streams of the first kind, which have events only', async () => {
    const old = new Stream() as Stream & { readable: boolean }
    old.readable = true
    const sending = send({ method: 'POST', body: old })
    old.emit('data', Buffer.from('old '))
    old.emit('data', Buffer.from('kind'))
    old.emit('end')
    await sending
    expect(seen().body.toString()).to.equal('old kind')
    const through = new PassThrough()
    through.end('through')
    await send({ method: 'POST', body: through })
    expect(seen().body.toString()).to.equal('through')
  })

  it('has the headers of shared options and of a session, unless it has its own', async () => {
    const HTTPHEADER = ['Accept: application/json', 'User-Agent: mine', 'X-A: 1']
    await using own = new ParallelCurl(1, { HTTPHEADER })
    await send({}, new CurlDispatcher(own))
    expect(seen().headers).to.include({ accept: 'application/json', 'user-agent': 'mine', 'x-a': '1' })
    await send({ headers: { accept: 'text/x' } }, new CurlDispatcher(own))
    expect(seen().headers).to.include({ accept: 'text/x', 'x-a': '1' })
    const session = new Session({ headers: { Accept: 'text/y', 'X-S': '2' }, userAgent: 'session' })
    await send({}, new CurlDispatcher(curl, { session }))
    expect(seen().headers).to.include({ accept: 'text/y', 'x-s': '2', 'user-agent': 'session' })
  })

  it('sends the bytes of its headers, and blanks as nothing', async () => {
    const bytes = (text: string): string => Buffer.from(text).toString('latin1')
    await send({ headers: { 'x-text': bytes('é€'), 'x-blank': '  ', accept: ' ' } })
    expect(seen().headers).to.include({ 'x-text': bytes('é€'), 'x-blank': '', accept: '' })
    const error = await rejectionOf(send({ headers: { 'x-text': '\xe9' } }))
    expect(error).to.be.instanceOf(errors.NotSupportedError)
    expect(await rejectionOf(send({ headers: ['host', 'a', 'Host', 'b'] }))).to.have.property(
      'message',
      'duplicate host header',
    )
  })

  it('takes defaults as a Map and by number, and refuses what are none', async () => {
    const { OPTION } = await import('../../../src/engine/node-libcurl/binding.js')
    const map = new Map<string | number, unknown>([[OPTION['USERAGENT'] as number, 'by number']])
    await send({}, new CurlDispatcher(curl, map))
    expect(seen().headers).to.include({ 'user-agent': 'by number' })
    for (const wrong of [5, [], 'a', null])
      expect(() => new CurlDispatcher(curl, wrong as never), String(wrong)).to.throw(
        OptionError,
        'defaults must be',
      )
    const byNumber = { [OPTION['POSTFIELDS'] as number]: 'evil' } as RequestOptions
    expect(() => new CurlDispatcher(curl, byNumber)).to.throw(
      OptionError,
      'POSTFIELDS is what each request sets',
    )
  })

  it('fails as a connection that was not made, if an option forbids its protocol', async () => {
    const over = new CurlDispatcher(curl, { PROTOCOLS_STR: 'https' })
    expect(await rejectionOf(send({}, over))).to.include({ code: 'CURLE_UNSUPPORTED_PROTOCOL' })
  })
})
