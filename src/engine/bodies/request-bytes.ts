/**
 * Bytes on their way out through libcurl's read callback. Does not know what they mean.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

const SEEK_OK = 0
const SEEK_FAIL = 1
const SEEK_SET = 0

type Read = (buffer: Buffer, size: number, count: number) => number
type Seek = (offset: number, origin: number) => number

/**
 * A read and a seek callback over bytes in memory. The two belong together: libcurl rewinds for redirects and
 * authentication, and whenever a kept-alive connection turns out to be dead; it fails with 65 where it
 * cannot.
 */
export function sendBytes(bytes: Uint8Array): { size: number; read: Read; seek: Seek } {
  let position = 0
  return {
    size: bytes.length,
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

/** A part of a body: bytes, or a file on the disk. */
type Segment = Uint8Array | { readonly path: string }

/** Bytes and files, one after the other, as one body. Files are open until {@link close}. */
export class SegmentedBody {
  /** In all. */
  readonly size: number
  private readonly parts: {
    readonly start: number
    readonly size: number
    readonly from: Uint8Array | number
  }[] = []
  private position = 0

  /** Opens the files. Throws, with the path, where one cannot be read. */
  constructor(segments: readonly Segment[]) {
    let start = 0
    try {
      for (const segment of segments) {
        const from = segment instanceof Uint8Array ? segment : openFile(segment.path)
        const size = typeof from === 'number' ? fstatSync(from).size : from.length
        this.parts.push({ start, size, from })
        start += size
      }
    } catch (error) {
      this.close()
      throw error
    }
    this.size = start
  }

  /** Throws where a file has become shorter than it was: the server has been promised the rest. */
  readonly read: Read = (buffer) => {
    const part = this.parts.find(({ start, size }) => this.position < start + size)
    if (part === undefined) return 0
    const offset = this.position - part.start
    const length = Math.min(buffer.length, part.size - offset)
    if (typeof part.from !== 'number') buffer.set(part.from.subarray(offset, offset + length))
    const count = typeof part.from === 'number' ? readSync(part.from, buffer, 0, length, offset) : length
    if (count === 0) throw new Error('a file became shorter while it was sent')
    this.position += count
    return count
  }

  readonly seek: Seek = (offset, origin) => {
    if (origin !== SEEK_SET || offset > this.size) return SEEK_FAIL
    this.position = offset
    return SEEK_OK
  }

  close(): void {
    for (const { from } of this.parts) if (typeof from === 'number') closeSync(from)
    this.parts.length = 0
  }
}

function openFile(path: string): number {
  let descriptor: number | undefined
  try {
    // Without O_NONBLOCK a pipe that nobody writes to would stop the whole process here.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    if (fstatSync(descriptor).isFile()) return descriptor
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor)
    const why =
      error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error)
    throw new Error(`cannot read ${JSON.stringify(path)}: ${why}`, { cause: error })
  }
  closeSync(descriptor)
  throw new Error(`cannot read ${JSON.stringify(path)}: it is no regular file`)
}

/**
 * A header list with the `Content-Type` of the body. One of the user's own stays; where it is
 * `multipart/form-data`, it gets the boundary that it cannot know (as libcurl does).
 */
export function withContentType(list: readonly string[], contentType: string): readonly string[] {
  const own = list.findIndex((line) => /^content-type\s*[:;]/i.test(line))
  if (own < 0) return [...list, `Content-Type: ${contentType}`]
  const line = list[own] as string
  const boundary = /boundary=.*/.exec(contentType)?.[0]
  if (boundary === undefined || !/multipart\/form-data\s*$/i.test(line)) return list
  return list.with(own, `${line.trimEnd()}; ${boundary}`)
}
