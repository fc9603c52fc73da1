/** The file of a body: the part that is known before anything is fetched. */
import { expect } from 'chai'
import { parseCommandLine } from '../../../../../src/cli/arguments/command-line.js'
import { UsageError } from '../../../../../src/cli/errors/errors.js'
import { Naming } from '../../../../../src/cli/output/names/naming.js'
import { readSettings } from '../../../../../src/cli/settings/settings.js'

const naming = (...words: readonly string[]): Naming => new Naming(readSettings(parseCommandLine(words), '0'))

describe('the command names files', () => {
  it('E7: and says before anything is fetched what is missing, and what makes it', () => {
    const wrong: readonly (readonly [message: string, words: readonly string[]])[] = [
      ['-o: there is no folder no/dir (--create-dirs makes it)', ['-o', 'no/dir/x']],
      ['-o: there is no folder no/a (--create-dirs makes it)', ['--output-dir', 'no', '-o', 'a/x']],
      ['-o: there is no folder no (--create-dirs makes it)', ['--output-dir', 'no', '-O']],
      ['-o: package.json is not a folder', ['-o', 'package.json/x']],
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

  it('and which bodies nobody reads: those are dropped as they arrive', () => {
    const dropped: readonly (readonly [isDropped: boolean, words: readonly string[]])[] = [
      [false, []],
      [true, ['--jsonl']],
      [true, ['--jsonl', '--include']],
      [true, ['--jsonl', '-o', '-']],
      [true, ['--jsonl', '--har', 'x.har', '--report', 'x.html']],
      [false, ['--jsonl', '--body', 'text']],
      [false, ['--jsonl', '-o', 'src/x']],
      [true, ['-o', '/dev/null']],
      [true, ['-o', '/dev/null', '--include']],
      [true, ['--output-dir', '/dev', '-o', 'null']],
      [true, ['--jsonl', '-o', '/dev/null']],
      [false, ['--jsonl', '--body', 'text', '-o', '/dev/null']],
      [false, ['-o', '/dev/stderr']],
    ]
    for (const [isDropped, words] of dropped) {
      const one = naming(...words)
      expect(one.drops({ url: 'http://a.test/' }, 1), words.join(' ')).to.equal(isDropped)
      if (isDropped) expect(one.options({ url: 'http://a.test/' }, 1), words.join(' ')).to.equal(null)
    }
  })
})
