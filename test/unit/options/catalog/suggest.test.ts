/**
 * The distance between words, and which of several names is meant.
 */
import { expect } from 'chai'
import fc from 'fast-check'
import { editDistance, nearest } from '../../../../src/options/catalog/suggest.js'

const word = fc.string({ maxLength: 12, unit: fc.constantFrom(...'abcd') })

describe('suggestions', () => {
  it('count insertions, deletions, replacements and neighbours that change places', () => {
    expect(editDistance('cookie', 'cookie', 3)).to.equal(0)
    expect(editDistance('cookie', 'cookies', 3)).to.equal(1)
    expect(editDistance('cookie', 'coookie', 3)).to.equal(1)
    expect(editDistance('cookie', 'cookei', 3)).to.equal(1)
    expect(editDistance('cookie', 'cxxkie', 3)).to.equal(2)
    expect(editDistance('', 'ab', 3)).to.equal(2)
  })

  it('measure the same in both directions, and 0 only for the same word', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b, 20)
        expect(editDistance(b, a, 20)).to.equal(distance)
        expect(distance === 0).to.equal(a === b)
        expect(distance).to.be.at.most(Math.max(a.length, b.length))
      }),
    )
  })

  it('prefer what only differs in case and separators', () => {
    expect(nearest('time_out', ['TIMEOUTS', 'TIMEOUT'])).to.equal('TIMEOUT')
  })

  it('never suggest what was not offered', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string()), (given, names) => {
        expect([...names, undefined]).to.include(nearest(given, names))
      }),
    )
  })
})
