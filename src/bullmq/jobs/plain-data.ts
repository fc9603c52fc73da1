/**
 * Converts values, including bytes, to JSON and back, as a queue stores them. Does not depend on requests.
 */
import { OptionError } from '../../errors.js'
import { mustBe } from '../../wrong-value.js'

/** The keys that mark bytes and queries. Keys of the user that begin with `$` get one more `$`. */
const BYTES = '$bytes'
const QUERY = '$query'

/**
 * Converts a value to what JSON can hold. `undefined` is left out of objects.
 *
 * @param path the name of the value in messages
 * @throws OptionError for values that another machine cannot have: functions, signals, jars, files
 */
export function toPlain(value: unknown, path: string): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value
    throw cannot(path, String(value))
  }
  if (typeof value !== 'object')
    throw cannot(path, typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`)
  if (value instanceof URL) return value.href
  if (value instanceof URLSearchParams) return { [QUERY]: value.toString() }
  if (value instanceof ArrayBuffer) return { [BYTES]: Buffer.from(value).toString('base64') }
  if (ArrayBuffer.isView(value)) {
    return { [BYTES]: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') }
  }
  if (Array.isArray(value)) return value.map((item: unknown, i) => toPlain(item, `${path}[${i}]`))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw cannot(path, `an instance of ${value.constructor.name}`)
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]: [string, unknown]) =>
      item === undefined ? [] : [[key.startsWith('$') ? `$${key}` : key, toPlain(item, `${path}.${key}`)]],
    ),
  )
}

/**
 * Returns the value that {@link toPlain} was given. Throws `OptionError` for data that toPlain() never makes.
 */
export function fromPlain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(fromPlain)
  const entries = Object.entries(value) as [string, unknown][]
  const [first] = entries
  if (entries.length === 1 && first !== undefined && (first[0] === BYTES || first[0] === QUERY)) {
    const [key, text] = first
    if (typeof text !== 'string') throw mustBe(key, 'a string', text, { isSecret: true })
    return key === BYTES ? Buffer.from(text, 'base64') : new URLSearchParams(text)
  }
  return Object.fromEntries(
    entries.map(([key, item]) => [key.startsWith('$$') ? key.slice(1) : key, fromPlain(item)]),
  )
}

/** Returns the same text for equal values, independent of the order of their keys. */
export function canonical(plain: unknown): string {
  if (typeof plain !== 'object' || plain === null) return JSON.stringify(plain)
  if (Array.isArray(plain)) return `[${plain.map(canonical).join()}]`
  const parts = Object.entries(plain)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`)
  return `{${parts.join()}}`
}

function cannot(path: string, what: string): OptionError {
  return new OptionError(`${path} is ${what}: that cannot go through a queue`, path)
}
