/** Which file a body goes to: what is known before anything is fetched. */
import { expect } from 'chai'
import { parseCommandLine } from '../../../../src/cli/arguments/command-line.js'
import { UsageError } from '../../../../src/cli/errors/errors.js'
import { Naming } from '../../../../src/cli/output/naming.js'
import { readSettings } from '../../../../src/cli/settings/settings.js'

const naming = (...words: readonly string[]): Naming => new Naming(readSettings(parseCommandLine(words), '0'))

describe('the command names files', () => {
  it('E7: and says before anything is fetched what is missing, and what makes it', () => {
    const wrong: readonly (readonly [message: string, words: readonly string[]])[] = [
      ['-o: there is no folder no/dir (--create-dirs makes it)', ['-o', 'no/dir/x']],
      ['-o: there is no folder no/a (--create-dirs makes it)', ['--output-dir', 'no', '-o', 'a/x']],
      ['-o: there is no folder no (--create-dirs makes it)', ['--output-dir', 'no', '-O']],
      ['-o: package.json is no folder', ['-o', 'package.json/x']],
      ['-o "pages/": it names no file', ['-o', 'pages/']],
      ['-o "": it names no file', ['-o', '']],
      [
        '-o ../{n}: with --output-dir it names files below that folder',
        ['--output-dir', '.', '-o', '../{n}'],
      ],
      [
        '-o /tmp/{n}: with --output-dir it names files below that folder',
        ['--output-dir', '.', '-o', '/tmp/{n}'],
      ],
    ]
    for (const [message, words] of wrong)
      expect(() => naming(...words), words.join(' ')).to.throw(UsageError, message)
  })

  it('but not what it makes itself, and what is there', () => {
    for (const words of [
      ['-o', 'no/dir/{n}'],
      ['--create-dirs', '-o', 'no/dir/x'],
      ['-o', '/dev/null'],
      ['-o', '-', '--output-dir', 'src'],
      ['--output-dir', 'src', '-o', 'cli/x'],
    ])
      expect(() => naming(...words), words.join(' ')).to.not.throw()
  })
})
