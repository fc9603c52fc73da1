/**
 * The calls of a CurlDispatcher to a handler: one response, one end, whatever the handler does meanwhile.
 */
import { expect } from 'chai'
import { Readable } from 'node:stream'
import { errors, type Dispatcher } from 'undici'
import { ParallelCurl, SessionPool } from '../../../src/index.js'
import { CurlDispatcher, type DispatcherOptions } from '../../../src/undici/index.js'
import { Changes } from '../../support/changes.js'
import type { HttpServer } from '../../support/servers/http/http-server.js'
import { withDispatcher } from '../../support/undici/dispatcher-place.js'
import { answerWith, startTcpServer } from '../../support/servers/tcp-server.js'
import { UNDICIS } from '../../support/undici/undicis.js'
import { VirtualClock } from '../../support/virtual-clock.js'

type Handler = Dispatcher.DispatchHandler

/** Notes what a handler is told, and resolves `over` with its end. */
class Told {
  readonly events: unknown[] = []
  readonly changes = new Changes()
  controller: Dispatcher.DispatchController | null = null
  error: Error | null = null

  constructor(private readonly own: Handler = {}) {}

  get handler(): Handler {
    const { own } = this
    return {
      onRequestStart: (controller, context) => {
        this.controller = controller
        own.onRequestStart?.(controller, context)
      },
      onResponseStart: (controller, status, headers, text) => {
        this.note(`head ${String(status)}`)
        own.onResponseStart?.(controller, status, headers, text)
      },
      onResponseData: (_controller, chunk) => {
        this.note(`data ${String(chunk)}`)
      },
      onResponseEnd: () => {
        this.note('end')
      },
      onResponseError: (_controller, error) => {
        this.error = error
        this.note('error')
      },
    }
  }

  until(event: string): Promise<void> {
    return this.changes.until(
      () => this.events.includes(event),
      () => `${event} in ${JSON.stringify(this.events)}`,
    )
  }

  private note(event: string): void {
    this.events.push(event)
    this.changes.notify()
  }
}

