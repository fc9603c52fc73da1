/**
 * `--variable`, and what `--expand-` options make of variables. Does not know the options.
 */
import { systemText } from '../../../errors/system-text.js'
import type { Parsing } from '../parsing.js'
import { OptionProblem } from '../problems.js'
import { bounded } from './numbers.js'
import { toText } from './files.js'
import { percentEncoded } from '../../../../url/percent-encoding.js'

const LONGEST_NAME = 127

/** `NAME=content`, `NAME@file`, `%NAME` from the environment; `[from-to]` behind the name takes a part. */
export function setVariable(parsing: Parsing, input: string): void {
  const isImport = input.startsWith('%')
  const body = isImport ? input.slice(1) : input
  const name = /^[A-Za-z0-9_]*/.exec(body)?.[0] ?? ''
  if (name === '' || name.length > LONGEST_NAME) {
    parsing.warn(`Bad variable name length (${String(name.length)}), skipping`)
    return
  }
  let rest = body.slice(name.length)
  let content: Buffer | undefined
  if (isImport) {
    const value = parsing.context.env[name]
    if (value !== undefined) content = Buffer.from(value)
    else if (rest === '') {
      parsing.error(`Variable '${name}' import fail, not set`)
      throw new OptionProblem('expansion')
    }
  }
  let from = 0
  let to = Infinity
  if (/^\[\d/.test(rest)) [from, to, rest] = rangeOf(rest)
  if (content === undefined) {
    if (rest.startsWith('@')) content = part(readFile(parsing, rest.slice(1)), from, to)
    else if (rest.startsWith('=')) content = part(Buffer.from(rest.slice(1)), from, to)
    else {
      parsing.warn(`Bad --variable syntax, skipping: ${input}`)
      return
    }
  }
  if (parsing.variables.has(name)) parsing.note(`Overwriting variable '${name}'`)
  parsing.variables.set(name, content)
}

function rangeOf(text: string): [from: number, to: number, rest: string] {
  const match = /^\[(\d+)-(\d*)\]/.exec(text)
  const [, first = '', last = ''] = match ?? []
  const from = match === null ? undefined : bounded(first)
  const to = last === '' ? Infinity : bounded(last)
  if (match === null || from === undefined || to === undefined || from > to)
    throw new OptionProblem('variableSyntax')
  return [from, to, text.slice(match[0].length)]
}

function part(content: Buffer, from: number, to: number): Buffer {
  return content.subarray(from, to === Infinity ? undefined : to + 1)
}

function readFile(parsing: Parsing, path: string): Buffer {
  const { context } = parsing
  if (path === '-') return context.readStdin()
  try {
    return context.readFile(path)
  } catch (error) {
    parsing.error(`Failed to open ${path}: ${systemText(error)}`)
    throw new OptionProblem('unreadable')
  }
}

/** The text with each `{{name}}` and `{{name:function:...}}` replaced. */
export function expandVariables(parsing: Parsing, input: string): string {
  let output = ''
  let rest = input
  let isChanged = false
  for (;;) {
    const open = rest.indexOf('{{')
    if (open < 0) break
    if (rest[open - 1] === '\\') {
      output += `${rest.slice(0, open - 1)}{{`
      rest = rest.slice(open + 2)
      continue
    }
    const close = rest.indexOf('}}', open)
    if (close < 0) {
      parsing.warn(`missing close '}}' in '${input}'`)
      break
    }
    const inside = rest.slice(open + 2, close)
    const name = inside.split(':', 1)[0] ?? ''
    if (name === '' || Buffer.byteLength(name) > LONGEST_NAME) {
      parsing.warn(`bad variable name length '${input}'`)
      output += rest.slice(0, close + 2)
    } else if (!/^[A-Za-z0-9_]+$/.test(name)) {
      parsing.warn(`bad variable name: ${name}`)
      output += rest.slice(0, close + 2)
    } else {
      output += rest.slice(0, open) + valueOf(parsing, name, inside.slice(name.length))
      isChanged = true
    }
    rest = rest.slice(close + 2)
  }
  // Without a variable in it curl leaves all of it as it was, backslashes included.
  return isChanged ? output + rest : input
}

function valueOf(parsing: Parsing, name: string, functions: string): string {
  let value: Buffer = parsing.variables.get(name) ?? Buffer.alloc(0)
  if (functions !== '') {
    for (const one of functions.slice(1).split(':')) {
      const apply = FUNCTIONS.get(one)
      if (apply === undefined) {
        parsing.error(`unknown variable function in '${functions}'`)
        throw new OptionProblem('expansion')
      }
      value = apply(value)
    }
  }
  if (value.includes(0)) {
    parsing.error('variable contains null byte')
    throw new OptionProblem('expansion')
  }
  return toText(value, `variable ${name}`)
}

const FUNCTIONS: ReadonlyMap<string, (value: Buffer) => Buffer> = new Map([
  ['trim', trimmed],
  ['json', (value: Buffer) => Buffer.from(jsonQuoted(value), 'latin1')],
  ['url', (value: Buffer) => Buffer.from(percentEncoded(value))],
  ['b64', (value: Buffer) => Buffer.from(value.toString('base64'))],
  ['64dec', decoded],
])

function isSpace(byte: number | undefined): boolean {
  return byte === 32 || (byte !== undefined && byte >= 9 && byte <= 13)
}

function trimmed(value: Buffer): Buffer {
  let [start, end] = [0, value.length]
  while (start < end && isSpace(value[start])) start++
  while (end > start && isSpace(value[end - 1])) end--
  return value.subarray(start, end)
}

/** The inside of a JSON string, byte for byte. */
function jsonQuoted(value: Buffer): string {
  return JSON.stringify(value.toString('latin1')).slice(1, -1)
}

function decoded(value: Buffer): Buffer {
  const text = value.toString('latin1')
  const isBase64 = text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text)
  return isBase64 || text === '' ? Buffer.from(text, 'base64') : Buffer.from('[64dec-fail]')
}
