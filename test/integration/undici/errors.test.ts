/**
 * Failures of requests through a CurlDispatcher: undici's errors, with the CurlError as their cause; and bad
 * input, which gets the error that undici's own dispatcher gives.
 */
import { expect } from 'chai'
import { errors as errors7, request, type Dispatcher } from 'undici'
import { CurlError, ParallelCurl } from '../../../src/index.js'
import { CurlDispatcher } from '../../../src/undici/index.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { withDispatcher } from '../../support/undici/dispatcher-place.js'
import { answerWith, refusedPort, startTcpServer, type Script } from '../../support/servers/tcp-server.js'
import { rejectionOf } from '../../support/requests.js'
import { UNDICIS } from '../../support/undici/undicis.js'

type Class = new (...args: never[]) => Error

describe('failures of requests through a CurlDispatcher', () => {
  let server: HttpServer
  let curl: ParallelCurl
  let dispatcher: CurlDispatcher
  withDispatcher((place) => {
    ;({ server, curl, dispatcher } = place)
  })

  /** Returns the error of a request, of its body if there is a response. */
  async function failureAt(url: string, options = {}, over = dispatcher): Promise<Error & { code?: string }> {
    const all = request(url, { dispatcher: over, ...options }).then(({ body }) => body.text())
    return (await rejectionOf(all)) as Error
  }

  it('are those of Node.js if there is no connection', async () => {
    const error = await failureAt(`http://127.0.0.1:${String(await refusedPort())}/`)
    expect(error).to.include({ code: 'ECONNREFUSED', syscall: 'connect' })
    expect(error.cause).to.be.instanceOf(CurlError)
    expect(error.cause).to.include({ errno: 7 })
  })

  const HEAD = 'HTTP/1.1 200 OK\r\n'
  const broken: [what: string, script: Script, Class, code: string, errno: readonly number[]][] = [
    ['no response', answerWith(''), errors7.SocketError, 'UND_ERR_SOCKET', [52]],
    ['a cut head', answerWith(`${HEAD}X-`), errors7.SocketError, 'UND_ERR_SOCKET', [52]],
    [
      'a cut body',
      answerWith(`${HEAD}Content-Length: 5\r\n\r\nab`),
      errors7.SocketError,
      'UND_ERR_SOCKET',
      [18],
    ],
    [
      'a cut chunk',
      answerWith(`${HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\nab`),
      errors7.SocketError,
      'UND_ERR_SOCKET',
      [18, 56],
    ],
    [
      'garbage',
      answerWith('SSH-2.0-OpenSSH\r\n\r\n'),
      errors7.HTTPParserError,
      'HPE_INVALID_RESPONSE',
      [1, 8],
    ],
    [
      'a reset',
      async (connection) => {
        await connection.until('\r\n\r\n')
        connection.reset()
      },
      errors7.SocketError,
      'UND_ERR_SOCKET',
      [52, 55, 56],
    ],
  ]
  for (const [what, script, type, code, errnos] of broken) {
    it(`are ${code} for ${what}`, async () => {
      await using tcp = await startTcpServer(script)
      const error = await failureAt(tcp.url())
      expect(error).to.be.instanceOf(type)
      expect(error.code).to.equal(code)
      expect(error.cause).to.be.instanceOf(CurlError)
      expect(errnos).to.include((error.cause as CurlError).errno)
    })
  }

  it('are those of the limits that options set', async () => {
    const cases = [
      ['/hang', { TIMEOUT_MS: 50 }, errors7.HeadersTimeoutError],
      ['/bytes/1000', { maxBodySize: 10 }, errors7.ResponseExceededMaxSizeError],
      ['/bytes/1000', { maxHeaderSize: 10 }, errors7.HeadersOverflowError],
    ] as const
    for (const [path, options, type] of cases) {
      const error = await failureAt(server.url(path), {}, new CurlDispatcher(curl, options))
      expect(error, path).to.be.instanceOf(type)
      expect(error.cause, path).to.be.instanceOf(CurlError)
    }
  })

  it('do not invite another attempt where none would help', async () => {
    const secure = await startHttpServer({ tls: true })
    const error = await failureAt(secure.url())
    expect(error).to.include({ code: 'CURLE_PEER_FAILED_VERIFICATION' })
    await secure.close()
  })

  it('are the error of the body if its source fails', async () => {
    const reason = new Error('no more')
    async function* body(): AsyncGenerator<string> {
      yield await Promise.resolve('first')
      throw reason
    }
    const error = await failureAt(server.url(), { method: 'PUT', body: body() })
    expect(error).to.equal(reason)
  })

  it('end the stream that was to be sent', async () => {
    const { Readable } = await import('node:stream')
    const body = new Readable({ read: () => undefined })
    body.push('first')
    const error = await failureAt(`http://127.0.0.1:${String(await refusedPort())}/`, { method: 'PUT', body })
    expect(error).to.include({ code: 'ECONNREFUSED' })
    expect(body.destroyed).to.equal(true)
  })

  it('never show credentials', async () => {
    const own = new CurlDispatcher(curl, {
      PROXY: `http://user:geheim@127.0.0.1:${String(await refusedPort())}`,
    })
    const error = await failureAt(
      server.url('/echo?token=geheim'),
      { headers: { authorization: 'Bearer geheim' } },
      own,
    )
    const shown = [
      error.message,
      error.stack,
      (error.cause as Error).message,
      JSON.stringify(error.cause),
    ].join()
    expect(shown).not.to.contain('user:geheim').and.not.to.contain('Bearer geheim')
  })
})

