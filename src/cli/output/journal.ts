/**
 * The journal of a run: an append-only file of JSON lines that records finished requests, so that a killed
 * run can be resumed. Contains no URLs, headers or bodies: a request is identified by its id or a digest.
 * Does not depend on transfers.
 */
import { statSync } from 'node:fs'
import { JournalFile, JournalProblem, type JournalRecord } from '../../journals/journal-file.js'
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

/** Throws `UsageError` if there is a journal already, and nobody wants to go on with it. */
export function checkResumed(path: string, resume: boolean): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (size > 0 && !resume)
    throw new UsageError(`--journal ${path}: there is one already; --resume goes on with it`)
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
  private readonly file: JournalFile

  /**
   * Opens a journal or creates it. Throws `UsageError` if it cannot be used, or if it exists and `resume` is
   * false.
   */
  constructor(
    readonly path: string,
    private readonly settings: JournalSettings,
  ) {
    checkResumed(path, settings.resume)
    try {
      this.file = new JournalFile(path, {
        syncMs: settings.syncMs,
        onRecord: (record) => {
          this.take(record)
        },
      })
    } catch (error) {
      if (error instanceof JournalProblem) throw new UsageError(`--journal ${path}${error.message}`)
      throw new UsageError(`--journal ${path}: ${explainWrite(error)}`)
    }
  }

  /** Decides what to do with a request. Each line of the journal counts for one request. */
  judge(key: string): Verdict {
    if (this.done.take(key)) return 'done'
    if (!this.failed.take(key)) return 'new'
    return this.settings.retryFailed ? 'again' : 'failed'
  }

  /** Records how requests ended. Their output must be written before. */
  write(entries: readonly JournalEntry[]): void {
    const { syncError } = this.file
    if (syncError !== null) throw new OutputError(`${this.path}: ${explainWrite(syncError)}`)
    const records = entries.map(({ key, end, isAgain }) =>
      isAgain ? { key, end, again: true } : { key, end },
    )
    try {
      this.file.append(records)
    } catch (error) {
      throw new OutputError(`${this.path}: ${explainWrite(error)}`)
    }
  }

  /** Forces the rest onto the disk and closes the journal. */
  close(): void {
    this.file.close()
  }

  private take({ key, end, again }: JournalRecord): void {
    if (typeof key !== 'string') return
    if (again === true) this.failed.add(key, -1)
    if (end === 'done') this.done.add(key, 1)
    else this.failed.add(key, 1)
  }
}
