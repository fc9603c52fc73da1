/**
 * One run of the command: every request of the input down, every outcome out. Does not know how either is spelled.
 */
import { statSync } from 'node:fs'
import { libcurlVersion } from '../engine/binding.js'
import { redactUrl } from '../errors.js'
import { ParallelCurl, type Transfer } from '../index.js'
import { Access } from './access.js'
import type { Input } from './input-line.js'
import { Delivery } from './delivery.js'
import { Journal } from './journal.js'
import { EXIT, oneLine } from './mistakes.js'
import { Naming } from './naming.js'
import { Output } from './output.js'
import { Pictures } from './pictures.js'
import { Progress, progressKind, type ProgressKind, type Situation } from './progress.js'
import { Requests, type Running } from './requests.js'
import type { Settings } from './settings.js'

const ABORTED = 42

/** A run, from its first request to its exit code. */
export class Run {
  private readonly curl: ParallelCurl
  private readonly naming: Naming
  private readonly output: Output
  private readonly journal: Journal | null
  private readonly delivery: Delivery
  private readonly pictures: Pictures
  private readonly requests: Requests
  private readonly progress: Progress
  private done = 0
  private failed = 0
  private interrupts = 0
  private dropped = 0
  private isBroken = false

  /** What is wrong with the settings is thrown here: nothing has been fetched then. */
  static async open(settings: Settings, first: readonly Input[], version: string): Promise<Run> {
    const access = await Access.open(settings.line)
    return new Run(settings, first, version, access, await progressKind(settings))
  }

  private constructor(
    private readonly settings: Settings,
    first: readonly Input[],
    version: string,
    private readonly access: Access,
    kind: ProgressKind,
  ) {
    this.naming = new Naming(settings)
    this.output = new Output(settings, this.naming, libcurlVersion)
    const hasHar = settings.har !== undefined
    const options = {
      ...settings.options,
      ...access.options,
      ...((this.output.needsHeaders || hasHar) && { captureHeaders: true }),
      ...(this.output.needsCertificates && { CERTINFO: 1 }),
    }
    this.curl = new ParallelCurl(settings.maxRequests, options)
    const { journal, resume, retryFailed, journalSyncMs: syncMs } = settings
    this.journal = journal === undefined ? null : new Journal(journal, { resume, retryFailed, syncMs })
    this.delivery = new Delivery(this.output, this.journal, (error) => {
      this.isBroken = true
      this.requests.stop()
      this.curl.abort(error)
    })
    this.pictures = new Pictures(settings, version)
    this.requests = new Requests({
      settings,
      naming: this.naming,
      journal: this.journal,
      first,
      taps: settings.verbose || hasHar,
      onBadLine: ({ where, problem }) => {
        this.complain(`${where}: ${problem}`)
      },
    })
    this.requests.progress.totalBytes = settings.inputs.reduce((sum, path) => sum + sizeOf(path), 0)
    this.progress = new Progress(kind, settings.progressIntervalMs, () => this.situation(first.length))
  }

  /** Runs it. Resolves with the exit code. */
  async run(): Promise<number> {
    process.on('SIGINT', this.onInterrupt)
    process.on('SIGTERM', this.onInterrupt)
    try {
      return await this.fetchAll()
    } catch (error) {
      this.curl.abort()
      await this.finishAnyway()
      throw error
    } finally {
      this.progress.end()
      this.journal?.close()
      process.off('SIGINT', this.onInterrupt)
      process.off('SIGTERM', this.onInterrupt)
      await this.curl.close().catch(() => undefined)
    }
  }

  /** Leaves what there is: what is told is what went wrong first. */
  private async finishAnyway(): Promise<void> {
    await this.delivery.flush().catch(() => undefined)
    await this.access.finish().catch(() => undefined)
    try {
      this.pictures.finish()
    } catch {
      // The same disk, most likely.
    }
  }

  private async fetchAll(): Promise<number> {
    for await (const transfer of this.curl.stream(this.requests, { ordered: this.settings.ordered })) {
      const isFailed = await this.take(transfer)
      if (isFailed && this.settings.failEarly) break
    }
    await this.delivery.flush()
    this.pictures.finish()
    await this.access.finish()
    if (this.interrupts > 0) {
      this.complain(`interrupted: ${String(this.done)} done, ${String(this.dropped)} dropped`)
      return EXIT.interrupted
    }
    return this.failed + this.requests.badLines > 0 ? EXIT.failed : EXIT.ok
  }

  /** Returns whether it failed. */
  private async take(transfer: Transfer): Promise<boolean> {
    // Nothing can be delivered any more: what is left has been aborted, and says nothing.
    if (this.isBroken) await this.delivery.flush()
    const { input, n, key, isAgain, tap, failsByStatus } = transfer.userData as Running
    if (this.interrupts > 0 && transfer.errno === ABORTED) {
      this.dropped++
      return false
    }
    const failed = transfer.errno !== 0 || (failsByStatus && transfer.responseCode >= 400)
    this.output.put({ transfer, input, n, failed })
    this.pictures.add(transfer, tap)
    await this.delivery.add(key, failed ? 'failed' : 'done', isAgain)
    this.done++
    this.progress.add(transfer)
    if (tap !== null && this.settings.verbose) this.progress.say(tap.text.trimEnd())
    if (failed) {
      this.failed++
      const message = transfer.errno === 0 ? `status ${String(transfer.responseCode)}` : transfer.error
      this.complain(`${redactUrl(transfer.url)}: (${String(transfer.errno || 22)}) ${message}`)
    }
    return failed
  }

  private complain(message: string): void {
    if (this.settings.showErrors) this.progress.say(`parallelcurl: ${oneLine(message)}`)
  }

  /** The first time: what is in flight ends well, nothing else begins. The second time: everything ends now. */
  private readonly onInterrupt = (): void => {
    this.interrupts++
    this.requests.stop()
    const reason = new Error('interrupted')
    if (this.interrupts > 1) this.curl.abort(reason)
    else {
      this.curl.abort(reason, ({ state }) => state !== 'inFlight')
      this.complain('finishing what is in flight; interrupt once more to stop at once')
    }
  }

  private situation(first: number): Situation {
    const { progress, count, skipped } = this.requests
    const { readBytes, totalBytes } = progress
    const isKnown = this.settings.inputs.length === 0 || readBytes >= totalBytes
    let total: number | undefined
    if (isKnown) total = Math.max(first, count)
    else if (readBytes > 0 && totalBytes > 0) total = Math.round((count * totalBytes) / readBytes)
    return {
      stats: this.curl.stats(),
      done: this.done,
      failed: this.failed,
      total: total === undefined ? undefined : total - skipped,
      isGuess: !isKnown,
    }
  }
}

/** NaN where there is no telling. */
function sizeOf(path: string): number {
  if (path === '-') return NaN
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats?.isFile() === true ? stats.size : NaN
}
