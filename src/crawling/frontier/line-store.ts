/**
 * Where the lines of a frontier are kept until they are read: in memory as bytes, or in a journal. Does not know
 * what they say.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { JournalFile, type JournalRecord } from '../../journals/journal-file.js'

const CHUNK_BYTES = 65_536
const LINE_END = 10
/** The interval at which a journal is forced onto the disk, as of the command. Milliseconds. */
const SYNC_MS = 1000

/** Lines of text, each at a position. */
export interface LineStore {
  /** Adds a line that {@link read} will be asked for. Returns its position. */
  add(line: string): number
  /** Records a line that nobody will ask for. */
  note(line: string): void
  /** Returns the line at a position. */
  read(position: number): string
  /** Forgets the line at a position: it is not needed any more in this run. */
  drop(position: number): void
  /** Writes down what was added. Throws if it cannot be written. */
  flush(): void
  /** Writes down the rest, and lets go of everything. Throws if it cannot be written. */
  close(): void
}

/** Lines in memory: bytes in chunks, no objects. A chunk is let go of when all its lines were dropped. */
export class MemoryLines implements LineStore {
  private readonly chunks = new Map<number, { bytes: Buffer; lines: number }>()
  private number = 0
  private used = CHUNK_BYTES

  add(line: string): number {
    const length = Buffer.byteLength(line) + 1
    if (this.used + length > CHUNK_BYTES) {
      // A longer line than a chunk has a chunk of its own.
      const bytes = Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, length))
      this.chunks.set(++this.number, { bytes, lines: 0 })
      this.used = 0
    }
    const chunk = this.chunks.get(this.number) as { bytes: Buffer; lines: number }
    const position = this.number * CHUNK_BYTES + this.used
    this.used += chunk.bytes.write(line, this.used)
    chunk.bytes[this.used++] = LINE_END
    chunk.lines++
    return position
  }

  note(): void {
    // Nothing is kept of what has ended.
  }

  read(position: number): string {
    const { bytes } = this.chunks.get(Math.floor(position / CHUNK_BYTES)) as { bytes: Buffer }
    const start = position % CHUNK_BYTES
    return bytes.toString('utf8', start, bytes.indexOf(LINE_END, start))
  }

  drop(position: number): void {
    const number = Math.floor(position / CHUNK_BYTES)
    const chunk = this.chunks.get(number)
    if (chunk === undefined || --chunk.lines > 0) return
    this.chunks.delete(number)
    if (number === this.number) this.used = CHUNK_BYTES
  }

  flush(): void {
    // Nothing is written.
  }

  close(): void {
    this.chunks.clear()
  }
}

/** Lines in a journal. What was added in one turn of the event loop is written at once. */
export class JournalLines implements LineStore {
  private readonly journal: JournalFile
  private readonly file: number
  /** What was added and not written. */
  private text: string[] = []
  private textBytes = 0
  /** The part of the file that was read last: lines are read mostly in their order. */
  private block: Buffer = Buffer.alloc(0)
  private blockAt = 0

  /** Throws `JournalProblem` for another file, and the error of the file system. */
  constructor(
    private readonly path: string,
    onRecord: (record: JournalRecord, position: number, number: number) => void,
  ) {
    this.journal = new JournalFile(path, { syncMs: SYNC_MS, onRecord })
    try {
      this.file = openSync(path, 'r')
    } catch (error) {
      this.journal.close()
      throw error
    }
  }

  add(line: string): number {
    const position = this.journal.size + this.textBytes
    this.note(line)
    return position
  }

  note(line: string): void {
    this.text.push(line, '\n')
    this.textBytes += Buffer.byteLength(line) + 1
    if (this.textBytes >= CHUNK_BYTES) this.flush()
  }

  read(position: number): string {
    if (position >= this.journal.size) this.flush()
    let end = this.endInBlock(position)
    for (let length = CHUNK_BYTES; end < 0; length *= 2) {
      const block = Buffer.allocUnsafeSlow(length)
      const count = readSync(this.file, block, 0, length, position)
      this.block = block.subarray(0, count)
      this.blockAt = position
      end = this.endInBlock(position)
      if (end < 0 && count < length) throw new Error(`${this.path} was cut by another program`)
    }
    return this.block.toString('utf8', position - this.blockAt, end)
  }

  drop(): void {
    // The journal keeps all lines.
  }

  flush(): void {
    if (this.journal.syncError !== null) throw this.journal.syncError
    if (this.textBytes === 0) return
    // Positions count on it that nobody else writes.
    if (fstatSync(this.file).size !== this.journal.size)
      throw new Error(`${this.path} was changed by another program: one crawl at a time may use a frontier`)
    // Kept if that fails: the positions of all later lines count on it.
    this.journal.appendText(this.text.join(''))
    this.text = []
    this.textBytes = 0
  }

  close(): void {
    try {
      this.flush()
    } finally {
      closeSync(this.file)
      this.journal.close()
    }
  }

  private endInBlock(position: number): number {
    const at = position - this.blockAt
    return at < 0 || at >= this.block.length ? -1 : this.block.indexOf(LINE_END, at)
  }
}