describe('the handler of a CurlDispatcher', () => {
  let server: HttpServer
  let curl: ParallelCurl
  let dispatcher: CurlDispatcher
  withDispatcher(
    (place) => {
      ;({ server, curl, dispatcher } = place)
    },
    { maxRequests: 2 },
  )

  const send = (told: Told, path: string, more: object = {}, over = dispatcher): boolean =>
    over.dispatch({ origin: new URL(server.url()).origin, path, method: 'GET', ...more }, told.handler)

  /** Lets everything that is due happen. */
  const turns = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) await new Promise(setImmediate)
  }

  it('gets no head before the server has sent one, although it resumes', async () => {
    const told = new Told({
      onRequestStart: (controller) => {
        controller.pause()
      },
    })
    send(told, '/gate/resumed')
    await server.gate('resumed').waiting(1)
    told.controller?.resume()
    await turns()
    expect(told.events).to.deep.equal([])
    server.gate('resumed').open()
    await told.until('end')
    expect(told.events[0]).to.equal('head 200')
  })

  it('gets nothing of an attempt that is retried, although it resumes while its body arrives', async () => {
    const part = new Changes()
    let isPart = false
    await using tcp = await startTcpServer(async (connection, index) => {
      await connection.until('\r\n\r\n')
      const status = index === 0 ? '503 Busy' : '200 OK'
      connection.send(
        `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 5\r\n\r\n${index === 0 ? 'bu' : 'fi'}`,
      )
      if (index === 0) {
        isPart = true
        part.notify()
        await finish
      }
      connection.send(index === 0 ? 'sy!' : 'ne!')
      connection.close()
    })
    let goOn = (): void => undefined
    const finish = new Promise<void>((resolve) => (goOn = resolve))
    const told = new Told({
      onRequestStart: (controller) => {
        controller.pause()
      },
    })
    const over = new CurlDispatcher(curl, { retry: { limit: 1, backoffMs: 0 } })
    over.dispatch({ origin: new URL(tcp.url()).origin, path: '/', method: 'GET' }, told.handler)
    await part.until(
      () => isPart,
      () => 'a part of the first response',
    )
    const others = new ParallelCurl(1)
    await others.request(server.url())
    told.controller?.resume()
    await turns()
    expect(told.events).to.deep.equal([])
    goOn()
    await told.until('end')
    expect(told.events[0]).to.equal('head 200')
    expect(told.events.slice(1, -1).join('').replaceAll('data ', '')).to.equal('fine!')
    await others.close()
  })

  for (const [name, undici] of UNDICIS)
    it(`gets no head of an attempt that waits, behind the retry interceptor of ${name}`, async () => {
      let count = 0
      const gate = server.gate(name)
      server.route('/retried', (_request, response) => {
        if (++count === 1) response.writeHead(503).end('busy')
        else gate.enter(() => response.writeHead(200).end('fine'))
      })
      const told = new Told({
        onRequestStart: (controller) => {
          controller.pause()
        },
      })
      const retry = undici.interceptors.retry({ maxRetries: 1, minTimeout: 1, throwOnError: false })
      dispatcher
        .compose(retry)
        .dispatch({ origin: new URL(server.url()).origin, path: '/retried', method: 'GET' }, told.handler)
      await gate.waiting(1)
      told.controller?.resume()
      await turns()
      expect(told.events).to.deep.equal([])
      gate.open()
      await told.until('end')
      expect(told.events).to.deep.equal(['head 200', 'data fine', 'end'])
    })

  it('gets its end although the body of its request cannot be destroyed, and so do the others', async () => {
    const failures: unknown[] = []
    const listeners = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.on('uncaughtException', (error) => failures.push(error.message))
    try {
      const bad = new Readable({ read: () => undefined })
      bad.destroy = () => {
        throw new Error('thrown by destroy')
      }
      const first = new Told()
      send(first, '/gate/destroyed', { method: 'PUT', body: bad })
      const second = new Told()
      send(second, '/gate/destroyed')
      await server.gate('destroyed').waiting(1)
      // Both end in one batch.
      curl.abort(new Error('enough'))
      await Promise.all([first, second].map((told) => told.until('error')))
      expect([first.error?.message, second.error?.message]).to.deep.equal(['enough', 'enough'])
      await curl.finishAllRequests()
      expect(curl.stats().inFlight).to.equal(0)
      expect(failures).to.deep.equal(['thrown by destroy'])
    } finally {
      process.removeAllListeners('uncaughtException')
      for (const listener of listeners) process.on('uncaughtException', listener)
    }
  })

  it('gets one error if the request is refused, and none for a later abort', async () => {
    const sessions = new SessionPool({
      create: () => {
        throw new Error('no session')
      },
    })
    const refused: DispatcherOptions[] = [{ HTTP_VERSION: 5 }, { session: sessions }]
    for (const options of refused) {
      const [what] = Object.keys(options)
      const body = new Readable({ read: () => undefined })
      const told = new Told()
      const own = new CurlDispatcher(curl, options)
      send(told, '/echo', { method: 'PUT', body }, own)
      await told.until('error')
      told.controller?.abort(new Error('late'))
      await turns()
      expect(told.events, what).to.deep.equal(['error'])
      expect(body.destroyed, what).to.equal(true)
      await own.close()
    }
  })

  it('gets one error if the dispatcher is destroyed while the request starts, which is not sent', async () => {
    const reason = new Error('enough')
    for (const where of ['onRequestStart', 'create']) {
      const destroy = (at: string): void => {
        if (at === where) void own.destroy(reason)
      }
      const session = new SessionPool({
        create: () => {
          destroy('create')
          return {}
        },
      })
      const own = new CurlDispatcher(curl, { session })
      const told = new Told({
        onRequestStart: () => {
          destroy('onRequestStart')
        },
      })
      send(told, '/echo', {}, own)
      await told.until('error')
      await curl.finishAllRequests()
      await turns()
      expect(told.events, where).to.deep.equal(['error'])
      expect(told.error, where).to.equal(reason)
    }
    expect(server.requests).to.deep.equal([])
  })

  it('gets no error of headersTimeout while no attempt runs', async () => {
    const clock = new VirtualClock()
    const own = new ParallelCurl(1, {}, clock)
    const retry = { limit: 1, backoffMs: 600, jitter: 'none' } as const
    const over = new CurlDispatcher(own, { retry })
    let count = 0
    server.route('/late', (_request, response) => {
      if (count++ === 0) response.writeHead(503).end()
    })
    const told = new Told()
    send(told, '/late', { headersTimeout: 200 }, over)
    while (own.stats().delayed === 0) await new Promise(setImmediate)
    clock.advance(599)
    await turns()
    expect(told.events).to.deep.equal([])
    clock.advance(1)
    while (count < 2) await new Promise(setImmediate)
    clock.advance(199)
    await turns()
    expect(told.events).to.deep.equal([])
    clock.advance(1)
    await told.until('error')
    expect(told.error).to.be.instanceOf(errors.HeadersTimeoutError)
    await over.destroy()
    await own.close()
  })

  it('gets no head after the error if it destroys the dispatcher at an informational response', async () => {
    await using tcp = await startTcpServer(
      answerWith('HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
    )
    const told = new Told({ onResponseStart: () => void dispatcher.destroy(new Error('enough')) })
    dispatcher.dispatch({ origin: new URL(tcp.url()).origin, path: '/', method: 'GET' }, told.handler)
    await told.until('error')
    await curl.finishAllRequests()
    await turns()
    expect(told.events).to.deep.equal(['head 103', 'error'])
  })
})
