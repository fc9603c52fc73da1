/**
 * Bytes on their way out through libcurl's read callback. Does not know what they mean.
 */

const SEEK_OK = 0
const SEEK_FAIL = 1
const SEEK_SET = 0

type Read = (buffer: Buffer, size: number, count: number) => number
type Seek = (offset: number, origin: number) => number

/**
 * A read and a seek callback over bytes in memory. The two belong together: libcurl rewinds for redirects and authentication, and
 * whenever a kept-alive connection turns out to be dead; it fails with 65 where it cannot.
 */
export function sendBytes(bytes: Uint8Array): { read: Read; seek: Seek } {
  let position = 0
  return {
    read(buffer) {
      const chunk = bytes.subarray(position, position + buffer.length)
      buffer.set(chunk)
      position += chunk.length
      return chunk.length
    },
    seek(offset, origin) {
      if (origin !== SEEK_SET || offset > bytes.length) return SEEK_FAIL
      position = offset
      return SEEK_OK
    },
  }
}

/**
 * A header list with the `Content-Type` of the body. One of the user's own stays; where it is `multipart/form-data`, it gets the
 * boundary that it cannot know (as libcurl does).
 */
export function withContentType(headers: readonly string[] | null, contentType: string): readonly string[] {
  const list = headers ?? []
  const own = list.findIndex((line) => /^content-type\s*[:;]/i.test(line))
  if (own < 0) return [...list, `Content-Type: ${contentType}`]
  const line = list[own] as string
  const boundary = /boundary=.*/.exec(contentType)?.[0]
  if (boundary === undefined || !/multipart\/form-data\s*$/i.test(line)) return list
  return list.with(own, `${line.trimEnd()}; ${boundary}`)
}
