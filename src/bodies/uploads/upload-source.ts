/**
 * The sources of upload bytes: files, streams, bytes in memory. Each reports if it can be read again. Does
 * not depend on libcurl.
 */
import { createReadStream, statSync } from 'node:fs'

/**
 * The most bytes of a stream that are kept so that they can be sent again: after a redirect, for
 * authentication, or when a reused connection turns out to be dead. Bytes.
 */
const MAX_REPLAY = 1 << 20
const NOTHING = new Uint8Array(0)

type Chunks = AsyncIterable<unknown> | Iterable<unknown>

/** A source of bytes to send. */
export interface UploadSource {
  /** Returns the size in bytes; null if it is unknown before the end. Throws if the source cannot be read. */
  size(): number | null
  /** Returns the bytes from the start. Throws if they can no longer be read from the start. */
  open(): Chunks
  /** True if the source cannot be sent again. */
  readonly isSpent: boolean
}

/**
 * Makes a source from a stream, a file, bytes, a Blob, or a function that opens one of them. Returns
 * undefined for other values.
 */
export function toUploadSource(value: unknown): UploadSource | undefined {
  if (value instanceof Blob)
    return repeatable(
      () => value.size,
      () => value.stream(),
    )
  if (ArrayBuffer.isView(value))
    return repeatable(
      () => value.byteLength,
      () => [value],
    )
  if (value instanceof ArrayBuffer)
    return repeatable(
      () => value.byteLength,
      () => [new Uint8Array(value)],
    )
  if (typeof value === 'function')
    return repeatable(
      () => null,
      () => openAny((value as () => unknown)()),
    )
  if (typeof value !== 'object' || value === null) return undefined
  const { path } = value as { path?: unknown }
  // A stream of a file has a path, too, so streams come first.
  if (Symbol.asyncIterator in value) return new OnceSource(value as AsyncIterable<unknown>)
  return typeof path === 'string' ? fromFile(path) : undefined
}

/** A file on disk, opened when it is sent. */
export function fromFile(path: string): UploadSource {
  const size = (): number => {
    const found = statSync(path)
    if (!found.isFile()) throw new Error(`cannot read ${JSON.stringify(path)}: it is not a regular file`)
    return found.size
  }
  return repeatable(size, () => createReadStream(path, { highWaterMark: 1 << 18 }))
}

function repeatable(size: () => number | null, open: () => Chunks): UploadSource {
  return { size, open, isSpent: false }
}

function openAny(value: unknown): Chunks {
  if (typeof value === 'string') return fromFile(value).open()
  const source = typeof value === 'function' ? undefined : toUploadSource(value)
  if (source === undefined) throw new Error('the upload function returned nothing that can be sent')
  return source.open()
}

/** A stream. It can be read once; its beginning is kept for another attempt as long as it is short. */
class OnceSource implements UploadSource {
  isSpent = false
  private readonly chunks: unknown[] = []
  private takenBytes = 0
  private iterator: AsyncIterator<unknown> | null = null
  private pulling: Promise<void> | null = null
  private isOver = false

  constructor(private readonly stream: AsyncIterable<unknown>) {}

  size(): null {
    return null
  }

  open(): AsyncIterable<unknown> {
    if (this.isSpent) throw new Error(CANNOT_REPEAT)
    return this.read()
  }

  private async *read(): AsyncGenerator {
    for (let index = 0; ; index++) {
      // An earlier reader may still wait for the same chunk.
      while (index >= this.chunks.length && !this.isOver) await (this.pulling ??= this.pull())
      if (index >= this.chunks.length) return
      yield this.chunks[index]
      if (this.isSpent) this.chunks[index] = NOTHING
    }
  }

  private async pull(): Promise<void> {
    try {
      this.iterator ??= this.stream[Symbol.asyncIterator]()
      const result = await this.iterator.next()
      if (result.done) {
        this.isOver = true
        return
      }
      this.chunks.push(result.value)
      this.takenBytes += (result.value as { length?: number }).length ?? 0
      if (this.takenBytes > MAX_REPLAY) this.isSpent = true
    } finally {
      this.pulling = null
    }
  }
}

/** The message of the error when a stream would have to be sent again. */
export const CANNOT_REPEAT =
  'the body cannot be sent again: it is a stream that has been read. Give a function that opens it, or a file'
