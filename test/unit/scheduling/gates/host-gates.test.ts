/** The gates of all hosts. Does not know the scheduler. */
import { expect } from 'chai'
import { HostGates } from '../../../../src/scheduling/gates/host-gates.js'
import { DEFAULT_LIMITS } from '../../../../src/scheduling/gates/limits.js'
import type { QueuedTransfer } from '../../../../src/scheduling/gates/queued-transfer.js'

const transferTo = (url: string): QueuedTransfer => ({ url, hostGate: null }) as QueuedTransfer

describe('HostGates', () => {
  it('keep the delay of a host while its gate comes and goes, until it is taken back', () => {
    const gates = new HostGates(DEFAULT_LIMITS.host)
    const startAt = (now: number): number => {
      const transfer = transferTo('http://h/x')
      const gate = gates.of(transfer)
      const opensAt = gate.opensAt(transfer, now)
      gate.started(transfer, now)
      gate.stopped(transfer, now)
      const next = gate.opensAt(transfer, now)
      gates.leave(transfer, now)
      return next - Math.max(now, opensAt)
    }
    gates.setDelay('http://H:80/', 100, 0)
    expect([startAt(0), [...gates].length]).to.deep.equal([100, 1])
    gates.wake(1000)
    expect([...gates]).to.deep.equal([])
    expect(startAt(1000)).to.equal(100)
    gates.setDelay('http://h/', 0, 2000)
    expect(startAt(2000)).to.equal(0)
  })
})
