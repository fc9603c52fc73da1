/** Multi handles that come and go: who gets which, and when they are closed. */
import { expect } from 'chai'
import type { NativeMulti } from '../../../src/engine/binding.js'
import { keptBeside, spareKeepers } from '../../../src/engine/kept-connections.js'
import { SEATS } from '../../../src/engine/crowds.js'
import { type Lane, Lanes } from '../../../src/engine/lanes.js'

describe('unit: lanes', () => {
  let closed: string[]
  let lanes: Lanes
  beforeEach(() => {
    closed = []
    lanes = new Lanes()
  })

  function enter(identity: string, name: string, beside = 0): Lane {
    const lane = lanes.enter(identity, beside)
    lane.multi ??= { close: () => closed.push(name) } as unknown as NativeMulti
    return lane
  }

  for (const identity of ['', 'someone']) {
    it(`a retired lane takes nobody in, and is closed when the last one has left (identity '${identity}')`, () => {
      const old = enter(identity, 'old')
      enter(identity, 'old')
      lanes.retire(old, 1)
      const next = enter(identity, 'next')
      expect(next).not.to.equal(old)
      expect(lanes.size).to.equal(2)
      lanes.leave(old, 0)
      lanes.sweep(0)
      expect(closed).to.deep.equal([])
      lanes.leave(old, 0)
      lanes.sweep(0)
      expect(closed).to.deep.equal(['old'])
      expect(lanes.size).to.equal(1)
      expect(enter(identity, 'third')).to.equal(next)
    })
  }

  it('one that nobody is in is closed at the next sweep, and not once more later', () => {
    const old = enter('someone', 'old')
    lanes.leave(old, 0)
    lanes.retire(old, 1)
    lanes.sweep(1)
    lanes.sweep(1_000_000)
    lanes.close()
    expect(closed).to.deep.equal(['old'])
  })

  it('those beside the main lane are found by their numbers, and go when they have rested for too long', () => {
    const [first, second] = [enter('', 'first', 1), enter('', 'second', 2)]
    expect(enter('', 'first', 1)).to.equal(first)
    expect([first, second, enter('', 'main')].map(({ beside }) => beside)).to.deep.equal([1, 2, 0])
    expect(lanes.size).to.equal(3)
    lanes.leave(first, 0)
    lanes.leave(second, 0)
    lanes.sweep(1_000_000)
    expect(closed).to.deep.equal(['second'])
    lanes.leave(first, 1_000_000)
    lanes.sweep(1_000_001)
    expect(lanes.size).to.equal(2)
    expect(enter('', 'another', 2)).not.to.equal(second)
    expect(enter('', 'first', 1)).to.equal(first)
    lanes.close()
    expect(closed.sort()).to.deep.equal(['another', 'first', 'main', 'second'])
  })

  it('one beside the main lane is followed by one with the same number', () => {
    const old = enter('', 'old', 3)
    lanes.retire(old, 1)
    const next = enter('', 'next', 3)
    expect(next).not.to.equal(old)
    lanes.leave(old, 0)
    lanes.sweep(0)
    expect(closed).to.deep.equal(['old'])
    expect(enter('', 'next', 3)).to.equal(next)
  })

  it('only so many are retired at a time', () => {
    const first = enter('', 'first')
    lanes.retire(first, 0)
    expect(enter('', 'first')).to.equal(first)
    lanes.retire(first, 1)
    const second = enter('', 'second')
    lanes.retire(second, 1)
    expect(enter('', 'second')).to.equal(second)
    lanes.retire(second, 2)
    expect(enter('', 'third')).not.to.equal(second)
    lanes.close()
    expect(closed.sort()).to.deep.equal(['first', 'second', 'third'])
  })

  it('those beside the main lane keep enough for what they may have in flight, and not much more', () => {
    const kept = 4 * 5000
    const beside = Array.from({ length: 5000 / SEATS }, (_, i) => keptBeside(kept, i + 1))
    // The n-th has no more in flight than 5,000 / n, and no fewer than its seats.
    for (const [i, each] of beside.entries()) expect(each).to.be.at.least(Math.max(5000 / (i + 1), SEATS))
    expect(beside.reduce((sum, each) => sum + each)).to.be.below(6 * kept)
  })

  it('as many as may keep connections without taking half of the open files', () => {
    expect(spareKeepers(1)).to.equal(3)
    expect(spareKeepers(2 ** 31 - 1)).to.equal(0)
  })
})
