/** Decompresses gzip (RFC 1952) as far as that goes: what follows the last member is left out. */
import { crc32, createInflateRaw } from 'node:zlib'

/** What goes to the decompressor at once. Of a broken file, what comes out of one such piece is lost. */
const PIECE_BYTES = 1024
/** The longest name or comment in a header. */
const MAX_TEXT = 65_536

const HEADER_BYTES = 10
const TRAILER_BYTES = 8
const DEFLATE = 8
const [HAS_CHECKSUM, HAS_EXTRA, HAS_NAME, HAS_COMMENT] = [2, 4, 8, 16] as const

/** What is wrong with a compressed file. */
export class GzipProblem extends Error {
  override readonly name = 'GzipProblem'
}

/** True if these are the first bytes of a file that is compressed by gzip. */
export function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

/** Yields what is in a file, member by member. Throws {@link GzipProblem} where it is cut or broken. */
export async function* gunzipped(chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  const input = new Input(chunks)
  if (!(await skipHeader(input))) throw new GzipProblem('incorrect header')
  do {
    let sum = 0
    let bytes = 0
    for await (const part of inflated(input)) {
      sum = crc32(part, sum)
      bytes += part.length
      yield part
    }
    if (!(await input.has(TRAILER_BYTES))) throw new GzipProblem('unexpected end of file')
    const trailer = input.take(TRAILER_BYTES)
    if (trailer.readUInt32LE(0) !== sum || trailer.readUInt32LE(4) !== bytes % 2 ** 32)
      throw new GzipProblem('incorrect checksum')
  } while (await skipHeader(input))
}

/** Bytes that were read, and are not taken yet. */
class Input {
  private held: Buffer = Buffer.alloc(0)

  constructor(private readonly chunks: AsyncIterator<Buffer>) {}

  /** Reads until there are so many bytes. Resolves with false if there are fewer. */
  async has(count: number): Promise<boolean> {
    while (this.held.length < count) {
      const next = await this.chunks.next()
      if (next.done === true) return false
      this.held = this.held.length === 0 ? next.value : Buffer.concat([this.held, next.value])
    }
    return true
  }

  /** Takes bytes that are there: at most `count`. */
  take(count: number): Buffer {
    const taken = this.held.subarray(0, count)
    this.held = this.held.subarray(count)
    return taken
  }

  at(index: number): number {
    return this.held[index] as number
  }

  giveBack(bytes: Buffer): void {
    this.held = Buffer.concat([bytes, this.held])
  }
}

/** Takes the header of a member. Resolves with false if there is none: the file has ended, or something else follows. */
async function skipHeader(input: Input): Promise<boolean> {
  if (!(await input.has(HEADER_BYTES))) return false
  if (input.at(0) !== 0x1f || input.at(1) !== 0x8b || input.at(2) !== DEFLATE) return false
  const flags = input.at(3)
  input.take(HEADER_BYTES)
  if ((flags & HAS_EXTRA) !== 0 && (await input.has(2)))
    await skip(input, 2 + input.at(0) + input.at(1) * 256)
  if ((flags & HAS_NAME) !== 0) await skipText(input)
  if ((flags & HAS_COMMENT) !== 0) await skipText(input)
  if ((flags & HAS_CHECKSUM) !== 0) await skip(input, 2)
  return true
}

async function skip(input: Input, count: number): Promise<void> {
  await input.has(count)
  input.take(count)
}

async function skipText(input: Input): Promise<void> {
  for (let i = 0; i < MAX_TEXT && (await input.has(1)); i++) if (input.take(1)[0] === 0) return
}

/** Yields what one member holds. */
async function* inflated(input: Input): AsyncGenerator<Buffer> {
  const inflate = createInflateRaw()
  const parts: Buffer[] = []
  const state = { isOver: false, failure: null as Error | null, goOn: (): void => undefined }
  inflate.on('data', (part: Buffer) => void parts.push(part))
  inflate.once('end', () => {
    state.isOver = true
    state.goOn()
  })
  inflate.on('error', ({ message }) => {
    state.failure = new GzipProblem(message)
    state.goOn()
  })
  try {
    for (;;) {
      const hasMore = await input.has(1)
      const piece = input.take(PIECE_BYTES)
      const before = inflate.bytesWritten
      await new Promise<void>((resolve) => {
        state.goOn = resolve
        if (hasMore)
          inflate.write(piece, () => {
            resolve()
          })
        else inflate.end()
      })
      yield* parts.splice(0)
      if (state.failure !== null) throw state.failure
      if (!state.isOver) continue
      // What follows the compressed data.
      input.giveBack(piece.subarray(inflate.bytesWritten - before))
      return
    }
  } finally {
    inflate.destroy()
  }
}
