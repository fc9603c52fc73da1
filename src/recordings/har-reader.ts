/** Reads an archive of any program, and says what is wrong with one. Does not know how it is played back. */
import { OptionError } from '../errors.js'
import { valuesOf } from '../stand-in/request-reader.js'
import type { Fields } from './har-format.js'

/** One request of an archive, with its response. */
export interface ReadEntry {
  /** When it began. Milliseconds since the epoch; NaN if that is not known. */
  readonly startedAt: number
  readonly method: string
  readonly url: string
  /** The `Range` of the request; '' if there was none. */
  readonly range: string
  /** The body of the request; null if it is not known. */
  readonly requestBody: Buffer | null
  /** The type of that body. */
  readonly requestType: string
  /** 0: there was no response. */
  readonly status: number
  readonly statusText: string
  readonly headers: Fields
  readonly trailers: Fields
  /** The body of the response; null if it was not recorded. */
  readonly body: Buffer | null
  /** True if the body was written as text: that is in UTF-8, whatever the charset of the response. */
  readonly isText: boolean
  /** True if the body is as it was on the wire, not decoded. */
  readonly isEncoded: boolean
  /** The failure as `errno: message`; '' if there was none. */
  readonly error: string
}

/** An archive. */
export interface ReadHar {
  readonly entries: readonly ReadEntry[]
  /** True if this library has recorded it: bodies are bytes then, whatever their charset. */
  readonly isOurs: boolean
}

/** Reads an archive. Throws `OptionError` if it is none. */
export function readHar(path: string): ReadHar {
  const fs = process.getBuiltinModule('node:fs')
  const wrong = (why: string): OptionError =>
    new OptionError(`replay: ${JSON.stringify(path)} is no HTTP archive (HAR): ${why}`, 'replay')
  let text: string
  try {
    text = fs.readFileSync(path, 'utf8')
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? String(error)
    throw new OptionError(`replay: cannot read ${JSON.stringify(path)}: ${why}`, 'replay')
  }
  let whole: unknown
  try {
    whole = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    throw wrong('it is not JSON')
  }
  const log = objectOf(objectOf(whole)?.['log'])
  const entries: unknown = log?.['entries']
  if (!Array.isArray(entries)) throw wrong('there is no list "log.entries"')
  const read = entries.flatMap((entry: unknown, at): ReadEntry[] => {
    const place = `log.entries[${String(at)}]`
    const request = objectOf(objectOf(entry)?.['request'])
    const response = objectOf(objectOf(entry)?.['response'])
    if (request === null) throw wrong(`${place} has no "request"`)
    if (typeof request['url'] !== 'string') throw wrong(`${place}.request has no "url"`)
    // Browsers also write data:, blob: and WebSockets.
    if (!/^https?:/i.test(request['url'])) return []
    if (typeof request['method'] !== 'string') throw wrong(`${place}.request has no "method"`)
    if (response === null) throw wrong(`${place} has no "response"`)
    if (!Number.isInteger(response['status'])) throw wrong(`${place}.response has no "status"`)
    return [entryOf(objectOf(entry) ?? {}, request, response)]
  })
  return { entries: inOrder(read), isOurs: objectOf(log?.['creator'])?.['name'] === 'parallelcurl' }
}

type Loose = Readonly<Record<string, unknown>>

function objectOf(value: unknown): Loose | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Loose) : null
}

/** Sorts entries by their begin. Programs that write no times write entries in order. */
function inOrder(entries: ReadEntry[]): ReadEntry[] {
  if (entries.some(({ startedAt }) => Number.isNaN(startedAt))) return entries
  return entries.sort((a, b) => a.startedAt - b.startedAt)
}

function entryOf(entry: Loose, request: Loose, response: Loose): ReadEntry {
  const content = objectOf(response['content']) ?? {}
  const { statusText, redirectURL, _error, _failureText: failure } = response
  // Playwright writes -1 where there was no response.
  const status = Math.max(0, response['status'] as number)
  const error = _error ?? failure
  const headers = fieldsOf(response['headers'])
  const isToRedirect = typeof redirectURL === 'string' && redirectURL !== '' && status >= 300 && status < 400
  if (isToRedirect && valuesOf(headers, 'location').length === 0) headers.push(['Location', redirectURL])
  const { _order: order, startedDateTime } = entry
  return {
    startedAt: typeof order === 'number' ? order : Date.parse(String(startedDateTime)),
    range: valuesOf(fieldsOf(request['headers']), 'range')[0] ?? '',
    method: request['method'] as string,
    url: request['url'] as string,
    ...bodyOf(request),
    status,
    statusText: typeof statusText === 'string' ? asBytes(statusText) : '',
    headers,
    trailers: fieldsOf(response['_trailers']),
    body: contentOf(content, status),
    isText: typeof content['text'] === 'string' && content['encoding'] !== 'base64',
    isEncoded: content['_encoded'] === true,
    error: typeof error === 'string' ? error : '',
  }
}

function bodyOf({ postData, bodySize }: Loose): Pick<ReadEntry, 'requestBody' | 'requestType'> {
  const data = objectOf(postData)
  if (data === null) {
    // Some exports leave bodies out, and say how long they were.
    const isLeftOut = typeof bodySize === 'number' && bodySize > 0
    return { requestBody: isLeftOut ? null : Buffer.alloc(0), requestType: '' }
  }
  const { mimeType, text, params, _encoding: encoding } = data
  const requestType = typeof mimeType === 'string' ? mimeType : ''
  if (typeof text === 'string' && text !== '')
    return { requestBody: Buffer.from(text, encoding === 'base64' ? 'base64' : 'utf8'), requestType }
  const fields = fieldsOf(params)
  const isForm = fields.length > 0 && /urlencoded/i.test(requestType)
  return {
    requestBody: isForm ? Buffer.from(new URLSearchParams(fields).toString()) : null,
    requestType,
  }
}

function contentOf({ text, encoding, size }: Loose, status: number): Buffer | null {
  if (typeof text === 'string') return Buffer.from(text, encoding === 'base64' ? 'base64' : 'utf8')
  // The bodies of redirects are not kept by browsers, nor used by anybody.
  const isKnown = size === undefined || Number(size) <= 0 || (status >= 300 && status < 400)
  return isKnown ? Buffer.alloc(0) : null
}

/** Browsers join fields of one name with line ends, and have HTTP/2's own among them. */
function fieldsOf(list: unknown): [string, string][] {
  if (!Array.isArray(list)) return []
  return list.flatMap((one: unknown): [string, string][] => {
    const { name, value } = objectOf(one) ?? {}
    if (typeof name !== 'string' || typeof value !== 'string' || name.startsWith(':')) return []
    return value.split(/\r?\n/).map((line): [string, string] => [name, asBytes(line)])
  })
}

/** On the wire, a character is a byte: text that has others was UTF-8, which its program has decoded. */
function asBytes(text: string): string {
  return /^[\u0000-\u00ff]*$/.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1')
}
