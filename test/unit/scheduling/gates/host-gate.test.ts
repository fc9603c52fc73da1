/** The gate of one host. Does not know the scheduler. */
import { expect } from 'chai'
import { HostGate } from '../../../../src/scheduling/gates/host-gate.js'
import { DEFAULT_LIMITS, type HostLimits } from '../../../../src/scheduling/gates/limits.js'
import { Transfer } from '../../../../src/transfer/transfer.js'
import type { TransferContext } from '../../../../src/transfer/transfer-types.js'

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

  it('starts what the host still takes, those in flight counted, until the time is over', () => {
    const hostGate = new HostGate('h', limits({}))
    hostGate.started(transfer, 0)
    hostGate.allow({ starts: 3, until: 100, afterwards: Infinity })
    expect(hostGate.opensAt(transfer, 1)).to.be.at.most(1)
    hostGate.started(transfer, 1)
    hostGate.started(transfer, 1)
    expect([hostGate.opensAt(transfer, 2), hostGate.reason(transfer, 2)]).to.deep.equal([100, 'paused'])
    expect([hostGate.heldUntil, hostGate.isForgettable(50), hostGate.forgettableAt(2)]).to.deep.equal([
      100,
      false,
      100,
    ])
    hostGate.stopped(transfer, 3)
    expect(hostGate.opensAt(transfer, 3), 'one that ends gives nothing back').to.equal(100)
    hostGate.pause(150)
    expect(hostGate.opensAt(transfer, 3)).to.equal(150)
    expect(hostGate.opensAt(transfer, 150), 'the time is over').to.be.at.most(150)
    hostGate.allow({ starts: 10, until: 300, afterwards: Infinity })
    expect(hostGate.opensAt(transfer, 150), 'it takes more').to.be.at.most(150)
  })

  it('lets no more start at the end of that time than the host has ever taken, until it says more', () => {
    const answered = new Transfer({} as TransferContext, 1, 'http://h/', {}, 0)
    answered.responseCode = 200
    const opens = (hostGate: HostGate, now: number): number => Math.max(now, hostGate.opensAt(transfer, now))
    const hostGate = new HostGate('h', limits({}))
    hostGate.started(transfer, 0)
    hostGate.allow({ starts: 2, until: 100, afterwards: Infinity })
    hostGate.stopped(answered, 1)
    hostGate.started(transfer, 100)
    expect(opens(hostGate, 100)).to.equal(100)
    hostGate.started(transfer, 100)
    expect([opens(hostGate, 100), hostGate.reason(transfer, 100)]).to.deep.equal([Infinity, 'paused'])
    hostGate.stopped(transfer, 101)
    expect(opens(hostGate, 101), 'a failure is replaced').to.equal(101)
    hostGate.started(transfer, 101)
    hostGate.allow({ starts: 1, until: 200, afterwards: 1 })
    expect([opens(hostGate, 102), opens(hostGate, 200)], 'held, and two are in flight').to.deep.equal([
      200,
      Infinity,
    ])
    hostGate.stopped(answered, 201)
    expect(opens(hostGate, 201), 'its time is not over: one asks').to.equal(Infinity)
    hostGate.stopped(answered, 202)
    for (let count = 0; count < 9; count++) hostGate.started(transfer, 203)
    expect(opens(hostGate, 203), 'it says nothing any more').to.equal(203)
  })

  it('takes other limits at once', () => {
    const hostGate = new HostGate('h', limits({ minDelayMs: 1000 }))
    hostGate.started(transfer, 0)
    hostGate.change(limits({ minDelayMs: 10 }))
    expect(hostGate.opensAt(transfer, 5), 'a delay').to.equal(10)
    hostGate.change(limits({}))
    expect(hostGate.opensAt(transfer, 5)).to.equal(5)
  })

  it('has a delay of its own, of which and of the limits the longer one counts', () => {
    const hostGate = new HostGate('h', limits({ minDelayMs: 10 }))
    hostGate.started(transfer, 0)
    hostGate.ownDelay = 50
    expect(hostGate.opensAt(transfer, 5)).to.equal(50)
    hostGate.change(limits({ minDelayMs: 70 }))
    expect(hostGate.opensAt(transfer, 5)).to.equal(70)
    hostGate.change(limits({}))
    expect(hostGate.opensAt(transfer, 5)).to.equal(50)
    expect([hostGate.isForgettable(49), hostGate.isForgettable(50)]).to.deep.equal([false, true])
    hostGate.ownDelay = 0
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
