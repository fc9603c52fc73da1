/** Sliding windows beside a plain list of starts. */
import { expect } from 'chai'
import fc from 'fast-check'
import { RateWindow } from '../../../../src/scheduling/time/rate-window.js'

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
