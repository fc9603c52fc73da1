/**
 * Compiles post fields to a body: text, bytes, or a form like the one that PHP's curl makes of an array. Does
 * not know how the body is sent.
 */
import { OptionError } from '../../errors.js'
import { FormFile } from './form-file.js'
import {
  createBoundary,
  encodeMultipart,
  layOutMultipart,
  multipartType,
  type FormPart,
  type Segment,
  type StoredFile,
} from './multipart.js'
import { isLine, mismatch, type Subject } from './option-checks.js'
import { scalarToPhpString } from './php-string.js'

/**
 * A body that is ready to be sent. By libcurl's default content type, text is urlencoded, and so are bytes
 * without a content type.
 */
export type PostFields =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly contentType?: string | undefined }
  | {
      readonly kind: 'segments'
      readonly segments: readonly (Uint8Array | StoredFile)[]
      readonly contentType: string
    }
  | {
      readonly kind: 'sources'
      readonly segments: readonly Segment[]
      readonly contentType: string | undefined
    }

/** A value with a text form: a `URL`, a `Date`, an object with a `toString` of its own. */
interface Printable {
  toString(): string
}

/**
 * A value of a form. `true` is sent as `1`, `false` and `null` as an empty string, numbers as PHP prints
 * them.
 */
export type FormValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | ArrayBufferView
  | ArrayBufferLike
  | URL
  | Date
  | Blob
  | AsyncIterable<string | Uint8Array>
  | FormFile

/** A form. Each element of a list, or of an object, becomes a field of the same name. */
export type FormFields =
  | Readonly<Record<string, FormValue | readonly FormValue[] | Readonly<Record<string, FormValue>>>>
  | readonly (FormValue | readonly FormValue[])[]
  | ReadonlyMap<string | number, FormValue | readonly FormValue[] | ReadonlyMap<string | number, FormValue>>

/**
 * The body of a POST: text or `URLSearchParams` (urlencoded), bytes (sent as they are; not copied, so do not
 * change them until the transfer is done), a `Blob`, a stream or another async iterable (sent while it is
 * read, in chunks), or an object, array, `Map` or `FormData` (multipart/form-data), which may hold all of
 * these.
 */
export type PostFieldsInput =
  | string
  | number
  | bigint
  | boolean
  | URLSearchParams
  | URL
  | ArrayBufferView
  | ArrayBufferLike
  | Blob
  | AsyncIterable<string | Uint8Array>
  | FormData
  | FormFields

/** The content type that browsers use for bytes without one. */
const OCTETS = 'application/octet-stream'
const DEFAULT_SUBJECT: Subject = { name: 'postFields', where: 'startRequest', isSecret: true }
const ACCEPTED =
  'a string, URLSearchParams, a Buffer, Uint8Array, ArrayBuffer, Blob or stream, or a plain object, array, Map or FormData of fields'
const ACCEPTED_VALUE =
  'a string, number, boolean, null, Buffer, Uint8Array, ArrayBuffer or an object with a toString of its own'

/**
 * Makes a body of post fields. Text and names are UTF-8; lone surrogates become U+FFFD, as in `fetch`.
 *
 * Differs from PHP: a list in a list, and numbers that are not finite, are errors (PHP sends `Array` and
 * `NAN`).
 *
 * @throws OptionError for anything that is not a body, with the name of the field.
 */
export function compilePostFields(
  input: unknown,
  subject: Subject = DEFAULT_SUBJECT,
  boundary?: string,
): PostFields {
  if (typeof input === 'string') return { kind: 'text', text: toWellFormed(input) }
  if (typeof input === 'object' && input !== null) {
    const bytes = bytesOf(input)
    if (bytes !== undefined) return { kind: 'bytes', bytes }
    if (isSource(input)) {
      const contentType = input instanceof Blob ? input.type : ''
      return { kind: 'sources', segments: [{ source: input }], contentType: contentType || OCTETS }
    }
    const fields = fieldsOf(input, subject)
    if (fields !== undefined) return compileForm(fields, subject, boundary)
  }
  const text = textOf(input, subject)
  if (text === undefined || input === null) throw mismatch(subject, ACCEPTED, input)
  return { kind: 'text', text }
}

