/**
 * Checks undici's options of one request, and turns them into the URL, the options and the header lines of
 * this library. Does not start anything.
 */
import { errors, type Dispatcher } from 'undici'
import { isToken } from '../http-semantics.js'
import type { RequestOptions } from '../running/options/run-options.js'
import { requestBody, type BodyOwner, type RequestBody } from './request-body.js'
import { requestHeaders } from './request-headers.js'
import type { TimeLimits } from './response-relay.js'

/** A request that can be started. */
export interface DispatchRequest {
  readonly url: string
  readonly origin: string
  readonly headers: readonly string[]
  /** Lines that keep libcurl from adding headers by itself. */
  readonly unasked: readonly string[]
  readonly options: RequestOptions
  readonly body: RequestBody
  readonly limits: TimeLimits
}

/** Characters that a path must not have: blanks, control characters, and what is no byte. */
const NOT_IN_PATH = /[^\x21-\xff]/
const DEFAULT_LIMIT_MS = 300_000
/** Methods with which undici announces a body of no bytes. */
const EXPECTS_BODY = new Set(['POST', 'PUT', 'PATCH', 'QUERY', 'PROPFIND', 'PROPPATCH'])
/** Lines that keep libcurl from adding headers by itself. */
const UNASKED: readonly string[] = ['Accept:', 'Expect:']

/**
 * The user agents that `fetch` sends if none is given. They give way to that of the options or the session.
 */
const FETCH_AGENTS = new Set(['user-agent: undici', 'user-agent: node'])

/**
 * Who makes a request: a caller of `dispatch()`, or `fetch`, which has checked it. `fetch` sends one again,
 * within one call, when the server says that the connection was the wrong one (421).
 */
export type Maker = 'dispatch' | 'fetch' | 'fetch again'

export type Given = Dispatcher.DispatchOptions & {
  readonly throwOnError?: unknown
  readonly maxRedirections?: unknown
}

/** Returns the options of a request. Throws undici's error if they are none. */
export function checkedOptions(options: unknown): Given {
  if (typeof options !== 'object' || options === null)
    throw new errors.InvalidArgumentError('opts must be an object.')
  return options as Given
}

/**
 * Returns the request. Throws undici's error if an option is wrong.
 *
 * @param hasAgent true if options or a session have a user agent
 * @param owner hears of the progress of a body that is a stream
 */
export function dispatchRequest(
  given: Given,
  hasAgent: boolean,
  owner: BodyOwner,
  by: Maker,
): DispatchRequest {
  const { method, body } = given
  const { url, origin, target } = targetOf(given)
  checkMethod(given)
  const limits = {
    headersTimeout: limit('headersTimeout', given.headersTimeout),
    bodyTimeout: limit('bodyTimeout', given.bodyTimeout),
  }
  for (const name of ['reset', 'expectContinue'] as const) {
    if (isGiven(given[name]) && typeof given[name] !== 'boolean')
      throw new errors.InvalidArgumentError(`invalid ${name}`)
  }
  if (given.throwOnError) throw new errors.InvalidArgumentError('invalid throwOnError')
  if (isGiven(given.maxRedirections) && given.maxRedirections !== 0)
    throw new errors.InvalidArgumentError('maxRedirections is not supported, use the redirect interceptor')

  const asked = requestHeaders(given.headers, by !== 'dispatch')
  const content = requestBody(body, asked.contentLength, owner)
  const lines = asked.lines.filter((line) => !hasAgent || !FETCH_AGENTS.has(line.toLowerCase()))
  if (content.contentType !== null && !asked.hasContentType)
    lines.push(`content-type: ${content.contentType}`)
  if (given.expectContinue) lines.push('Expect: 100-continue')
  const options: RequestOptions = { ...content.options, ...target }
  if (given.reset || asked.closes) {
    lines.push('Connection: close')
    options.FORBID_REUSE = 1
  }
  if (by === 'fetch again') options.FRESH_CONNECT = 1
  const hasBody = content.form !== null || content.options.upload !== undefined
  if (method === 'HEAD' && hasBody) throw notSupported('a body of HEAD')
  if (method === 'HEAD') options.NOBODY = 1
  else if (method !== 'GET' || hasBody) options.CUSTOMREQUEST = method
  if (!hasBody && (EXPECTS_BODY.has(method) || asked.contentLength === 0)) lines.push('Content-Length: 0')
  if (isGiven(given.typeOfService)) throw notSupported('typeOfService')
  return { url, origin, headers: lines, unasked: UNASKED, options, body: content, limits }
}