for (const [name, undici] of UNDICIS) {
  describe(`bad input gets the error of ${name}`, () => {
    let curl: ParallelCurl
    before(() => (curl = new ParallelCurl(1)))
    after(() => curl.close())

    const good = { origin: 'http://127.0.0.1:1', path: '/', method: 'GET' as const }
    const bad: Record<string, unknown> = {
      path: ['a', 1, '/ ', '/\u0100', undefined],
      method: ['', 'G T', 5, undefined],
      headersTimeout: ['a', -1, Infinity],
      bodyTimeout: ['a', -1],
      reset: [1],
      expectContinue: ['yes'],
      headers: [5, 'a', ['odd'], { 'a b': '1' }, { a: 'b\r\nc' }, { a: {} }, { a: Symbol.iterator }].slice(
        0,
        6,
      ),
      maxRedirections: [3],
      body: [5, true],
    }
    const names: Record<string, unknown> = {
      'content-length': ['a', '-1'],
      'transfer-encoding': ['chunked'],
      'keep-alive': ['5'],
      upgrade: ['h2c'],
      expect: ['100-continue'],
      connection: ['a b'],
    }
    const inputs = [
      ...Object.entries(bad).flatMap(([key, values]) =>
        (values as unknown[]).map((value) => ({ ...good, [key]: value })),
      ),
      ...Object.entries(names).flatMap(([key, values]) =>
        (values as unknown[]).map((value) => ({ ...good, method: 'POST', headers: { [key]: value } })),
      ),
    ]

    /** Returns code and message of the error that a dispatcher gives for these options. */
    function refusal(dispatcher: Dispatcher, options: object): Promise<unknown> {
      return new Promise((resolve) => {
        const fail = (error: unknown): void => {
          const { code, message } = error as { code: string; message: string }
          resolve([code, message])
        }
        try {
          dispatcher.dispatch(options as Dispatcher.DispatchOptions, {
            onRequestStart: (controller) => {
              controller.abort(new Error('was taken'))
            },
            onResponseStart: () => undefined,
            onResponseData: () => undefined,
            onResponseEnd: () => undefined,
            onResponseError: (_controller, error) => {
              fail(error)
            },
          })
        } catch (error) {
          fail(error)
        }
      })
    }

    it('at the dispatch, and nothing is sent', async () => {
      const theirs = new undici.Client(good.origin)
      const ours = new CurlDispatcher(curl)
      expect(inputs).to.have.length.above(30)
      for (const input of inputs) {
        const what = JSON.stringify(input)
        expect(await refusal(ours, input), what).to.deep.equal(await refusal(theirs as Dispatcher, input))
      }
      expect(curl.stats().done).to.equal(0)
      await theirs.destroy()
    })

    it('for handlers that are none', () => {
      const ours = new CurlDispatcher(curl)
      for (const handler of [undefined, 5, {}, { onConnect: 1 }])
        expect(() => ours.dispatch(good, handler as never), JSON.stringify(handler)).to.throw(
          errors7.InvalidArgumentError,
        )
    })

    it('with a name for what a dispatcher on libcurl cannot do', async () => {
      const ours = new CurlDispatcher(curl)
      for (const input of [
        { ...good, upgrade: 'websocket' },
        { ...good, method: 'CONNECT' },
      ]) {
        const [code, message] = (await refusal(ours, input)) as [string, string]
        expect(code).to.equal('UND_ERR_NOT_SUPPORTED')
        expect(message).to.match(/^(upgrade|CONNECT) is not supported by CurlDispatcher/)
      }
    })
  })
}