function compileForm(
  fields: Iterable<[string, unknown]>,
  subject: Subject,
  boundary = createBoundary(),
): PostFields {
  const parts: FormPart[] = []
  for (const [name, value] of fields) {
    if (name.includes('\0'))
      throw new OptionError(`${subject.where}: a name in ${subject.name} must not contain NUL`, subject.name)
    const of = { ...subject, name: fieldName(subject, name) }
    const inner =
      typeof value === 'object' && value !== null && bytesOf(value) === undefined && !isSource(value)
        ? fieldsOf(value, of)
        : undefined
    if (inner === undefined) parts.push(partOf(name, value, of))
    else for (const [key, item] of inner) parts.push(partOf(name, item, { ...of, name: fieldName(of, key) }))
  }
  // PHP makes no form of an empty array either, but it does of an array of empty arrays.
  if (parts.length === 0) return { kind: 'text', text: '' }
  const has = (key: string): boolean =>
    parts.some(({ content }) => typeof content === 'object' && key in content)
  const contentType = multipartType(boundary)
  if (has('source')) return { kind: 'sources', segments: layOutMultipart(parts, boundary), contentType }
  if (!has('path')) return { kind: 'bytes', ...encodeMultipart(parts, boundary) }
  const segments = layOutMultipart(parts, boundary) as (Uint8Array | StoredFile)[]
  return { kind: 'segments', segments, contentType }
}

function partOf(name: string, value: unknown, subject: Subject): FormPart {
  if (typeof value === 'object' && value !== null && isSource(value)) {
    const [filename, type] =
      value instanceof Blob ? [value instanceof File ? value.name : 'blob', value.type] : []
    return { name, content: { source: value }, filename: filename ?? name, contentType: type || OCTETS }
  }
  if (!(value instanceof FormFile)) return { name, content: contentOf(value, subject) }
  const { source, filename, contentType } = value
  if (!isLine(contentType))
    throw new OptionError(`${subject.where}: the type of ${subject.name} must be one line`, subject.name)
  return { name, content: 'content' in source ? source.content : source, filename, contentType }
}

function fieldName(subject: Subject, key: string): string {
  return `${subject.name}[${JSON.stringify(key.length > 40 ? `${key.slice(0, 40)}…` : key)}]`
}

function contentOf(value: unknown, subject: Subject): string | Uint8Array {
  const content =
    (typeof value === 'object' && value !== null ? bytesOf(value) : undefined) ?? textOf(value, subject)
  if (content === undefined) throw mismatch(subject, ACCEPTED_VALUE, value)
  return content
}

/** Returns the text of PHP's cast to string, undefined if there is no such cast. */
function textOf(value: unknown, subject: Subject): string | undefined {
  if (value === null) return ''
  if (typeof value === 'object') return printsItself(value) ? printed(value, subject) : undefined
  if (typeof value === 'number' && !Number.isFinite(value)) return undefined
  return scalarToPhpString(value)
}

/** True for an object with a text form other than `[object Object]`. */
function printsItself(value: object): value is Printable {
  if (Array.isArray(value)) return false
  if (isPlain(value) && !Object.hasOwn(value, 'toString')) return false
  const { toString } = value as { toString?: unknown }
  return typeof toString === 'function' && toString !== Object.prototype.toString
}

function printed(value: Printable, subject: Subject): string {
  const text: unknown = value.toString()
  if (typeof text === 'string') return toWellFormed(text)
  throw new OptionError(`${subject.where}: toString() of ${subject.name} gave no string`, subject.name)
}

/** True for a value that is read while it is sent. */
function isSource(value: object): boolean {
  return value instanceof Blob || Symbol.asyncIterator in value
}

/** Returns the fields of a form, in order; undefined if `value` is not a form. */
function fieldsOf(value: object, subject: Subject): Iterable<[string, unknown]> | undefined {
  if (value instanceof FormData) return value
  if (value instanceof Map) return mapEntries(value as ReadonlyMap<unknown, unknown>, subject)
  if (Array.isArray(value)) return Array.from(value as unknown[], (item, index) => [String(index), item])
  return isPlain(value) && !printsItself(value) ? Object.entries(value) : undefined
}

function* mapEntries(fields: ReadonlyMap<unknown, unknown>, subject: Subject): Generator<[string, unknown]> {
  for (const [key, value] of fields) {
    if (typeof key === 'string') yield [key, value]
    else if (Number.isInteger(key)) yield [String(key), value]
    else
      throw new OptionError(
        `${subject.where}: names in ${subject.name} are strings or whole numbers`,
        subject.name,
      )
  }
}

/** True for an object literal, of this realm or another. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null
}

function bytesOf(value: object): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) return new Uint8Array(value)
  return undefined
}

/** Node 20 has this method, but the ES2023 types do not. */
function toWellFormed(text: string): string {
  return (text as string & { toWellFormed(): string }).toWellFormed()
}
