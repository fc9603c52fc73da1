/**
 * The file of a journal: JSON lines that are only appended, so that a killed process loses nothing that was
 * written. Does not know what the lines say, but for the first one.
 */
import {
  closeSync,
  constants,
  fdatasync,
  fdatasyncSync,
  ftruncateSync,
  openSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs'

const { O_APPEND, O_CREAT, O_NONBLOCK, O_WRONLY } = constants
const FIRST_LINE = { journal: 'parallelcurl', version: 1 }
const CHUNK_BYTES = 1 << 20
const LINE_END = 10

/** What a line holds. */
export type JournalRecord = Readonly<Record<string, unknown>>

/** Thrown for a file that is no journal, or a journal of another version. The message follows the path. */
export class JournalProblem extends Error {
  override readonly name = 'JournalProblem'
}

/** Settings of a journal's file. */
export interface JournalFileSettings {
  /** The interval at which the file is forced onto the disk. Milliseconds. */
  readonly syncMs: number
  /** Called for each record of an earlier run, with the position and the number of its line. */
  readonly onRecord: (record: JournalRecord, position: number, number: number) => void
}

/** The open file of a journal. */
export class JournalFile {
  /** The error of a failed attempt to force the file onto the disk; null if there was none. */
  syncError: Error | null = null
  private readonly file: number
  private readonly timer: NodeJS.Timeout
  private length = 0
  /** Why nothing can be appended any more: half a line stands at the end, and cannot be removed. */
  private broken: { readonly error: unknown } | null = null
  private isDirty = false
  private isSyncing = false

  /**
   * Opens a journal or creates it, and reads it. Throws `JournalProblem` for another file, and the error of
   * the file system.
   */
  constructor(
    readonly path: string,
    settings: JournalFileSettings,
  ) {
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
    // O_NONBLOCK: a pipe without a reader is an error at once.
    this.file = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0o600)
    try {
      this.length = size > 0 ? load(path, settings.onRecord) : 0
      // A crash may have cut the last line off. What it recorded counts as not done.
      if (this.length < size) ftruncateSync(this.file, this.length)
      if (this.length === 0) this.append([FIRST_LINE])
    } catch (error) {
      closeSync(this.file)
      throw error
    }
    this.timer = setInterval(() => {
      this.sync()
    }, settings.syncMs).unref()
  }

  /** The number of bytes in the file. */
  get size(): number {
    return this.length
  }

  /** Appends a line for each record. */
  append(records: readonly object[]): void {
    this.appendText(records.map((record) => `${JSON.stringify(record)}\n`).join(''))
  }

  /** Appends lines: all of them, or none. Throws the error of the file system. */
  appendText(text: string): void {
    if (this.broken !== null) throw this.broken.error
    const lines = Buffer.from(text)
    let written = 0
    try {
      // One write call: if the process is killed, the lines are written completely or not at all (except on a
      // full disk).
      while (written < lines.length) written += writeSync(this.file, lines, written)
    } catch (error) {
      if (written > 0) this.cutBack(error)
      throw error
    }
    this.length += lines.length
    this.isDirty = true
  }

  /** Forces the rest onto the disk and closes the file. */
  close(): void {
    clearInterval(this.timer)
    try {
      fdatasyncSync(this.file)
    } catch {
      // A pipe or a device cannot be forced to disk.
    }
    closeSync(this.file)
  }

  /** Removes a part of lines: the next line would be appended to it, and the file be no journal any more. */
  private cutBack(error: unknown): void {
    try {
      ftruncateSync(this.file, this.length)
    } catch {
      this.broken = { error }
    }
  }

  private sync(): void {
    if (!this.isDirty || this.isSyncing) return
    this.isDirty = false
    this.isSyncing = true
    fdatasync(this.file, (error) => {
      this.isSyncing = false
      if (error !== null && error.code !== 'EINVAL' && error.code !== 'EBADF') this.syncError = error
    })
  }
}

/** Reads all whole lines. Returns the number of bytes up to the end of the last one. */
function load(path: string, onRecord: JournalFileSettings['onRecord']): number {
  const file = openSync(path, 'r')
  try {
    let rest = Buffer.alloc(0)
    // The position of the first byte of `rest`.
    let position = 0
    let number = 1
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
      const count = readSync(file, chunk, 0, CHUNK_BYTES, position + rest.length)
      if (count === 0) return position
      rest = Buffer.concat([rest, chunk.subarray(0, count)])
      let from = 0
      for (let end = rest.indexOf(LINE_END); end >= 0; end = rest.indexOf(LINE_END, from)) {
        const record = parse(rest.toString('utf8', from, end), number)
        if (record !== null) onRecord(record, position + from, number)
        number++
        from = end + 1
      }
      position += from
      rest = rest.subarray(from)
      if (number === 1) parse(rest.toString('latin1'), number)
    }
  } finally {
    closeSync(file)
  }
}

/** Returns what a line holds; null for the first one and an empty one. */
function parse(line: string, number: number): JournalRecord | null {
  if (line === '') return null
  let record: unknown
  try {
    record = JSON.parse(line)
  } catch {
    record = null
  }
  if (typeof record !== 'object' || record === null) {
    throw new JournalProblem(`, line ${String(number)}: this is not a journal`)
  }
  if (number > 1) return record as JournalRecord
  const { journal, version } = record as Partial<typeof FIRST_LINE>
  if (journal === FIRST_LINE.journal && version === FIRST_LINE.version) return null
  throw new JournalProblem(': this is not a journal of this version')
}
