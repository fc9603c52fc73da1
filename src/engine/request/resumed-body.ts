/**
 * What `RESUME_FROM` does to a body that is sent: only what comes after that offset goes out. Does not know
 * where the bytes come from.
 */
import type { PostFields } from '../../options/values/post-fields.js'
import { OPTION } from '../node-libcurl/binding.js'
import type { EffectiveOptions } from './effective-options.js'
import { hasFault } from '../node-libcurl/faults.js'

/**
 * Until 8.7 libcurl took the offset off its only note of the body's size, each time that it began the
 * request: where a kept connection turned out dead, the second time announced too little (`Content-Range:
 * bytes 5-5/6` of 11). Where a redirect was followed it began at the start of the body instead, and sent all
 * of it under the length of the rest. Seen with 7.88.1; source: `Curl_http_resume` in lib/http.c, which
 * `Curl_creader_resume_from` has replaced.
 */
export const losesOffset = hasFault('resumed-body-short')

const RESUME_FROM = [OPTION.RESUME_FROM as number, OPTION.RESUME_FROM_LARGE as number]

/** Where a body begins that is sent with these options; 0: at its start. */
export function resumesAt(options: EffectiveOptions): number {
  let offset = 0
  for (const [id, value] of options.entries())
    if (RESUME_FROM.includes(id as number)) offset = Number(value ?? 0)
  return Math.max(0, offset)
}

/**
 * The same body where it is resumed. Of a text libcurl 7.88 sends the beginning instead of the rest, and 8.22
 * refuses it with 43: as bytes it goes out right.
 */
export function resumable(body: PostFields): PostFields {
  return body.kind === 'text' ? { kind: 'bytes', bytes: Buffer.from(body.text) } : body
}

/** A function that goes back in a body, as libcurl calls it. */
export type Seek = (offset: number, origin: number) => unknown

/**
 * A seek function for a body that begins at an offset: going back to the start of it is going back to there.
 */
export function seekFrom(seek: Seek, start: number): Seek {
  if (start === 0) return seek
  return (offset, origin) => seek(offset === 0 ? start : offset, origin)
}
