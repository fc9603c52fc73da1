/**
 * What runs transfers, part by part, against stand-ins: the counters, signals, single flight, and the
 * stream's window and order.
 */
import { getEventListeners } from 'node:events'
import { expect } from 'chai'
import fc from 'fast-check'
import { AbortSignals } from '../../../src/running/dispatch/abort-signals.js'
import { RequestStream } from '../../../src/running/entry/request-stream.js'
import { SingleFlight } from '../../../src/running/dispatch/delivery/single-flight.js'
import { Counters } from '../../../src/running/dispatch/counters.js'
import type { Transfer } from '../../../src/transfer/transfer.js'
import { TransferRecord } from '../../../src/running/record/transfer-record.js'
import type { LaunchOrder } from '../../../src/engine/request/wire-request.js'
import type { TransferContext } from '../../../src/transfer/transfer-types.js'
import { VirtualClock } from '../../support/virtual-clock.js'

let lastId = 0
const transfer = (): TransferRecord =>
  new TransferRecord({} as TransferContext, ++lastId, 'http://h/', {}, {} as LaunchOrder, 0)

describe('Counters', () => {
  it('counts outcomes, and those per second of the last ten', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2500), { maxLength: 60 }), (waits) => {
        const clock = new VirtualClock(1_000_000)
        const counters = new Counters(clock)
        const times: number[] = []
        waits.forEach((wait, index) => {
          clock.advance(wait)
          const one = transfer()
          one.errno = index % 3 === 0 ? 7 : 0
          one.settledAt = clock.now()
          counters.add(one)
          times.push(clock.now())
          const second = Math.floor(clock.now() / 1000)
          const counted = times.filter((at) => Math.floor(at / 1000) >= second - 10).length
          const span = Math.min(
            10 + (clock.now() % 1000) / 1000,
            Math.max(1, (clock.now() - 1_000_000) / 1000),
          )
          expect(counters.rate).to.be.closeTo(counted / span, 1e-9)
        })
        expect([counters.done, counters.failed]).to.deep.equal([waits.length, Math.ceil(waits.length / 3)])
      }),
    )
  })
})

describe('AbortSignals', () => {
  it('keeps one listener for each signal as long as somebody needs it, and aborts each once', () => {
    const aborted: [TransferRecord, unknown][] = []
    const signals = new AbortSignals((one, reason) => aborted.push([one, reason]))
    const controller = new AbortController()
    const count = (): number => getEventListeners(controller.signal, 'abort').length
    const [a, b, c] = [transfer(), transfer(), transfer()]
    for (const one of [a, b, c]) signals.watch(controller.signal, one)
    expect(count()).to.equal(1)
    signals.forget(controller.signal, b)
    signals.forget(controller.signal, b)
    expect(count()).to.equal(1)
    controller.abort('why')
    expect(aborted).to.deep.equal([
      [a, 'why'],
      [c, 'why'],
    ])
    expect(count()).to.equal(0)
    signals.forget(controller.signal, a)
    const other = new AbortController()
    signals.watch(other.signal, a)
    signals.forget(other.signal, a)
    expect(getEventListeners(other.signal, 'abort')).to.have.length(0)
  })
})

