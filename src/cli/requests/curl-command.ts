/** Requests as curl commands. Does not run anything. */
import { quote as quotePlain } from 'shlex'
import { headerName } from '../../http-semantics.js'
import { oneLine } from '../../redaction.js'
import { flagNamed, type Given } from '../arguments/flags.js'
import { DataError } from '../errors/errors.js'
import type { Input, PastedOption } from '../input/input-line.js'

/** Returns the words for an option, or none if curl does not have it. */
function wordsOf([long, value]: Given): string[] {
  const flag = flagNamed(long)
  if (flag === undefined) return []
  if (!flag.inCurl) return []
  const name = flag.short === undefined ? `--${long}` : `-${flag.short}`
  return value === null ? [name] : [name, value]
}

function wordsOfPasted({ long, short, value, isOn }: PastedOption): string[] {
  const name = !isOn ? `--no-${long}` : short === '' ? `--${long}` : `-${short}`
  return value === null ? [name] : [name, value]
}

/**
 * Returns the curl command of a request, on one line. Options that curl does not have are listed in a comment
 * at its end.
 */
export function toCurl(input: Input, base: readonly Given[], output: string | undefined): string {
  const pasted = input.pasted?.given
  const layer = input.layer ?? (pasted ?? []).map(({ long, value }): Given => [long, value])
  const given = effective(base, layer)
  const words =
    pasted === undefined
      ? given.flatMap(wordsOf)
      : [...given.slice(0, given.length - layer.length).flatMap(wordsOf), ...pasted.flatMap(wordsOfPasted)]
  const lost = given.filter(([long]) => flagNamed(long)?.inCurl === false)
  if (output !== undefined) words.push('-o', output)
  // Here they are no globs.
  if (/[[\]{}]/.test(input.url)) words.push('-g')
  if (input.url.startsWith('-')) words.push('--url')
  // curl would read a file of that name.
  const url = input.url.startsWith('@') ? `http://${input.url}` : input.url
  const command = ['curl', ...[...words, url].map(quote)].join(' ')
  if (lost.length === 0) return command
  const names = lost.map(([long, value]) => `--${long} ${(value ?? '').split('=')[0] ?? ''}`)
  return `${command} # without ${oneLine(names.join(', '))}`
}

/** Control characters, and characters that change the direction of text. */
const UNSEEN =
  /[\udc80-\udcff\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]/

/** Quotes a word for bash. Characters that a terminal could act on are written as escapes. */
function quote(word: string): string {
  if (!UNSEEN.test(word)) return quotePlain(word)
  if (word.includes('\0')) throw new DataError('a word of a command cannot hold NUL')
  const spelled = Array.from(word, (character) => {
    if (character === "'" || character === '\\') return `\\${character}`
    if (!UNSEEN.test(character)) return character
    return Array.from(bytesOf(character), (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
  })
  return `$'${spelled.join('')}'`
}

/** Of a character that stands for one byte, that byte. */
function bytesOf(character: string): Buffer {
  const code = character.charCodeAt(0)
  return code >= 0xdc80 && code <= 0xdcff ? Buffer.from([code - 0xdc00]) : Buffer.from(character)
}

const isBody = (long: string): boolean => flagNamed(long)?.isBody === true

/** Merges two layers. The second one wins, as when the request is made. */
function effective(base: readonly Given[], layer: readonly Given[]): Given[] {
  const hasBody = layer.some(([long]) => isBody(long))
  const nameOf = ([, value]: Given): string => headerName(value ?? '')
  const headers = new Set(layer.filter(([long]) => long === 'header').map(nameOf))
  const single = new Set(layer.map(([long]) => long).filter((long) => flagNamed(long)?.isRepeatable !== true))
  const kept = base.filter((given) => {
    const [long] = given
    if (isBody(long)) return !hasBody
    return long === 'header' ? !headers.has(nameOf(given)) : !single.has(long)
  })
  return [...kept, ...layer]
}
