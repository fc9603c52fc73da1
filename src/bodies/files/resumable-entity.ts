/**
 * The properties of a response that decide whether a later response can continue it: validators, length,
 * range. Does not depend on where the bytes are stored.
 *
 * Source: RFC 9110, 8.8 (validators), 13.1.5 (If-Range), 14.4 (Content-Range).
 */
import { HeaderLines, lastResponse } from '../../transfer/response-headers.js'

/** A representation of a resource, as it was when it was fetched. */
export interface Entity {
  /**
   * The value for `If-Range`: a strong ETag, or a date that counts as strong. null: a later change could not
   * be detected.
   */
  readonly validator: string | null
  readonly etag: string | null
  readonly lastModified: string | null
  /** The length in bytes; null if the server did not give one. */
  readonly total: number | null
  readonly encoding: string | null
}

/** The byte range of a response. */
export interface Part {
  readonly start: number
  /** The offset of the last byte. */
  readonly end: number
  readonly total: number | null
}

/** The properties of the last response of a transfer. */
export interface Answer {
  /** null if the protocol is not HTTP. */
  readonly status: number | null
  readonly entity: Entity
  /** null if the response has no Content-Range with one range. */
  readonly part: Part | null
  readonly disposition: string | undefined
}

const PARTIAL_CONTENT = 206
/** The requested range begins after the end of the resource. */
export const RANGE_NOT_SATISFIABLE = 416
const NAMES: ReadonlySet<string> = new Set([
  'content-disposition',
  'content-encoding',
  'content-length',
  'content-range',
  'date',
  'etag',
  'last-modified',
])

/** Reads the last block of response headers. null counts as no headers. */
export function readAnswer(captured: HeaderLines | null): Answer {
  const { statusLine, headers } = lastResponse(captured ?? new HeaderLines(), NAMES)
  const text = (name: string): string | null => {
    const value = headers[name]
    return typeof value === 'string' ? value : null
  }
  const etag = text('etag')
  const lastModified = text('last-modified')
  const length = text('content-length')
  const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/i.exec(text('content-range') ?? '')
  return {
    status: statusLine === null ? null : Number(statusLine.split(' ')[1]),
    entity: {
      validator: strongEtag(etag) ?? strongDate(lastModified, text('date')),
      etag,
      lastModified,
      total: length === null ? null : lengthOf(length),
      encoding: text('content-encoding'),
    },
    part: range === null ? null : partOf(range),
    disposition: text('content-disposition') ?? undefined,
  }
}

function partOf([, start = '', end = '', total = '']: readonly string[]): Part | null {
  const [first, last] = [lengthOf(start), lengthOf(end)]
  return first === null || last === null ? null : { start: first, end: last, total: lengthOf(total) }
}

/** Returns null for what is no length: digits beyond the precision of numbers would be another one. */
function lengthOf(text: string): number | null {
  const length = /^\d+$/.test(text) ? Number(text) : NaN
  return Number.isSafeInteger(length) ? length : null
}

/** True if the body of a response is no file: that of a redirect, or of an error. */
export function isNoFile({ status }: Answer): boolean {
  return status !== null && status >= 300
}

/**
 * True if a response brings a part of the entity. Some servers answer 200 and still send a Content-Range; one
 * that covers everything is no part then.
 */
export function isPartial({ status, part }: Answer): boolean {
  if (status === PARTIAL_CONTENT) return true
  return part !== null && (part.start > 0 || part.end + 1 !== part.total)
}

/**
 * True if a response with status 206 brings the bytes of `entity` from offset `from` on. It has to repeat the
 * validator: servers exist that ignore `If-Range`, and RFC 9110 demands the `ETag` in a 206 (15.3.7).
 */
export function continues(entity: Entity, { part, entity: now }: Answer, from: number): boolean {
  if (part?.start !== from) return false
  const isSame = (before: unknown, after: unknown): boolean =>
    before === null || after === null || before === after
  const { validator, etag, lastModified } = entity
  const repeated = validator !== null && validator === etag ? now.etag : now.lastModified
  return (
    (validator === null || repeated === validator) &&
    isSame(entity.total, part.total) &&
    isSame(etag, now.etag) &&
    isSame(lastModified, now.lastModified) &&
    entity.encoding === now.encoding
  )
}

function strongEtag(etag: string | null): string | null {
  return etag !== null && /^"[^"]*"$/.test(etag) ? etag : null
}

/**
 * Returns the date if it is a strong validator: the resource was last changed at least one second before the
 * response.
 */
function strongDate(lastModified: string | null, date: string | null): string | null {
  if (lastModified === null || date === null) return null
  return Date.parse(date) - Date.parse(lastModified) >= 1000 ? lastModified : null
}