describe('SingleFlight', () => {
  const setUp = () => {
    const log: unknown[] = []
    const flights = new SingleFlight({
      deliver: (askers) => log.push(['deliver', ...askers]),
      abort: (sharedTransfer, reason) => log.push(['abort', sharedTransfer, reason]),
      release: (sharedTransfer) => log.push(['release', sharedTransfer]),
    })
    return { log, flights }
  }
  const source = { readInfo: () => 5 }

  it('delivers to all, and releases when the last one has released it', () => {
    const { log, flights } = setUp()
    const [a, b, sharedTransfer] = [transfer(), transfer(), transfer()]
    let launches = 0
    a.onLaunch = b.onLaunch = () => launches++
    expect(flights.join(a, 'k', () => sharedTransfer)).to.deep.equal({ sharedTransfer, isNew: true })
    expect(flights.join(b, 'k', () => transfer())).to.deep.equal({ sharedTransfer, isNew: false })
    expect([flights.sharedTransferOf(b), flights.size]).to.deep.equal([sharedTransfer, 2])
    sharedTransfer.onLaunch?.()
    expect(launches).to.equal(2)
    sharedTransfer.source = source
    sharedTransfer.sink?.deliver(sharedTransfer)
    expect(log).to.deep.equal([['deliver', a, b]])
    expect([a.state, b.state, flights.size, flights.sharedTransferOf(a)]).to.deep.equal([
      'done',
      'done',
      0,
      undefined,
    ])
    expect(flights.release(a)).to.equal(true)
    expect(log).to.have.length(1)
    expect([flights.release(b), flights.release(b), flights.release(sharedTransfer)]).to.deep.equal([
      true,
      false,
      false,
    ])
    expect(log[1]).to.deep.equal(['release', sharedTransfer])
  })

  it('aborts when the last one leaves, and makes a new one for the next that asks', () => {
    const { log, flights } = setUp()
    const [a, b, sharedTransfer] = [transfer(), transfer(), transfer()]
    flights.join(a, 'k', () => sharedTransfer)
    flights.join(b, 'k', () => sharedTransfer)
    expect([flights.leave(a, 1), flights.leave(a, 1), log.length]).to.deep.equal([true, false, 0])
    flights.leave(b, 2)
    expect(log).to.deep.equal([['abort', sharedTransfer, 2]])
    expect(flights.join(transfer(), 'k', () => transfer()).isNew).to.equal(true)
    sharedTransfer.sink?.deliver(sharedTransfer)
    expect(log.slice(1)).to.deep.equal([['release', sharedTransfer], ['deliver']])
  })
})

describe('RequestStream', () => {
  it('yields each input once, keeps to its window and its order, and holds one at a time, whatever is done when', async () => {
    const run = async (
      count: number,
      window: number,
      ordered: boolean,
      isAsync: boolean,
      picks: number[],
    ): Promise<void> => {
      const outstanding: TransferRecord[] = []
      const held = new Set<Transfer>()
      const hurried = new Set<TransferRecord>()
      const made = new Map<Transfer, number>()
      const line: TransferRecord[] = []
      let pulled = 0
      let yielded = 0
      function* source(): Generator<number> {
        while (pulled < count) yield pulled++
      }
      async function* later(): AsyncGenerator<number> {
        yield* source()
      }
      const stream = new RequestStream<number>(
        isAsync ? later() : source(),
        {
          make: (input) => {
            const one = transfer()
            made.set(one, input)
            line.push(one)
            return one
          },
          submit: (one) => void outstanding.push(one),
          abort: () => undefined,
          hurry: (one) => hurried.add(one),
          release: (one) => expect(held.delete(one), 'released once').to.equal(true),
        },
        { window, ordered, signal: undefined },
      )
      const order: number[] = []
      for (let turn = 0; ; turn++) {
        const next = stream.next()
        let result: IteratorResult<Transfer, undefined> | undefined
        void next.then((value) => (result = value))
        for (let i = 0; i < 10; i++) await Promise.resolve()
        expect(pulled - yielded).to.be.at.most(window + (isAsync ? 1 : 0))
        while (result === undefined) {
          if (ordered) expect(hurried.has(line[order.length]!), 'the next one is hurried').to.equal(true)
          const [done] = outstanding.splice(picks[turn++ % picks.length]! % outstanding.length, 1)
          held.add(done!)
          done!.sink!.deliver(done!)
          for (let i = 0; i < 10; i++) await Promise.resolve()
        }
        if (result.done) break
        yielded++
        order.push(made.get(result.value)!)
        expect(held.has(result.value), 'held').to.equal(true)
      }
      expect(held.size).to.equal(0)
      const all = Array.from({ length: count }, (_, i) => i)
      expect(ordered ? order : [...order].sort((a, b) => a - b)).to.deep.equal(all)
    }
    await fc.assert(
      fc.asyncProperty(
        fc.nat(600),
        fc.integer({ min: 1, max: 12 }),
        fc.boolean(),
        fc.boolean(),
        fc.array(fc.nat(50), { minLength: 1, maxLength: 20 }),
        run,
      ),
      { numRuns: 60 },
    )
  })
})
