/**
 * Converts curl commands, as browsers copy them, to requests, and requests to curl commands. Does not run
 * anything.
 */
import { quote as quotePlain, split } from 'shlex'
import { oneLine } from '../../redaction.js'
import { parseWords } from '../arguments/command-line.js'
import { flagNamed, FLAGS, type Flag, type Given } from '../arguments/flags.js'
import type { Input } from '../input/input-line.js'
import { DataError, messageOf, UsageError } from '../errors/errors.js'

/** Options of curl that do not change the request, and that this command does not have. */
const IGNORED: readonly Flag[] = Object.entries({
  i: 'include',
  g: 'globoff',
  N: 'no-buffer',
  '#': 'progress-bar',
  Z: 'parallel',
}).map(([short, long]) => ({ short, long, help: '', group: '', ofRequest: false, inCurl: true }))
const TAKEN = ['output', 'url'].flatMap((long) => flagNamed(long) ?? [])

/** The flags that a curl command may have. */
const CURL_FLAGS: readonly Flag[] = [...FLAGS.filter((flag) => flag.inCurl), ...TAKEN, ...IGNORED]

/** Returns the requests of a curl command; `--next` separates them. */
export function fromCurl(command: string): Input[] {
  let words: string[]
  try {
    // A backslash at the end of a line continues the command.
    words = split(command.replace(/\\\r?\n/g, ' ').trim())
  } catch (error) {
    throw new UsageError(`--from-curl: ${messageOf(error)}`)
  }
  if (words[0] === '$') words.shift()
  if (!/(^|\/)curl(\.exe)?$/.test(words[0] ?? '')) {
    throw new UsageError('--from-curl takes a whole command, which begins with curl')
  }
  return commandsIn(words.slice(1)).flatMap(requestsOf)
}

function commandsIn(words: readonly string[]): string[][] {
  const commands: string[][] = [[]]
  for (const word of words) {
    if (word === '--next' || word === '-:') commands.push([])
    else commands.at(-1)?.push(word)
  }
  return commands
}

function requestsOf(words: readonly string[]): Input[] {
  let parsed
  try {
    parsed = parseWords(words, CURL_FLAGS, 'curl')
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`--from-curl: ${error.message}`) : error
  }
  const { given, urls } = parsed
  if (urls.length === 0) throw new UsageError('--from-curl: there is no URL in it')
  if (given.some(([long]) => long === 'cookie-jar'))
    throw new UsageError('--from-curl: -c applies to the whole run: give it to parallelcurl itself')
  const layer = given.filter(([long]) => flagNamed(long)?.ofRequest === true)
  const outputs = given.flatMap(([long, value]) => (long === 'output' && value !== null ? [value] : []))
  return urls.map((url, i) => {
    const output = outputs[i]
    return {
      url,
      where: '--from-curl',
      ...(layer.length > 0 && { layer }),
      ...(output !== undefined && output !== '-' && { output }),
    }
  })
}

/** Returns the words for an option, or none if curl does not have it. */
function wordsOf([long, value]: Given): string[] {
  const flag = flagNamed(long)
  if (flag === undefined) return []
  if (!flag.inCurl) return []
  const name = flag.short === undefined ? `--${long}` : `-${flag.short}`
  return value === null ? [name] : [name, value]
}

/**
 * Returns the curl command of a request, on one line. Options that curl does not have are listed in a comment
 * at its end.
 */
export function toCurl(input: Input, base: readonly Given[], output: string | undefined): string {
  const given = [...effective(base, input.layer ?? [])]
  const words = given.flatMap(wordsOf)
  const lost = given.filter(([long]) => flagNamed(long)?.inCurl === false)
  if (output !== undefined) words.push('-o', output)
  // This command does not expand globs, so curl must not either.
  if (/[[\]{}]/.test(input.url)) words.push('-g')
  if (input.url.startsWith('-')) words.push('--url')
  const command = ['curl', ...[...words, input.url].map(quote)].join(' ')
  if (lost.length === 0) return command
  const names = lost.map(([long, value]) => `--${long} ${(value ?? '').split('=')[0] ?? ''}`)
  return `${command} # without ${oneLine(names.join(', '))}`
}

/** Control characters, and characters that change the direction of text. */
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]/

/** Quotes a word for bash. Characters that a terminal could act on are written as escapes. */
function quote(word: string): string {
  if (!UNSEEN.test(word)) return quotePlain(word)
  if (word.includes('\0')) throw new DataError('a word of a command cannot hold NUL')
  const spelled = Array.from(word, (character) => {
    if (character === "'" || character === '\\') return `\\${character}`
    if (!UNSEEN.test(character)) return character
    return Array.from(Buffer.from(character), (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
  })
  return `$'${spelled.join('')}'`
}

const isBody = (long: string): boolean => flagNamed(long)?.isBody === true

/** Merges two layers. The second one wins, as when the request is made. */
function effective(base: readonly Given[], layer: readonly Given[]): Given[] {
  const hasBody = layer.some(([long]) => isBody(long))
  const headerName = ([, value]: Given): string => (/^[^:;]*/.exec(value ?? '')?.[0] ?? '').toLowerCase()
  const headers = new Set(layer.filter(([long]) => long === 'header').map(headerName))
  const single = new Set(layer.map(([long]) => long).filter((long) => flagNamed(long)?.isRepeatable !== true))
  const kept = base.filter((given) => {
    const [long] = given
    if (isBody(long)) return !hasBody
    return long === 'header' ? !headers.has(headerName(given)) : !single.has(long)
  })
  return [...kept, ...layer]
}
