/** The heap beside a stable sort. */
import { expect } from 'chai'
import fc from 'fast-check'
import { TimeHeap } from '../../../../src/scheduling/time/time-heap.js'

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
