/**
 * Request bodies from memory and files, given to libcurl's read callback. Does not know what the bytes mean.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

const SEEK_OK = 0
const SEEK_FAIL = 1
const SEEK_SET = 0

type Read = (buffer: Buffer, size: number, count: number) => number
type Seek = (offset: number, origin: number) => number

/**
 * Returns a read and a seek callback over bytes in memory. Both are needed: libcurl rewinds the body after a
 * redirect, for authentication, and when a kept-alive connection turns out to be dead. Without a seek
 * callback it fails with 65.
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

/** Bytes and files, one after the other, as one body. The files stay open until {@link close}. */
export class SegmentedBody {
  /** The size of all segments. Bytes. */
  readonly size: number
  private readonly parts: {
    readonly start: number
    readonly size: number
    readonly from: Uint8Array | number
  }[] = []
  private position = 0

  /** Opens the files. Throws an error with the path if a file cannot be read. */
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

  /**
   * Throws if a file has become shorter than it was: the size that was announced to the server cannot be sent
   * any more.
   */
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
    // Without O_NONBLOCK, opening a pipe without a writer would block the whole process.
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
 * Returns a header list with the `Content-Type` of the body. A `Content-Type` of the user's stays. If it is
 * `multipart/form-data`, the boundary is added to it (as libcurl does).
 */
export function withContentType(list: readonly string[], contentType: string): readonly string[] {
  const own = list.findIndex((line) => /^content-type\s*[:;]/i.test(line))
  if (own < 0) return [...list, `Content-Type: ${contentType}`]
  const line = list[own] as string
  const boundary = /boundary=.*/.exec(contentType)?.[0]
  if (boundary === undefined || !/multipart\/form-data\s*$/i.test(line)) return list
  return list.with(own, `${line.trimEnd()}; ${boundary}`)
}
