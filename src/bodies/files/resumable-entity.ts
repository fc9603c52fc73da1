/**
 * What an answer says of the thing that it brings: enough to know later whether the rest of it would still
 * fit. Does not know where the bytes are. Source: RFC 9110, 8.8 (validators), 13.1.5 (If-Range), 14.4
 * (Content-Range).
 */
import { lastResponseHeaders, lastResponseLines, type HeaderLines } from '../../transfer/response-headers.js'

/** One thing on a server, as it was when it was fetched. */
export interface Entity {
  /**
   * What `If-Range` takes: a strong ETag, or a date that is strong. null: there is no telling whether it is
   * the same later.
   */
  readonly validator: string | null
  readonly etag: string | null
  readonly lastModified: string | null
  /** Its length in bytes, where it was said. */
  readonly total: number | null
  readonly encoding: string | null
}

/** The part that an answer brings. */
export interface Part {
  readonly start: number
  /** The last byte. */
  readonly end: number
  readonly total: number | null
}

/** The last answer of a transfer. */
export interface Answer {
  /** null: not HTTP. */
  readonly status: number | null
  readonly entity: Entity
  /** null where it does not say, or brings several. */
  readonly part: Part | null
  readonly disposition: string | undefined
}

/** Reads the last block of headers. */
export function readAnswer(captured: HeaderLines): Answer {
  const { statusLine } = lastResponseLines(captured.lines())
  const headers = lastResponseHeaders(captured)
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
      total: length !== null && /^\d+$/.test(length) ? Number(length) : null,
      encoding: text('content-encoding'),
    },
    part:
      range === null
        ? null
        : {
            start: Number(range[1]),
            end: Number(range[2]),
            total: range[3] === '*' ? null : Number(range[3]),
          },
    disposition: text('content-disposition') ?? undefined,
  }
}

/**
 * Whether an answer brings all of what it is about: it does not say that it is a part, or that part is all of
 * it.
 */
export function isWholeOf({ part }: Answer): boolean {
  return part === null || (part.start === 0 && part.total !== null && part.end + 1 === part.total)
}

/** Whether an answer with status 206 brings what comes after the first `from` bytes of `entity`. */
export function continues(entity: Entity, { part, entity: now }: Answer, from: number): boolean {
  if (part?.start !== from) return false
  const isSame = (before: unknown, after: unknown): boolean =>
    before === null || after === null || before === after
  return (
    isSame(entity.total, part.total) &&
    isSame(entity.etag, now.etag) &&
    isSame(entity.lastModified, now.lastModified) &&
    entity.encoding === now.encoding
  )
}

function strongEtag(etag: string | null): string | null {
  return etag !== null && /^"[^"]*"$/.test(etag) ? etag : null
}

/** A date is strong where the thing cannot have changed again within the same second. */
function strongDate(lastModified: string | null, date: string | null): string | null {
  if (lastModified === null || date === null) return null
  return Date.parse(date) - Date.parse(lastModified) >= 1000 ? lastModified : null
}
