/**
 * CurlDispatcher as a dispatcher: its end, its limits of time, its handlers of both kinds, and pauses in both
 * directions.
 */
import { expect } from 'chai'
import type { ServerResponse } from 'node:http'
import { errors, request } from 'undici'
import { OptionError, ParallelCurl } from '../../../src/index.js'
import { CurlDispatcher } from '../../../src/undici/index.js'
import { Changes } from '../../support/changes.js'
import type { HttpServer } from '../../support/servers/http/http-server.js'
import { withDispatcher } from '../../support/undici/dispatcher-place.js'
import { startTcpServer } from '../../support/servers/tcp-server.js'
import { rejectionOf } from '../../support/requests.js'
import { VirtualClock } from '../../support/virtual-clock.js'

const MIB = 1 << 20

describe('a CurlDispatcher', () => {
  let server: HttpServer
  let curl: ParallelCurl
  let dispatcher: CurlDispatcher
  withDispatcher((place) => {
    ;({ server, curl, dispatcher } = place)
  })

  const get = (path = '/echo', more: object = {}): ReturnType<typeof request> =>
    request(server.url(path), { dispatcher, ...more })

  it('closes when its requests are over, refuses others, and leaves the instance open', async () => {
    const running = get('/gate/close')
    await server.gate('close').waiting(1)
    let isClosed = false
    const closing = dispatcher.close().then(() => (isClosed = true))
    expect(await rejectionOf(get())).to.be.instanceOf(errors.ClientClosedError)
    expect([dispatcher.closed, isClosed]).to.deep.equal([true, false])
    server.gate('close').open()
    await (await running).body.dump()
    await closing
    expect(await rejectionOf(get())).to.be.instanceOf(errors.ClientDestroyedError)
    expect((await curl.request(server.url())).errno).to.equal(0)
  })

  it('calls back at its end, as undici does', async () => {
    await new Promise<void>((resolve) => {
      dispatcher.close(resolve)
    })
    await new Promise<void>((resolve) => {
      dispatcher.destroy(null, resolve)
    })
    expect(dispatcher.destroyed).to.equal(true)
  })

  it('aborts what runs and what waits when it is destroyed', async () => {
    const both = [get('/gate/destroy'), get('/gate/destroy')]
    await server.gate('destroy').waiting(1)
    const reason = new Error('enough')
    await dispatcher.destroy(reason)
    for (const one of both) expect(await rejectionOf(one)).to.equal(reason)
    await server.waitForIdle()
    await curl.finishAllRequests()
    expect(server.requests).to.have.length(1)
  })

  it('aborts a request by its signal, also one that waits, and none of the others', async () => {
    const first = get('/gate/signal')
    await server.gate('signal').waiting(1)
    const controller = new AbortController()
    const second = get('/echo?second', { signal: controller.signal })
    const third = get('/echo?third')
    controller.abort(new Error('not any more'))
    expect(await rejectionOf(second)).to.equal(controller.signal.reason)
    server.gate('signal').open()
    for (const one of [first, third]) await (await one).body.dump()
    expect(server.requests.map(({ url }) => url)).to.deep.equal(['/gate/signal', '/echo?third'])
  })

  it('returns false while requests wait, and emits drain when none does any more', async () => {
    const origin = new URL(server.url()).origin
    const dispatch = (path: string): Promise<void> & { launched: boolean } => {
      let launched = false
      const done = new Promise<void>((resolve, reject) => {
        launched = dispatcher.dispatch(
          { origin, path, method: 'GET' },
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
      return Object.assign(done, { launched })
    }
    const drained = new Promise<URL>((resolve) => dispatcher.once('drain', resolve))
    const all = [dispatch('/gate/drain'), dispatch('/gate/drain'), dispatch('/echo')]
    expect(all.map(({ launched }) => launched)).to.deep.equal([true, false, false])
    server.gate('drain').open()
    expect((await drained).origin).to.equal(origin)
    await Promise.all(all)
  })

  it('refuses options that it sets itself, and what is no instance', () => {
    for (const name of ['FOLLOWLOCATION', 'CURLOPT_POSTFIELDS', 'output', 'onData', 'upload']) {
      const make = (): unknown => new CurlDispatcher(curl, { [name]: 1 })
      expect(make, name).to.throw(
        OptionError,
        `CurlDispatcher: ${name.replace('CURLOPT_', '')} is what each request sets itself`,
      )
    }
    const bySynonym = (): unknown => new CurlDispatcher(curl, { CURLOPT_ENCODING: '' })
    expect(bySynonym).to.throw(
      OptionError,
      'CurlDispatcher: ACCEPT_ENCODING is what each request sets itself',
    )
    expect(() => new CurlDispatcher({} as never)).to.throw(OptionError, 'curl must be a ParallelCurl')
    expect(() => new CurlDispatcher(curl, { USERAGENTS: 'a' } as never)).to.throw(OptionError, 'USERAGENT')
  })

  it('applies shared options, its own over them, and headers of the request over both', async () => {
    const shared = {
      USERAGENT: 'shared',
      HTTPHEADER: ['X-A: shared', 'X-B: shared'],
      FOLLOWLOCATION: 1,
      ACCEPT_ENCODING: '',
    }
    const own = new ParallelCurl(1, { ...shared, POSTFIELDS: 'shared' })
    const over = new CurlDispatcher(own, { REFERER: 'http://own.test/' })
    for (const path of ['/echo', '/redirect-to?url=/echo']) {
      const given = { dispatcher: over, headers: { 'x-b': 'request' } }
      const { statusCode, body } = await request(server.url(path), given)
      await body.dump()
      const { headers, method } = server.requests.at(-1)!
      expect([statusCode, method]).to.deep.equal([path === '/echo' ? 200 : 302, 'GET'])
      expect(headers).to.include({
        'x-a': 'shared',
        'x-b': 'request',
        'user-agent': 'shared',
        referer: 'http://own.test/',
      })
      expect(headers).not.to.have.any.keys('accept-encoding', 'accept')
    }
    await own.close()
  })

  describe('slows the other side down', () => {
    it('while a response is not read', async () => {
      let sent = 0
      const changes = new Changes()
      server.route('/flood', (_request, response: ServerResponse) => {
        const pour = (): void => {
          while (sent < 64 * MIB) {
            sent += 65_536
            if (!response.write(Buffer.alloc(65_536))) return void response.once('drain', pour)
          }
          response.end()
          changes.notify()
        }
        pour()
      })
      const { body } = await get('/flood')
      const others = new ParallelCurl(1)
      for (let before = -1; before !== sent;) {
        before = sent
        for (let i = 0; i < 50; i++) await others.request(server.url())
      }
      expect(sent).to.be.below(32 * MIB)
      let received = 0
      for await (const chunk of body) received += (chunk as Buffer).length
      expect(received).to.equal(64 * MIB)
      await others.close()
    })

    it('while a request is not read', async () => {
      await using silent = await startTcpServer(async (connection) => {
        await connection.until('\r\n\r\n')
        connection.socket.pause()
      })
      let given = 0
      async function* body(): AsyncGenerator<Buffer> {
        for (; given < 64 * MIB; given += MIB) {
          await new Promise(setImmediate)
          yield Buffer.alloc(MIB)
        }
      }
      const controller = new AbortController()
      const sending = request(silent.url(), {
        dispatcher,
        method: 'PUT',
        body: body() as never,
        signal: controller.signal,
      })
      const others = new ParallelCurl(1)
      for (let before = -1; before !== given || given === 0;) {
        before = given
        for (let i = 0; i < 50; i++) await others.request(server.url())
      }
      expect(given).to.be.below(32 * MIB)
      controller.abort()
      expect(await rejectionOf(sending)).to.have.property('name', 'AbortError')
      await others.close()
    })
  })

  describe('has limits of time', () => {
    const silent = async (
      limits: object,
      answer: string,
    ): Promise<{ clock: VirtualClock; reply: Promise<Error>; end: () => Promise<void> }> => {
      const clock = new VirtualClock()
      const own = new ParallelCurl(1, {}, clock)
      const over = new CurlDispatcher(own)
      const reached = new Changes()
      const tcp = await startTcpServer(async (connection) => {
        await connection.until('\r\n\r\n')
        connection.send(answer)
        reached.notify()
      })
      const events: string[] = []
      const reply = new Promise<Error>((resolve) => {
        over.dispatch(
          { origin: tcp.url('').replace(/\/$/, ''), path: '/', method: 'GET', ...limits },
          {
            onRequestStart: () => undefined,
            onResponseStart: () => {
              events.push('head')
              reached.notify()
            },
            onResponseData: () => {
              events.push('data')
              reached.notify()
            },
            onResponseError: (_controller, error) => {
              resolve(error)
            },
          },
        )
      })
      await reached.until(
        () =>
          tcp.connections.length > 0 &&
          (answer === '' ? tcp.connections[0]!.received.length > 0 : events.includes('data')),
        () => 'the response',
      )
      const end = async (): Promise<void> => {
        own.abort()
        await own.close()
        await tcp.close()
      }
      return { clock, reply, end }
    }

    it('for the headers', async () => {
      const { clock, reply, end } = await silent({ headersTimeout: 1000, bodyTimeout: 1 }, '')
      clock.advance(999)
      clock.advance(1)
      expect(await reply).to.be.instanceOf(errors.HeadersTimeoutError)
      await end()
    })

    it('between two parts of the body', async () => {
      const { clock, reply, end } = await silent(
        { headersTimeout: 1, bodyTimeout: 1000 },
        'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab',
      )
      clock.advance(1000)
      expect(await reply).to.be.instanceOf(errors.BodyTimeoutError)
      await end()
    })

    it('that 0 switches off', async () => {
      const { clock, reply, end } = await silent({ headersTimeout: 0, bodyTimeout: 0 }, '')
      clock.advance(10_000_000)
      let isOver = false
      void reply.then(() => (isOver = true))
      await get()
      expect(isOver).to.equal(false)
      await end()
      expect(await reply).to.have.property('message', 'aborted by abort()')
    })
  })
})
