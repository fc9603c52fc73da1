/** Counts of outcomes, beside a plain list of them. Does not know stats(). */
import { expect } from 'chai'
import fc from 'fast-check'
import { Counters } from '../../../../src/running/dispatch/counters.js'
import { TransferRecord } from '../../../../src/running/record/transfer-record.js'
import type { LaunchOrder } from '../../../../src/engine/request/wire-request.js'
import type { TransferContext } from '../../../../src/transfer/transfer-types.js'
import { VirtualClock } from '../../../support/virtual-clock.js'

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
