/**
 * Small grammars of single options: protocols, rates, ranges, ports, certificates with a password. Does not
 * know what is done with what they say.
 */
import type { Parsing } from '../parsing.js'
import { OptionProblem } from '../problems.js'
import { bounded, digitsAt, toCount, toOffset } from './numbers.js'
import { parseDate } from './dates.js'

/**
 * `--proto`: names with `+`, `-` and `=` before them, begun with `base`. @returns sorted, joined by commas
 */
export function protocolsOf(parsing: Parsing, text: string, base: readonly string[]): string {
  const { protocols } = parsing.context.build
  let chosen = new Set(base.filter((name) => protocols.has(name)))
  for (const word of text.split(',')) {
    if (word === '') continue
    const action = /^[=+-]/.exec(word)?.[0] ?? '+'
    const name = word.replace(/^[=+-]/, '').toLowerCase()
    if (name === 'all') chosen = new Set(action === '-' ? [] : protocols)
    else if (protocols.has(name)) {
      if (action === '=') chosen.clear()
      if (action === '-') chosen.delete(name)
      else chosen.add(name)
    } else {
      parsing.error(`unrecognized protocol '${word.replace(/^[=+-]/, '')}'`)
      throw new OptionProblem('badUse')
    }
  }
  if (chosen.size === 0) throw new OptionProblem('badUse')
  return [...chosen].sort().join(',')
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `--rate 3/5s`: milliseconds between starts. */
export function rateOf(parsing: Parsing, text: string): number {
  const digits = digitsAt(text, 0)
  const count = digits === undefined ? undefined : bounded(digits)
  if (digits === undefined || count === undefined) throw new OptionProblem('badNumber')
  if (count < 1) throw new OptionProblem('badUse')
  let span = UNIT_MS['h'] ?? 0
  if (text[digits.length] === '/') {
    const at = digits.length + 1
    const units = digitsAt(text, at)
    span = UNIT_MS[text[at + (units?.length ?? 0)] ?? ''] ?? 0
    if (span === 0) {
      parsing.error('unsupported --rate unit')
      throw new OptionProblem('badUse')
    }
    span *= units === undefined ? 1 : Number(units)
    if (span > Number.MAX_SAFE_INTEGER) {
      parsing.error('too large --rate unit')
      throw new OptionProblem('tooLarge')
    }
  }
  if (count > span) throw new OptionProblem('tooLarge')
  return Math.floor(span / count)
}

/** `-r`. */
export function setRange(parsing: Parsing, text: string): void {
  const { settings } = parsing
  if (settings.continueAt !== undefined) {
    parsing.error('--continue-at is mutually exclusive with --range')
    throw new OptionProblem('badUse')
  }
  if (/^\d+$/.test(text)) {
    parsing.warn('A specified range MUST include at least one dash (-). Appending one for you')
    settings.range = `${String(BigInt(text))}-`
    return
  }
  if (/[^\d,-]/.test(text))
    parsing.warn(
      "Invalid character is found in given range. A specified range MUST have only digits in 'start'-'stop'. The server's response to this request is uncertain.",
    )
  if (text === '') throw new OptionProblem('blank')
  settings.range = text
}

/** `-C`. */
export function setContinueAt(parsing: Parsing, text: string): void {
  const { settings } = parsing
  const other =
    settings.range !== undefined
      ? '--range'
      : settings.removeOnError
        ? '--remove-on-error'
        : settings.clobber === 'never'
          ? '--no-clobber'
          : undefined
  if (other !== undefined) {
    parsing.error(`--continue-at is mutually exclusive with ${other}`)
    throw new OptionProblem('badUse')
  }
  settings.continueAt = text === '-' ? 'auto' : toOffset(text)
}

/** `--local-port 4000-4200`. */
export function setLocalPort(parsing: Parsing, text: string): void {
  const { settings } = parsing
  const match = /^(\d*)(?:[ \t]?-[ \t]?(.*))?$/.exec(text)
  if (match === null) throw new OptionProblem('badUse')
  try {
    settings.localPort = toCount(match[1] ?? '', 65535)
    settings.localPortRange = match[2] === undefined ? 1 : toCount(match[2], 65535) - (settings.localPort - 1)
  } catch {
    throw new OptionProblem('badUse')
  }
  if (settings.localPortRange < 1) throw new OptionProblem('badUse')
}

/** `-z`: a date, or a file whose time counts. */
export function setTimeCondition(parsing: Parsing, text: string): void {
  const { settings } = parsing
  settings.timeCond = text.startsWith('-')
    ? 'ifUnmodified'
    : text.startsWith('=')
      ? 'lastModified'
      : 'ifModified'
  const rest = text.replace(/^[+=-]/, '')
  const time = parseDate(rest) ?? parsing.context.fileTime(rest)
  if (time === undefined) {
    settings.timeCond = 'none'
    parsing.warn(
      'Illegal date format for -z, --time-cond (and not a filename). Disabling time condition. See curl_getdate(3) for valid date syntax.',
    )
  }
  settings.timeValue = time ?? -1
}

/** `-E FILE:PASSWORD`: a colon in the name is `\:`. */
export function certificateOf(text: string): { file: string; password?: string } {
  if (text === '') throw new OptionProblem('blank')
  if (/^pkcs11:/i.test(text) || !/[:\\]/.test(text)) return { file: text }
  let file = ''
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? ''
    if (character === ':') {
      const password = text.slice(at + 1)
      return password === '' ? { file } : { file, password }
    }
    const next = text[at + 1]
    if (character === '\\' && (next === ':' || next === '\\')) {
      file += next
      at++
    } else file += character
  }
  return { file }
}

const TLS_VERSIONS = ['default', '1.0', '1.1', '1.2', '1.3']

/** `--tls-max`: 0 to 4. */
export function tlsVersionOf(text: string): number {
  const found = TLS_VERSIONS.indexOf(text)
  if (found < 0) throw new OptionProblem('badUse')
  return found
}

/** One of a few words, whatever their case; curl warns of others and takes the default. */
export function wordOf(
  parsing: Parsing,
  text: string,
  words: Readonly<Record<string, number>>,
  what: string,
  otherwise: string,
): number {
  const found = words[text.toLowerCase()]
  if (found === undefined) parsing.warn(`unrecognized ${what} '${text}', using ${otherwise}`)
  return found ?? words[otherwise] ?? 0
}

/** curl/curl.h: CURLULFLAG_*. */
const UPLOAD_FLAGS: Readonly<Record<string, number>> = {
  answered: 1,
  deleted: 2,
  draft: 4,
  flagged: 8,
  seen: 16,
}

/** `--upload-flags seen,-draft`: bits. */
export function uploadFlagsOf(text: string, before: number): number {
  let bits = before
  for (const word of text.split(',')) {
    const bit = UPLOAD_FLAGS[word.replace(/^-/, '')]
    if (bit === undefined) throw new OptionProblem('unknown')
    bits = word.startsWith('-') ? bits & ~bit : bits | bit
  }
  return bits
}
