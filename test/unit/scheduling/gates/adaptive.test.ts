/** The limit of a host that is learned from its answers. */
import { expect } from 'chai'
import { AdaptiveLimit, isOverload } from '../../../../src/scheduling/gates/adaptive.js'

describe('AdaptiveLimit', () => {
  it('says "too much" of 429, 503, refused and timed out, and nothing of what tells nothing of load', () => {
    expect([isOverload(0, 429), isOverload(22, 503), isOverload(7, 0), isOverload(28, 0)]).to.deep.equal([
      true,
      true,
      true,
      true,
    ])
    expect([isOverload(0, 200), isOverload(0, 404), isOverload(22, 404)]).to.deep.equal([false, false, false])
    expect([isOverload(42, 0), isOverload(6, 0), isOverload(3, 0)]).to.deep.equal([null, null, null])
  })

  it('doubles each round trip until the first "too much", then adds one; a burst of failures counts once', () => {
    const limit = new AdaptiveLimit()
    expect([limit.limit, limit.hasLearned]).to.deep.equal([2, false])
    limit.learn(false, 0, 1, false)
    expect(limit.limit, 'with room left, nothing is known').to.equal(2)
    for (let i = 0; i < 6; i++) limit.learn(false, 0, 1, true)
    expect(limit.limit).to.equal(8)
    limit.learn(true, 1, 10, true)
    for (let i = 0; i < 5; i++) limit.learn(true, 9, 11, true)
    expect(limit.limit, 'those that were launched before say nothing new').to.equal(4)
    for (let i = 0; i < 4; i++) limit.learn(false, 10, 12, true)
    expect(limit.limit, 'after the first: one more').to.equal(4)
    limit.learn(false, 10, 12, true)
    expect(limit.limit).to.equal(5)
    for (let i = 0; i < 9; i++) limit.learn(true, 20 + i, 20 + i, true)
    expect(limit.limit, 'at least 1').to.equal(1)
  })
})
