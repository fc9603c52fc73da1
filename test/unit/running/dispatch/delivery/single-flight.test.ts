/** Single flight against a stand-in for the dispatcher. Does not know the wire. */
import { expect } from 'chai'
import { Flights } from '../../../../../src/running/dispatch/delivery/flights.js'
import { SingleFlight } from '../../../../../src/running/dispatch/delivery/single-flight.js'
import { TransferRecord } from '../../../../../src/running/record/transfer-record.js'
import type { LaunchOrder } from '../../../../../src/engine/request/wire-request.js'
import type { TransferContext } from '../../../../../src/transfer/transfer-types.js'
import type { Deputy } from '../../../../../src/transfer/deputy.js'

let lastId = 0
const transfer = (): TransferRecord =>
  new TransferRecord({} as TransferContext, ++lastId, 'http://h/', {}, {} as LaunchOrder, 0)

describe('SingleFlight', () => {
  const setUp = () => {
    const log: unknown[] = []
    const flights = new Flights()
    const shared = new SingleFlight(flights, {
      deliver: (askers) => log.push(['deliver', ...askers]),
      abort: (sharedTransfer, reason) => log.push(['abort', sharedTransfer, reason]),
      settleUnlaunched: (asker, reason, errno) => log.push(['settle', asker, reason, errno]),
      release: (sharedTransfer) => log.push(['release', sharedTransfer]),
      submitAhead: (part) => log.push(['submitAhead', part]),
      report: (asker) => log.push(['report', asker]),
    })
    return { log, flights, shared }
  }
  const source = { readInfo: () => 5 }

  it('delivers to all, and releases when the last one has released it', () => {
    const { log, flights, shared } = setUp()
    const [a, b, sharedTransfer] = [transfer(), transfer(), transfer()]
    let launches = 0
    a.onLaunch = b.onLaunch = () => launches++
    expect(shared.join(a, 'k', () => sharedTransfer)).to.deep.equal({ sharedTransfer, isNew: true })
    expect(shared.join(b, 'k', () => transfer())).to.deep.equal({ sharedTransfer, isNew: false })
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
    const [ofA, ofB] = [a.source as Deputy, b.source as Deputy]
    ofA.giveBack(a)
    expect([log.length, a.source]).to.deep.equal([1, null])
    ofB.giveBack(b)
    expect([b.source, sharedTransfer.source]).to.deep.equal([null, source])
    expect(log[1]).to.deep.equal(['release', sharedTransfer])
  })

  it('aborts when the last one leaves, and makes a new one for the next that asks', () => {
    const { log, flights, shared } = setUp()
    const [a, b, sharedTransfer] = [transfer(), transfer(), transfer()]
    shared.join(a, 'k', () => sharedTransfer)
    shared.join(b, 'k', () => sharedTransfer)
    expect([flights.leave(a, 1, 42), flights.leave(a, 1, 42)]).to.deep.equal([true, false])
    expect(log.splice(0)).to.deep.equal([['settle', a, 1, 42]])
    flights.leave(b, 2, 28)
    expect(log.splice(0)).to.deep.equal([
      ['abort', sharedTransfer, 2],
      ['settle', b, 2, 28],
    ])
    expect(shared.join(transfer(), 'k', () => transfer()).isNew).to.equal(true)
    sharedTransfer.sink?.deliver(sharedTransfer)
    expect(log).to.deep.equal([['release', sharedTransfer], ['deliver']])
  })
})
