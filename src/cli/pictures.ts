/**
 * --har and --report: collects what a run was like, and writes it at its end. Does not know how it is drawn.
 */
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import type { Transfer } from '../index.js'
import { entryOf, reportPieces, type RunEntry } from '../report/index.js'
import { harEntry, type Har } from '../report/har.js'
import { checkWritable, explainWrite, isSpecial } from './files.js'
import { OutputError } from './mistakes.js'
import type { Settings } from './settings.js'
import type { Tap } from './tap.js'

/** Writes in pieces, below a temporary name until all of it is there. */
class PieceFile {
  private readonly file: number

  private readonly temporary: string

  constructor(private readonly path: string) {
    this.temporary = isSpecial(path) ? path : `${path}.part`
    this.file = this.attempt(() => openSync(this.temporary, 'w', 0o600))
  }

  write(text: string): void {
    const bytes = Buffer.from(text)
    this.attempt(() => {
      for (let at = 0; at < bytes.length;) at += writeSync(this.file, bytes, at)
    })
  }

  finish(): void {
    this.attempt(() => {
      closeSync(this.file)
      if (this.temporary !== this.path) renameSync(this.temporary, this.path)
    })
  }

  private attempt<T>(act: () => T): T {
    try {
      return act()
    } catch (error) {
      if (this.temporary !== this.path) rmSync(this.temporary, { force: true })
      throw new OutputError(`${this.path}: ${explainWrite(error)}`)
    }
  }
}

/** The pictures of one run. */
export class Pictures {
  private readonly har: PieceFile | null
  private readonly page: PieceFile | null
  private readonly entries: RunEntry[] = []
  private harCount = 0

  constructor(
    private readonly settings: Settings,
    private readonly version: string,
  ) {
    for (const option of ['har', 'report'] as const) {
      const path = settings[option]
      if (path !== undefined) checkWritable(path, option)
    }
    this.har = settings.har === undefined ? null : new PieceFile(settings.har)
    this.page = settings.report === undefined ? null : new PieceFile(settings.report)
    const log: Omit<Har['log'], 'entries'> = { version: '1.2', creator: { name: 'parallelcurl', version } }
    this.har?.write(`{"log":${JSON.stringify(log).slice(0, -1)},"entries":[`)
  }

  /** Takes a transfer that is held. */
  add(transfer: Transfer, tap: Tap | null): void {
    if (this.har === null && this.page === null) return
    const entry = entryOf(transfer, {
      secrets: this.settings.harSecrets,
      requestLines: tap?.requestLines ?? [],
    })
    this.har?.write(`${this.harCount++ === 0 ? '\n' : ',\n'}${JSON.stringify(harEntry(entry))}`)
    // The page shows no headers: they need not be kept until the end.
    if (this.page !== null)
      this.entries.push({ ...entry, requestHeaders: [], responseHeaders: [], responseTrailers: [] })
  }

  /** Writes what is to be written at the end. */
  finish(): void {
    this.har?.write('\n]}}\n')
    this.har?.finish()
    if (this.page === null) return
    const subtitle = `parallelcurl ${this.version}, ${String(this.settings.maxRequests || 'any number')} at once`
    for (const piece of reportPieces(this.entries, { subtitle })) this.page.write(piece)
    this.page.finish()
  }
}
