/** PHP's http_build_query: nested data as a query string or a form body. Does not send it. */
import { OptionError } from '../../errors.js'
import { describe, mustBe } from '../../wrong-value.js'
import { numberToPhpString } from '../../options/values/php-string.js'
import { toTextArgument } from './arguments.js'
import { rawurlencode, urldecode, urlencode } from './url.js'

/** Spaces become `+` (`application/x-www-form-urlencoded`). */
export const PHP_QUERY_RFC1738 = 1
/** Spaces become `%20`, `~` stays. */
export const PHP_QUERY_RFC3986 = 2

/**
 * The counterpart of a PHP array: a list, an object, or, if the order of numeric keys matters, a `Map`. A
 * JavaScript object puts keys such as `'10'` first, in ascending order.
 */
export type QueryData = readonly unknown[] | ReadonlyMap<string | number, unknown> | object

interface Query {
  readonly pairs: string[]
  readonly numericPrefix: string
  readonly encode: (string: string | Uint8Array) => string
  /** The objects that are being traversed, to stop at a cycle. */
  readonly open: Set<object>
}

/**
 * Builds a query string as PHP does: `true` becomes `1`, `false` becomes `0`, `null` (and undefined) are left
 * out, lists get their indices, brackets are encoded, and objects give their own enumerable properties. A
 * `Uint8Array` is a string of bytes.
 *
 * Throws `OptionError` if `data` is no array or object, and for values that have no counterpart in PHP.
 *
 * @param numericPrefix prefix for integer keys of the top level. Default: none
 * @param argSeparator the separator of pairs; null means `&`. Default: `&`
 * @param encodingType `PHP_QUERY_RFC1738` (default) or `PHP_QUERY_RFC3986`
 */
export function http_build_query(
  data: QueryData,
  numericPrefix = '',
  argSeparator: string | null = '&',
  encodingType: number = PHP_QUERY_RFC1738,
): string {
  if (!isArrayLike(data)) throw noArray(data)
  const where = 'http_build_query()'
  const prefix = toTextArgument({ where, position: 2, name: '$numeric_prefix' }, numericPrefix)
  if (encodingType !== PHP_QUERY_RFC1738 && encodingType !== PHP_QUERY_RFC3986) {
    throw mustBe('$encoding_type', 'PHP_QUERY_RFC1738 or PHP_QUERY_RFC3986', encodingType, { where })
  }
  const encode = encodingType === PHP_QUERY_RFC3986 ? rawurlencode : urlencode
  const query: Query = { pairs: [], numericPrefix: prefix, encode, open: new Set() }
  collect(query, data, '', '')
  return query.pairs.join(argSeparator ?? '&')
}

function isArrayLike(data: unknown): boolean {
  return typeof data === 'object' && data !== null && !(data instanceof Uint8Array)
}

/** `path` is already encoded, including `%5B`: `a%5Bb%5D%5B`. */
function collect(query: Query, data: object, path: string, suffix: string): void {
  if (query.open.has(data)) return
  query.open.add(data)
  for (const [key, value] of entries(data)) {
    if (value === null || value === undefined) continue
    const name = path + encodeKey(query, key, path === '') + suffix
    if (isNested(value, name)) collect(query, value, `${name}%5B`, '%5D')
    else query.pairs.push(`${name}=${encodeScalar(query, value, name)}`)
  }
  query.open.delete(data)
}

function entries(data: object): Iterable<readonly [string | number, unknown]> {
  if (Array.isArray(data)) return data.entries()
  return data instanceof Map ? (data as Map<string | number, unknown>) : Object.entries(data)
}

function encodeKey(query: Query, key: string | number, isTopLevel: boolean): string {
  if (isTopLevel && isIntegerKey(key)) return query.numericPrefix + String(key)
  return query.encode(String(key))
}

/** True for a string that PHP converts to an integer key: a decimal integer of 64 bits. */
function isIntegerKey(key: string | number): boolean {
  if (typeof key === 'number') return true
  return /^(0|-?[1-9]\d{0,18})$/.test(key) && BigInt.asIntN(64, BigInt(key)) === BigInt(key)
}

function isNested(value: unknown, name: string): value is object {
  if (value instanceof Promise || value instanceof Date) throw noCounterpart(value, name)
  // A function corresponds to PHP's Closure: an object without properties.
  return (typeof value === 'object' && !(value instanceof Uint8Array)) || typeof value === 'function'
}

function encodeScalar(query: Query, value: unknown, name: string): string {
  if (typeof value === 'string' || value instanceof Uint8Array) return query.encode(value)
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (typeof value === 'number') return query.encode(numberToPhpString(value))
  if (typeof value === 'bigint') return String(value)
  throw noCounterpart(value, name)
}

function noArray(data: unknown): OptionError {
  return mustBe('Argument #1 ($data)', 'of type array, or an object', data, {
    where: 'http_build_query()',
    option: '$data',
    isSecret: true,
  })
}

function noCounterpart(value: unknown, name: string): OptionError {
  const shown = describe(value, false)
  return new OptionError(
    `http_build_query(): $data holds ${shown} at ${urldecode(name)}, which PHP has no counterpart of`,
  )
}
