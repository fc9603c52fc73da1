/** The scheduler's parts, each by itself: windows, heaps, lines, hosts, the alarm, adaptive limits. */
import { expect } from 'chai'
import fc from 'fast-check'
import { AdaptiveLimit, isOverload } from '../../../src/scheduling/gates/adaptive.js'
import { Alarm } from '../../../src/scheduling/time/alarm.js'
import { HostGate } from '../../../src/scheduling/gates/host-gate.js'
import { DEFAULT_LIMITS, type HostLimits } from '../../../src/scheduling/gates/limits.js'
import { PendingQueue } from '../../../src/scheduling/pending-queue.js'
import { RateWindow } from '../../../src/scheduling/time/rate-window.js'
import { TimeHeap } from '../../../src/scheduling/time/time-heap.js'
import { Transfer } from '../../../src/transfer/transfer.js'
import type { TransferContext } from '../../../src/transfer/transfer-types.js'
import { VirtualClock } from '../../support/virtual-clock.js'

describe('RateWindow', () => {
  it('has no span with more than its number, and lets the next one in as soon as there is room', () => {
    const rate = fc.record({
      requests: fc.integer({ min: 1, max: 5 }),
      perMs: fc.integer({ min: 1, max: 50 }),
    })
    fc.assert(
      fc.property(rate, fc.array(fc.nat(20), { maxLength: 100 }), (rate, waits) => {
        const window = new RateWindow(rate)
        const starts: number[] = []
        let now = 0
        for (const wait of waits) {
          now += wait
          const inSpan = starts.filter((at) => at > now - rate.perMs)
          const opensAt = window.opensAt(now)
          expect(opensAt <= now).to.equal(inSpan.length < rate.requests)
          if (opensAt <= now) {
            window.started(now)
            starts.push(now)
          } else expect(opensAt).to.equal(inSpan.at(-rate.requests)! + rate.perMs)
        }
      }),
    )
  })

  it('counts what has started when its rate changes', () => {
    const window = new RateWindow({ requests: 4, perMs: 100 })
    for (const at of [0, 10, 20, 30]) window.started(at)
    window.change({ requests: 2, perMs: 100 })
    expect(window.opensAt(40), 'two of four have to leave, and one more').to.equal(120)
    expect(window.opensAt(120)).to.equal(120)
    window.change({ requests: 9, perMs: 100 })
    expect(window.opensAt(40)).to.equal(40)
    expect(window.count(125)).to.equal(1)
    expect(window.count(1000)).to.equal(0)
  })
})

describe('TimeHeap', () => {
  it('gives everything back, the earliest first, and of those that are due together the one that came first', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -9, max: 9 })), (times) => {
        const heap = new TimeHeap<{ at: number; place: number }>()
        const all = times.map((at, place) => ({ at, place }))
        for (const item of all) heap.push(item.at, item)
        expect([...heap.items()]).to.have.members(all)
        heap.retain(({ at }) => at % 3 !== 0)
        const out: object[] = []
        while (heap.size > 0) {
          expect(heap.peek()!.at).to.equal(heap.nextAt)
          out.push(heap.pop()!)
        }
        const kept = all.filter(({ at }) => at % 3 !== 0)
        // Sorting is stable.
        expect(out).to.deep.equal(kept.sort((a, b) => a.at - b.at))
      }),
    )
    const empty = new TimeHeap<number>()
    expect([empty.pop(), empty.peek(), empty.nextAt]).to.deep.equal([undefined, undefined, Infinity])
  })
})

describe('PendingQueue', () => {
  it('is first in, first out; transfers that come back are ahead, in their order; those that are gone are skipped', () => {
    const action = fc.oneof(
      { weight: 5, arbitrary: fc.constant('push' as const) },
      fc.constantFrom('pushAhead' as const, 'shift' as const, 'peek' as const),
      fc.nat(60),
    )
    fc.assert(
      fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
        const gone = new Set<number>()
        const queue = new PendingQueue<number>((item) => gone.has(item))
        let ahead: number[] = []
        let rest: number[] = []
        actions.forEach((action, index) => {
          const there = [...ahead, ...rest].filter((item) => !gone.has(item))
          if (action === 'push') rest.push((queue.push(index), index))
          else if (action === 'pushAhead') ahead.push((queue.pushAhead(index), index))
          else if (action === 'peek') expect(queue.peek()).to.equal(there[0])
          else if (action === 'shift') {
            expect(queue.shift()).to.equal(there[0])
            ahead = ahead.filter((item) => item !== there[0])
            rest = rest.filter((item) => item !== there[0])
          } else gone.add(action)
          expect([...queue]).to.deep.equal([...ahead, ...rest].filter((item) => !gone.has(item)))
        })
      }),
    )
  })

  it('goes on beyond its chunks', () => {
    const queue = new PendingQueue<number>((item) => item % 7 === 0)
    for (let i = 0; i < 5000; i++) queue.push(i)
    const expected = Array.from({ length: 5000 }, (_, i) => i).filter((i) => i % 7 !== 0)
    expect([...queue]).to.deep.equal(expected)
    for (const item of expected) expect(queue.shift()).to.equal(item)
    expect(queue.shift()).to.equal(undefined)
  })
})

