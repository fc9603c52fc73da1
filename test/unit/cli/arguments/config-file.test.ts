/** Config files of the command. Does not read files. */
import { expect } from 'chai'
import { parseConfig } from '../../../../src/cli/arguments/config-file.js'
import { UsageError } from '../../../../src/cli/errors/errors.js'

describe('config files of the command', () => {
  it('become the words of a command line', () => {
    const text =
      '# no\n\nurl = "http://a/\\"b\\"\\t"\n-X POST\n--silent\nuser-agent: me\ndata="x y"\nlocation\n'
    expect(parseConfig(text, 'f')).to.deep.equal([
      '--url',
      'http://a/"b"\t',
      '-X',
      'POST',
      '--silent',
      '--user-agent',
      'me',
      '--data',
      'x y',
      '--location',
    ])
    expect(() => parseConfig('a = "x', 'f')).to.throw(UsageError, 'line 1')
  })
})
