/**
 * The body of a request: bytes, files, or stdin, read piece by piece when libcurl asks for it. Does not know
 * the request.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { STDIN } from '../output/descriptors.js'

/** `CURL_READFUNC_PAUSE`. */
const PAUSE = 0x10000001
/** The results of a SEEKFUNCTION: done, or impossible. */
const SEEK_OK = 0
const CANNOT_SEEK = 2
const SEEK_SET = 0
/** node-libcurl gives a SEEKFUNCTION offsets in 32 bits. */
const OFFSET_RANGE = 2 ** 32
const WAIT_MS = 2
const never = new Int32Array(new SharedArrayBuffer(4))

/** A source that libcurl asks for bytes. */
export interface SentBody {
  /** Its length in bytes; undefined if it is not known. */
  readonly size: number | undefined
  /** Fills a buffer; returns how many bytes, 0 at the end, or libcurl's sign for "not yet". */
  read(buffer: Buffer): number
  /** Goes elsewhere in it; returns libcurl's sign. */
  seek(offset: number, origin: number): number
  close(): void
}

/** A file, or stdin, from its start. Throws what the system says. */
export class FileBody implements SentBody {
  readonly size: number | undefined
  private readonly fd: number
  private readonly canSeek: boolean
  private position: number | null
  private sent = 0

  /**
   * @param path `-` is stdin
   * @param expected where sending is known to begin: an offset that is told in 32 bits is taken for that
   * @param onGrown hears that the file has more bytes than it had when it was opened
   */
  constructor(
    path: string,
    private readonly expected: number,
    private readonly onGrown: (bytes: number) => void,
  ) {
    this.fd = path === '-' ? STDIN : openSync(path, 'r')
    const stat = fstatSync(this.fd)
    this.canSeek = stat.isFile()
    this.size = path === '-' || !this.canSeek ? undefined : stat.size
    this.position = path !== '-' && this.canSeek ? 0 : null
  }

  read(buffer: Buffer): number {
    if (this.size !== undefined && this.sent === this.size) return 0
    let count = readNow(this.fd, buffer, this.position)
    if (this.position !== null) this.position += count
    if (this.size !== undefined && this.sent + count > this.size) {
      this.onGrown(this.sent + count - this.size)
      count = this.size - this.sent
    }
    this.sent += count
    return count
  }

  seek(offset: number, origin: number): number {
    if (!this.canSeek || origin !== SEEK_SET) return CANNOT_SEEK
    const isExpected = this.expected > 0 && this.expected % OFFSET_RANGE === offset
    this.position = isExpected ? this.expected : offset
    this.sent = this.position
    return SEEK_OK
  }

  close(): void {
    if (this.fd !== STDIN) closeSync(this.fd)
  }
}

/** Stdin as it comes: while there is nothing, the transfer goes on without. */
export class LiveStdin implements SentBody {
  readonly size = undefined
  private chunks: Buffer[] = []
  /** Another transfer may have read it to its end. */
  private isAtEnd = process.stdin.readableEnded
  private isAsked = false

  /** @param resume is called when there is something again */
  constructor(private readonly resume: () => void) {
    process.stdin.on('data', this.onData)
    process.stdin.on('end', this.onEnd)
    process.stdin.on('error', this.onEnd)
  }

  private readonly onData = (chunk: Buffer): void => {
    this.chunks.push(chunk)
    process.stdin.pause()
    this.wake()
  }

  private readonly onEnd = (): void => {
    this.isAtEnd = true
    this.wake()
  }

  private wake(): void {
    if (!this.isAsked) return
    this.isAsked = false
    this.resume()
  }

  read(buffer: Buffer): number {
    const [first] = this.chunks
    if (first === undefined) {
      if (this.isAtEnd) return 0
      this.isAsked = true
      process.stdin.resume()
      return PAUSE
    }
    const count = first.copy(buffer)
    if (count < first.length) this.chunks[0] = first.subarray(count)
    else this.chunks.shift()
    return count
  }

