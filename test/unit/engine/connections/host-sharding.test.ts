/** Who sits where, when one host has many in flight. */
import { expect } from 'chai'
import fc from 'fast-check'
import { type Crowd, Crowds, SEATS } from '../../../../src/engine/connections/host-sharding.js'

const A = 'http://a.test/x'
const B = 'http://b.test/x'

describe('transfers to one host in several multi handles', () => {
  it('fill one handle after the other, and take the first place that has become free', () => {
    const crowd = new Crowds().at(A) as Crowd
    const seats = Array.from({ length: 2 * SEATS + 1 }, () => crowd.enter())
    expect(seats).to.deep.equal([...new Array<number>(SEATS).fill(0), ...new Array<number>(SEATS).fill(1), 2])
    crowd.leave(2)
    crowd.leave(0)
    crowd.leave(1)
    expect([crowd.enter(), crowd.enter(), crowd.enter()]).to.deep.equal([0, 1, 2])
  })

  it('are counted for each host by scheme, name and port', () => {
    const crowds = new Crowds()
    for (let i = 0; i < SEATS; i++) crowds.at(A)?.enter()
    for (const url of [B, 'http://a.test:81/x', 'https://a.test/x'])
      expect(crowds.at(url)?.enter()).to.equal(0)
    for (const url of ['http://a.test', 'http://a.test/', 'http://a.test/y?z=/'])
      expect(crowds.at(url)?.enter()).to.equal(1)
    expect(crowds.size).to.equal(4)
  })

  it('stay in one handle where the host has to, as far as that is remembered', () => {
    const crowds = new Crowds()
    crowds.keepTogether('http://a.test/y')
    expect(crowds.at(A)).to.equal(null)
    expect(crowds.at(B)?.enter()).to.equal(0)
    for (let i = 0; i < 1000; i++) crowds.keepTogether(`http://host-${String(i)}.test/`)
    expect(crowds.at(A)?.enter()).to.equal(0)
  })

  it('never exceed the places of a handle, leave no handle empty, and hosts without requests are forgotten', () => {
    const steps = fc.array(fc.record({ url: fc.constantFrom(A, B), leaves: fc.nat(), enters: fc.nat(90) }), {
      maxLength: 40,
    })
    fc.assert(
      fc.property(steps, (all) => {
        const crowds = new Crowds()
        const seated: [crowd: Crowd, url: string, at: number][] = []
        const takenOf = (url: string): number[] => {
          const taken: number[] = []
          for (const [, theirs, at] of seated) if (theirs === url) taken[at] = (taken[at] ?? 0) + 1
          return Array.from(taken, (each: number | undefined) => each ?? 0)
        }
        for (const { url, leaves, enters } of all) {
          for (let i = 0; i < enters; i++) {
            const free = takenOf(url).findIndex((taken) => taken < SEATS)
            const crowd = crowds.at(url) as Crowd
            const at = crowd.enter()
            expect(at).to.equal(free < 0 ? takenOf(url).length : free)
            seated.push([crowd, url, at])
          }
          for (let i = leaves % (seated.length + 1); i > 0; i--) {
            const [crowd, , at] = seated.splice((leaves * i) % seated.length, 1)[0] as (typeof seated)[0]
            crowd.leave(at)
          }
          expect(crowds.size).to.equal(new Set(seated.map(([, theirs]) => theirs)).size)
        }
      }),
      { numRuns: 50 },
    )
  })
})
