/** Parsing a command line into options. */
import { expect } from 'chai'
import { parseCommandLine } from '../../../../src/cli/arguments/command-line.js'

describe('parseCommandLine()', () => {
  it('keeps the order of options, and splits combined letters', () => {
    const { given, urls } = parseCommandLine(['-sXPUT', 'u1', '-H', '-x: y', '--', '-u2'])
    expect(given).to.deep.equal([
      ['silent', null],
      ['request', 'PUT'],
      ['header', '-x: y'],
    ])
    expect(urls).to.deep.equal(['u1', '-u2'])
  })
})
