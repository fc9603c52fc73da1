/**
 * Header lines as undici's handlers get them: names and values in turns, as bytes. Does not know handlers.
 */
import { lastResponseLines, statusOf } from '../transfer/response-headers.js'
import type { Transfer } from '../transfer/transfer.js'
import type { RawHeaders } from './handlers.js'

/** The head of one response. */
export interface RawResponse {
  readonly status: number
  readonly text: string
  readonly headers: RawHeaders
}

const INFORMATIONAL = /^HTTP\/\S+ 1\d\d( |$)/

/**
 * Returns the heads that have arrived: informational ones (1xx), and the final one at the end. Those of
 * challenges that libcurl has answered are left out.
 *
 * @param sharesNames true if whoever gets the names of headers changes none of their bytes
 */
export function rawResponses(transfer: Transfer, sharesNames: boolean): RawResponse[] {
  const lines = transfer.headerList
  const { statusLine, head } = lastResponseLines(lines)
  const { status, text } = statusOf(statusLine)
  const final = {
    status: status || transfer.responseCode || 200,
    text,
    headers: rawFields(head, sharesNames),
  }
  const first = lines[0]
  return first !== undefined && INFORMATIONAL.test(first) ? [...informational(lines), final] : [final]
}

/** Returns the trailers of the response. */
export function rawTrailers(transfer: Transfer): RawHeaders {
  return rawFields(lastResponseLines(transfer.headerList).trailers, false)
}

function* informational(lines: readonly string[]): Generator<RawResponse> {
  for (let at = 0; INFORMATIONAL.test(lines[at] ?? '');) {
    const blank = lines.indexOf('', at)
    const end = blank < 0 ? lines.length : blank
    yield { ...statusOf(lines[at] as string), headers: rawFields(lines.slice(at + 1, end), false) }
    at = end + 1
  }
}

function rawFields(lines: readonly string[], sharesNames: boolean): RawHeaders {
  const fields: RawHeaders = []
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (line.startsWith(' ') || line.startsWith('\t')) {
      // A line that continues the one before (RFC 9112, 5.2).
      const before = fields.pop()
      if (before !== undefined) fields.push(bytes(`${before.toString('latin1')} ${line.trim()}`))
    } else if (colon > 0) {
      const name = line.slice(0, colon).trimEnd()
      fields.push(sharesNames ? sharedName(name) : bytes(name), bytes(line.slice(colon + 1).trim()))
    }
  }
  return fields
}

const MAX_NAMES = 256
const MAX_NAME_LENGTH = 100
const names = new Map<string, Buffer>()

/** Returns the bytes of a name. A server sends the same names with each response. */
function sharedName(name: string): Buffer {
  let shared = names.get(name)
  if (shared === undefined) {
    shared = bytes(name)
    if (name.length > MAX_NAME_LENGTH) return shared
    if (names.size === MAX_NAMES) names.clear()
    // A text of its own: V8 keeps the whole line, with the value, as long as a part of it.
    names.set(shared.toString('latin1'), shared)
  }
  return shared
}

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')
