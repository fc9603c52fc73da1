import { expect } from 'chai'
import { OptionError } from '../../../../src/errors.js'
import { fromPhpSignature } from '../../../../src/options/catalog/php-signatures.js'

const ch = { some: 'handle' }
const WRITEFUNCTION = 20011
const READFUNCTION = 20012
const HEADERFUNCTION = 20079
const XFERINFOFUNCTION = 20219

type Call = (this: unknown, ...args: unknown[]) => unknown
const wrap = (id: number, users: (...args: never[]) => unknown): Call =>
  fromPhpSignature(id, users) as unknown as Call

describe("PHP's signatures", () => {
  it('hand the handle over first', () => {
    const seen: unknown[] = []
    const users = (...args: unknown[]): number => seen.push(args)
    wrap(WRITEFUNCTION, users).call(ch, Buffer.from('body'), 1, 4)
    wrap(HEADERFUNCTION, users).call(ch, Buffer.from([0x58, 0xe9]), 1, 2)
    wrap(XFERINFOFUNCTION, users).call(ch, 1, 2, 3, 4)
    expect(seen).to.deep.equal([
      [ch, Buffer.from('body')],
      [ch, 'X\u00e9'],
      [ch, 1, 2, 3, 4],
    ])
  })

  it('let a read function return what is to be sent', () => {
    const buffer = Buffer.alloc(8)
    const read = (result: unknown): unknown => wrap(READFUNCTION, () => result).call(ch, buffer, 1, 8)
    expect(read('é!')).to.equal(3)
    expect(buffer.subarray(0, 3).toString()).to.equal('é!')
    expect(read(new Uint8Array([1, 2]))).to.equal(2)
    expect(read('')).to.equal(0)
    expect(read(0x10000000)).to.equal(0x10000000)
    expect(() => read('123456789')).to.throw(OptionError, 'returned 9 bytes, but was asked for 8 at most')
    const asked: unknown[] = []
    wrap(READFUNCTION, (...args: unknown[]) => (asked.push(...args), '')).call(ch, buffer, 1, 8)
    expect(asked).to.deep.equal([ch, null, 8])
  })

  it('read what progress functions return as PHP does', () => {
    const abort = [1, -1, true, 'x']
    const goOn = [0, undefined, null, false, '']
    for (const result of abort) expect(wrap(XFERINFOFUNCTION, () => result).call(ch)).to.equal(1)
    for (const result of goOn) expect(wrap(XFERINFOFUNCTION, () => result).call(ch)).to.equal(0)
  })

  it('leave functions that PHP does not have as they are', () => {
    const users = (): number => 0
    expect(fromPhpSignature(20094, users)).to.equal(users)
  })
})
