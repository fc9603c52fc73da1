/** The multi handle of each transfer, when one host has many in flight. */
import { expect } from 'chai'
import fc from 'fast-check'
import {
  type ShardedHost,
  HostSharding,
  MAX_PER_MULTI,
} from '../../../../src/engine/connections/host-sharding.js'

const A = 'http://a.test/x'
const B = 'http://b.test/x'

describe('transfers to one host in several multi handles', () => {
  it('fill one handle after the other, and take the first place that has become free', () => {
    const shardedHost = new HostSharding().at(A) as ShardedHost
    const seats = Array.from({ length: 2 * MAX_PER_MULTI + 1 }, () => shardedHost.enter())
    expect(seats).to.deep.equal([
      ...new Array<number>(MAX_PER_MULTI).fill(0),
      ...new Array<number>(MAX_PER_MULTI).fill(1),
      2,
    ])
    shardedHost.leave(2)
    shardedHost.leave(0)
    shardedHost.leave(1)
    expect([shardedHost.enter(), shardedHost.enter(), shardedHost.enter()]).to.deep.equal([0, 1, 2])
  })

  it('are counted for each host by scheme, name and port', () => {
    const sharding = new HostSharding()
    for (let i = 0; i < MAX_PER_MULTI; i++) sharding.at(A)?.enter()
    for (const url of [B, 'http://a.test:81/x', 'https://a.test/x'])
      expect(sharding.at(url)?.enter()).to.equal(0)
    for (const url of ['http://a.test', 'http://a.test/', 'http://a.test/y?z=/'])
      expect(sharding.at(url)?.enter()).to.equal(1)
    expect(sharding.size).to.equal(4)
  })

  it('stay in one handle where the host has to, as far as that is remembered', () => {
    const sharding = new HostSharding()
    sharding.keepTogether('http://a.test/y')
    expect(sharding.at(A)).to.equal(null)
    expect(sharding.at(B)?.enter()).to.equal(0)
    for (let i = 0; i < 1000; i++) sharding.keepTogether(`http://host-${String(i)}.test/`)
    expect(sharding.at(A)?.enter()).to.equal(0)
  })

  it('never exceed the places of a handle, leave no handle empty, and hosts without requests are forgotten', () => {
    const steps = fc.array(fc.record({ url: fc.constantFrom(A, B), leaves: fc.nat(), enters: fc.nat(90) }), {
      maxLength: 40,
    })
    fc.assert(
      fc.property(steps, (all) => {
        const sharding = new HostSharding()
        const seated: [shardedHost: ShardedHost, url: string, at: number][] = []
        const takenOf = (url: string): number[] => {
          const taken: number[] = []
          for (const [, theirs, at] of seated) if (theirs === url) taken[at] = (taken[at] ?? 0) + 1
          return Array.from(taken, (each: number | undefined) => each ?? 0)
        }
        for (const { url, leaves, enters } of all) {
          for (let i = 0; i < enters; i++) {
            const free = takenOf(url).findIndex((taken) => taken < MAX_PER_MULTI)
            const shardedHost = sharding.at(url) as ShardedHost
            const at = shardedHost.enter()
            expect(at).to.equal(free < 0 ? takenOf(url).length : free)
            seated.push([shardedHost, url, at])
          }
          for (let i = leaves % (seated.length + 1); i > 0; i--) {
            const [shardedHost, , at] = seated.splice(
              (leaves * i) % seated.length,
              1,
            )[0] as (typeof seated)[0]
            shardedHost.leave(at)
          }
          expect(sharding.size).to.equal(new Set(seated.map(([, theirs]) => theirs)).size)
        }
      }),
      { numRuns: 50 },
    )
  })
})
