/** Parsing a command line into options. */
import { expect } from 'chai'
import fc from 'fast-check'
import { parseCommandLine, type CommandLine } from '../../../../src/cli/arguments/command-line.js'
import { FLAGS } from '../../../../src/cli/arguments/flags.js'

const outcome = (words: readonly string[]): CommandLine | string => {
  try {
    return parseCommandLine(words)
  } catch (error) {
    return (error as Error).message
  }
}

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

  it('takes no negative number for a URL', () => {
    expect(outcome(['-5'])).to.equal("unknown option '-5'")
  })

  it('reads any words as if it knew no more than what they name', () => {
    // Words behind `--` are URLs, and name all flags.
    const all = FLAGS.map(({ long }) => `--${long}`)
    const letters = FLAGS.flatMap(({ short = '' }) => (short === 'K' ? '' : short)).join('')
    const word = fc.oneof(
      fc.constantFrom('u', '-', '-5', '-0', '--no-such', '-:', 'v', '--output=f', '--silen', '--silent=1'),
      fc.constantFrom(...all.filter((name) => name !== '--config')),
      fc
        .string({ unit: fc.constantFrom(...letters, '%', '7', '='), minLength: 1, maxLength: 3 })
        .map((some) => `-${some}`),
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 4 }), (some) => {
        const words = [...some, 'u', '--']
        const [few, whole] = [outcome(words), outcome([...words, ...all])]
        if (typeof few === 'string' || typeof whole === 'string') expect(few).to.equal(whole)
        else expect({ ...few, urls: [...few.urls, ...all] }).to.deep.equal(whole)
      }),
      { numRuns: 60 },
    )
  })
})
