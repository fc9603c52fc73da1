/** Multi handles that come and go: who gets which, and when they are closed. */
import { expect } from 'chai'
import type { NativeMulti } from '../../../src/engine/binding.js'
import { spareKeepers } from '../../../src/engine/kept-connections.js'
import { type Lane, Lanes } from '../../../src/engine/lanes.js'

describe('unit: lanes', () => {
  let closed: string[]
  let lanes: Lanes
  beforeEach(() => {
    closed = []
    lanes = new Lanes()
  })

  function enter(identity: string, name: string): Lane {
    const lane = lanes.enter(identity)
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

  it('as many as may keep connections without taking half of the open files', () => {
    expect(spareKeepers(1)).to.equal(3)
    expect(spareKeepers(2 ** 31 - 1)).to.equal(0)
  })
})
