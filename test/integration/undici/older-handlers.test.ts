/**
 * Handlers of the older kind (`onConnect`), which the `fetch` of Node.js gives a dispatcher.
 */
import { expect } from 'chai'
import { request } from 'undici'
import { ParallelCurl } from '../../../src/index.js'
import { CurlDispatcher } from '../../../src/undici/index.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'

interface OlderHandler {
  onConnect(): void
  onHeaders(status: number, headers: readonly Buffer[], resume: () => void): boolean
  onData(chunk: Buffer): boolean
  onComplete(): void
  onError(error: Error): void
}

describe('a CurlDispatcher takes handlers of the older kind', () => {
  let server: HttpServer
  let curl: ParallelCurl
  let dispatcher: CurlDispatcher
  before(async () => {
    server = await startHttpServer()
    curl = new ParallelCurl(1)
    dispatcher = new CurlDispatcher(curl)
  })
  after(async () => {
    await curl.close()
    await server.close()
  })

  const record = (own: Partial<OlderHandler>, events: unknown[]): Promise<void> =>
    new Promise((resolve) => {
      const origin = new URL(server.url()).origin
      const handler: OlderHandler = {
        onConnect: () => events.push('connect'),
        onHeaders: (status, headers) => {
          const names = headers.filter((_, at) => at % 2 === 0).map(String)
          events.push(['headers', status, names.includes('Content-Length')])
          return true
        },
        onData: (chunk) => {
          events.push(['data', chunk.length])
          return true
        },
        onComplete: () => {
          events.push('complete')
          resolve()
        },
        onError: (error) => {
          events.push(['error', error.message])
          resolve()
        },
        ...own,
      }
      dispatcher.dispatch({ origin, path: '/bytes/3', method: 'GET' }, handler)
    })

  it('in the order of undici', async () => {
    const events: unknown[] = []
    await record({}, events)
    expect(events).to.deep.equal(['connect', ['headers', 200, true], ['data', 3], 'complete'])
  })

  it('and waits with the data until resume() is called', async () => {
    const events: unknown[] = []
    await record(
      {
        onHeaders: (_status, _headers, resume) => {
          events.push('paused')
          setImmediate(() => {
            events.push('resumed')
            resume()
          })
          return false
        },
      },
      events,
    )
    expect(events).to.deep.equal(['connect', 'paused', 'resumed', ['data', 3], 'complete'])
  })

  it('and ends the request with what one of their functions throws', async () => {
    for (const name of ['onConnect', 'onHeaders', 'onData'] as const) {
      const events: unknown[] = []
      await record(
        {
          [name]: () => {
            throw new Error(`thrown by ${name}`)
          },
        },
        events,
      )
      expect(events.at(-1), name).to.deep.equal(['error', `thrown by ${name}`])
      expect(events).not.to.include('complete')
    }
    const { statusCode, body } = await request(server.url(), { dispatcher })
    await body.dump()
    expect(statusCode).to.equal(200)
  })
})
