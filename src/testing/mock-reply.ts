/** The replies of a mock: their form, and what is wrong with one. Does not know which request gets it. */
import { isToken } from '../http-semantics.js'
import type { Answer } from '../stand-in/answer.js'
import { messageOf, OptionError } from '../errors.js'
import { assertNames, mustBe } from '../wrong-value.js'
import type { MockedRequest } from './mocked-request.js'

/** Header fields: an object, whose values may be lists, or pairs. */
export type MockHeaders =
  Readonly<Record<string, string | number | readonly string[]>> | readonly (readonly [string, string])[]

/** The body of a reply. A plain object or an array is sent as JSON; an async iterable piece by piece. */
export type MockBody = string | Uint8Array | ArrayBuffer | AsyncIterable<string | Uint8Array> | object | null

/** A reply of a mock. */
export interface MockReply {
  /** 200 to 599. Default: 200. */
  status?: number
  /** The text after the status. Default: the usual one. */
  statusText?: string
  /** Default: none. `Content-Length` or `Transfer-Encoding`, and `Content-Type` of JSON, are added where missing. */
  headers?: MockHeaders
  /** Default: empty. */
  body?: MockBody
  /** Header fields after the body, which is then sent in chunks. Default: none. */
  trailers?: MockHeaders
  /** The time before the first byte of the response, by the clock of the mock. Milliseconds. Default: 0. */
  delayMs?: number
}

/** A reply, or a function that makes it for each request. */
export type MockReplyInput = MockReply | ((request: MockedRequest) => MockReply | Promise<MockReply>)

const NAMES = ['status', 'statusText', 'headers', 'body', 'trailers', 'delayMs']

/** Returns a reply in the form for the wire. Throws `OptionError` if something is wrong with it. */
export function answerOf(where: string, reply: unknown): Answer {
  if (typeof reply !== 'object' || reply === null || Array.isArray(reply))
    throw mustBe('the reply', 'an object, e.g. { status: 200, body: "..." }, or a function', reply, { where })
  assertNames(where, reply, NAMES, {
    advice: (stray) => (stray === 'json' ? '; body takes plain data for JSON' : ''),
  })
  const {
    status = 200,
    statusText,
    headers = {},
    body = null,
    trailers = {},
    delayMs = 0,
  } = reply as MockReply
  if (!Number.isInteger(status) || status < 200 || status > 599)
    throw mustBe('status', 'a whole number from 200 to 599', status, { where })
  assertDelay(where, delayMs)
  if (statusText !== undefined && !isOneLine(statusText))
    throw mustBe('statusText', 'a text of one line', statusText, { where })
  const fields = fieldsOf(where, 'headers', headers)
  const { bytes, isJson } = bytesOf(where, body)
  const isTyped = fields.some(([name]) => name.toLowerCase() === 'content-type')
  if (isJson && !isTyped) fields.push(['Content-Type', 'application/json'])
  return {
    status,
    statusText,
    headers: fields,
    body: bytes,
    trailers: fieldsOf(where, 'trailers', trailers),
    delayMs,
  }
}

/** Throws `OptionError` unless the value is a time to wait. */
export function assertDelay(where: string, delayMs: unknown): void {
  if (!(typeof delayMs === 'number' && delayMs >= 0 && delayMs < Infinity))
    throw mustBe('delayMs', 'milliseconds, 0 or more', delayMs, { where })
}

function fieldsOf(where: string, option: string, given: unknown): [string, string][] {
  if (typeof given !== 'object' || given === null)
    throw mustBe(option, 'an object of names and values, or a list of pairs', given, { where })
  const pairs: unknown[] = Array.isArray(given)
    ? (given as unknown[])
    : Object.entries(given).flatMap(([name, value]: [string, unknown]) =>
        Array.isArray(value) ? value.map((one: unknown) => [name, one]) : [[name, value]],
      )
  return pairs.map((pair) => {
    const [name, value] = Array.isArray(pair) ? (pair as unknown[]) : []
    if (typeof name !== 'string' || !isToken(name))
      throw mustBe(`a name in ${option}`, 'a token of HTTP', name, { where, option })
    if (typeof value !== 'number' && !(typeof value === 'string' && isOneLine(value)))
      throw mustBe(`${option}: ${name}`, 'a text of one line, a number or a list of texts', value, {
        where,
        option,
        isSecret: true,
      })
    // On the wire, a character is a byte: other text is sent as UTF-8, as servers do.
    return [name, Buffer.from(String(value), 'utf8').toString('latin1')]
  })
}

function isOneLine(text: unknown): boolean {
  return typeof text === 'string' && !/[\r\n\0]/.test(text)
}

function bytesOf(where: string, body: unknown): { bytes: Answer['body']; isJson: boolean } {
  if (body === null) return { bytes: Buffer.alloc(0), isJson: false }
  if (typeof body === 'string') return { bytes: Buffer.from(body), isJson: false }
  if (body instanceof ArrayBuffer) return { bytes: Buffer.from(body), isJson: false }
  if (ArrayBuffer.isView(body))
    return { bytes: Buffer.from(body.buffer, body.byteOffset, body.byteLength), isJson: false }
  if (typeof body === 'object' && Symbol.asyncIterator in body)
    return { bytes: body as AsyncIterable<string | Uint8Array>, isJson: false }
  const isPlain = Array.isArray(body) || Object.getPrototypeOf(body) === Object.prototype
  if (typeof body === 'object' && isPlain) return { bytes: Buffer.from(jsonOf(where, body)), isJson: true }
  throw mustBe('body', 'a text, bytes, an async iterable, or plain data for JSON', body, {
    where,
    isSecret: true,
  })
}

/** Returns data as JSON. Some plain data have none: a circle, a `bigint`, a `toJSON` that returns nothing. */
function jsonOf(where: string, data: object): string {
  let why = 'it is undefined'
  try {
    const json = JSON.stringify(data) as string | undefined
    if (json !== undefined) return json
  } catch (error) {
    // Of a circle, V8 describes the way on further lines.
    why = messageOf(error).split('\n', 1)[0] ?? ''
  }
  throw new OptionError(`${where}: body has no JSON: ${why}`, 'body')
}
