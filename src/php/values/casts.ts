/**
 * Casts option values as PHP's `curl_setopt` does, except casts that would switch a check off by mistake.
 * Does not depend on the options.
 */
import { OptionError } from '../../errors.js'
import { describe } from '../../wrong-value.js'
import { SECRETS } from '../../options/catalog/option-traits.js'
import { scalarToPhpString } from '../../options/values/php-string.js'
import { warn } from './warnings.js'

/** The value's place in messages: the call, and the option. */
export interface Cast {
  readonly where: string
  readonly name: string
}

/** Returns the error for a value that PHP refuses, or that JavaScript has and PHP does not. */
export function mismatch({ where, name }: Cast, expects: string, value: unknown): OptionError {
  return new OptionError(`${where}: ${name} expects ${expects}; got ${describe(value, isSecret(name))}`, name)
}

function isSecret(name: string): boolean {
  return SECRETS.has(name.replace(/^CURLOPT_|\[.*/g, ''))
}

/** The number at the beginning of a string, as PHP reads it. Its blanks are ASCII's. */
const LEADING_NUMBER = /^[ \t\n\r\v\f]*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)/i
const LONG_BITS = 64
const MAX_LONG = 2n ** 63n - 1n

/**
 * Casts to an integer as PHP does: truth values, null, floats (truncated), the number that a string begins
 * with (else 0), and arrays (0 if empty, else 1). Another object is 1, with a warning.
 */
export function toInteger(cast: Cast, value: unknown): number | bigint {
  switch (typeof value) {
    case 'boolean':
      return value ? 1 : 0
    case 'bigint':
      return value
    case 'number':
      return longOf(value)
    case 'string':
      return longOfText(LEADING_NUMBER.exec(value)?.[1] ?? '0')
    default:
  }
  if (typeof value !== 'object' && typeof value !== 'function') throw mismatch(cast, 'a value', value)
  if (value === null) return 0
  if (isPhpArray(value)) return isTruthy(value) ? 1 : 0
  warn(`Object of class ${className(value)} could not be converted to int`)
  return 1
}

/** Returns a whole number from a number or digits. For arguments that PHP does not cast. */
export function toCount(cast: Cast, value: unknown): number {
  if (typeof value === 'number' ? Number.isFinite(value) : typeof value === 'string' && isNumeric(value)) {
    return Number(toInteger(cast, value))
  }
  throw mismatch(cast, 'a number', value)
}

/** True for a number with PHP's blanks around it. JavaScript reads it as the same number. */
export function isNumeric(text: string): boolean {
  const number = LEADING_NUMBER.exec(text)?.[0]
  return number !== undefined && /^[ \t\n\r\v\f]*$/.test(text.slice(number.length))
}

/** Casts a float to a 64-bit integer, as PHP does: what does not fit wraps around. */
function longOf(value: number): number | bigint {
  if (!Number.isFinite(value)) return 0
  const whole = Math.trunc(value) + 0
  return Number.isSafeInteger(whole) ? whole : BigInt.asIntN(LONG_BITS, BigInt(whole))
}

/** The same for a number in a string: what does not fit is the largest or the smallest number, infinity 0. */
function longOfText(text: string): number | bigint {
  const number = Number(text)
  if (Math.abs(number) < Number.MAX_SAFE_INTEGER) return Math.trunc(number) + 0
  if (!Number.isFinite(number)) return 0
  if (number >= 2 ** 63) return MAX_LONG
  if (number < -(2 ** 63)) return -MAX_LONG - 1n
  const whole = BigInt(/^[+-]?\d+$/.test(text) ? text.replace('+', '') : number)
  return whole > MAX_LONG ? MAX_LONG : whole
}

/** True if a value says "off" in so many words: false, 0 or digits that are 0. */
export function isPlainlyOff(value: unknown): boolean {
  return (
    value === false || value === 0 || value === 0n || (typeof value === 'string' && /^\s*0+$/.test(value))
  )
}

/** Casts to a truth value, as PHP reads `FOLLOWLOCATION` and `RETURNTRANSFER`: every word is true. */
export function toTruth(cast: Cast, value: unknown): boolean {
  if (value === undefined || typeof value === 'symbol') throw mismatch(cast, 'a value', value)
  return isTruthy(value)
}

/** Casts to a string as PHP does; null becomes the empty string, an array `Array`, with a warning. */
export function toText(cast: Cast, value: unknown): string {
  const text = scalarToPhpString(value)
  if (text !== undefined) return text
  if (typeof value !== 'object' && typeof value !== 'function') throw mismatch(cast, 'a string', value)
  if (value === null) return ''
  if (isPhpArray(value)) {
    warn('Array to string conversion')
    return 'Array'
  }
  const printed = ArrayBuffer.isView(value) ? undefined : printedBy(value)
  if (printed !== undefined) return printed
  if (ArrayBuffer.isView(value)) throw mismatch(cast, 'a string', value)
  throw new OptionError(
    `${cast.where}: ${cast.name}: Object of class ${className(value)} could not be converted to string`,
    cast.name,
  )
}

/** Returns the text of an object that has one of its own, PHP's `__toString()`. */
export function printedBy(value: object): string | undefined {
  const printable = value as { toString?: () => unknown }
  if (typeof value === 'function' || typeof printable.toString !== 'function') return undefined
  return printable.toString === Object.prototype.toString ? undefined : String(printable.toString())
}

/** Returns the values of a PHP array (a list, a `Map` or an object) as strings. Keys are ignored. */
export function toTexts(cast: Cast, value: unknown): string[] {
  if (!isPhpArray(value)) {
    const got = describe(value, isSecret(cast.name))
    throw new OptionError(
      `${cast.where}: The ${cast.name} option must have an array value; got ${got}`,
      cast.name,
    )
  }
  return valuesOf(value).map((item, index) =>
    toText({ ...cast, name: `${cast.name}[${String(index)}]` }, item),
  )
}

/** True for what stands for a PHP array: a list, a `Map`, or an object without a class. */
export function isPhpArray(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value) || value instanceof Map) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || (prototype === Object.prototype && !Object.hasOwn(value, 'toString'))
}

/** Returns the values of a PHP array. */
export function valuesOf(array: object): unknown[] {
  return array instanceof Map ? [...(array as Map<unknown, unknown>).values()] : Object.values(array)
}

/** The name of an object's class, as PHP shows it: a function is a `Closure`. */
export function className(value: object): string {
  if (typeof value === 'function') return 'Closure'
  const { constructor } = value as { constructor?: { name?: unknown } }
  const name = constructor?.name
  return typeof name === 'string' && /^\w{1,40}$/.test(name) && name !== 'Object' ? name : 'stdClass'
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
  // In PHP, unlike JavaScript, NAN is true.
  if (typeof value === 'number') return value !== 0
  return isPhpArray(value) ? valuesOf(value).length > 0 : Boolean(value)
}
