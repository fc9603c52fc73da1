/**
 * Parts of a file, joined to a part that nobody had asked for: which ranges a download in segments requests depends on
 * time. Does not know requests.
 */
import { valuesOf } from '../stand-in/request-reader.js'
import type { ReadEntry } from './har-reader.js'

/** A recorded part. */
interface Piece {
  readonly start: number
  readonly bytes: Buffer
  readonly entry: ReadEntry
}

/** The parts of one version of a file. */
interface Version {
  readonly total: number
  readonly pieces: Piece[]
}

/**
 * Returns the response that the server would have sent to this `Range`; '' is the whole file. null: the parts do not
 * have all of it.
 */
export function joinedRange(entries: readonly ReadEntry[], range: string): ReadEntry | null {
  const asked = range === '' ? ['', '0', ''] : /^bytes=(\d+)-(\d*)$/i.exec(range.trim())
  if (asked === null) return null
  const [, first = '', last = ''] = asked
  for (const { total, pieces } of versionsOf(entries)) {
    const start = Number(first)
    const end = Math.min(last === '' ? Infinity : Number(last), total - 1)
    const body = start > end ? null : bytesOf(pieces, start, end + 1)
    if (body === null) continue
    const { entry } = pieces[0] as Piece
    const whole = { ...entry, range, body, error: '' }
    const headers = entry.headers.filter(([name]) => name.toLowerCase() !== 'content-range')
    if (range === '') return { ...whole, status: 200, statusText: 'OK', headers }
    const contentRange = `bytes ${String(start)}-${String(end)}/${String(total)}`
    return { ...whole, headers: [...headers, ['Content-Range', contentRange]] }
  }
  return null
}

/** Returns the parts, by what tells that they are of one version. */
function versionsOf(entries: readonly ReadEntry[]): Iterable<Version> {
  const versions = new Map<string, Version>()
  for (const entry of entries) {
    const { status, headers, body } = entry
    const value = (name: string): string => valuesOf(headers, name)[0] ?? ''
    const part = /^bytes (\d+)-\d+\/(\d+)$/i.exec(value('content-range'))
    if (status !== 206 || body === null || part === null || value('content-encoding') !== '') continue
    const [, start, total] = part
    const key = [value('etag'), value('last-modified'), total].join('\n')
    const version = versions.get(key) ?? { total: Number(total), pieces: [] }
    version.pieces.push({ start: Number(start), bytes: body, entry })
    versions.set(key, version)
  }
  return versions.values()
}

/** Returns null if the pieces leave a hole. */
function bytesOf(pieces: readonly Piece[], start: number, end: number): Buffer | null {
  const found: Buffer[] = []
  let at = start
  for (const { start: from, bytes } of [...pieces].sort((a, b) => a.start - b.start)) {
    const until = Math.min(end, from + bytes.length)
    if (from > at || until <= at) continue
    found.push(bytes.subarray(at - from, until - from))
    at = until
  }
  return at >= end ? Buffer.concat(found) : null
}
