/** Bodies in memory: whatever is announced and whatever comes, the bytes are those that came. */
import { expect } from 'chai'
import fc from 'fast-check'
import { BodyBuffer } from '../../../../src/engine/bodies/response-buffer.js'

const MIB = 1024 * 1024

function taken(buffer: BodyBuffer): Buffer {
  const body = buffer.take()
  return body === null ? Buffer.alloc(0) : Array.isArray(body) ? Buffer.concat(body) : body
}

describe('BodyBuffer', () => {
  it('gives back what came, whatever had been announced, one body after the other', () => {
    const body = fc.record({
      chunks: fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 12 }),
      /** The length in the headers, compared with the true one: right, too small, too large, none. */
      wrongBy: fc.constantFrom(0, 0, -30, -1, 1, 1000, -Infinity),
      isCleared: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(body, { maxLength: 4 }), (bodies) => {
        let announced = 0
        const buffer = new BodyBuffer(() => announced)
        for (const { chunks, wrongBy, isCleared } of bodies) {
          const whole = Buffer.concat(chunks)
          announced = Math.max(-1, whole.length + wrongBy)
          for (const chunk of chunks) buffer.add(Buffer.from(chunk))
          expect(buffer.bytes).to.equal(whole.length)
          if (isCleared) buffer.clear()
          expect(taken(buffer).equals(isCleared ? Buffer.alloc(0) : whole)).to.equal(true)
          expect(buffer.take()).to.equal(null)
        }
      }),
    )
  })

  it('keeps a single chunk as it is, and asks nobody', () => {
    const buffer = new BodyBuffer(() => expect.fail('asked'))
    const chunk = Buffer.from('all of it')
    buffer.add(chunk)
    expect(buffer.take()).to.equal(chunk)
  })

  it('asks once, and copies a body of the announced length once', () => {
    let asked = 0
    const buffer = new BodyBuffer(() => (asked++, 9))
    for (const chunk of ['abc', 'def', 'ghi']) buffer.add(Buffer.from(chunk))
    const body = buffer.take()
    expect(asked).to.equal(1)
    expect(String(body)).to.equal('abcdefghi')
    expect((body as Buffer).buffer.byteLength).to.equal(9)
  })

  it('sets nothing huge aside for a promise, and holds on to none of it where it is not kept', () => {
    const buffer = new BodyBuffer(() => 2 ** 40)
    buffer.add(Buffer.alloc(10, 'a'))
    buffer.add(Buffer.alloc(10, 'b'))
    const body = buffer.take() as Buffer
    // Of Node's pool, as a rule.
    expect(body.buffer.byteLength).to.be.below(MIB)
    expect(body.toString()).to.equal('a'.repeat(10) + 'b'.repeat(10))
  })

  it('grows with what really comes', () => {
    const buffer = new BodyBuffer(() => 45 * MIB)
    for (let i = 0; i < 9; i++) buffer.add(Buffer.alloc(5 * MIB, i))
    const body = buffer.take() as Buffer
    expect(body.length).to.equal(45 * MIB)
    for (let i = 0; i < 9; i++) expect([body[5 * MIB * i], body[5 * MIB * (i + 1) - 1]]).to.deep.equal([i, i])
  })

  it('makes a list of what no buffer may hold', () => {
    const buffer = new BodyBuffer(() => Infinity)
    buffer.add(Buffer.from('a'))
    // So long that twice of it is more than there can be.
    const length = { length: Number.MAX_SAFE_INTEGER }
    const long = Object.assign(Object.create(Buffer.prototype as object) as Buffer, {})
    Object.defineProperty(long, 'length', { value: length.length })
    buffer.add(long)
    expect(buffer.take()).to.have.length(2)
  })

  it('frees what it has copied, where Node can: nobody else has it', () => {
    const buffer = new BodyBuffer(() => 40)
    const chunks = ['a', 'b', 'c'].map((letter) => Buffer.alloc(10, letter))
    const part = Buffer.alloc(20, 'd').subarray(10)
    for (const chunk of [...chunks, part]) buffer.add(chunk)
    expect(String(taken(buffer))).to.equal('aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd')
    const canFree = 'transfer' in ArrayBuffer.prototype
    expect(canFree, 'Node').to.equal(Number(process.versions.node.split('.')[0]) >= 22)
    expect(chunks.map(({ length }) => length)).to.deep.equal(canFree ? [0, 0, 0] : [10, 10, 10])
    expect(String(part), 'a part of a larger one').to.equal('dddddddddd')
  })
})
