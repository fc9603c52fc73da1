/**
 * From the words of a command line to what they say. Does not run anything.
 */
import { nearest } from '../../../options/catalog/suggest.js'
import { CurlError, type CurlContext, type Invocation } from '../invocation.js'
import { readConfigFile, readDefaultConfig } from './config-file.js'
import { finishOperation } from './finish-operation.js'
import { InformationWanted, NextOperation, Parsing, type OptionObserver } from './parsing.js'
import { EXIT_CODES, OptionProblem } from './problems.js'
import { readOption } from './read-option.js'
import { LONG_NAMES } from './table/option-table.js'
import { whyNotHere } from './table/our-options.js'

const HINT = "curl: try 'curl --help' for more information"

/**
 * Reads a command line as curl does, `.curlrc` included.
 *
 * @param words - behind `curl`
 * @throws CurlError where curl ends before a transfer
 */
export function parseInvocation(words: readonly string[], context: CurlContext): Invocation {
  const parsing = new Parsing(context)
  parsing.readConfig = (path) => readConfigFile(parsing, path)
  const [first] = words
  const config =
    first === undefined || !(first.startsWith('-q') || first === '--disable')
      ? readDefaultConfig(parsing)
      : undefined
  if (words.length === 0 && parsing.operation.targets.length === 0)
    throw new CurlError(EXIT_CODES.usage, [HINT])
  try {
    readWords(parsing, words, refuseLostBytes)
  } catch (error) {
    if (error instanceof InformationWanted) return parsing.finish(error.information)
    throw error
  } finally {
    if (config !== undefined) parsing.note(`Read config file from '${config}'`)
  }
  for (const operation of parsing.operations) finishOperation(parsing, operation)
  return parsing.finish()
}

/**
 * Reads a command line that somebody else wrote: without `.curlrc`.
 *
 * @param observe - is told each option, and may throw
 * @throws CurlError where curl ends before a transfer
 */
export function parsePasted(
  words: readonly string[],
  context: CurlContext,
  observe: OptionObserver,
): Invocation {
  const parsing = new Parsing(context)
  parsing.observe = observe
  parsing.readConfig = (path) => readConfigFile(parsing, path)
  try {
    readWords(parsing, words, () => undefined)
  } catch (error) {
    if (error instanceof InformationWanted) return parsing.finish(error.information)
    throw error
  }
  for (const operation of parsing.operations) finishOperation(parsing, operation)
  return parsing.finish()
}

function readWords(parsing: Parsing, words: readonly string[], check: (word: string) => void): void {
  let isOver = false
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    if (word === '--' && !isOver) {
      isOver = true
      continue
    }
    try {
      check(word)
      const isOption = !isOver && word.startsWith('-')
      const next = words[at + 1]
      if (!isOption) readOption(parsing, '--url', word)
      else if (readOption(parsing, word, next)) {
        check(next ?? '')
        at++
      }
    } catch (error) {
      if (error instanceof NextOperation) startNext(parsing, word)
      else if (error instanceof OptionProblem) throw explained(error, word)
      else throw error
    }
  }
  const { settings } = parsing
  if (settings.remoteHeaderName && settings.continueAt === 'auto')
    throw explained(new OptionProblem('nameAndResume'), undefined)
}

/** Node.js decodes arguments, and puts U+FFFD for what is not UTF-8. */
function refuseLostBytes(word: string): void {
  if (word.includes('\ufffd'))
    throw new OptionProblem(
      'badUse',
      'holds bytes that are not UTF-8, which Node.js has replaced: give them in a file (@FILE)',
    )
}

function startNext(parsing: Parsing, word: string): void {
  if (parsing.operation.targets[0]?.url !== undefined) {
    parsing.startOperation()
    return
  }
  parsing.error('missing URL before --next')
  throw explained(new OptionProblem('badUse'), word)
}

function explained(problem: OptionProblem, word: string | undefined): CurlError {
  const isUnknown = problem.reason === 'unknown' && word?.startsWith('--') === true
  const name = isUnknown ? word.slice(2).replace(/=.*$/s, '') : ''
  const text = (isUnknown ? whyNotHere(name) : undefined) ?? problem.text
  const what = word === undefined || word === ':' ? text : `option ${word}: ${text}`
  const meant = isUnknown && text === problem.text ? nearest(name, LONG_NAMES) : undefined
  return new CurlError(problem.exitCode, [
    `curl: ${what}`,
    ...(meant === undefined ? [] : [`curl: did you mean --${meant}?`]),
    HINT,
  ])
}