  seek(): number {
    return CANNOT_SEEK
  }

  close(): void {
    process.stdin.off('data', this.onData).off('end', this.onEnd).off('error', this.onEnd).pause()
  }
}

/** Stdin of telnet: libcurl asks again and again, and must not be held up while there is nothing. */
export class PolledStdin implements SentBody {
  readonly size = undefined
  private readonly fd: number

  constructor() {
    this.fd = openPolled()
  }

  read(buffer: Buffer): number {
    try {
      return readSync(this.fd, buffer)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      return code === 'EAGAIN' || code === 'EINTR' ? PAUSE : 0
    }
  }

  seek(): number {
    return CANNOT_SEEK
  }

  close(): void {
    if (this.fd !== STDIN) closeSync(this.fd)
  }
}

/** Opens stdin once more, so that other users of the same pipe or terminal still block. */
function openPolled(): number {
  if (fstatSync(STDIN).isFile()) return STDIN
  try {
    return openSync('/dev/stdin', constants.O_RDONLY | constants.O_NONBLOCK)
  } catch {
    // A socket, for example, cannot be opened by its name.
    return STDIN
  }
}

type Segment = Uint8Array | { readonly path: string }

/** Bytes and files, one after the other. Throws what the system says. */
export class SegmentBody implements SentBody {
  readonly size: number | undefined
  private readonly pieces: {
    readonly bytes?: Uint8Array
    readonly fd?: number
    readonly size: number | undefined
  }[]
  private at = 0
  private offset = 0

  constructor(segments: readonly Segment[]) {
    this.pieces = segments.map((segment) => {
      if (segment instanceof Uint8Array) return { bytes: segment, size: segment.length }
      const fd = segment.path === '-' ? STDIN : openSync(segment.path, 'r')
      const stat = fstatSync(fd)
      return { fd, size: stat.isFile() ? stat.size : undefined }
    })
    const sizes = this.pieces.map(({ size }) => size)
    this.size = sizes.includes(undefined)
      ? undefined
      : (sizes as number[]).reduce((sum, size) => sum + size, 0)
  }

  read(buffer: Buffer): number {
    let filled = 0
    while (filled < buffer.length) {
      const piece = this.pieces[this.at]
      if (piece === undefined) break
      const room = buffer.subarray(filled)
      const count = this.readPiece(piece, room)
      filled += count
      this.offset += count
      if (count === 0 || this.offset === piece.size) {
        this.at++
        this.offset = 0
      }
    }
    return filled
  }

  private readPiece({ bytes, fd, size }: (typeof this.pieces)[number], room: Buffer): number {
    if (bytes !== undefined) {
      const part = bytes.subarray(this.offset, this.offset + room.length)
      room.set(part)
      return part.length
    }
    const position = size === undefined ? null : this.offset
    const most = size === undefined ? room : room.subarray(0, size - this.offset)
    return most.length === 0 ? 0 : readNow(fd as number, most, position)
  }

  seek(offset: number, origin: number): number {
    if (origin !== SEEK_SET || offset !== 0) return CANNOT_SEEK
    const hasBegun = this.at > 0 || this.offset > 0
    if (hasBegun && this.pieces.some(({ size }) => size === undefined)) return CANNOT_SEEK
    this.at = this.offset = 0
    return SEEK_OK
  }

  close(): void {
    for (const { fd } of this.pieces) if (fd !== undefined && fd !== STDIN) closeSync(fd)
  }
}

/** Waits for what there is: a pipe may have been made non-blocking by whoever else has it. */
function readNow(fd: number, buffer: Buffer, position: number | null): number {
  for (;;) {
    try {
      return readSync(fd, buffer, 0, buffer.length, position)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EAGAIN') Atomics.wait(never, 0, 0, WAIT_MS)
      else if (code === 'EOF') return 0
      else if (code !== 'EINTR') return 0
    }
  }
}
