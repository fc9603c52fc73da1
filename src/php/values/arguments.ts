/**
 * Arguments of PHP's functions, converted as PHP converts those of scripts without `strict_types`. Does not
 * know the functions.
 */
import { scalarToPhpString } from '../../options/values/php-string.js'
import { mustBe } from '../../wrong-value.js'
import type { OptionError } from '../../errors.js'
import { isNumeric, printedBy } from './casts.js'
import { deprecated } from './warnings.js'

/** The place of an argument in messages. */
export interface Argument {
  /** The function: `curl_pause()`. */
  readonly where: string
  /** From 1. */
  readonly position: number
  /** `$flags`. */
  readonly name: string
  /** Null is null. Otherwise it becomes 0 or an empty string, which is deprecated. */
  readonly isNullable?: boolean
}

const LIMIT = 2 ** 63

/**
 * Returns the error for an argument of another type, with PHP's words. A text is not shown: an argument at
 * the wrong place may be a URL or an option with credentials.
 */
export function wrongType({ where, position, name }: Argument, type: string, value: unknown): OptionError {
  return mustBe(`Argument #${String(position)} (${name})`, `of type ${type}`, value, {
    where,
    option: name,
    isSecret: typeof value === 'string',
  })
}

/** Converts an argument of type `int`. Throws `OptionError` where PHP throws `TypeError`. */
export function toIntArgument(argument: Argument, value: unknown): number {
  const number = toNumber(argument, 'int', value)
  if (!(number >= -LIMIT && number < LIMIT)) throw wrongType(argument, typeOf(argument, 'int'), value)
  if (Number.isInteger(number)) return number + 0
  const [kind, shown] =
    typeof value === 'string' ? ['float-string', `"${value}"`] : ['float', allDigits(number)]
  deprecated(`Implicit conversion from ${kind} ${shown} to int loses precision`)
  return Math.trunc(number) + 0
}

/** Converts the argument of `curl_strerror()` and its kin. PHP hands a C int over. */
export function toErrorCode(where: string, value: unknown): number {
  return toIntArgument({ where, position: 1, name: '$error_code' }, value) | 0
}

/** Returns a fraction as PHP shows it with all its digits: `0.5`, `5.0E-5`. */
function allDigits(number: number): string {
  const [digits = '', exponent] = number.toExponential().split('e')
  if (Number(exponent) >= LEAST_PLAIN) return String(number)
  return `${digits.includes('.') ? digits : `${digits}.0`}E${String(exponent)}`
}
/** Smaller exponents are shown. */
const LEAST_PLAIN = -4

/** Converts an argument of type `float`. Throws `OptionError` where PHP throws `TypeError`. */
export function toFloatArgument(argument: Argument, value: unknown): number {
  return toNumber(argument, 'float', value)
}

function toNumber(argument: Argument, type: string, value: unknown): number {
  switch (typeof value) {
    case 'number':
    case 'bigint':
    case 'boolean':
      return Number(value)
    case 'string':
      if (!isNumeric(value)) break
      return Number(value)
    default:
      if (value === null) {
        passNull(argument, type)
        return 0
      }
  }
  throw wrongType(argument, typeOf(argument, type), value)
}

/**
 * Converts an argument of type `string`; bytes stay bytes. Throws `OptionError` where PHP throws `TypeError`.
 */
export function toStringArgument(argument: Argument, value: unknown): string | Uint8Array {
  if (value === null) {
    passNull(argument, 'string')
    return ''
  }
  if (value instanceof Uint8Array) return value
  const isPrintable = typeof value === 'object' && !Array.isArray(value) && !(value instanceof Map)
  const text = isPrintable ? printedBy(value) : scalarToPhpString(value)
  if (text !== undefined) return text
  throw wrongType(argument, typeOf(argument, 'string'), value)
}

/** The same for text alone: bytes are none. */
export function toTextArgument(argument: Argument, value: unknown): string {
  const text = toStringArgument(argument, value)
  if (typeof text === 'string') return text
  throw wrongType(argument, typeOf(argument, 'string'), value)
}

function typeOf({ isNullable }: Argument, type: string): string {
  return isNullable === true ? `?${type}` : type
}

function passNull({ where, position, name }: Argument, type: string): void {
  deprecated(
    `${where}: Passing null to parameter #${String(position)} (${name}) of type ${type} is deprecated`,
  )
}
