/**
 * Retries as the server sees them, on a clock of their own: when they come, what they hold, and what is told
 * in the end.
 */
import { expect } from 'chai'
import { OptionError, ParallelCurl, type Transfer } from '../../../src/index.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { Recorder } from '../../support/recorder.js'
import { refusedPort } from '../../support/servers/tcp-server.js'
import { send } from '../../support/requests.js'
import { VirtualClock } from '../../support/virtual-clock.js'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('retries', () => {
  let server: HttpServer
  let clock: VirtualClock
  let recorder: Recorder<Transfer>
  beforeEach(async () => {
    server = await startHttpServer()
    clock = new VirtualClock()
    recorder = new Recorder()
  })
  afterEach(() => server.close())

  /** Answers with these statuses, one after the other, then with 200. */
  const flaky = (path: string, statuses: number[], headers: Record<string, string> = {}): void => {
    const left = [...statuses]
    server.route(path, (_request, response) => {
      const status = left.shift()
      if (status === undefined) response.end('fine')
      else response.writeHead(status, headers).end('not yet')
    })
  }
  const delayed = async (curl: ParallelCurl, count = 1): Promise<void> => {
    while (curl.stats().delayed !== count) await turn()
  }

  it('call back once, at the end, and attempts lists each one', async () => {
    await using curl = new ParallelCurl(2, { retry: { limit: 3, backoffMs: 100, jitter: 'none' } }, clock)
    flaky('/flaky', [503, 500])
    void curl.startRequest(server.url('/flaky'), recorder.callback)
    const begin = clock.now()
    await delayed(curl)
    expect(clock.nextIn, 'the first backoff').to.equal(100)
    clock.step()
    await server.waitForRequests(2)
    await delayed(curl)
    expect(clock.nextIn, 'twice as long').to.equal(200)
    clock.step()
    await curl.finishAllRequests()
    expect(clock.now() - begin).to.equal(300)
    const { transfer, content } = recorder.for(server.url('/flaky'))
    expect(content).to.equal('fine')
    expect(transfer.attempts.map(({ errno, responseCode }) => [errno, responseCode])).to.deep.equal([
      [0, 503],
      [0, 500],
      [0, 200],
    ])
    const starts = transfer.attempts.map(({ startedAt }) => startedAt - transfer.attempts[0]!.startedAt)
    expect(starts).to.deep.equal([0, 100, 300])
    expect(curl.stats()).to.deep.include({ done: 1, failed: 0, retried: 2 })
  })

  it('give the last outcome when the limit is reached', async () => {
    await using curl = new ParallelCurl(2, { retry: { limit: 2, backoffMs: 0 } })
    const { transfer, content } = await send(curl, server.url('/status/502'))
    expect([transfer.responseCode, transfer.attempts.length, content]).to.deep.equal([502, 3, 'status 502'])
    const refused = await send(curl, `http://127.0.0.1:${await refusedPort()}/`)
    expect(refused.transfer.attempts.map(({ errno }) => errno)).to.deep.equal([7, 7, 7])
    expect(refused.content).to.equal(null)
  })

  it('send nothing again unless asked, nor a POST that may have arrived', async () => {
    await using plain = new ParallelCurl(2)
    await send(plain, server.url('/status/503'))
    expect(server.requests).to.have.length(1)
    await using curl = new ParallelCurl(2, { retry: { backoffMs: 0 } })
    await send(curl, server.url('/status/503'), { postFields: 'x' })
    // On a connection of its own: libcurl itself sends again what a reused one has swallowed.
    await send(curl, server.url('/reset'), { postFields: 'x', options: { FRESH_CONNECT: true } })
    expect(server.requests).to.have.length(3)
    await send(curl, server.url('/status/503'), {
      postFields: 'x',
      options: { retry: { methods: ['POST'], limit: 1, backoffMs: 0 } },
    })
    expect(server.requests).to.have.length(5)
    expect(server.requests.at(-1)!.body.toString()).to.equal('x')
    const refused = await send(curl, `http://127.0.0.1:${await refusedPort()}/`, { postFields: 'x' })
    expect(refused.transfer.attempts, 'nothing had been sent').to.have.length(3)
    await send(curl, server.url('/status/503'), { options: { retry: 0 } })
    expect(server.requests).to.have.length(6)
  })

  it('hold no slot while they wait, and are ahead of new requests when they are due', async () => {
    await using curl = new ParallelCurl(1, { retry: { backoffMs: 1000, jitter: 'none' } }, clock)
    flaky('/flaky', [503])
    void curl.startRequest(server.url('/flaky'), recorder.callback)
    for (const path of ['/gate/a', '/x', '/y']) void curl.startRequest(server.url(path), recorder.callback)
    await server.gate('a').waiting(1)
    const [transfer] = [...curl.outstandingRequests.values()].filter(({ url }) => url.endsWith('flaky'))
    const why = curl.whyWaiting(transfer!)!
    expect(why.reason).to.equal('backoff')
    expect(why.until! - Date.now()).to.be.within(0, 1000)
    clock.advance(1000)
    expect(curl.whyWaiting(transfer!)).to.deep.equal({ reason: 'slot' })
    server.gate('a').open()
    await curl.finishAllRequests()
    expect(server.requests.map(({ path }) => path)).to.deep.equal(['/flaky', '/gate/a', '/flaky', '/x', '/y'])
  })

  it('count against the rate when they start', async () => {
    await using curl = new ParallelCurl(
      10,
      { retry: { backoffMs: 10, jitter: 'none' }, rateLimit: '3/1s' },
      clock,
    )
    flaky('/flaky', [503])
    for (const path of ['/flaky', '/a', '/b', '/c'])
      void curl.startRequest(server.url(path), recorder.callback)
    await recorder.waitFor(2)
    await delayed(curl)
    clock.advance(999)
    await turn()
    expect(server.requests).to.have.length(3)
    clock.advance(1)
    await curl.finishAllRequests()
    expect(
      server.requests
        .map(({ path }) => path)
        .slice(3)
        .sort(),
    ).to.deep.equal(['/c', '/flaky'])
  })

  it('pause the host of a 429 or 503 with Retry-After, not longer than the maximum, and no other host', async () => {
    const other = await startHttpServer()
    try {
      await using curl = new ParallelCurl(1, { retry: { maxDelayMs: 5000 } }, clock)
      flaky('/flaky', [429], { 'Retry-After': '7' })
      for (const path of ['/flaky', '/a', '/b']) void curl.startRequest(server.url(path), recorder.callback)
      await delayed(curl)
      await turn()
      const paused = [...curl.outstandingRequests.values()].find(({ url }) => url.endsWith('/a'))!
      expect(curl.whyWaiting(paused)!.reason).to.equal('paused')
      expect(curl.stats({ hosts: true }).hosts).to.deep.include({
        host: `http://127.0.0.1:${server.port}`,
        inFlight: 0,
        limit: Infinity,
        pausedForMs: 5000,
      })
      for (let i = 0; i < 3; i++) void curl.startRequest(other.url('/x'), recorder.callback)
      await recorder.waitFor(3)
      expect(server.requests).to.have.length(1)
      clock.advance(4999)
      await turn()
      expect(server.requests).to.have.length(1)
      clock.advance(1)
      await curl.finishAllRequests()
      expect(server.requests.map(({ path }) => path)).to.deep.equal(['/flaky', '/flaky', '/a', '/b'])
    } finally {
      await other.close()
    }
  })

  it('obey a Retry-After that is a date', async () => {
    await using curl = new ParallelCurl(1, { retry: { limit: 1 } }, clock)
    flaky('/flaky', [503], { 'Retry-After': new Date(Date.now() + 50_000).toUTCString() })
    void curl.startRequest(server.url('/flaky'), recorder.callback)
    await delayed(curl)
    // On a busy machine the answer may take a while.
    expect(clock.nextIn).to.be.within(10_000, 50_000)
    clock.step()
    await curl.finishAllRequests()
    expect(recorder.contents).to.deep.equal(['fine'])
  })

  it('ask shouldRetry after each attempt, also a good one, and obey it', async () => {
    await using curl = new ParallelCurl(1)
    const asked: [number, number][] = []
    const answers = [undefined, true, 0, false]
    flaky('/flaky', [503])
    const { transfer } = await send(curl, server.url('/flaky'), {
      options: {
        retry: {
          limit: 9,
          backoffMs: 0,
          shouldRetry(transfer, attempt) {
            asked.push([attempt, transfer.responseCode])
            return answers.shift()
          },
        },
      },
    })
    expect(asked).to.deep.equal([
      [1, 503],
      [2, 200],
      [3, 200],
      [4, 200],
    ])
    expect(transfer.attempts).to.have.length(4)
  })

  it('fail the transfer whose shouldRetry throws or returns nonsense, with that as its cause', async () => {
    await using curl = new ParallelCurl(2, { retry: { backoffMs: 0 } })
    const thrown = new Error('no idea')
    const bad = await send(curl, server.url('/status/503'), {
      options: {
        retry: {
          shouldRetry: () => {
            throw thrown
          },
        },
      },
    })
    expect([bad.transfer.errno, bad.content, bad.transfer.cause]).to.deep.equal([42, null, thrown])
    expect(bad.transfer.error).to.contain('no idea')
    const asynchronous = { shouldRetry: () => Promise.resolve(true) } as never
    const promise = await send(curl, server.url('/status/503'), { options: { retry: asynchronous } })
    expect(promise.transfer.cause).to.be.instanceOf(OptionError)
    expect((await send(curl, server.url('/status/200'))).transfer.errno).to.equal(0)
    expect(server.requests).to.have.length(3)
  })

  it('do not happen where shouldRetry aborts the transfer', async () => {
    await using curl = new ParallelCurl(2)
    const { transfer } = await send(curl, server.url('/status/503'), {
      options: {
        retry: {
          shouldRetry: () => {
            curl.abort()
            return true
          },
        },
      },
    })
    expect(transfer.attempts).to.have.length(1)
  })
})
