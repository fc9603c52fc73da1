/**
 * A request of crawlee as the header lines, options and body of this library, and the request that follows a
 * redirect. Does not send anything.
 */
import { Readable } from 'node:stream'
import { CurlError } from '../errors.js'
import { UNSUPPORTED_PROTOCOL } from '../curl-codes.js'
import { codeName } from '../engine/installed/error-names.js'
import { isToken } from '../http-semantics.js'
import { formOf, isNamed } from '../options/values/other-copies.js'
import type { RequestOptions } from '../running/options/run-options.js'
import { mustBe } from '../wrong-value.js'
import type { CrawleeHeaders, CrawleeRequest } from './crawlee-types.js'

/** The caller in messages. */
export const WHERE = 'CurlHttpClient'

/** One request, without those that redirects make of it. */
export interface Outgoing {
  readonly url: URL
  readonly method: string
  readonly headers: CrawleeHeaders
  readonly body: OutgoingBody
}

export interface OutgoingBody {
  readonly options: Pick<RequestOptions, 'upload' | 'uploadSize' | 'CUSTOMREQUEST' | 'NOBODY'>
  readonly form: FormData | null
  /** False for a body that can be read once only. */
  readonly canRepeat: boolean
}

const NONE: OutgoingBody = { options: {}, form: null, canRepeat: true }
const SEND_FAIL_REWIND = 65
/** Methods whose requests say that they have no body. */
const EXPECTS_BODY = new Set(['POST', 'PUT', 'PATCH'])
/** What a redirect to another origin must not take along. */
const OF_ORIGIN = new Set(['host', 'cookie', 'authorization', 'proxy-authorization'])
/** What describes a body. */
const OF_BODY = new Set([
  'content-length',
  'content-type',
  'content-encoding',
  'content-language',
  'transfer-encoding',
])

/** Returns the error of a request that does not go on. */
export const failure = (message: string, errno: number, url: URL): CurlError =>
  new CurlError(message, { errno, code: codeName(errno), url: url.href })

/** Reads a request. Throws `OptionError` if it is wrong. */
export function outgoing(request: CrawleeRequest<never>): Outgoing {
  const { url: given, method = 'GET', headers = {} } = request
  const text = String(given)
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !isHttp(url)) throw mustBe('url', 'an http or https URL', text, { where: WHERE })
  if (!isToken(method)) throw mustBe('method', 'a method of HTTP', method, { where: WHERE })
  return {
    url,
    method: method.toUpperCase(),
    headers: { ...headers },
    body: bodyOf(request['body'], headers),
  }
}

const isHttp = ({ protocol }: URL): boolean => protocol === 'http:' || protocol === 'https:'

function bodyOf(given: unknown, headers: CrawleeHeaders): OutgoingBody {
  if (given === undefined || given === null || given === '') return NONE
  if (typeof given === 'string') return { ...NONE, options: { upload: Buffer.from(given) } }
  if (given instanceof Uint8Array) return { ...NONE, options: { upload: given } }
  if (isNamed(given, 'FormData')) return { ...NONE, form: formOf(FormData, given as FormData) }
  const isAsync = typeof given === 'object' && Symbol.asyncIterator in given
  const isSync = typeof given === 'object' && Symbol.iterator in given
  if (!isAsync && !isSync)
    throw mustBe('body', 'a string, a Buffer, a stream, a generator or a FormData', given, {
      where: WHERE,
      isSecret: true,
    })
  const length = Number(valueOf(headers, 'content-length') ?? NaN)
  return {
    form: null,
    canRepeat: false,
    options: {
      upload: isAsync ? (given as AsyncIterable<Uint8Array>) : Readable.from(given as Iterable<Uint8Array>),
      ...(Number.isSafeInteger(length) && { uploadSize: length }),
    },
  }
}

/** Returns the value of a header, whatever the case of its name. */
export function valueOf(headers: CrawleeHeaders, name: string): string | undefined {
  for (const [key, value] of Object.entries(headers)) {
    if (key.toLowerCase() === name && value !== undefined)
      return Array.isArray(value) ? value.join('; ') : value
  }
  return undefined
}

/** Returns header lines as libcurl takes them. Throws `OptionError` for a name that is none. */
export function linesOf({ method, headers, body }: Outgoing): string[] {
  const lines: string[] = []
  for (const [name, value] of Object.entries(headers)) {
    if (!isToken(name)) throw mustBe('headers', 'names of headers', name, { where: WHERE })
    // libcurl knows the length of a body.
    if (value === undefined || name.toLowerCase() === 'content-length') continue
    for (const text of Array.isArray(value) ? value : [value])
      // libcurl takes a name with a semicolon for an empty value, and a name with a colon for none.
      lines.push(/\S/.test(text) ? `${name}: ${text}` : `${name};`)
  }
  if (!hasBody(body) && EXPECTS_BODY.has(method)) lines.push('Content-Length: 0')
  return lines
}

/** Returns the options that a method and a body need. */
export function optionsOf({ method, body }: Outgoing): RequestOptions {
  if (method === 'HEAD') return { NOBODY: 1 }
  const isPlain = method === 'GET' && !hasBody(body)
  return isPlain ? {} : { ...body.options, CUSTOMREQUEST: method }
}

const hasBody = ({ form, options }: OutgoingBody): boolean => form !== null || options.upload !== undefined

/**
 * Returns the request that follows a redirect (RFC 9110, 15.4): another method and no body where browsers
 * change it, and no credentials for another origin. Throws `CurlError` if it cannot be followed.
 */
export function redirected(before: Outgoing, status: number, location: string): Outgoing {
  const { url: from, method } = before
  const url = URL.canParse(location, from.href) ? new URL(location, from) : null
  if (url === null || !isHttp(url))
    throw failure('The redirect leads to no http or https URL', UNSUPPORTED_PROTOCOL, from)
  const isElsewhere = url.origin !== from.origin
  const becomesGet =
    (status === 303 && method !== 'HEAD') || ((status === 301 || status === 302) && method === 'POST')
  const headers = Object.entries(before.headers).filter(([name]) => {
    const lower = name.toLowerCase()
    return !(isElsewhere && OF_ORIGIN.has(lower)) && !(becomesGet && OF_BODY.has(lower))
  })
  if (!becomesGet && !before.body.canRepeat)
    throw failure('The body is a stream, which cannot be sent again', SEND_FAIL_REWIND, from)
  return {
    url,
    method: becomesGet ? 'GET' : method,
    headers: Object.fromEntries(headers),
    body: becomesGet ? NONE : before.body,
  }
}
