/**
 * Config files: `-K` and `.curlrc`. Does not know the options.
 */
import { isUtf8 } from 'node:buffer'
import { join } from 'node:path'
import type { CurlContext } from '../invocation.js'
import { InformationWanted, NextOperation, type Parsing } from './parsing.js'
import { OptionProblem } from './problems.js'
import { readOption } from './read-option.js'
import { linesOf } from './values/files.js'
import { homeFolder } from '../../files/home-folder.js'

/** The number of config files that may name each other in turn. */
const MOST_LEVELS = 5

/** Takes the options of a file; `-` is stdin. */
export function readConfigFile(parsing: Parsing, path: string, level = 0): void {
  if (level >= MOST_LEVELS) {
    parsing.error(`Max config file recursion level reached (${MOST_LEVELS})`)
    throw new OptionProblem('badUse')
  }
  const bytes = contentOf(parsing.context, path)
  if (bytes === undefined) {
    parsing.error(`cannot read config from '${path}'`)
    throw new OptionProblem('unreadable')
  }
  readLines(parsing, bytes, path === '-' ? '<stdin>' : path, level)
}

function contentOf(context: CurlContext, path: string): Buffer | undefined {
  if (path === '-') return context.readStdin()
  try {
    return context.readFile(path)
  } catch {
    return undefined
  }
}

/** @returns the file that was read */
export function readDefaultConfig(parsing: Parsing): string | undefined {
  for (const path of defaultPaths(parsing.context.env)) {
    const bytes = contentOf(parsing.context, path)
    if (bytes === undefined) continue
    try {
      readLines(parsing, bytes, path, 0)
    } catch (error) {
      // The message has been printed. A bad default file ends no run.
      if (!(error instanceof OptionProblem)) throw error
      return undefined
    }
    return path
  }
  return undefined
}

function* defaultPaths(env: CurlContext['env']): Generator<string> {
  const of = (name: string): string | undefined => (env[name] === '' ? undefined : env[name])
  const [curlHome, xdg, home] = [of('CURL_HOME'), of('XDG_CONFIG_HOME'), of('HOME')]
  if (curlHome !== undefined) yield join(curlHome, '.curlrc')
  if (xdg !== undefined) yield join(xdg, 'curlrc')
  if (home !== undefined) yield join(home, '.curlrc')
  if (xdg === undefined) {
    for (const folder of [curlHome, home]) if (folder !== undefined) yield join(folder, '.config', 'curlrc')
  }
  yield join(homeFolder(), '.curlrc')
}

function readLines(parsing: Parsing, bytes: Buffer, name: string, level: number): void {
  const text = bytes.toString('utf8')
  const isText = isUtf8(bytes)
  // Files that this one names are one level deeper.
  const before = parsing.readConfig
  parsing.readConfig = (path) => readConfigFile(parsing, path, level + 1)
  try {
    for (const [number, line] of linesOf(text)) {
      const place = (): string => `${name}:${number}`
      const { option, value } = splitLine(parsing, line.replace(/^[ \t]+/, ''), place)
      try {
        if (!isText && line.includes('\ufffd'))
          throw new OptionProblem('badUse', 'holds bytes that are not UTF-8, which Node.js cannot hand on')
        readLine(parsing, option, value)
      } catch (error) {
        if (!(error instanceof OptionProblem)) throw error
        parsing.error(`${place()} config file option '${option}' ${error.text}`)
        if (error.reason === 'unreadable') parsing.error(`cannot read config from '${name}'`)
        throw error.reason === 'unknown' ? new OptionProblem('configUnknown') : error
      }
    }
  } finally {
    parsing.readConfig = before
  }
}

function readLine(parsing: Parsing, option: string, value: string | undefined): void {
  let isUsed = false
  try {
    isUsed = readOption(parsing, option, value)
  } catch (error) {
    if (error instanceof NextOperation) {
      if (parsing.operation.targets[0]?.url !== undefined) parsing.startOperation()
      return
    }
    // curl answers such a line and goes on; here the command line is where one asks.
    if (error instanceof InformationWanted) return
    throw error
  }
  if (!isUsed && value !== undefined && value !== '') throw new OptionProblem('extra')
}

/** `option value`, `option=value`, `option: value`; with a dash before it, only a blank ends an option. */
function splitLine(
  parsing: Parsing,
  line: string,
  place: () => string,
): { option: string; value: string | undefined } {
  const [start, option = ''] = (line.startsWith('-') ? DASHED : BARE).exec(line) ?? ['']
  const at = start.length
  if (line[at] === '"') return { option, value: unquoted(line, at + 1) }
  if (line[at] === "'")
    parsing.warn(
      `${place()} Option '${option}' uses argument with leading single quote. It is probably a mistake. Consider double quotes.`,
    )
  const value = /^[^ \t\n\v\f\r]*/.exec(line.slice(at))?.[0] ?? ''
  const rest = line.slice(at + value.length + 1).replace(/^[ \t]+/, '')
  if (rest !== '' && !/^[\r\n#]/.test(rest))
    parsing.warn(
      `${place()} Option '${option}' uses argument with unquoted whitespace. This may cause side-effects. Consider double quotes.`,
    )
  return { option, value: value === '' ? undefined : value }
}

/** The option, and what stands between it and its value. */
const DASHED = /^([^ \t]*)[ \t]*/
const BARE = /^([^ \t=:]*)[ \t=:]*/

const ESCAPED: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', v: '\v' }

function unquoted(line: string, from: number): string {
  // A list of a million URLs has hardly a value with a backslash.
  const end = line.indexOf('"', from)
  const whole = line.slice(from, end < 0 ? undefined : end)
  if (!whole.includes('\\')) return whole
  let value = ''
  for (let at = from; at < line.length && line[at] !== '"'; at++) {
    if (line[at] !== '\\') value += line[at] ?? ''
    else {
      at++
      const character = line[at] ?? ''
      value += ESCAPED[character] ?? character
    }
  }
  return value
}
