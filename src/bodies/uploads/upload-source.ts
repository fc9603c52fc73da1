/**
 * Where the bytes of an upload come from, and whether they can be had twice. Does not know libcurl.
 */
import { createReadStream, statSync } from 'node:fs'

/**
 * How much of what can be read only once is kept, for redirects, authentication and connections that turn out
 * to be dead. Bytes.
 */
const MAX_REPLAY = 1 << 20
const NOTHING = new Uint8Array(0)

type Chunks = AsyncIterable<unknown> | Iterable<unknown>

/** What can be sent. */
export interface UploadSource {
  /** In bytes; null: not known before the end. Throws where it cannot be read. */
  size(): number | null
  /** The bytes from the start. Throws where that is over. */
  open(): Chunks
  /** Whether it can never be sent again. */
  readonly isSpent: boolean
}

/** A stream, a file, bytes, a Blob, or a function that opens one of them anew; undefined: none of them. */
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
      () => opened((value as () => unknown)()),
    )
  if (typeof value !== 'object' || value === null) return undefined
  const { path } = value as { path?: unknown }
  // Streams of files have a path, too.
  if (Symbol.asyncIterator in value) return new OnceSource(value as AsyncIterable<unknown>)
  return typeof path === 'string' ? fromFile(path) : undefined
}

/** A file on the disk, opened when it is sent. */
export function fromFile(path: string): UploadSource {
  const size = (): number => {
    const found = statSync(path)
    if (!found.isFile()) throw new Error(`cannot read ${JSON.stringify(path)}: it is no regular file`)
    return found.size
  }
  return repeatable(size, () => createReadStream(path, { highWaterMark: 1 << 18 }))
}

function repeatable(size: () => number | null, open: () => Chunks): UploadSource {
  return { size, open, isSpent: false }
}

function opened(value: unknown): Chunks {
  if (typeof value === 'string') return fromFile(value).open()
  const source = typeof value === 'function' ? undefined : toUploadSource(value)
  if (source === undefined)
    throw new Error('the function that opens the upload gave nothing that can be sent')
  return source.open()
}

/** A stream: read once, with its beginning kept as long as that is short. */
class OnceSource implements UploadSource {
  isSpent = false
  private readonly taken: unknown[] = []
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
      // Whoever read before may still be waiting for the same chunk.
      while (index >= this.taken.length && !this.isOver) await (this.pulling ??= this.pull())
      if (index >= this.taken.length) return
      yield this.taken[index]
      if (this.isSpent) this.taken[index] = NOTHING
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
      this.taken.push(result.value)
      this.takenBytes += (result.value as { length?: number }).length ?? 0
      if (this.takenBytes > MAX_REPLAY) this.isSpent = true
    } finally {
      this.pulling = null
    }
  }
}

/** Why it fails where something has to be sent again. */
export const CANNOT_REPEAT =
  'the body cannot be sent again: it is a stream that has been read. Give a function that opens it, or a file'
