/**
 * Answers requests out of an archive, without a network. Does not know how an answer gets to libcurl.
 */
import { ABORTED_BY_CALLBACK } from '../curl-codes.js'
import { shownUrl } from '../redaction.js'
import type { Answer, Failure } from '../stand-in/answer.js'
import { valuesOf } from '../stand-in/request-reader.js'
import type { ArrivedRequest, Responder } from '../stand-in/stand-in.js'
import { comparableUrl } from '../url/comparable-url.js'
import { joinedRange } from './joined-ranges.js'
import { readHar, type ReadEntry } from './har-reader.js'
import { replayed } from './replayed-answer.js'

/** The entries of one method and URL. */
interface Group {
  readonly entries: readonly ReadEntry[]
  /** The number of requests so far, for each body. */
  readonly counts: Map<string, number>
}

/** The responses of an archive. Equal requests get them in their order; after the last one, that one again. */
export class Replay implements Responder {
  private readonly groups = new Map<string, Group>()
  private readonly isOurs: boolean

  /** Throws `OptionError` if the file is no archive. */
  constructor(private readonly path: string) {
    const { entries, isOurs } = readHar(path)
    this.isOurs = isOurs
    for (const entry of entries) {
      const key = keyOf(entry.method, entry.url)
      const group = this.groups.get(key)
      if (group === undefined) this.groups.set(key, { entries: [entry], counts: new Map() })
      else (group.entries as ReadEntry[]).push(entry)
    }
  }

  refuse(method: string, url: string): Failure | null {
    const group = this.groups.get(keyOf(method, url))
    if (group === undefined) return this.missing(method, url, 0)
    const [entry] = group.entries
    // Nothing was sent then, so there is no body to be compared.
    const isUnsent = group.entries.every(({ status, error }) => status === 0 && error !== '')
    if (!isUnsent || entry === undefined) return null
    return failureOf(this.next(group, group.entries, ''))
  }

  answer(request: ArrivedRequest): Answer | Failure {
    const { method, url, body, headers } = request
    const group = this.groups.get(keyOf(method, url))
    if (group === undefined) return this.missing(method, url, 0)
    const type = valuesOf(headers, 'content-type')[0] ?? ''
    const sent = comparable(body, type)
    const equal = group.entries.filter(
      ({ requestBody, requestType }) =>
        requestBody !== null && comparable(requestBody, requestType).equals(sent),
    )
    const unknown = group.entries.filter(({ requestBody }) => requestBody === null)
    const known = equal.length > 0 ? equal : unknown
    const range = valuesOf(headers, 'range')[0] ?? ''
    const ranged = known.filter((entry) => entry.range === range)
    const found = ranged.length > 0 ? ranged : known
    if (found.length === 0) return this.missing(method, url, group.entries.length)
    // A request that another one has cut short, or that nobody has sent.
    const isWhole = ranged.length > 0 && !ranged.every(isCutByClient)
    const joined = isWhole ? null : joinedRange(known, range)
    if (joined !== null) return replayed(joined, request, this.isOurs)
    const entry = this.next(
      group,
      found,
      `${ranged.length > 0 ? range : ''}\n${equal.length > 0 ? sent.toString('latin1') : ''}`,
    )
    if (entry.status === 0) return failureOf(entry)
    return replayed(entry, request, this.isOurs)
  }

  private next({ counts }: Group, entries: readonly ReadEntry[], key: string): ReadEntry {
    const count = counts.get(key) ?? 0
    counts.set(key, count + 1)
    return entries[Math.min(count, entries.length - 1)] as ReadEntry
  }

  private missing(method: string, url: string, others: number): Failure {
    const more = others === 0 ? '' : ` with this body (${String(others)} with another one)`
    const reason = new Error(
      `${JSON.stringify(this.path)} has no response for ${method} ${shownUrl(url)}${more}`,
    )
    return { errno: ABORTED_BY_CALLBACK, reason, delayMs: 0 }
  }
}

function isCutByClient({ status, error }: ReadEntry): boolean {
  return status === 206 && error.startsWith(`${String(ABORTED_BY_CALLBACK)}: `)
}

function keyOf(method: string, url: string): string {
  return `${method} ${comparableUrl(url)}`
}

/** Returns a body as it is compared: the boundary of a form is another one each time. */
function comparable(body: Buffer, type: string): Buffer {
  const boundary = /^multipart\/form-data\b.*?boundary="?([^";]+)/i.exec(type)?.[1]
  if (boundary === undefined) return body
  return Buffer.from(body.toString('latin1').replaceAll(boundary, 'BOUNDARY'), 'latin1')
}

/** What browsers write (`net::ERR_...`) has no number: it is told as a connection that failed. */
const COULDNT_CONNECT = 7

function failureOf({ error }: ReadEntry): Failure {
  // libcurl's own text comes again with the number.
  const [, errno, details] = /^(\d+): [^:]*(?:: (.*))?$/s.exec(error) ?? []
  const text = errno === undefined ? error || 'there was no response' : details
  const reason = new Error(text === undefined ? 'as recorded' : `as recorded: ${text}`)
  return { errno: Number(errno ?? COULDNT_CONNECT), reason, delayMs: 0 }
}
