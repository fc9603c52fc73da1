/**
 * Checks single values before libcurl sees them: node-libcurl takes `undefined`, `NaN` and objects as 0, and
 * passes line breaks into headers. Does not know options, only the kind of a value and the name for messages.
 */
import { BAD_FUNCTION_ARGUMENT } from '../../curl-codes.js'
import { OptionError } from '../../errors.js'
import { describe } from '../../wrong-value.js'

/** The name of a checked value, for error messages. */
export interface Subject {
  readonly name: string
  readonly where: string
  /** True if messages must not show the value. */
  readonly isSecret: boolean
}

/** libcurl refuses the value, with the code that `curl_easy_setopt()` returns (`CURLE_*`). */
export class RefusedValue extends OptionError {
  constructor(
    message: string,
    option: string,
    readonly errno: number,
  ) {
    super(message, option)
  }
}

/** libcurl refuses longer strings, except post fields (CURL_MAX_INPUT_LENGTH). Bytes. */
const MAX_STRING_BYTES = 8_000_000
const DECIMAL = /^-?\d+$/

/** Returns the error for a value that an option does not accept. */
export function mismatch({ name, where, isSecret }: Subject, expects: string, value: unknown): OptionError {
  return new OptionError(`${where}: ${name} expects ${expects}; got ${describe(value, isSecret)}`, name)
}

/** Returns a whole number from `min` to `max`. Booleans and decimal digits count as numbers. */
export function toInteger(subject: Subject, value: unknown, min: number, max: number): number {
  let number: number
  if (typeof value === 'number') number = value
  else if (typeof value === 'boolean') number = value ? 1 : 0
  else if (typeof value === 'bigint' || (typeof value === 'string' && DECIMAL.test(value)))
    number = Number(value)
  else number = NaN
  if (!Number.isInteger(number) || number < min || number > max) {
    const expects = `an integer (number, boolean or decimal digits) from ${String(min)} to ${String(max)}`
    const { message, option = '' } = mismatch(subject, expects, value)
    throw Number.isInteger(number)
      ? new RefusedValue(message, option, BAD_FUNCTION_ARGUMENT)
      : new OptionError(message, option)
  }
  // Adding 0 turns -0 into 0.
  return number + 0
}

/**
 * Returns a text without CR, LF, NUL and lone surrogates: libcurl gets UTF-8, which cannot encode a lone
 * surrogate.
 */
export function toText(subject: Subject, value: unknown): string {
  let text: string
  if (typeof value === 'string') text = value
  else if (typeof value === 'number' && Number.isFinite(value)) text = String(value)
  else throw mismatch(subject, 'a string, or null for libcurl’s default', value)
  if (!isLine(text)) throw brokenText(subject, text)
  if (text.length > MAX_STRING_BYTES / 3 && Buffer.byteLength(text) > MAX_STRING_BYTES) {
    throw new OptionError(
      `${subject.where}: ${subject.name} is longer than the 8,000,000 bytes that libcurl takes`,
      subject.name,
    )
  }
  return text
}

/** Returns a list of lines, each checked as in {@link toText}; null for an empty list. */
export function toList(subject: Subject, value: unknown): readonly string[] | null {
  if (value === null) return null
  if (!Array.isArray(value)) throw mismatch(subject, 'an array of strings, or null', value)
  if (value.length === 0) return null
  const lines = new Array<string>(value.length)
  for (let i = 0; i < value.length; i++) {
    const item: unknown = value[i]
    if (typeof item === 'string' && isLine(item)) lines[i] = item
    else lines[i] = toText({ ...subject, name: `${subject.name}[${String(i)}]` }, item)
  }
  return lines
}

/** Returns the content of a file. Bytes are copied: the caller may change the buffer afterwards. */
export function toBlob(subject: Subject, value: unknown): Uint8Array | string | null {
  const expects = 'a Buffer, a Uint8Array or a string that is not empty, or null'
  if (value === null) return null
  if (typeof value === 'string' && value !== '') return value
  if (!(value instanceof Uint8Array) || value.length === 0) throw mismatch(subject, expects, value)
  return Buffer.from(value)
}

export function toFunction(subject: Subject, value: unknown): ((...args: never[]) => unknown) | null {
  if (value === null || typeof value === 'function') return value as ((...args: never[]) => unknown) | null
  throw mismatch(subject, 'a function or null', value)
}

const POST_FIELD_KEYS = ['name', 'contents', 'file', 'type', 'filename']

/** Returns the fields of `HTTPPOST`. Anything that node-libcurl would drop silently is an error. */
export function toPost(subject: Subject, value: unknown): readonly Readonly<Record<string, string>>[] | null {
  if (value === null) return null
  if (!Array.isArray(value))
    throw mismatch(subject, 'an array of { name, contents } or { name, file }, or null', value)
  return Array.from(value as unknown[], (field, i) =>
    toPostField({ ...subject, name: `${subject.name}[${String(i)}]` }, field),
  )
}

function toPostField(subject: Subject, value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw mismatch(subject, '{ name, contents } or { name, file }', value)
  }
  const field: Record<string, string> = {}
  for (const [key, text] of Object.entries(value)) {
    const of = { ...subject, name: `${subject.name}.${key}` }
    if (!POST_FIELD_KEYS.includes(key))
      throw new OptionError(
        `${of.where}: ${subject.name} has name, contents, file, type and filename; not ${JSON.stringify(key.slice(0, 40))}`,
        subject.name,
      )
    if (typeof text !== 'string') throw mismatch(of, 'a string', text)
    if (key === 'contents' ? !isWellFormed(text) : !isLine(text)) throw brokenText(of, text)
    field[key] = text
  }
  const problem = postFieldProblem(field)
  if (problem) throw new OptionError(`${subject.where}: ${subject.name} ${problem}`, subject.name)
  return field
}

function postFieldProblem(field: Record<string, string>): string | undefined {
  if (field.name === undefined) return 'needs a name'
  if (field.contents === undefined && field.file === undefined) return 'needs contents or a file'
  if (field.contents !== undefined && field.file !== undefined)
    return 'has contents and a file: one of them is too many'
  if (field.contents !== undefined && (field.type !== undefined || field.filename !== undefined)) {
    return 'has contents: type and filename are only for files (node-libcurl drops them)'
  }
  return field.filename !== undefined && field.type === undefined
    ? 'has a filename: node-libcurl drops it without a type'
    : undefined
}

const SHORT = 48

/** True if a text has no CR, LF, NUL or lone surrogate. */
export function isLine(text: string): boolean {
  const { length } = text
  if (length > SHORT)
    return !text.includes('\n') && !text.includes('\r') && !text.includes('\0') && isWellFormed(text)
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code <= 13 && (code === 13 || code === 10 || code === 0)) return false
    if (code >= 0xd800 && code <= 0xdfff) return isWellFormed(text) && !/[\r\n\0]/.test(text)
  }
  return true
}

/** Node 20 has this method, but the ES2023 types do not. */
function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed()
}

const FORBIDDEN = [
  ['\r', 'CR'],
  ['\n', 'LF'],
  ['\0', 'NUL'],
] as const

function brokenText({ name, where, isSecret }: Subject, text: string): OptionError {
  const found = FORBIDDEN.find(([character]) => text.includes(character))
  const what = found
    ? `${found[1]} (at ${String(text.indexOf(found[0]))})`
    : 'half a surrogate pair, which UTF-8 cannot encode'
  return new OptionError(`${where}: ${name} must not contain ${what}; got ${describe(text, isSecret)}`, name)
}
