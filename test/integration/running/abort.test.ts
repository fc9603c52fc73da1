/**
 * Cancellation at every stage and in every way: one outcome each, at once, and no connection that was cut is
 * used again.
 */
import { getEventListeners } from 'node:events'
import { expect } from 'chai'
import { ParallelCurl, type Transfer } from '../../../src/index.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'
import { runChild } from '../../support/programs/child.js'
import { Recorder } from '../../support/recorder.js'
import { rejectionOf, send } from '../../support/requests.js'
import { VirtualClock } from '../../support/virtual-clock.js'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const reason = new Error('enough')

describe('abort', () => {
  let server: HttpServer
  let recorder: Recorder<Transfer>
  let controller: AbortController
  beforeEach(async () => {
    server = await startHttpServer()
    recorder = new Recorder()
    controller = new AbortController()
  })
  afterEach(() => server.close())

  const listeners = (): number => getEventListeners(controller.signal, 'abort').length
  const wasAborted = (transfer: Transfer): void => {
    expect([transfer.errno, transfer.cause, transfer.content]).to.deep.equal([42, reason, null])
    expect(transfer.error).to.contain('enough')
  }

  for (const [way, abort] of [
    ['a signal', () => controller.abort(reason)],
    ['abort()', (curl: ParallelCurl) => curl.abort(reason)],
  ] as const) {
    describe(`by ${way}`, () => {
      it('before the answer, the connection is closed and not used again', async () => {
        await using curl = new ParallelCurl(1, { signal: controller.signal })
        void curl.startRequest(server.url('/gate/a'), recorder.callback)
        await server.gate('a').waiting(1)
        abort(curl)
        await curl.finishAllRequests()
        wasAborted(recorder.calls[0]!.transfer)
        await server.waitForIdle()
        controller = new AbortController()
        curl.setOptions({})
        await send(curl, server.url())
        expect(server.connections).to.equal(2)
        expect(server.requests[1]!.connection).to.equal(2)
      })

      it('within the body, the transfer keeps what had arrived', async () => {
        await using curl = new ParallelCurl(1)
        const options = {
          signal: controller.signal,
          WRITEFUNCTION: (data: Buffer) => (arrived(), data.length),
        }
        let arrived!: () => void
        const first = new Promise<void>((resolve) => (arrived = resolve))
        void curl.startRequest(server.url('/drip/a?chunks=3'), recorder.callback, null, null, options)
        await first
        abort(curl)
        await curl.finishAllRequests()
        wasAborted(recorder.calls[0]!.transfer)
        expect(recorder.calls[0]!.transfer.responseCode).to.equal(200)
        await server.waitForIdle()
        await send(curl, server.url())
        expect(server.connections).to.equal(2)
      })

      it('before its turn, the request never reaches the server, and each request has its one callback', async () => {
        await using curl = new ParallelCurl(1, { signal: controller.signal })
        const launched = Array.from({ length: 50 }, () =>
          curl.startRequest(server.url('/gate/a'), recorder.callback),
        )
        await server.gate('a').waiting(1)
        abort(curl)
        expect(curl.stats()).to.deep.include({ pending: 0, inFlight: 1 })
        await Promise.all(launched)
        await curl.finishAllRequests()
        expect(recorder.calls).to.have.length(50)
        for (const { transfer } of recorder.calls) wasAborted(transfer)
        expect(server.requests).to.have.length(1)
        expect(curl.outstandingRequests.size).to.equal(0)
        expect(listeners()).to.equal(0)
      })

      it('while it waits for its next attempt, no attempt follows', async () => {
        const clock = new VirtualClock()
        await using curl = new ParallelCurl(1, { signal: controller.signal, retry: 5 }, clock)
        void curl.startRequest(server.url('/status/503'), recorder.callback)
        while (curl.stats().delayed === 0) await turn()
        abort(curl)
        await curl.finishAllRequests()
        const { transfer } = recorder.calls[0]!
        wasAborted(transfer)
        expect(transfer.attempts.map(({ responseCode }) => responseCode)).to.deep.equal([503])
        expect(clock.timers, 'nothing is waited for').to.equal(0)
      })

      it('in a callback, the other transfers end, and those that are done stay as they are', async () => {
        await using curl = new ParallelCurl(3)
        const options = { signal: controller.signal }
        void curl.startRequest(
          server.url('/echo'),
          (...args) => {
            abort(curl)
            recorder.callback(...args)
          },
          null,
          null,
          options,
        )
        for (let i = 0; i < 5; i++)
          void curl.startRequest(server.url('/gate/a'), recorder.callback, null, null, options)
        await curl.finishAllRequests()
        expect(recorder.calls[0]!.transfer.errno).to.equal(0)
        for (const { transfer } of recorder.calls.slice(1)) wasAborted(transfer)
        expect(recorder.calls).to.have.length(6)
        expect(listeners()).to.equal(0)
      })

      it("from a promise that a WRITEFUNCTION resolves, on libcurl's stack", async () => {
        await using curl = new ParallelCurl(4)
        let arrived!: () => void
        const first = new Promise<void>((resolve) => (arrived = resolve))
        const aborted = first.then(() => abort(curl))
        const WRITEFUNCTION = (data: Buffer): number => (arrived(), data.length)
        for (let i = 0; i < 8; i++) {
          void curl.startRequest(server.url('/drip/a'), recorder.callback, null, null, {
            WRITEFUNCTION,
            signal: controller.signal,
          })
        }
        await aborted
        await curl.finishAllRequests()
        expect(recorder.calls).to.have.length(8)
        for (const { transfer } of recorder.calls) expect(transfer.errno).to.equal(42)
        await server.waitForIdle()
        expect((await send(curl, server.url())).transfer.errno).to.equal(0)
      })
    })
  }

  it('a signal that has aborted before the call sends nothing, and the callback still comes later', async () => {
    await using curl = new ParallelCurl(1)
    controller.abort(reason)
    const launched = curl.startRequest(server.url(), recorder.callback, null, null, {
      signal: controller.signal,
    })
    expect(recorder.calls).to.have.length(0)
    await launched
    await curl.finishAllRequests()
    wasAborted(recorder.calls[0]!.transfer)
    expect(server.requests).to.have.length(0)
    const error = (await rejectionOf(curl.request(server.url(), { signal: controller.signal }))) as Error
    expect([error.name, error.cause]).to.deep.equal(['CurlError', reason])
  })

  it('leaves one listener at a signal that many share, and none when they are done', async () => {
    await using curl = new ParallelCurl(5, { signal: controller.signal })
    for (let i = 0; i < 30; i++) void curl.startRequest(server.url('/gate/a'), recorder.callback)
    expect(listeners()).to.equal(1)
    server.gate('a').open()
    await curl.finishAllRequests()
    expect(listeners()).to.equal(0)
    await curl.request(server.url())
    for await (const {} of curl.stream([server.url(), server.url()])) expect(listeners()).to.be.at.most(2)
    expect(listeners()).to.equal(0)
  })

  it('aborts no other transfer', async () => {
    await using curl = new ParallelCurl(2)
    void curl.startRequest(server.url('/gate/a'), recorder.callback, 'cut', null, {
      signal: controller.signal,
    })
    void curl.startRequest(server.url('/gate/a'), recorder.callback, 'stays')
    await server.gate('a').waiting(2)
    controller.abort(reason)
    await recorder.waitFor(1)
    expect(recorder.calls[0]!.userData).to.equal('cut')
    server.gate('a').open()
    await curl.finishAllRequests()
    expect(recorder.calls[1]!.transfer.errno).to.equal(0)
  })

  it('totalTimeoutMs counts waiting, every attempt and the time between them; errno 28', async () => {
    const clock = new VirtualClock()
    await using curl = new ParallelCurl(1, { totalTimeoutMs: 1000 }, clock)
    const retry = { limit: 9, backoffMs: 300, jitter: 'none' as const }
    void curl.startRequest(server.url('/status/503'), recorder.callback, 'retried', null, {
      retry,
      totalTimeoutMs: 700,
    })
    while (curl.stats().delayed === 0) await turn()
    void curl.startRequest(server.url('/gate/a'), recorder.callback, 'in flight')
    void curl.startRequest(server.url('/gate/a'), recorder.callback, 'pending')
    await server.gate('a').waiting(1)
    clock.advance(699)
    await turn()
    expect(recorder.calls).to.have.length(0)
    clock.advance(1)
    await recorder.waitFor(1)
    clock.advance(300)
    await curl.finishAllRequests()
    expect(recorder.calls.map(({ userData }) => userData)).to.have.members([
      'retried',
      'in flight',
      'pending',
    ])
    expect(recorder.calls[0]!.userData).to.equal('retried')
    for (const { transfer } of recorder.calls) {
      expect(transfer.errno).to.equal(28)
      expect(transfer.error).to.contain('totalTimeoutMs')
    }
    expect(server.requests).to.have.length(2)
    expect(clock.timers).to.equal(0)
  })

  it('a deadline of a transfer that is done keeps no process alive', async () => {
    const { code, hung, stderr } = await runChild(
      `import { ParallelCurl } from './src/index.js'
       const curl = new ParallelCurl(1, { totalTimeoutMs: 3_600_000 })
       for (let i = 0; i < 3; i++) void curl.startRequest(process.argv[1])`,
      { args: [server.url()] },
    )
    expect([code, hung, stderr]).to.deep.equal([0, false, ''])
    expect(server.requests).to.have.length(3)
  })

  for (const [what, errno, end] of [
    ['abort()', 42, (curl: ParallelCurl) => curl.abort(reason)],
    ['totalTimeoutMs', 28, (_curl: ParallelCurl, clock: VirtualClock) => clock.advance(1000)],
  ] as const) {
    it(`by ${what} says so, also where libcurl ends the transfer in that very moment`, async () => {
      for (const path of ['/echo', '/truncate']) {
        const clock = new VirtualClock()
        await using curl = new ParallelCurl(1, {}, clock)
        const engine = curl['dispatcher'].engine as unknown as { note(carrier: object, code: number): void }
        const note = engine.note.bind(engine)
        let noted = -1
        engine.note = (carrier, code) => {
          note(carrier, code)
          if (noted >= 0) return
          noted = code
          end(curl, clock)
        }
        const { transfer } = await send(curl, server.url(path), { options: { totalTimeoutMs: 1000 } })
        expect(noted).to.equal(path === '/echo' ? 0 : 18)
        expect(transfer.errno).to.equal(errno)
        expect(transfer.error).to.contain(errno === 42 ? 'enough' : '1000 ms are over')
      }
    })
  }
})