describe('HostGate', () => {
  const transfer = new Transfer({} as TransferContext, 1, 'http://h/', {}, 0)
  const limits = (given: Partial<HostLimits>): HostLimits => ({ ...DEFAULT_LIMITS.host, ...given })

  it('opens when its slot, its rate, its delay and its pause do; the reason says which', () => {
    const hostGate = new HostGate(
      'h',
      limits({ maxRequests: 1, rate: { requests: 2, perMs: 100 }, minDelayMs: 30 }),
    )
    expect(hostGate.opensAt(transfer, 0)).to.equal(0)
    hostGate.started(transfer, 0)
    expect([hostGate.opensAt(transfer, 1), hostGate.reason(transfer, 1)]).to.deep.equal([Infinity, 'host'])
    hostGate.stopped(transfer, 2)
    expect([hostGate.opensAt(transfer, 2), hostGate.reason(transfer, 2)]).to.deep.equal([30, 'hostRate'])
    hostGate.started(transfer, 30)
    hostGate.stopped(transfer, 31)
    expect([hostGate.opensAt(transfer, 70), hostGate.reason(transfer, 70)]).to.deep.equal([100, 'hostRate'])
    hostGate.pause(250)
    hostGate.pause(150)
    expect([hostGate.opensAt(transfer, 120), hostGate.reason(transfer, 120)]).to.deep.equal([250, 'paused'])
  })

  it('takes other limits at once', () => {
    const hostGate = new HostGate('h', limits({ minDelayMs: 1000 }))
    hostGate.started(transfer, 0)
    hostGate.change(limits({ minDelayMs: 10 }))
    expect(hostGate.opensAt(transfer, 5), 'a delay').to.equal(10)
    hostGate.change(limits({}))
    expect(hostGate.opensAt(transfer, 5)).to.equal(5)
  })

  it('is forgettable once nothing follows from it', () => {
    const hostGate = new HostGate('h', limits({ rate: { requests: 2, perMs: 100 } }))
    hostGate.started(transfer, 0)
    hostGate.stopped(transfer, 1)
    expect(hostGate.isForgettable(50)).to.equal(false)
    expect(hostGate.forgettableAt(1)).to.equal(101)
    expect(hostGate.isForgettable(101)).to.equal(true)
    hostGate.members = 1
    expect(hostGate.isForgettable(101)).to.equal(false)
  })

  it('does not let its adaptive limit grow while another one holds it, nor learn from an abort', () => {
    const hostGate = new HostGate('h', limits({ maxRequests: 3, adaptive: true }))
    const done = new Transfer({} as TransferContext, 1, 'http://h/', {}, 0)
    for (let i = 0; i < 50; i++) {
      while (hostGate.opensAt(done, i) <= i) hostGate.started(done, i)
      done.launchedAt = i
      hostGate.stopped(done, i)
    }
    expect(hostGate.limit).to.equal(3)
    done.errno = 42
    hostGate.stopped(done, 50)
    expect(hostGate.limit, 'an abort').to.equal(3)
    done.errno = 0
    done.responseCode = 429
    hostGate.started(done, 51)
    hostGate.stopped(done, 51)
    expect(hostGate.limit, '"too much" counts at once').to.be.below(3)
    expect(hostGate.isForgettable(52), 'what it has learned is kept').to.equal(false)
    hostGate.stopped(done, 53)
    expect(hostGate.isForgettable(10 ** 7), 'but not for ever').to.equal(true)
  })
})

describe('AdaptiveLimit', () => {
  it('says "too much" of 429, 503, refused and timed out, and nothing of what tells nothing of load', () => {
    expect([isOverload(0, 429), isOverload(22, 503), isOverload(7, 0), isOverload(28, 0)]).to.deep.equal([
      true,
      true,
      true,
      true,
    ])
    expect([isOverload(0, 200), isOverload(0, 404), isOverload(22, 404)]).to.deep.equal([false, false, false])
    expect([isOverload(42, 0), isOverload(6, 0), isOverload(3, 0)]).to.deep.equal([null, null, null])
  })

  it('doubles each round trip until the first "too much", then adds one; a burst of failures counts once', () => {
    const limit = new AdaptiveLimit()
    expect([limit.limit, limit.hasLearned]).to.deep.equal([2, false])
    limit.learn(false, 0, 1, false)
    expect(limit.limit, 'with room left, nothing is known').to.equal(2)
    for (let i = 0; i < 6; i++) limit.learn(false, 0, 1, true)
    expect(limit.limit).to.equal(8)
    limit.learn(true, 1, 10, true)
    for (let i = 0; i < 5; i++) limit.learn(true, 9, 11, true)
    expect(limit.limit, 'those that were launched before say nothing new').to.equal(4)
    for (let i = 0; i < 4; i++) limit.learn(false, 10, 12, true)
    expect(limit.limit, 'after the first: one more').to.equal(4)
    limit.learn(false, 10, 12, true)
    expect(limit.limit).to.equal(5)
    for (let i = 0; i < 9; i++) limit.learn(true, 20 + i, 20 + i, true)
    expect(limit.limit, 'at least 1').to.equal(1)
  })
})

describe('Alarm', () => {
  it('rings once, at the earliest time that it was set to, and keeps one timer', () => {
    const clock = new VirtualClock(0)
    const rings: number[] = []
    const alarm = new Alarm(clock, () => rings.push(clock.now()))
    alarm.set(50)
    alarm.set(20)
    alarm.set(90)
    expect(clock.timers).to.equal(1)
    clock.advance(100)
    expect(rings).to.deep.equal([20])
    expect(clock.timers).to.equal(0)
    alarm.set(40)
    clock.advance(0)
    expect(rings, 'what is due already rings at once').to.deep.equal([20, 100])
    alarm.set(150)
    alarm.set(Infinity)
    alarm.set(Infinity)
    expect(clock.timers, 'off').to.equal(0)
    clock.advance(100)
    expect(rings).to.have.length(2)
  })
})
