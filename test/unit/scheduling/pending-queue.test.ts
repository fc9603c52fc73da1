/** The pending queue beside plain arrays. */
import { expect } from 'chai'
import fc from 'fast-check'
import { PendingQueue } from '../../../src/scheduling/pending-queue.js'

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
