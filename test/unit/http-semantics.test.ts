/**
 * Tokens and header lines, which several parts read.
 */
import { expect } from 'chai'
import { headerName, isToken, linesUnlike } from '../../src/http-semantics.js'

describe('a token', () => {
  it('has letters, digits and fifteen signs of ASCII, and nothing else (RFC 9110, 5.6.2)', () => {
    const signs = "!#$%&'*+-.^_`|~"
    for (let code = 0; code < 0x180; code++) {
      const sign = String.fromCharCode(code)
      const isOne = signs.includes(sign) || /^[0-9A-Za-z]$/.test(sign)
      expect(isToken(sign), String(code)).to.equal(isOne)
      expect(isToken(`a${sign}`), `a and ${String(code)}`).to.equal(isOne)
    }
    expect(isToken('')).to.equal(false)
  })
})

describe('the name in a header line', () => {
  it('ends at a colon or a semicolon, and is in lower case without blanks', () => {
    const lines = ['Host: a', 'X-Empty;', 'X-Removed:', ' X-Blank : a', 'nothing', '']
    expect(lines.map(headerName)).to.deep.equal(['host', 'x-empty', 'x-removed', 'x-blank', 'nothing', ''])
  })

  it('decides which lines others replace', () => {
    const lines = ['A: 1', 'b: 1', 'B: 2', 'C;']
    expect(linesUnlike(lines, ['a: 2', 'c:'])).to.deep.equal(['b: 1', 'B: 2'])
    expect(linesUnlike(lines, [])).to.deep.equal(lines)
    expect(linesUnlike([], lines)).to.deep.equal([])
  })
})
