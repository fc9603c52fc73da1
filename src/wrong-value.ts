/**
 * The error for a wrong value of an argument or option: what it must be, and what it is. Does not know which
 * values are right.
 */
import { OptionError } from './errors.js'

/** Words of {@link mustBe} beside the name and the value. */
export interface WrongValue {
  /** The call or the place, at the beginning of the message. */
  readonly where?: string
  /** `OptionError.option`. Default: the name. */
  readonly option?: string
  /** True if messages must not show the value, only its type. Default: false. */
  readonly isSecret?: boolean
}

/** Returns the error "NAME must be EXPECTED, got VALUE". */
export function mustBe(
  name: string,
  expected: string,
  value: unknown,
  { where, option = name, isSecret = false }: WrongValue = {},
): OptionError {
  const place = where === undefined ? '' : `${where}: `
  return new OptionError(`${place}${name} must be ${expected}, got ${describe(value, isSecret)}`, option)
}

/**
 * Throws the error of {@link mustBe} unless the value has options as its properties. A `Map` has none: they
 * would be ignored.
 */
export function assertOptionsObject(where: string, value: unknown, expected = 'an object'): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Map)) return
  throw mustBe('options', expected, value, { where, isSecret: true })
}

/**
 * Throws `OptionError` if the object has another property than these. `advice` stands behind the message, `option` is
 * that of the error (default: the property).
 */
export function assertNames(
  where: string,
  given: object,
  names: readonly string[],
  { advice = () => '', option }: { advice?: (stray: string) => string; option?: string } = {},
): void {
  const stray = Object.keys(given).find((name) => !names.includes(name))
  if (stray === undefined) return
  const shown = JSON.stringify(stray.slice(0, 40))
  throw new OptionError(`${where}: ${shown} is none of ${names.join(', ')}${advice(stray)}`, option ?? stray)
}

/** Returns a short text for a value in a message; only its type if it may be a secret. */
export function describe(value: unknown, isSecret: boolean): string {
  switch (typeof value) {
    case 'string':
      if (isSecret) return 'a string'
      return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
    case 'number':
      return isSecret ? 'a number' : String(value)
    case 'bigint':
      return isSecret ? 'a bigint' : `${String(value).slice(0, 40)}n`
    case 'boolean':
      return String(value)
    case 'undefined':
      return 'undefined'
    case 'function':
      return 'a function'
    case 'symbol':
      return 'a symbol'
    default:
      return value === null ? 'null' : describeObject(value as object)
  }
}

function describeObject(value: object): string {
  try {
    if (Array.isArray(value)) return 'an array'
    const { constructor } = Object.getPrototypeOf(value) as { constructor: { name: unknown } }
    const { name } = constructor
    return typeof name === 'string' && /^\w{1,40}$/.test(name) && name !== 'Object'
      ? `an object (${name})`
      : 'an object'
  } catch {
    // A Proxy or an accessor may throw at any access.
    return 'an object'
  }
}
