/**
 * The journal of a run: an append-only file of JSON lines that says what is done, so that a run that was
 * killed goes on where it was. Holds no URL, no header and no body: requests are known by their id, or by a
 * digest. Does not know transfers.
 */
import { createHash } from 'node:crypto'
import {
  closeSync,
  constants,
  fdatasync,
  fdatasyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  statSync,
  writeSync,
} from 'node:fs'
import type { Input } from '../input/input-line.js'
import { explainWrite, OutputError, UsageError } from '../errors/errors.js'

/** How a request ended. */
export type Ending = 'done' | 'failed'

/** A request that has ended. */
export interface JournalEntry {
  readonly key: string
  readonly end: Ending
  /** It had been written down as failed before. */
  readonly isAgain: boolean
}

/** What the journal says of a request that is about to be made. */
export type Verdict = 'new' | 'again' | Ending

interface Record {
  readonly key: string
  readonly end: Ending
  /** It had been written down as failed before. */
  readonly again?: boolean
}

const { O_APPEND, O_CREAT, O_NONBLOCK, O_WRONLY } = constants
const FIRST_LINE = { journal: 'parallelcurl', version: 1 }

/** What a request is known by: its id, or all that was asked for. */
export function keyOf({ url, id, layer, output }: Input): string {
  if (id !== undefined) return `id:${id}`
  const text =
    layer === undefined && output === undefined ? url : JSON.stringify([url, layer ?? [], output ?? null])
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}

/** How often each key has ended in one way. The same request may be in a list more than once. */
class Endings {
  private readonly counts = new Map<string, number>()

  add(key: string, count: number): void {
    const sum = (this.counts.get(key) ?? 0) + count
    if (sum > 0) this.counts.set(key, sum)
    else this.counts.delete(key)
  }

  take(key: string): boolean {
    const isThere = this.counts.has(key)
    if (isThere) this.add(key, -1)
    return isThere
  }
}

/** How a journal is used. */
export interface JournalSettings {
  readonly resume: boolean
  readonly retryFailed: boolean
  /** How often it is forced onto the disk. */
  readonly syncMs: number
}

/** An open journal. */
export class Journal {
  private readonly done = new Endings()
  private readonly failed = new Endings()
  private readonly file: number
  private readonly timer: NodeJS.Timeout
  private isDirty = false
  private isSyncing = false
  private syncError: unknown = null

  /**
   * Opens a journal, or begins one. `UsageError` where it cannot be used, or is there and is not to be
   * resumed.
   */
  constructor(
    readonly path: string,
    private readonly settings: JournalSettings,
  ) {
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
    if (size > 0 && !settings.resume) {
      throw new UsageError(`--journal ${path}: there is one already; --resume goes on with it`)
    }
    try {
      // A pipe that nobody reads is an error at once.
      this.file = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0o600)
      const whole = size > 0 ? this.load() : 0
      // A line that was torn by a crash: what it would have said did not happen.
      if (whole < size) ftruncateSync(this.file, whole)
      if (whole === 0) this.append([FIRST_LINE])
    } catch (error) {
      if (error instanceof UsageError) throw error
      throw new UsageError(`--journal ${path}: ${explainWrite(error)}`)
    }
    this.timer = setInterval(() => {
      this.sync()
    }, settings.syncMs).unref()
  }

  /** What is to become of a request. Each line of the journal speaks for one request. */
  judge(key: string): Verdict {
    if (this.done.take(key)) return 'done'
    if (!this.failed.take(key)) return 'new'
    return this.settings.retryFailed ? 'again' : 'failed'
  }

  /** Writes down how requests ended. Their output has to be where it belongs by then. */
  write(entries: readonly JournalEntry[]): void {
    if (this.syncError !== null) throw new OutputError(`${this.path}: ${explainWrite(this.syncError)}`)
    const records = entries.map(({ key, end, isAgain }) =>
      isAgain ? { key, end, again: true } : { key, end },
    )
    try {
      this.append(records)
    } catch (error) {
      throw new OutputError(`${this.path}: ${explainWrite(error)}`)
    }
    this.isDirty = true
  }

  /** Forces the rest onto the disk. */
  close(): void {
    clearInterval(this.timer)
    try {
      fdatasyncSync(this.file)
    } catch {
      // A pipe or a device: nothing to force.
    }
    closeSync(this.file)
  }

  private append(records: readonly object[]): void {
    const lines = Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(''))
    // One call: a kill leaves them whole or out, but on a full disk.
    for (let at = 0; at < lines.length;) at += writeSync(this.file, lines, at)
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

  /** Reads it. Returns how many bytes of it are whole lines. */
  private load(): number {
    const bytes = readFileSync(this.path)
    const whole = bytes.lastIndexOf(10) + 1
    let from = 0
    for (let number = 1; from < whole; number++) {
      const end = bytes.indexOf(10, from)
      this.take(bytes.toString('utf8', from, end), number)
      from = end + 1
    }
    return whole
  }

  private take(line: string, number: number): void {
    if (line === '') return
    let record: Partial<Record> & Partial<typeof FIRST_LINE>
    try {
      record = JSON.parse(line) as typeof record
    } catch {
      throw new UsageError(`--journal ${this.path}, line ${String(number)}: this is no journal`)
    }
    if (typeof record !== 'object' || (record as unknown) === null)
      throw new UsageError(`--journal ${this.path}, line ${String(number)}: this is no journal`)
    if (number === 1 && (record.journal !== FIRST_LINE.journal || record.version !== FIRST_LINE.version)) {
      throw new UsageError(`--journal ${this.path}: this is no journal of this version`)
    }
    if (record.key === undefined) return
    if (record.again === true) this.failed.add(record.key, -1)
    if (record.end === 'done') this.done.add(record.key, 1)
    else this.failed.add(record.key, 1)
  }
}
