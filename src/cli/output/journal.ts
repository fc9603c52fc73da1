/**
 * The journal of a run: an append-only file of JSON lines that records finished requests, so that a killed
 * run can be resumed. Contains no URLs, headers or bodies: a request is identified by its id or a digest.
 * Does not depend on transfers.
 */
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

/** The two ways a request can end. */
export type Ending = 'done' | 'failed'

/** A request that has ended. */
export interface JournalEntry {
  readonly key: string
  readonly end: Ending
  /** True if the journal listed the request as failed before. */
  readonly isAgain: boolean
}

/** The journal's answer about a request that is about to be made. */
export type Verdict = 'new' | 'again' | Ending

interface Record {
  readonly key: string
  readonly end: Ending
  /** True if the journal listed the request as failed before. */
  readonly again?: boolean
}

const { O_APPEND, O_CREAT, O_NONBLOCK, O_WRONLY } = constants
const FIRST_LINE = { journal: 'parallelcurl', version: 1 }

/** Returns the key of a request: its id, or a digest of everything that was asked for. */
export function keyOf({ url, id, layer, output, pasted }: Input): string {
  if (id !== undefined) return `id:${id}`
  const text =
    layer === undefined && output === undefined && pasted === undefined
      ? url
      : JSON.stringify([url, pasted?.given ?? layer ?? [], output ?? null])
  const { createHash } = process.getBuiltinModule('node:crypto')
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}

/** Counts per key how often requests ended in one way. The same request can be in a list more than once. */
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

/** Settings of a journal. */
export interface JournalSettings {
  readonly resume: boolean
  readonly retryFailed: boolean
  /** The interval at which the journal is forced onto the disk. Milliseconds. */
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
   * Opens a journal or creates it. Throws `UsageError` if it cannot be used, or if it exists and `resume` is
   * false.
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
      // O_NONBLOCK: a pipe without a reader is an error at once.
      this.file = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0o600)
      const whole = size > 0 ? this.load() : 0
      // A crash may have cut the last line off. That request counts as not done.
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

  /** Decides what to do with a request. Each line of the journal counts for one request. */
  judge(key: string): Verdict {
    if (this.done.take(key)) return 'done'
    if (!this.failed.take(key)) return 'new'
    return this.settings.retryFailed ? 'again' : 'failed'
  }

  /** Records how requests ended. Their output must be written before. */
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

  /** Forces the rest onto the disk and closes the journal. */
  close(): void {
    clearInterval(this.timer)
    try {
      fdatasyncSync(this.file)
    } catch {
      // A pipe or a device cannot be forced to disk.
    }
    closeSync(this.file)
  }

  private append(records: readonly object[]): void {
    const lines = Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(''))
    // One write call: if the process is killed, the lines are written completely or not at all (except on a
    // full disk).
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

  /** Reads the journal. Returns the number of bytes up to the end of the last complete line. */
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
      throw new UsageError(`--journal ${this.path}, line ${String(number)}: this is not a journal`)
    }
    if (typeof record !== 'object' || (record as unknown) === null)
      throw new UsageError(`--journal ${this.path}, line ${String(number)}: this is not a journal`)
    if (number === 1 && (record.journal !== FIRST_LINE.journal || record.version !== FIRST_LINE.version)) {
      throw new UsageError(`--journal ${this.path}: this is not a journal of this version`)
    }
    if (record.key === undefined) return
    if (record.again === true) this.failed.add(record.key, -1)
    if (record.end === 'done') this.done.add(record.key, 1)
    else this.failed.add(record.key, 1)
  }
}
