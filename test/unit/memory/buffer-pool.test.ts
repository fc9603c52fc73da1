/**
 * Memory of large bodies: no buffer is given out twice or for a much shorter body, and not too many are kept.
 */
import { expect } from 'chai'
import fc from 'fast-check'
import { giveSpare, joinChunks, LARGE_PLACE, takeSpare } from '../../../src/memory/buffer-pool.js'

const MIB = 1024 * 1024

/** Takes the buffers that other tests have left. */
function takeAll(): void {
  for (let length = LARGE_PLACE; length < 256 * MIB; length = Math.ceil(length * 1.2))
    while (takeSpare(length) !== undefined);
}

describe('the pool of buffers', () => {
  beforeEach(takeAll)
  after(takeAll)

  it('gives the same memory again, as long as it is asked for', () => {
    const body = Buffer.allocUnsafeSlow(MIB)
    giveSpare(body)
    const place = takeSpare(MIB - 1000)
    expect(place?.buffer).to.equal(body.buffer)
    expect(place?.length).to.equal(MIB - 1000)
    expect(takeSpare(MIB - 1000), 'once').to.equal(undefined)
    giveSpare(place as Buffer)
    expect(takeSpare(MIB)?.buffer, 'all of it again').to.equal(body.buffer)
  })

  it('gives no buffer that is too short, nor one of which more than a quarter would be wasted', () => {
    giveSpare(Buffer.allocUnsafeSlow(MIB))
    expect(takeSpare(MIB + 1)).to.equal(undefined)
    expect(takeSpare(Math.ceil(MIB / 1.25) - 1)).to.equal(undefined)
    expect(takeSpare(Math.ceil(MIB / 1.25))?.length).to.equal(Math.ceil(MIB / 1.25))
  })

  it('keeps no small buffer, nor a part of a larger one', () => {
    giveSpare(Buffer.allocUnsafeSlow(LARGE_PLACE - 1))
    giveSpare(Buffer.allocUnsafeSlow(2 * MIB).subarray(0, MIB))
    giveSpare(Buffer.allocUnsafeSlow(MIB + 8).subarray(8))
    expect([
      takeSpare(LARGE_PLACE - 1),
      takeSpare(LARGE_PLACE),
      takeSpare(MIB),
      takeSpare(2 * MIB),
    ]).to.deep.equal(Array(4).fill(undefined))
  })

  it('keeps at most 64 MiB and 64 buffers, the newest ones', () => {
    const bodies = Array.from({ length: 9 }, (_, i) => Buffer.allocUnsafeSlow(10 * MIB + i))
    for (const body of bodies) giveSpare(body)
    const found = bodies.map(({ buffer }) => buffer).filter((_, i) => takeSpare(10 * MIB + i) !== undefined)
    expect(found.length).to.be.below(7)
    giveSpare(Buffer.allocUnsafeSlow(65 * MIB))
    expect(takeSpare(65 * MIB)).to.equal(undefined)
    const many = Array.from({ length: 70 }, () => Buffer.allocUnsafeSlow(LARGE_PLACE))
    for (const body of many) giveSpare(body)
    const got: unknown[] = []
    for (let place; (place = takeSpare(LARGE_PLACE)) !== undefined;) got.push(place.buffer)
    // Held above: the garbage collector cannot have taken one.
    expect(got).to.deep.equal(
      many
        .slice(-64)
        .reverse()
        .map(({ buffer }) => buffer),
    )
    expect(got[0]).to.equal(many.at(-1)?.buffer)
  })

  it('joins pieces in a buffer that it has', () => {
    const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 60_000 }), {
      minLength: 1,
      maxLength: 12,
    })
    fc.assert(
      fc.property(pieces, fc.boolean(), (chunks, isAtHand) => {
        const expected = Buffer.concat(chunks)
        if (isAtHand) giveSpare(Buffer.alloc(expected.length, 'old'))
        const joined = joinChunks(chunks.map((chunk) => Buffer.from(chunk)))
        expect(joined.equals(expected)).to.equal(true)
      }),
    )
  })
})