interface Target {
  readonly url: string
  readonly origin: string
  /** The request target, where it is not the path of the URL. */
  readonly target: Pick<RequestOptions, 'REQUEST_TARGET'>
}

function targetOf({ origin: given, path, method, query }: Given): Target {
  if (typeof path !== 'string') throw new errors.InvalidArgumentError('path must be a string')
  const isAbsolute = /^https?:\/\//.test(path)
  if (!path.startsWith('/') && !isAbsolute && method !== 'CONNECT')
    throw new errors.InvalidArgumentError('path must be an absolute URL or start with a slash')
  if (NOT_IN_PATH.test(path)) throw new errors.InvalidArgumentError('invalid request path')
  const origin = originOf(given)
  const whole = isGiven(query) ? withQuery(path, query) : path
  // A URL would end at a fragment; and the connection is always one to the origin.
  const isOwn = isAbsolute || whole.includes('#')
  return isOwn
    ? { url: origin, origin, target: { REQUEST_TARGET: whole } }
    : { url: origin + whole, origin, target: {} }
}

/** The origin that was checked last: a client has few of them. */
let lastOrigin = { given: '', origin: '' }

function originOf(given: unknown): string {
  const text = given instanceof URL ? given.href : given
  if (typeof text !== 'string' || text === '')
    throw new errors.InvalidArgumentError('opts.origin must be a non-empty string or URL.')
  if (text === lastOrigin.given) return lastOrigin.origin
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || url.pathname !== '/' || url.search !== '' || url.hash !== '')
    throw new errors.InvalidArgumentError('invalid url')
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new errors.InvalidArgumentError(
      'Invalid URL protocol: the URL must start with `http:` or `https:`.',
    )
  lastOrigin = { given: text, origin: url.origin }
  return url.origin
}

function checkMethod({ method, upgrade }: Given): void {
  if (typeof method !== 'string') throw new errors.InvalidArgumentError('method must be a string')
  if (!isToken(method)) throw new errors.InvalidArgumentError('invalid request method')
  if (method === 'CONNECT') throw notSupported('CONNECT')
  if (upgrade) throw notSupported('upgrade')
}

/** Sockets and their options, which libcurl does not hand over. `connect()` and `webSocket()` do. */
const notSupported = (what: string): Error =>
  new errors.NotSupportedError(
    `${what} is not supported by CurlDispatcher${what === 'typeOfService' ? '' : ': use connect() or webSocket() of ParallelCurl'}`,
  )

function limit(name: string, value: number | null | undefined): number {
  if (!isGiven(value)) return DEFAULT_LIMIT_MS
  if (!Number.isFinite(value) || value < 0) throw new errors.InvalidArgumentError(`invalid ${name}`)
  return value
}

function withQuery(path: string, query: Record<string, unknown>): string {
  if (/[?#]/.test(path))
    throw new errors.InvalidArgumentError(
      'Query params cannot be passed when "?" or "#" is already present in "url".',
    )
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? (value as unknown[]) : [value]).map(
      (item) => `${encodeURIComponent(name)}=${encodeURIComponent(plain(item))}`,
    ),
  )
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`
}

const plain = (value: unknown): string =>
  isGiven(value) && typeof value !== 'object' ? (value as string | number).toString() : ''

const isGiven = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined
