/**
 * The plain command's parts beside curl's own: journal, JSON lines, reports, proxies, sessions, limits, and a
 * signal that lets files be written. Does not know how transfers are run.
 */
import { strError } from '../../../engine/node-libcurl/binding.js'
import type { Attempt, HttpCache, ParallelCurlOptions, Transfer } from '../../../index.js'
import type { AccessOptions } from '../../../running/options/access-options.js'
import { ABORTED_BY_CALLBACK, HTTP_RETURNED_ERROR, OK, WRITE_ERROR } from '../../../curl-codes.js'
import { explainWrite, messageOf, OutputError } from '../../errors/errors.js'
import { Interruption, type Interrupted } from '../../errors/interruption.js'
import { checkWritable } from '../../files/files.js'
import { isInlinable, jsonLine, lineOfUnsent } from '../../output/json-line.js'
import { Journal } from '../../output/journal.js'
import { Reports } from '../../output/reports.js'
import { Tap } from '../../output/wire-log.js'
import { cacheOf } from '../../settings/cache-folder.js'
import { Access } from '../../settings/visitor-state.js'
import type { ExpandedTarget, Invocation, Operation } from '../invocation.js'
import { STDOUT, writeAll } from '../output/descriptors.js'
import type { Messages } from '../output/messages.js'
import { transferKey } from './journal-key.js'
import { ourSettings, type OurSettings } from './our-settings.js'

/** One transfer, as far as these parts know it. */
export interface Ticket {
  readonly n: number
  readonly key: string
  /** True if the journal lists the transfer as failed. */
  readonly isAgain: boolean
  readonly tap: Tap | null
}

/** A transfer that has ended. */
export interface Ended {
  readonly ticket: Ticket
  readonly url: string
  /** Null if it was never sent. */
  readonly transfer: Transfer | null
  /** The attempts of `--retry` before the last one. */
  readonly earlier: readonly Attempt[]
  /**
   * The time of the first call, in milliseconds since the epoch; undefined if there was no earlier attempt.
   */
  readonly queuedAt: number | undefined
  readonly code: number
  readonly error: string
  /** The file of the body; undefined if there is none. */
  readonly path: string | undefined
  /** True if the transfer's body is in memory. */
  readonly hasBody: boolean
  /** Bytes of the decoded body, if it is not in memory. */
  readonly contentSize: number | undefined
}

/** The parts of one run. */
export class Additions {
  /** Limits, for all transfers. */
  readonly limits: ParallelCurlOptions
  /** The number of transfers that the journal lists as over. */
  skipped = 0
  private count = 0
  private isGivingUp = false
  private problem: OutputError | null = null

  /**
   * Opens the files that the options name. Rejects with `UsageError` or `OptionError` if something is wrong;
   * nothing has been fetched then.
   */
  static async open(invocation: Invocation, version: string, messages: Messages): Promise<Additions> {
    const settings = ourSettings(invocation)
    const { draft, graceMs, namesProxies } = settings
    const interruption = graceMs === null ? null : new Interruption(graceMs)
    const signal = interruption?.stopped ?? new AbortController().signal
    const line = { given: namesProxies ? ([['proxy', null]] as const) : [], urls: [] }
    const access = await Access.open(Object.assign({ line }, draft), signal)
    const { har, report, harSecrets, journal: path, resume, retryFailed, journalSyncMs: syncMs } = draft
    // Before the journal is made: a run that does not begin must not leave one.
    for (const [option, file] of Object.entries({ har, report }))
      if (file !== undefined) checkWritable(file, option)
    const journal = path === undefined ? null : new Journal(path, { resume, retryFailed, syncMs })
    const { parallel, parallelMax } = invocation.global
    const maxRequests = parallel ? parallelMax : 1
    const reports = new Reports({ har, report, harSecrets, maxRequests }, version, signal)
    return new Additions(settings, access, journal, reports, interruption, messages, cacheOf(draft))
  }

  private constructor(
    private readonly settings: OurSettings,
    private readonly access: Access,
    private readonly journal: Journal | null,
    private readonly reports: Reports,
    private readonly interruption: Interruption | null,
    private readonly messages: Messages,
    /** Keeps responses; undefined without `--cache`. */
    readonly cache: HttpCache | undefined,
  ) {
    this.limits = settings.draft.options
  }

  /** What is recorded, or played back. */
  get recording(): ParallelCurlOptions {
    const { record, replay } = this.settings.draft
    return { record, replay }
  }

  /** True if stdout has JSON lines, and no bodies. */
  get hasStdout(): boolean {
    return this.settings.draft.jsonl
  }

  /** True if bodies that go to no file are kept in memory, for the lines. */
  get keepsBodies(): boolean {
    return this.settings.draft.body !== undefined
  }

  /** True if response headers are wanted as a whole. */
  get needsHeaders(): boolean {
    const { har, withHeaders } = this.settings.draft
    return har !== undefined || withHeaders
  }

  /** True if requests are looked at on the wire. */
  get listens(): boolean {
    return this.settings.draft.har !== undefined
  }

  /** True if transfers may wait in the library although others could run. */
  get hasLimits(): boolean {
    return this.settings.hasLimits
  }

  /** The statuses for which a request may go through another proxy; null without `--proxies`. */
  get proxyStatuses(): ReadonlySet<number> | null {
    const { proxies, proxyOptions } = this.settings.draft
    return proxies === undefined ? null : new Set([407, ...(proxyOptions.statusCodes ?? [])])
  }

  /** Returns proxies and sessions for transfers with these options: `-x` of an operation wins. */
  accessFor(planned: Readonly<Record<string, unknown>>): AccessOptions {
    const { proxies, session } = this.access.options
    return {
      ...(proxies !== undefined && planned['PROXY'] === undefined && { proxies }),
      ...(session !== undefined && { session }),
    }
  }

  /** Returns the ticket of the next transfer; null if the journal lists it as over. */
  admit(operation: Operation, expanded: ExpandedTarget): Ticket | null {
    const n = ++this.count
    const key = this.journal === null ? '' : transferKey(operation, expanded)
    const verdict = this.journal?.judge(key) ?? 'new'
    if (verdict === 'done' || verdict === 'failed') {
      this.skipped++
      return null
    }
    return { n, key, isAgain: verdict === 'again', tap: this.listens ? new Tap(false) : null }
  }

  /** True if `--retry` may repeat a request with this method. */
  mayRetry(method: string): boolean {
    return this.settings.retryMethods?.includes(method) ?? true
  }

  /** True if a transfer ended because the run did: it counts neither as done nor as failed. */
  wasDropped(code: number): boolean {
    return code === ABORTED_BY_CALLBACK && this.isGivingUp
  }

  /**
   * Writes the line of a transfer, and takes it into the reports. The transfer must still hold its handle.
   * Returns its exit code.
   */
  report(ended: Ended): number {
    const { transfer, path, ticket } = ended
    const { jsonl, body: form, withHeaders } = this.settings.draft
    let { code } = ended
    let isInlined = false
    if (transfer !== null) {
      // A file that could not be written, for example. A status is no failure of libcurl's.
      if (code !== OK && code !== HTTP_RETURNED_ERROR && transfer.errno === OK)
        transfer.fail(code, ended.error || strError(code), undefined)
      isInlined = ended.hasBody && form !== undefined && isInlinable(transfer, form)
      if (code === OK && transfer.errno !== OK) {
        code = transfer.errno
        this.complain(`(${String(code)}) ${transfer.error}`)
      }
    }
    this.attempt(() => {
      if (jsonl) {
        const input = { url: ended.url }
        const content = { input, n: ticket.n, failed: code !== OK, path, withHeaders, earlier: ended.earlier }
        const line =
          transfer === null
            ? lineOfUnsent(ended.url, ticket.n, code, ended.error || strError(code))
            : jsonLine(transfer, { ...content, body: isInlined ? form : undefined })
        writeAll(STDOUT, line)
      }
      if (transfer !== null) this.reports.add(transfer, ticket.tap, ended)
    })
    return code
  }

  /** Writes down how a transfer ended. Its output must be written before. */
  remember({ key, isAgain }: Ticket, code: number): void {
    this.attempt(() => this.journal?.write([{ key, end: code === OK ? 'done' : 'failed', isAgain }]))
  }

  /** The run ends early: transfers that are aborted now count neither as done nor as failed. */
  giveUp(): void {
    this.isGivingUp = true
  }

  private attempt(act: () => void): void {
    if (this.problem !== null) return
    try {
      act()
    } catch (error) {
      this.problem = error instanceof OutputError ? error : new OutputError(`stdout: ${explainWrite(error)}`)
    }
  }

  /** True if the journal, a report or stdout cannot be written: the run ends then. */
  get isBroken(): boolean {
    return this.problem !== null
  }

  /** The time that transfers in flight have after a signal. Milliseconds. */
  get graceMs(): number {
    return this.settings.graceMs ?? 0
  }

  /** Handles signals, if a signal is not to end the process at once. */
  listen(who: Interrupted): void {
    this.interruption?.listen(who)
  }

  /** Completes all files. Returns the exit code of the run. */
  async finish(code: number): Promise<number> {
    for (const step of [() => this.reports.finish(), () => this.access.finish()]) {
      try {
        await step()
      } catch (error) {
        this.problem ??= error instanceof OutputError ? error : new OutputError(messageOf(error))
      }
    }
    this.journal?.close()
    this.interruption?.end()
    if (this.problem !== null) this.complain(`(${String(WRITE_ERROR)}) ${this.problem.message}`)
    return this.interruption?.exitCode ?? (this.problem === null ? code : WRITE_ERROR)
  }

  private complain(text: string): void {
    this.messages.write(`curl: ${text}\n`)
  }
}
