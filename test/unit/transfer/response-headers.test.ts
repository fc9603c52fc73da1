/** Header lines as people get them. */
import { expect } from 'chai'
import { asOneLine, HeaderLines, lastResponseHeaders } from '../../../src/transfer/response-headers.js'
import { Tap } from '../../../src/cli/output/wire-log.js'

describe('header lines', () => {
  const LINES = ['HTTP/2 200 \r\n', 'x-a: one\r\nx-b: two\r\n', 'x-c: a\0b\rc\nd\r\n', '\r\n']

  it('B10: what ends a line within a value is replaced, and begins no line', () => {
    const lines = new HeaderLines()
    for (const line of LINES) lines.push(Buffer.from(line, 'latin1'))
    expect(lines.lines()).to.deep.equal(['HTTP/2 200 ', 'x-a: one  x-b: two', 'x-c: a b c d', ''])
    expect(lastResponseHeaders(lines)).to.deep.include({ 'x-a': 'one  x-b: two', 'x-c': 'a b c d' })
    expect(lastResponseHeaders(lines)).not.to.have.property('x-b')
    expect(asOneLine('text/plain\r\nx: y')).to.equal('text/plain  x: y')
  })

  it('have names in lower case however they are written, also more different ones than are remembered', () => {
    for (let i = 0; i < 1100; i++) {
      for (const name of [
        `X-Name-${String(i)}`,
        `x-NAME-${String(i)}`,
        ` X-Name-${String(i)} `,
        `X-${'Y'.repeat(i)}`,
      ]) {
        const lines = new HeaderLines()
        lines.push(Buffer.from('HTTP/1.1 200 OK\r\n'))
        lines.push(Buffer.from(`${name}: v\r\n`))
        expect(Object.keys(lastResponseHeaders(lines))).to.deep.equal([name.trim().toLowerCase()])
      }
    }
  })

  it('B10: neither in what -v shows', () => {
    const tap = new Tap(true)
    for (const line of LINES) tap.listen(1, Buffer.from(line, 'latin1'))
    expect(tap.text.split('\n').filter((line) => line.startsWith('< x-b'))).to.deep.equal([])
    expect(tap.text).to.contain('< x-a: one  x-b: two\n')
  })
})
