/**
 * Requests that are aborted, or fail, while their session or proxy is being chosen: each has one outcome, and
 * finishAllRequests() resolves.
 */
import { expect } from 'chai'
import { ParallelCurl, ProxyPool, SessionPool, type Transfer } from '../../../src/index.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'

describe('a session or a proxy that is being chosen', () => {
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
  })
  after(() => server.close())
  beforeEach(() => {
    server.forget()
  })

  for (const comes of [true, false]) {
    const what = comes ? 'comes' : 'cannot be made'
    for (const way of ['abort()', 'a signal', 'the time limit']) {
      it(`leaves one outcome if ${way} ends the request just before its session ${what}`, async () => {
        const curl = new ParallelCurl(5)
        const settle: (() => void)[] = []
        const session = new SessionPool({
          create: () =>
            new Promise((resolve, reject) => {
              settle.push(() => {
                if (comes) resolve({})
                else reject(new Error('no session'))
              })
            }),
        })
        const controller = new AbortController()
        const outcomes: Transfer[] = []
        const options = {
          session,
          signal: controller.signal,
          ...(way === 'the time limit' ? { totalTimeoutMs: 1 } : {}),
        }
        const add = (_content: string | null, _url: string, transfer: Transfer): void => {
          outcomes.push(transfer)
        }
        void curl.startRequest(server.url('/echo'), add, undefined, null, options)
        if (way === 'abort()') curl.abort(new Error('enough'))
        else if (way === 'a signal') controller.abort(new Error('enough'))
        else {
          const end = performance.now() + 2
          while (performance.now() < end);
          // Deadlines that have passed are seen whenever something may start.
          curl.setLimits({ maxRequestsPerHost: 5 })
        }
        for (const one of settle) one()
        await curl.finishAllRequests()
        await curl.close()
        expect(outcomes.map(({ errno }) => errno)).to.deep.equal([way === 'the time limit' ? 28 : 42])
        expect(server.requests).to.have.lengthOf(0)
        expect(curl.stats().done).to.equal(1)
      })
    }
  }

  it('may be refused by the very function that chooses it: create(), strategy or stickyBy', async () => {
    for (const chooser of ['create', 'strategy', 'stickyBy'] as const) {
      const curl = new ParallelCurl(5)
      const controller = new AbortController()
      const enough = (): void => {
        controller.abort(new Error('enough'))
      }
      const session = new SessionPool({ create: () => (enough(), {}) })
      const strategy =
        chooser === 'stickyBy' ? 'sticky' : (_request: unknown, [first]: never[]) => (enough(), first)
      const proxies = new ProxyPool([null], {
        strategy: strategy as never,
        stickyBy: () => (enough(), 'key'),
      })
      const options = { signal: controller.signal, ...(chooser === 'create' ? { session } : { proxies }) }
      const failed = await curl.request(server.url('/echo'), options).catch((error: unknown) => error)
      expect(failed, chooser).to.include({ errno: 42 })
      expect((failed as Error).cause, chooser).to.have.property('message', 'enough')
      await curl.finishAllRequests()
      await curl.close()
      expect(curl.stats(), chooser).to.include({ pending: 0, delayed: 0, inFlight: 0, done: 1 })
    }
  })

  it('costs nobody else the outcome if stickyBy throws at a later attempt', async () => {
    const curl = new ParallelCurl(5)
    let calls = 0
    const stickyBy = (): string => {
      if (++calls > 1) throw new Error('no key')
      return 'key'
    }
    const proxies = new ProxyPool([null], { strategy: 'sticky', stickyBy })
    const retry = { limit: 2, backoffMs: 1 }
    const [tried, other] = await Promise.allSettled([
      curl.request(server.url('/status/503'), { proxies, retry }),
      curl.request(server.url('/status/503')),
    ])
    expect(tried).to.have.property('status', 'rejected')
    expect((tried as PromiseRejectedResult).reason).to.include({ errno: 42 })
    expect(String((tried as PromiseRejectedResult).reason)).to.include('no key')
    expect(other).to.have.property('status', 'fulfilled')
    await curl.finishAllRequests()
    await curl.close()
  })
})
