/** Multi handles that come and go: who gets which, and when they are closed. */
import { expect } from 'chai'
import fc from 'fast-check'
import type { NativeMulti } from '../../../../src/engine/node-libcurl/binding.js'
import {
  keptBeside,
  keptByMain,
  keptConnections,
  spareKeepers,
} from '../../../../src/engine/connections/connection-budget.js'
import { MAX_PER_MULTI } from '../../../../src/engine/connections/host-sharding.js'
import { type MultiHandle, MultiHandles } from '../../../../src/engine/connections/multi-handles.js'

describe('multi handles', () => {
  let closed: string[]
  let multiHandles: MultiHandles
  beforeEach(() => {
    closed = []
    multiHandles = new MultiHandles()
  })

  function enter(identity: string, name: string, beside = 0): MultiHandle {
    const multiHandle = multiHandles.enter(identity, beside)
    multiHandle.multi ??= { close: () => closed.push(name) } as unknown as NativeMulti
    return multiHandle
  }

  for (const identity of ['', 'someone']) {
    it(`a retired multi handle takes nobody in, and is closed when the last one has left (identity '${identity}')`, () => {
      const old = enter(identity, 'old')
      enter(identity, 'old')
      multiHandles.retire(old, 1)
      const next = enter(identity, 'next')
      expect(next).not.to.equal(old)
      expect(multiHandles.size).to.equal(2)
      multiHandles.leave(old, 0)
      multiHandles.sweep(0)
      expect(closed).to.deep.equal([])
      multiHandles.leave(old, 0)
      multiHandles.sweep(0)
      expect(closed).to.deep.equal(['old'])
      expect(multiHandles.size).to.equal(1)
      expect(enter(identity, 'third')).to.equal(next)
    })
  }

  it('an empty one is closed at the next sweep, and not once more later', () => {
    const old = enter('someone', 'old')
    multiHandles.leave(old, 0)
    multiHandles.retire(old, 1)
    multiHandles.sweep(1)
    multiHandles.sweep(1_000_000)
    multiHandles.close()
    expect(closed).to.deep.equal(['old'])
  })

  it('those beside the main one are found by their numbers, and are closed when they have rested for too long', () => {
    const [first, second] = [enter('', 'first', 1), enter('', 'second', 2)]
    expect(enter('', 'first', 1)).to.equal(first)
    expect([first, second, enter('', 'main')].map(({ beside }) => beside)).to.deep.equal([1, 2, 0])
    expect(multiHandles.size).to.equal(3)
    multiHandles.leave(first, 0)
    multiHandles.leave(second, 0)
    multiHandles.sweep(1_000_000)
    expect(closed).to.deep.equal(['second'])
    multiHandles.leave(first, 1_000_000)
    multiHandles.sweep(1_000_001)
    expect(multiHandles.size).to.equal(2)
    expect(enter('', 'another', 2)).not.to.equal(second)
    expect(enter('', 'first', 1)).to.equal(first)
    multiHandles.close()
    expect(closed.sort()).to.deep.equal(['another', 'first', 'main', 'second'])
  })

  it('a new one beside the main one takes the number of the one that it follows', () => {
    const old = enter('', 'old', 3)
    multiHandles.retire(old, 1)
    const next = enter('', 'next', 3)
    expect(next).not.to.equal(old)
    multiHandles.leave(old, 0)
    multiHandles.sweep(0)
    expect(closed).to.deep.equal(['old'])
    expect(enter('', 'next', 3)).to.equal(next)
  })

  it('a limited number is retired at a time', () => {
    const first = enter('', 'first')
    multiHandles.retire(first, 0)
    expect(enter('', 'first')).to.equal(first)
    multiHandles.retire(first, 1)
    const second = enter('', 'second')
    multiHandles.retire(second, 1)
    expect(enter('', 'second')).to.equal(second)
    multiHandles.retire(second, 2)
    expect(enter('', 'third')).not.to.equal(second)
    multiHandles.close()
    expect(closed.sort()).to.deep.equal(['first', 'second', 'third'])
  })

  it('they keep together as many connections as one would, and each at least as many as it has had in flight', () => {
    const inFlight = fc.integer({ min: MAX_PER_MULTI + 1, max: 20_000 })
    fc.assert(
      fc.property(inFlight, fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), (most, steps) => {
        const kept = keptConnections(most)
        const beside = steps.map((each) => each * MAX_PER_MULTI)
        const allMost = beside.reduce((sum, each) => sum + each)
        const shares = beside.map((each) => keptBeside(kept, each, allMost))
        for (const [i, each] of beside.entries()) expect(shares[i]).to.be.at.least(each)
        const main = keptByMain(kept, allMost)
        expect(main).to.be.at.least(Math.min(most, kept))
        const sum = shares.reduce((all, each) => all + each, main)
        // Transfers in flight come first.
        expect(sum).to.be.at.most(Math.max(kept, allMost + Math.floor(kept / 4)))
      }),
    )
  })

  it('tell when there are more or fewer beside the main one, or more transfers in one of them', () => {
    let changes = 0
    multiHandles = new MultiHandles(() => changes++)
    for (let i = 0; i < MAX_PER_MULTI; i++) multiHandles.enter('', 1)
    multiHandles.enter('')
    multiHandles.enter('someone')
    expect([changes, multiHandles.mostBeside()]).to.deep.equal([1, MAX_PER_MULTI])
    const multiHandle = multiHandles.enter('', 1)
    expect([changes, multiHandles.mostBeside()]).to.deep.equal([2, 2 * MAX_PER_MULTI])
    for (let i = 0; i <= MAX_PER_MULTI; i++) multiHandles.leave(multiHandle, 0)
    for (let i = 0; i < MAX_PER_MULTI; i++) multiHandles.enter('', 1)
    expect([changes, multiHandles.mostBeside()]).to.deep.equal([2, 2 * MAX_PER_MULTI])
    multiHandles.retireBeside()
    expect([changes, multiHandles.mostBeside()]).to.deep.equal([3, 0])
  })

  it('identities that rest make no room for hosts that are spread, nor these for them', () => {
    for (let i = 0; i < 250; i++) multiHandles.leave(enter(String(i), 'identity'), 0)
    for (let i = 1; i <= 300; i++) multiHandles.leave(enter('', 'beside', i), 0)
    multiHandles.sweep(1)
    expect(closed).to.deep.equal([])
  })

  it('are at most as many as may keep connections without taking half of the open files', () => {
    expect(spareKeepers(1)).to.equal(3)
    expect(spareKeepers(2 ** 31 - 1)).to.equal(0)
  })
})
