/** Single flight against a stand-in for the dispatcher. Does not know the wire. */
import { expect } from 'chai'
import { SingleFlight } from '../../../../../src/running/dispatch/delivery/single-flight.js'
import { TransferRecord } from '../../../../../src/running/record/transfer-record.js'
import type { LaunchOrder } from '../../../../../src/engine/request/wire-request.js'
import type { TransferContext } from '../../../../../src/transfer/transfer-types.js'

let lastId = 0
const transfer = (): TransferRecord =>
  new TransferRecord({} as TransferContext, ++lastId, 'http://h/', {}, {} as LaunchOrder, 0)

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
