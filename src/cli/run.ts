/**
 * One run of the command: sends every request of the input and writes every outcome. Does not parse or format
 * them.
 */
import { statSync } from 'node:fs'
import { libcurlVersion } from '../engine/node-libcurl/binding.js'
import { ParallelCurl, type Transfer } from '../index.js'
import { notice } from '../recordings/recorder.js'
import { oneLine, shownUrl } from '../redaction.js'
import { Access } from './settings/visitor-state.js'
import { cacheOf } from './settings/cache-folder.js'
import { warner } from './errors/warner.js'
import type { Input } from './input/input-line.js'
import { CrawlOfRun } from './crawl.js'
import { Delivery } from './output/delivery.js'
import { isInlinable } from './output/json-line.js'
import { Journal } from './output/journal.js'
import { GRACE_MS, graceText, Interruption, type Interrupted } from './errors/interruption.js'
import { EXIT, explainEnding } from './errors/errors.js'
import { Naming } from './output/names/naming.js'
import { Output } from './output/output.js'
import { Reports } from './output/reports.js'
import { StdoutStream } from './output/stdout-stream.js'
import { Progress, progressKind, type ProgressKind, type Situation } from './output/progress.js'
import { DROPPED, Requests, type Running } from './requests.js'
import type { Settings } from './settings/settings.js'
import type { WriteOutFormat } from './output/write-out.js'
import { ABORTED_BY_CALLBACK } from '../curl-codes.js'

const INTERRUPTED = new Error('interrupted')

/** A run, from its first request to its exit code. */
export class Run implements Interrupted {
  private readonly curl: ParallelCurl
  private readonly naming: Naming
  private readonly output: Output
  private readonly journal: Journal | null
  private readonly delivery: Delivery
  private readonly reports: Reports
  private readonly requests: Requests
  private readonly crawl: CrawlOfRun | null
  private readonly progress: Progress
  private done = 0
  private failed = 0
  private dropped = 0
  private isBroken = false

  /** Prepares a run. Throws if the settings are invalid; nothing has been fetched then. */
  static async open(settings: Settings, first: readonly Input[], version: string): Promise<Run> {
    const interruption = new Interruption(GRACE_MS)
    const access = await Access.open(settings, interruption.stopped, warner(settings))
    const format = await formatOf(settings)
    return new Run(settings, first, version, access, interruption, format, await progressKind(settings))
  }

  private constructor(
    private readonly settings: Settings,
    first: readonly Input[],
    version: string,
    private readonly access: Access,
    private readonly interruption: Interruption,
    private readonly format: WriteOutFormat | null,
    kind: ProgressKind,
  ) {
    this.naming = new Naming(settings)
    const stream = streamsBody(settings, first) ? new StdoutStream(settings.include, interruption.left) : null
    this.output = new Output(settings, this.naming, format, interruption, stream)
    const hasHar = settings.har !== undefined
    const options = {
      ...settings.options,
      ...access.options,
      cache: cacheOf(settings),
      ...(this.naming.dropsByDefault && DROPPED),
      ...((this.output.needsHeaders || hasHar) && { captureHeaders: true }),
      ...(this.output.needsCertificates && { CERTINFO: 1 }),
    }
    const { record, replay } = settings
    notice.say = warner(settings)
    this.curl = new ParallelCurl(settings.maxRequests, {
      ...options,
      ...(record !== undefined && { record }),
      ...(replay !== undefined && { replay }),
    })
    const { journal, resume, retryFailed, journalSyncMs: syncMs } = settings
    // The journal of a crawl is its frontier.
    const isJournal = journal !== undefined && !settings.crawl
    this.journal = isJournal ? new Journal(journal, { resume, retryFailed, syncMs }) : null
    this.delivery = new Delivery(this.output, this.journal, (error) => {
      this.isBroken = true
      this.requests.stop()
      this.curl.abort(error)
    })
    this.reports = new Reports(settings, version, interruption.stopped)
    this.requests = new Requests({
      curl: this.curl,
      settings,
      naming: this.naming,
      journal: this.journal,
      first,
      taps: settings.verbose || hasHar,
      toStdout: stream && { onData: stream.onData },
      onBadLine: ({ where, problem }) => {
        this.complain(`${where}: ${problem}`)
      },
    })
    this.crawl = settings.crawl
      ? new CrawlOfRun({
          settings,
          requests: this.requests,
          isInterrupted: () => interruption.exitCode !== null,
          take: (transfer, running) => this.take(transfer, running),
          complainOf: (transfer, what) => {
            this.complain(`${problemOf(transfer)}: ${what}`)
          },
        })
      : null
    this.requests.progress.totalBytes = settings.inputs.reduce((sum, path) => sum + sizeOf(path), 0)
    this.progress = new Progress(kind, settings.progressIntervalMs, () => this.situation(first.length))
  }

  /** Runs all requests. Resolves with the exit code. */
  async run(): Promise<number> {
    this.interruption.listen(this)
    for (const problem of this.format?.problems() ?? []) this.complain(problem)
    try {
      return await this.fetchAll()
    } catch (error) {
      this.curl.abort()
      await this.finishAnyway()
      const { exitCode } = this.interruption
      if (exitCode === null) throw error
      this.complain(explainEnding(error).message)
      return exitCode
    } finally {
      this.progress.end()
      this.journal?.close()
      this.interruption.end()
      await this.curl.close().catch(() => undefined)
    }
  }

