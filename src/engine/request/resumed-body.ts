/**
 * The effect of `RESUME_FROM` on a request body: only the bytes after that offset are sent. Does not know
 * where the bytes come from.
 */
import type { PostFields } from '../../options/values/post-fields.js'
import { OPTION } from '../node-libcurl/binding.js'
import type { EffectiveOptions } from './effective-options.js'
import { hasFault } from '../node-libcurl/faults.js'

/**
 * True if libcurl loses the offset when it sends a request again. Before 8.7 libcurl subtracted the offset
 * from its only note of the body's size each time that it began the request: when a kept-alive connection
 * turned out to be dead, the second attempt announced too little (`Content-Range: bytes 5-5/6` of 11). After
 * a redirect it began at the start of the body instead, and sent the whole body with the length of the rest.
 * Seen with 7.88.1; source: `Curl_http_resume` in lib/http.c, which `Curl_creader_resume_from` has replaced.
 */
export const losesOffset = hasFault('resumed-body-short')

const RESUME_FROM = [OPTION.RESUME_FROM as number, OPTION.RESUME_FROM_LARGE as number]

/** Returns the offset at which a body begins with these options; 0 is its start. */
export function resumesAt(options: EffectiveOptions): number {
  let offset = 0
  for (const [id, value] of options.entries())
    if (RESUME_FROM.includes(id as number)) offset = Number(value ?? 0)
  return Math.max(0, offset)
}

/**
 * Returns the body in a form that can be resumed. libcurl 7.88 sends the beginning of a text instead of the
 * rest, and 8.22 refuses it with 43; as bytes it is sent correctly.
 */
export function resumable(body: PostFields): PostFields {
  return body.kind === 'text' ? { kind: 'bytes', bytes: Buffer.from(body.text) } : body
}

/** A function that sets the position in a body, as libcurl calls it. */
export type Seek = (offset: number, origin: number) => unknown

/** Returns a seek function for a body that begins at an offset: going back to 0 goes back to that offset. */
export function seekFrom(seek: Seek, start: number): Seek {
  if (start === 0) return seek
  return (offset, origin) => seek(offset === 0 ? start : offset, origin)
}
