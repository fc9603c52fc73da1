/** Collects the transfers of a run for --har and --report, and writes the files. Does not make their text. */
import type { Transfer } from '../../index.js'
import { entryOf, reportPieces, type EntryDetails, type RunEntry } from '../../report/index.js'
import { harEntries, type Har } from '../../report/har.js'
import { checkWritable, PieceFile } from '../files/files.js'
import type { Settings } from '../settings/settings.js'
import { isSpecial, SpecialFile } from '../files/special-file.js'
import type { Tap } from './wire-log.js'

/** A report file that is written in pieces. */
interface ReportFile {
  write(text: string): unknown
  end(): unknown
}

function open(path: string, signal: AbortSignal): ReportFile {
  return isSpecial(path) ? new SpecialFile(path, signal) : new PieceFile(path)
}

type Details = Pick<EntryDetails, 'earlier' | 'queuedAt' | 'contentSize'>

/** The reports of one run. */
export class Reports {
  private readonly har: ReportFile | null
  private readonly page: ReportFile | null
  private readonly entries: RunEntry[] = []
  private harCount = 0

  /** @param signal ends the wait for a reader of a pipe */
  constructor(
    private readonly settings: Pick<Settings, 'har' | 'report' | 'harSecrets' | 'maxRequests'>,
    private readonly version: string,
    signal: AbortSignal,
  ) {
    for (const option of ['har', 'report'] as const) {
      const path = settings[option]
      if (path !== undefined) checkWritable(path, option)
    }
    this.har = settings.har === undefined ? null : open(settings.har, signal)
    this.page = settings.report === undefined ? null : open(settings.report, signal)
    const log: Omit<Har['log'], 'entries'> = { version: '1.2', creator: { name: 'parallelcurl', version } }
    this.har?.write(`{"log":${JSON.stringify(log).slice(0, -1)},"entries":[`)
  }

  /**
   * Adds a transfer. The transfer must still hold its handle.
   *
   * @param details facts that the transfer does not know
   */
  add(transfer: Transfer, tap: Tap | null, details: Details = {}): void {
    if (this.har === null && this.page === null) return
    const entry = entryOf(transfer, {
      secrets: this.settings.harSecrets,
      log: tap?.log,
      earlier: details.earlier,
      queuedAt: details.queuedAt,
      contentSize: details.contentSize,
    })
    if (this.har !== null)
      for (const one of harEntries(entry))
        this.har.write(`${this.harCount++ === 0 ? '\n' : ',\n'}${JSON.stringify(one)}`)
    // The page shows no headers, so they are not kept in memory.
    if (this.page !== null)
      this.entries.push({ ...entry, hops: [], requestHeaders: [], responseHeaders: [], responseTrailers: [] })
  }

  /** Completes and closes the files. Rejects with `OutputError` if that fails. */
  async finish(): Promise<void> {
    this.har?.write('\n]}}\n')
    await this.har?.end()
    if (this.page === null) return
    const subtitle = `parallelcurl ${this.version}, ${String(this.settings.maxRequests || 'any number')} at once`
    for (const piece of reportPieces(this.entries, { subtitle })) this.page.write(piece)
    await this.page.end()
  }
}
