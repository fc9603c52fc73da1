/**
 * The headers of a request in every form that undici takes, as header lines. Checks them as undici does. Does
 * not know bodies.
 */
import { errors } from 'undici'
import { isToken } from '../http-semantics.js'

/** The headers of one request. */
export interface RequestHeaders {
  /** Lines as libcurl takes them. */
  readonly lines: string[]
  /** The value of `content-length`; null if it is not given. */
  contentLength: number | null
  hasHost: boolean
  hasContentType: boolean
  /** True if the connection is to be closed afterwards. */
  closes: boolean
}

/** Control characters, and what is no byte (RFC 9110, 5.5). */
const NOT_A_VALUE = /[^\t\x20-\x7e\x80-\xff]/
/** What the standard of `fetch` refuses: it lets control characters pass. */
const NOT_A_VALUE_OF_FETCH = /[\0\r\n]|[^\0-\xff]/
const WHOLE = /^\d+$/

/**
 * Reads the headers. Throws undici's error if they are wrong.
 *
 * @param isFetch true if `fetch` has checked the values
 */
export function requestHeaders(given: unknown, isFetch: boolean): RequestHeaders {
  const wrong = isFetch ? NOT_A_VALUE_OF_FETCH : NOT_A_VALUE
  const headers: RequestHeaders = {
    lines: [],
    contentLength: null,
    hasHost: false,
    hasContentType: false,
    closes: false,
  }
  for (const [name, value] of pairsOf(given)) {
    if (value === undefined) continue
    if (typeof name !== 'string' || !isToken(name)) throw invalid('invalid header key')
    for (const text of Array.isArray(value) ? (value as unknown[]) : [value])
      add(headers, name, valueOf(name, text, wrong))
  }
  return headers
}

function* pairsOf(given: unknown): Generator<readonly [unknown, unknown]> {
  if (given === undefined || given === null) return
  if (typeof given !== 'object') throw invalid('headers must be an object or an array')
  if (Array.isArray(given)) {
    if (given.length % 2 !== 0) throw invalid('headers array must be even')
    for (let i = 0; i < given.length; i += 2) yield [given[i], given[i + 1]]
  } else if (Symbol.iterator in given) {
    for (const pair of given as Iterable<unknown>) {
      if (!Array.isArray(pair) || pair.length !== 2) throw invalid('headers must be in key-value pair format')
      yield pair as [unknown, unknown]
    }
  } else {
    yield* Object.entries(given)
  }
}

function valueOf(name: string, value: unknown, wrong: RegExp): string {
  if (value === null) return ''
  if (typeof value === 'object' || typeof value === 'function' || typeof value === 'symbol')
    throw invalid(`invalid ${name} header`)
  const text = (value as string | number).toString()
  if (wrong.test(text)) throw invalid(`invalid ${name} header`)
  return sendable(name, text)
}

function add(headers: RequestHeaders, name: string, value: string): void {
  switch (name.toLowerCase()) {
    case 'content-length':
      if (headers.contentLength !== null) throw invalid('duplicate content-length header')
      if (!WHOLE.test(value)) throw invalid('invalid content-length header')
      headers.contentLength = Number(value)
      return
    case 'transfer-encoding':
    case 'keep-alive':
    case 'upgrade':
      throw invalid(`invalid ${name.toLowerCase()} header`)
    case 'expect':
      throw new errors.NotSupportedError('expect header not supported')
    case 'connection': {
      const tokens = value.split(',').map((token) => token.trim())
      if (!tokens.every(isToken)) throw invalid('invalid connection header')
      if (tokens.some((token) => token.toLowerCase() === 'close')) headers.closes = true
      return
    }
    case 'host':
      if (headers.hasHost) throw invalid('duplicate host header')
      headers.hasHost = true
      break
    case 'content-type':
      headers.hasContentType = true
      break
  }
  // libcurl takes a name with a semicolon for an empty value, and a name with a colon for none.
  if (/[^\t\v\f ]/.test(value)) headers.lines.push(`${name}: ${value}`)
  else if (/[\v\f]/.test(value))
    throw new errors.NotSupportedError(`${name} header: CurlDispatcher cannot send a value of blanks only`)
  else headers.lines.push(`${name};`)
}

/**
 * Returns the text that libcurl sends as these bytes: each character is one, and libcurl's texts are UTF-8.
 * Throws if the bytes are no UTF-8.
 */
function sendable(name: string, value: string): string {
  if (!/[\x80-\xff]/.test(value)) return value
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(value, 'latin1'))
  } catch {
    throw new errors.NotSupportedError(
      `${name} header: CurlDispatcher sends bytes beyond ASCII only as UTF-8`,
    )
  }
}

const invalid = (message: string): Error => new errors.InvalidArgumentError(message)
