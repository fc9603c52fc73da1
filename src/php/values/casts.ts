/**
 * Casts option values as PHP's `curl_setopt` does, except casts that would switch a check off by mistake.
 * Does not depend on the options.
 */
import { OptionError } from '../../errors.js'
import { describe } from '../../wrong-value.js'
import { SECRETS } from '../../options/catalog/option-traits.js'
import { numberToPhpString } from '../../options/values/php-string.js'

/** The value's place in messages: the call, and the option. */
export interface Cast {
  readonly where: string
  readonly name: string
}

/** Returns the error for a value that PHP warns about, refuses, or silently misinterprets. */
export function mismatch({ where, name }: Cast, expects: string, value: unknown): OptionError {
  const isSecret = SECRETS.has(name.replace(/^CURLOPT_|\[.*/g, ''))
  return new OptionError(`${where}: ${name} expects ${expects}; got ${describe(value, isSecret)}`, name)
}

const NUMERIC = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i

/**
 * Casts to an integer as PHP does: truth values, null, the empty string, floats (truncated) and numeric
 * strings.
 *
 * Differs from PHP: a string that is not a number is an error. In PHP it becomes 0, so that `'true'` would
 * switch an option off.
 */
export function toInteger(cast: Cast, value: unknown): number | bigint {
  if (value === null || value === '') return 0
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'bigint') return value
  const number = typeof value === 'string' && NUMERIC.test(value) ? Number(value) : value
  if (typeof number === 'number' && Number.isFinite(number)) return Math.trunc(number)
  throw mismatch(cast, 'a number, a truth value or null', value)
}

/**
 * Casts to a truth value, as PHP reads `FOLLOWLOCATION` and `RETURNTRANSFER`. A string that is not a number
 * is an error.
 */
export function toTruth(cast: Cast, value: unknown): boolean {
  if (typeof value === 'number' && Number.isFinite(value)) return value !== 0
  return Number(toInteger(cast, value)) !== 0
}

/** Casts to a string as PHP does; null becomes the empty string. */
export function toText(cast: Cast, value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
      return numberToPhpString(value)
    case 'bigint':
      return String(value)
    case 'boolean':
      return value ? '1' : ''
    default:
  }
  if (value === null) return ''
  if (typeof value === 'object' && !Array.isArray(value) && !ArrayBuffer.isView(value)) {
    const printable = value as { toString?: () => unknown }
    if (typeof printable.toString === 'function' && printable.toString !== Object.prototype.toString) {
      return String(printable.toString())
    }
  }
  throw mismatch(cast, 'a string', value)
}

/** Returns the values of a PHP array (a list, a `Map` or an object) as strings. Keys are ignored. */
export function toTexts(cast: Cast, value: unknown): string[] {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value))
    throw mismatch(cast, 'an array', value)
  const items: unknown[] =
    value instanceof Map ? [...(value as Map<unknown, unknown>).values()] : Object.values(value)
  return items.map((item, index) => toText({ ...cast, name: `${cast.name}[${String(index)}]` }, item))
}

/** Returns a function for a callback: a function, or a method in PHP's form `[object, 'method']`. */
export function toFunction(cast: Cast, value: unknown): (...args: never[]) => unknown {
  if (typeof value === 'function') return value as (...args: never[]) => unknown
  if (Array.isArray(value) && value.length === 2) {
    const [object, name] = value as [unknown, unknown]
    const method = (object as Record<string, unknown> | null)?.[name as string]
    if (typeof method === 'function') return method.bind(object) as (...args: never[]) => unknown
  }
  throw mismatch(cast, "a function or [object, 'method']", value)
}

/** True for what PHP treats as true: anything but null, false, 0, '', '0' and an empty array. */
export function isTruthy(value: unknown): boolean {
  if (value === '0') return false
  if (typeof value !== 'object' || value === null) return Boolean(value)
  if (Array.isArray(value)) return value.length > 0
  if (value instanceof Map) return value.size > 0
  return Object.getPrototypeOf(value) !== Object.prototype || Object.keys(value).length > 0
}