  /**
   * Saves what can be saved after an error. Further errors are ignored, because the first one is reported.
   */
  private async finishAnyway(): Promise<void> {
    await this.delivery.flush().catch(() => undefined)
    await this.access.finish().catch(() => undefined)
    // Fails most likely for the same reason, such as a full disk.
    await this.reports.finish().catch(() => undefined)
  }

  private async fetchAll(): Promise<number> {
    if (this.crawl === null) await this.fetchInputs()
    else await this.crawl.crawl(this.curl)
    await this.delivery.flush()
    await this.reports.finish()
    await this.access.finish()
    const { exitCode } = this.interruption
    if (exitCode !== null) {
      this.complain(`interrupted: ${String(this.done)} done, ${String(this.dropped)} dropped`)
      return exitCode
    }
    const unreachable = this.crawl?.unreachable ?? 0
    return this.failed + this.requests.badLines + unreachable > 0 ? EXIT.failed : EXIT.ok
  }

  private async fetchInputs(): Promise<void> {
    for await (const transfer of this.curl.stream(this.requests, { ordered: this.settings.ordered })) {
      const isFailed = await this.take(transfer, transfer.userData as Running)
      if (isFailed && this.settings.failEarly) break
    }
  }

  /** Handles a finished transfer. Returns true if it failed. */
  private async take(transfer: Transfer, running: Running): Promise<boolean> {
    // After a failed delivery, the remaining transfers were aborted. flush() rejects and ends the run.
    if (this.isBroken) await this.delivery.flush()
    const { input, n, key, isAgain, tap, failsByStatus } = running
    if (this.interruption.exitCode !== null && transfer.errno === ABORTED_BY_CALLBACK) {
      this.dropped++
      return false
    }
    const outcome = { transfer, input, n }
    const path = await this.output.putBody(outcome)
    const { jsonl, body } = this.settings
    const isInlined = jsonl && body !== undefined && isInlinable(transfer, body)
    const failed = transfer.errno !== 0 || (failsByStatus && transfer.responseCode >= 400)
    await this.output.putLines({ ...outcome, isInlined }, failed, path)
    this.naming.release(n)
    this.reports.add(transfer, tap)
    await this.delivery.add(key, failed ? 'failed' : 'done', isAgain)
    this.done++
    this.progress.add(transfer)
    if (tap !== null && this.settings.verbose) this.progress.say(tap.text.trimEnd())
    if (failed) {
      this.failed++
      this.complain(problemOf(transfer))
    }
    return failed
  }

  private complain(message: string): void {
    if (this.settings.showErrors) this.progress.say(`parallelcurl: ${oneLine(message)}`)
  }

  /** The first signal: starts nothing new; transfers in flight may finish. */
  onFirst(): void {
    this.requests.stop()
    this.crawl?.stop()
    this.curl.abort(INTERRUPTED, ({ state }) => state !== 'inFlight')
    if (this.graceMs > 0) this.complain(graceText(this.graceMs))
  }

  /** None, if nothing would be saved that is not saved already. */
  get graceMs(): number {
    const isToBeSaved = this.settings.journal !== undefined || this.requests.writesFiles
    return this.settings.graceMs ?? (isToBeSaved ? GRACE_MS : 0)
  }

  /** The second signal, or the end of the grace period: ends everything now. */
  onLast(): void {
    this.requests.stop()
    this.curl.abort(INTERRUPTED)
  }

  private situation(first: number): Situation {
    const { progress, count, skipped } = this.requests
    const { readBytes, totalBytes } = progress
    const isKnown = this.settings.inputs.length === 0 || readBytes >= totalBytes
    let total: number | undefined
    if (isKnown) total = Math.max(first, count)
    else if (readBytes > 0 && totalBytes > 0) total = Math.round((count * totalBytes) / readBytes)
    return {
      stats: this.curl.stats({ bodies: true }),
      done: this.done,
      failed: this.failed,
      total: total === undefined ? undefined : total - skipped,
      isGuess: !isKnown,
    }
  }
}

/** Returns what has failed, and why. */
function problemOf({ url, errno, error, responseCode }: Transfer): string {
  const message = errno === 0 ? `status ${String(responseCode)}` : error
  return `${shownUrl(url)}: (${String(errno || 22)}) ${message}`
}

/** Returns the format of -w. It is loaded only if it is needed. */
async function formatOf({ writeOut }: Settings): Promise<WriteOutFormat | null> {
  if (writeOut === undefined) return null
  const { WriteOutFormat: Format } = await import('./output/write-out.js')
  return new Format(writeOut, libcurlVersion)
}

/** True if the body of the only request is printed as it arrives: it is output whatever comes of it. */
function streamsBody(settings: Settings, first: readonly Input[]): boolean {
  const { inputs, jsonl, retries = 0, options, crawl, sitemaps } = settings
  if (crawl || sitemaps.length > 0) return false
  // A body that may be fetched again is printed when it is complete.
  return first.length === 1 && inputs.length === 0 && !jsonl && retries === 0 && options.dedupe !== true
}

/** Returns the size of a file; NaN if it is unknown. */
function sizeOf(path: string): number {
  if (path === '-') return NaN
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats?.isFile() === true ? stats.size : NaN
}
