/**
 * One word of a command line, or one line of a config file: which options it holds, and their values. Does
 * not know what they do.
 */
import { InformationWanted, type Parsing } from './parsing.js'
import { OptionProblem } from './problems.js'
import { lacks, type CurlOption } from './table/option.js'
import { optionNamed, optionOfLetter } from './table/option-table.js'
import { toCount, toMilliseconds } from './values/numbers.js'
import { expandVariables } from './values/variables.js'

/** Longer names are not looked for before a `=`. */
const LONGEST_NAME = 26

/**
 * Takes the options of `word`.
 *
 * @param next - the word after it, if there is one
 * @returns whether `next` was a value, and is used up
 * @throws OptionProblem
 */
export function readOption(parsing: Parsing, word: string, next: string | undefined): boolean {
  parsing.optionsInWord = 0
  if (word.startsWith('-') && !word.startsWith('--')) return readLetters(parsing, word.slice(1), next)
  return readLong(parsing, word.startsWith('--') ? word.slice(2) : word, next)
}

function readLong(parsing: Parsing, word: string, next: string | undefined): boolean {
  const isOff = word.startsWith('no-')
  const isExpanded = !isOff && word.startsWith('expand-')
  const rest = word.slice(isOff ? 3 : isExpanded ? 7 : 0)
  const equals = rest.indexOf('=')
  const isAttached = equals > 0 && equals <= LONGEST_NAME
  const option = optionNamed(isAttached ? rest.slice(0, equals) : rest)
  if (option === undefined) throw new OptionProblem('unknown')
  if (isOff && !isSwitch(option)) throw new OptionProblem('noPrefix')
  let value = isAttached ? rest.slice(equals + 1) : next
  if (isExpanded && value !== undefined) {
    if (!takesValue(option)) throw new OptionProblem('expansion')
    value = expandVariables(parsing, value)
  }
  if (!takesValue(option)) {
    switchOption(parsing, option, !isOff)
    return false
  }
  if (option.long === 'help') throw helpWanted(value)
  if (value === undefined) throw new OptionProblem('needsParameter')
  giveValue(parsing, option, value)
  return !isAttached
}

function readLetters(parsing: Parsing, letters: string, next: string | undefined): boolean {
  // By unit: no letter of curl's needs two.
  for (let at = 0; at === 0 || at < letters.length; at++) {
    const option = optionOfLetter(letters[at] ?? '')
    if (option === undefined) throw new OptionProblem('unknown')
    if (!takesValue(option)) {
      switchOption(parsing, option, !(option.kind === 'flag' && option.isLetterOff))
      parsing.optionsInWord++
      continue
    }
    const attached = letters.slice(at + 1)
    if (option.long === 'help') throw helpWanted(attached === '' ? next : attached)
    if (attached === '' && next === undefined) throw new OptionProblem('needsParameter')
    giveValue(parsing, option, attached === '' ? (next ?? '') : attached)
    return attached === ''
  }
  return false
}

function helpWanted(topic: string | undefined): InformationWanted {
  return new InformationWanted({
    kind: 'help',
    ...(topic !== undefined && topic !== '' && { topic }),
  })
}

/** True if `--no-` goes with it. */
function isSwitch(option: CurlOption): boolean {
  return option.kind === 'flag' || (option.kind === 'gone' && !option.takesValue)
}

function takesValue(option: CurlOption): boolean {
  return option.kind === 'gone' ? option.takesValue : option.kind !== 'flag' && option.kind !== 'once'
}

function switchOption(parsing: Parsing, option: CurlOption, isOn: boolean): void {
  if (option.kind === 'gone') {
    warnOfGone(parsing, option)
    return
  }
  parsing.observe?.(parsing.operation, option, null, isOn)
  parsing.operation.given.push([isOn ? option.long : `no-${option.long}`, null])
  if (isOn) refuseLacking(parsing, option)
  if (option.kind === 'flag') option.set(parsing, isOn, option.long)
  else if (option.kind === 'once') option.set(parsing)
}

function giveValue(parsing: Parsing, option: CurlOption, value: string): void {
  if (option.kind === 'gone') {
    warnOfGone(parsing, option)
    return
  }
  parsing.observe?.(parsing.operation, option, value, true)
  // URLs and their files are targets. There may be a million of them.
  if (option.long !== 'url' && option.long !== 'output') parsing.operation.given.push([option.long, value])
  // General punctuation, as word processors put it for quotes and dashes.
  if (/^[\u2000-\u203f]/.test(value))
    parsing.warn(`The argument '${value}' starts with a Unicode character. Maybe ASCII was intended?`)
  refuseLacking(parsing, option)
  switch (option.kind) {
    case 'file':
      if (/^-./s.test(value)) parsing.warn(`The filename argument '${value}' looks like a flag.`)
      option.set(parsing, value, option.long)
      break
    case 'text':
      option.set(parsing, value, option.long)
      break
    case 'number':
      option.set(parsing, toCount(value), option.long)
      break
    case 'seconds':
      option.set(parsing, toMilliseconds(value), option.long)
      break
    default:
  }
}

function warnOfGone(parsing: Parsing, { long }: CurlOption): void {
  parsing.warn(`--${long} is deprecated and has no function anymore`)
}

function refuseLacking(parsing: Parsing, { needs }: CurlOption): void {
  const why = lacks(needs, parsing.context.build)
  if (why !== undefined) throw new OptionProblem('notInLibcurl', `cannot be done here: ${why}`)
}
