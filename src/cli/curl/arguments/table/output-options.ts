/**
 * Options about where answers go, what is said of them, and what is tried again. Does not know requests.
 */
import { toOctal } from '../values/numbers.js'
import { withoutLineEnds } from '../../../files/read-input.js'
import { readInput, toText } from '../values/files.js'
import { addOutput, addRemoteName, refuseEtags } from '../values/targets.js'
import type { Parsing } from '../parsing.js'
import { OptionProblem } from '../problems.js'
import { count, file, filled, flag, notBlank, number, on, seconds, text, type CurlOption } from './option.js'

const MOST_PERMISSIONS = 0o777
const MOST_DELAY_MS = 2 ** 31 - 1

const etagFile =
  (field: 'etagSave' | 'etagCompare') =>
  (parsing: Parsing, value: string): void => {
    if (parsing.operation.urls > 1) refuseEtags(parsing)
    parsing.settings[field] = notBlank(value)
  }

const refuseWithResume = (parsing: Parsing, other: string): void => {
  if (parsing.settings.continueAt === undefined) return
  parsing.error(`--continue-at is mutually exclusive with ${other}`)
  throw new OptionProblem('badUse')
}

function setWriteOut(parsing: Parsing, value: string): void {
  const { settings } = parsing
  if (!value.startsWith('@')) {
    settings.writeOut = value
    return
  }
  const path = value.slice(1)
  const format = toText(withoutLineEnds(readInput(parsing, path)), path)
  delete settings.writeOut
  if (format === '') parsing.warn(`Failed to read ${path === '-' ? '<stdin>' : path}`)
  else settings.writeOut = format
}

export const OUTPUT_OPTIONS: readonly CurlOption[] = [
  {
    ...flag('buffer', 'N', ({ settings }, value) => {
      settings.noBuffer = !value
    }),
    isLetterOff: true,
  } as CurlOption,
  flag('clobber', '', (parsing, value) => {
    if (!value) refuseWithResume(parsing, '--no-clobber')
    parsing.settings.clobber = value ? 'always' : 'never'
  }),
  flag('create-dirs', '', on('createDirs')),
  text('create-file-mode', '', ({ settings }, value) => {
    settings.createFileMode = toOctal(value, MOST_PERMISSIONS)
  }),
  file('dump-header', 'D', filled('dumpHeader')),
  file('etag-compare', '', etagFile('etagCompare')),
  file('etag-save', '', etagFile('etagSave')),
  flag('fail', 'f', (parsing, value) => {
    const { settings } = parsing
    if (value && settings.fail === 'withBody') parsing.warn('--fail deselects --fail-with-body here')
    settings.fail = value ? 'withoutBody' : 'no'
  }),
  flag('fail-with-body', '', (parsing, value) => {
    const { settings } = parsing
    if (value && settings.fail === 'withoutBody') parsing.warn('--fail-with-body deselects --fail here')
    settings.fail = value ? 'withBody' : 'no'
  }),
  flag('include', '', on('showHeaders')),
  flag('out-null', '', (parsing) => addOutput(parsing, null)),
  file('output', 'o', addOutput),
  text('output-dir', '', filled('outputDir')),
  flag('remote-header-name', 'J', on('remoteHeaderName')),
  flag('remote-name', 'O', addRemoteName),
  flag('remote-name-all', '', on('remoteNameAll')),
  flag('remote-time', 'R', on('remoteTime')),
  flag('remove-on-error', '', (parsing, value) => {
    if (value) refuseWithResume(parsing, '--remove-on-error')
    parsing.settings.removeOnError = value
  }),
  number('retry', '', count('retry')),
  flag('retry-all-errors', '', on('retryAllErrors')),
  flag('retry-connrefused', '', on('retryConnrefused')),
  seconds('retry-delay', '', ({ settings }, value) => {
    settings.retryDelayMs = Math.min(value, MOST_DELAY_MS)
  }),
  seconds('retry-max-time', '', count('retryMaxTimeMs')),
  flag('show-headers', 'i', on('showHeaders')),
  flag('skip-existing', '', on('skipExisting')),
  text('write-out', 'w', setWriteOut),
  flag('xattr', '', on('xattr'), { never: 'Node.js sets no extended attributes' }),
]
