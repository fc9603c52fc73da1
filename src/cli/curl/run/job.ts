/**
 * One transfer of a command line: where it writes, what it sends, what is heard while it runs, and what is
 * done when it is over. Does not know the others, nor when it is its turn.
 */
import { READ_ERROR, WRITE_ERROR } from '../../../curl-codes.js'
import { statSync } from 'node:fs'
import { freeBuffer } from '../../../memory/free-buffer.js'
import type { Transfer } from '../../../transfer/transfer.js'
import type { Attempt } from '../../../transfer/transfer-types.js'
import {
  SetupError,
  type ExpandedTarget,
  type GlobalSettings,
  type Operation,
  type TransferPlan,
} from '../invocation.js'
import { BodyFile } from '../output/body-file.js'
import { isTerminal, STDOUT } from '../output/descriptors.js'
import { makeFoldersOf } from '../output/file-names.js'
import { CannotOpen, HeaderSink } from '../output/header-lines.js'
import { HeaderStore } from '../output/header-store.js'
import { LateHead } from '../output/late-head.js'
import type { RunMessages } from '../output/messages.js'
import { ProgressBar } from '../output/progress-bar.js'
import type { Amounts } from '../output/progress-meter.js'
import type { TraceLog } from '../output/trace.js'
import { asksForHeaders } from '../output/write-out/write-out.js'
import type { Additions, Ended, Ticket } from './additions.js'
import { isNowhere, outputPath } from '../output/output-path.js'
import { ProxiedAnswer } from './proxied-answer.js'
import { Retries } from './retries.js'
import { FileBody, LiveStdin, PolledStdin, SegmentBody, type SentBody } from './sent-body.js'

const STOP = -1
const READ_ABORT = 0x10000000
/** Beyond so many bytes, a NUL among them says nothing new. */
const LOOKED_AT = 2000
/** `CURL_SEEKFUNC_CANTSEEK`. */
const CANNOT_SEEK = 2

/** The parts of a run that its transfers use. */
export interface JobContext {
  readonly global: GlobalSettings
  readonly messages: RunMessages
  readonly trace: TraceLog
  /** The first transfer of each operation empties the file of `-D`. */
  readonly isFirst: boolean
  /** The parts of the plain command; null if none of its options was given. */
  readonly ours: Additions | null
  readonly ticket: Ticket | null
  plan(operation: Operation, expanded: ExpandedTarget, resumeFrom: number): TransferPlan
  readonly remoteName: (url: string) => string | undefined
}

/** One transfer. */
export class Job {
  /** `--skip-existing`: nothing is transferred, but `-w` is printed. */
  isSkipped = false
  /** An error that has been told already. */
  isTold = false
  readonly store = new HeaderStore()
  readonly retries: Retries
  body!: BodyFile
  headers!: HeaderSink
  plan!: TransferPlan
  /** The bar of `-#`. */
  bar: ProgressBar | null = null
  /** For the meter of `-Z`. */
  amounts: Amounts | null = null
  /** True if progress is shown. */
  showsProgress = false
  sent: SentBody | null = null
  /** Where `-C` has found the file to end. */
  resumeFrom = 0
  delivered = 0
  /** True if the body is shown on a terminal. */
  isOnTerminal = false
  /** True if the library keeps the body in memory. */
  keepsBody = false
  /** True if the library counts the body, and drops it. */
  dropsBody = false
  /** The transfers of earlier attempts. */
  readonly earlier: Attempt[] = []
  /** The time of the first call, in milliseconds since the epoch; undefined without earlier attempts. */
  queuedAt: number | undefined
  readonly head = new LateHead()
  private readonly proxied: ProxiedAnswer | null

  constructor(
    readonly operation: Operation,
    readonly expanded: ExpandedTarget,
    private readonly context: JobContext,
  ) {
    this.retries = new Retries(operation.settings, context.messages, () => performance.now())
    const statuses = context.ours?.proxyStatuses ?? null
    this.proxied = statuses === null ? null : new ProxiedAnswer(statuses)
  }

  get ours(): Additions | null {
    return this.context.ours
  }

  get ticket(): Ticket | null {
    return this.context.ticket
  }

  /** Its state for the parts of the plain command, at its end. */
  get ended(): Omit<Ended, 'ticket' | 'transfer' | 'code' | 'error'> {
    const { url, earlier, queuedAt, keepsBody: hasBody } = this
    const contentSize = hasBody ? undefined : this.delivered
    return { url, earlier, queuedAt, hasBody, contentSize, path: (this.body as BodyFile | undefined)?.made }
  }

  /** As it goes to libcurl, once it has been planned. */
  get url(): string {
    return (this.plan as TransferPlan | undefined)?.url ?? this.expanded.url
  }

  /**
   * Opens what has to be open before it starts.
   *
   * @param etagFd where `--etag-save` writes; null: nowhere
   * @throws SetupError, CurlError
   */
  setUp(etagFd: number | null): void {
    const { operation, context, expanded } = this
    const { settings } = operation
    const { target } = expanded
    const { messages, global } = context
    this.body = new BodyFile(settings, messages, outputPath(operation, expanded, context))
    const isLine = context.ours?.hasStdout === true && this.body.path === undefined
    this.dropsBody = context.ours === null && (target.discard || isNowhere(settings, this.body.path))
    this.body.isDiscarded = target.discard || isLine || this.dropsBody
    this.keepsBody = isLine && !target.discard && context.ours.keepsBodies
    const setup = {
      isFirst: context.isFirst,
      etagFd,
      takesName: settings.remoteHeaderName && target.remoteName,
      isStyled: this.body.path === undefined && global.styledOutput && isTerminal(STDOUT),
    }
    // Before a download goes on where an attempt has ended, the server has to have said that it takes ranges.
    const mayGoOn = settings.continueAt === 'auto' && settings.retry > 0
    const store = mayGoOn || asksForHeaders(settings.writeOut) ? this.store : null
    try {
      this.headers = new HeaderSink(operation, this.body, messages, store, setup)
    } catch (error) {
      if (error instanceof CannotOpen) throw new SetupError(WRITE_ERROR)
      throw error
    }
    this.setUpOutput()
    this.plan = context.plan(operation, expanded, this.resumeFrom)
    this.isOnTerminal = this.body.path === undefined && !this.body.isDiscarded && isTerminal(STDOUT)
    const isShown = !global.silent && global.progressMeter
    this.showsProgress = isShown && !(this.isOnTerminal && this.expectsOutput())
    if (!this.showsProgress) return
    if (global.parallel) this.amounts = { downTotal: 0, down: 0, upTotal: 0, up: 0 }
    else if (global.progressBar)
      this.bar = new ProgressBar(messages.fd, () => messages.messages.width, this.resumeFrom)
  }

  /** Of an upload to anything but HTTP, nothing comes back. */
  private expectsOutput(): boolean {
    return this.expanded.upload === undefined || /^https?:\/\//i.test(this.url)
  }

  private setUpOutput(): void {
    const { body, context, operation, expanded } = this
    const { settings } = operation
    const { messages } = context
    const { path } = body
    const { continueAt } = settings
    const isUpload = expanded.upload !== undefined
    if (typeof continueAt === 'number') this.resumeFrom = continueAt
    if (path !== undefined) {
      if (settings.createDirs && !makeFoldersOf(path, messages)) throw new SetupError(WRITE_ERROR)
      if (settings.skipExisting || continueAt === 'auto') {
        const stat = statSync(path, { throwIfNoEntry: false })
        if (settings.skipExisting && stat !== undefined) {
          messages.note(`skips transfer, "${path}" exists locally`)
          this.isSkipped = true
        }
        if (continueAt === 'auto') this.resumeFrom = stat?.size ?? 0
      }
      if (this.resumeFrom > 0) {
        try {
          body.continueAt(this.resumeFrom)
        } catch {
          messages.error(`cannot open '${path}'`)
          throw new SetupError(WRITE_ERROR)
        }
      }
    }
    // libcurl asks the server where an upload is to go on.
    if (isUpload && continueAt === 'auto') this.resumeFrom = -1
  }

  /** Keeps the attempts of a transfer that is about to be made again. */
  note(transfer: Transfer): void {
    this.earlier.push(...transfer.attempts)
    this.queuedAt ??= performance.timeOrigin + transfer.queuedAt
  }

  /** An attempt begins. @throws SetupError */
  begin(): void {
    this.proxied?.begin()
    this.head.begin()
    this.openSent()
  }

  private openSent(): void {
    const { body } = this.plan
    const { messages } = this.context
    this.sent = null
    try {
      if (body.kind === 'form') this.sent = new SegmentBody(body.segments)
      if (body.kind === 'none' && /^telnet:/i.test(this.url)) this.sent = new PolledStdin()
      if (body.kind !== 'upload') return
      this.sent =
        body.path === '.'
          ? new LiveStdin(() => this.transfer?.resume())
          : new FileBody(body.path, Math.max(0, this.resumeFrom), (bytes) => {
              messages.warn(
                `File size larger in the end than when started. Dropping at least ${String(bytes)} bytes`,
              )
            })
    } catch {
      if (body.kind === 'upload') {
        messages.messages.write(
          `curl: cannot open '${body.path}'\ncurl: try 'curl --help' for more information\n`,
        )
      }
      throw new SetupError(READ_ERROR)
    }
  }

  /** The one that is in flight, for whoever has to wake it. */
  private transfer: Transfer<Job> | null = null

  closeSent(): void {
    this.sent?.close()
    this.sent = null
    this.transfer = null
  }

  /** libcurl's write callback. */
  onBody(chunk: Buffer, transfer: Transfer): number {
    const { proxied } = this
    try {
      if (proxied !== null) {
        if (proxied.isAnother(transfer)) this.restart()
        if (proxied.holds(chunk, transfer)) return chunk.length
        for (const held of proxied.release()) if (this.deliver(held) === STOP) return STOP
      }
    } catch {
      return STOP
    }
    return this.deliver(chunk)
  }

  private deliver(chunk: Buffer): number {
    const { body } = this
    this.delivered += chunk.length
    if (body.isDiscarded) return chunk.length
    try {
      if (!body.isOpen && !body.create()) return STOP
      if (this.isOnTerminal && !this.mayShow(chunk)) return STOP
      this.headers.release()
      const { length } = chunk
      body.write(chunk)
      freeBuffer(chunk)
      return length
    } catch {
      return STOP
    }
  }

  /** Writes what was held until it was clear that no other proxy is asked. False if it cannot be written. */
  releaseHeld(): boolean {
    return (this.proxied?.release() ?? []).every((chunk) => this.deliver(chunk) !== STOP)
  }

  /** The library sends the request through another proxy: what has come is not the answer. */
  private restart(): void {
    const { plan, sent } = this
    this.store.restart()
    this.body.restart()
    this.delivered = 0
    if (sent === null) return
    // Stdin cannot be read again.
    const isStdin = plan.body.kind === 'upload' && (plan.body.path === '-' || plan.body.path === '.')
    this.closeSent()
    if (!isStdin) this.openSent()
  }

  private mayShow(chunk: Buffer): boolean {
    const isAsked = this.expanded.output === '-'
    if (isAsked || this.body.bytes >= LOOKED_AT || !chunk.includes(0)) return true
    this.context.messages.warn(
      'Binary output can mess up your terminal. Use "--output -" to tell curl to output it to your terminal anyway, or consider "--output <FILE>" to save to a file.',
    )
    this.isTold = true
    return false
  }

  /** libcurl's header callback. */
  onHeader(line: Buffer, transfer: Transfer): number {
    try {
      if (this.proxied?.isAnother(transfer) === true) this.restart()
      const goesOn = this.headers.hear(line, () => {
        const status = Number(transfer.getInfo('RESPONSE_CODE'))
        const scheme = String(transfer.getInfo('SCHEME') ?? '').toLowerCase()
        return {
          scheme,
          status,
          isFromProxy: status === 0 && Number(transfer.getInfo('HTTP_CONNECTCODE')) !== 0,
        }
      })
      return goesOn ? line.length : STOP
    } catch {
      return STOP
    }
  }

  /** libcurl's read callback. */
  onRead(buffer: Buffer, transfer: Transfer<Job>): number {
    if (this.proxied?.isAnother(transfer) === true) this.restart()
    this.transfer = transfer
    return this.sent?.read(buffer) ?? READ_ABORT
  }

  onSeek(offset: number, origin: number): number {
    return this.sent?.seek(offset, origin) ?? CANNOT_SEEK
  }

  onProgress(downTotal: number, down: number, upTotal: number, up: number): number {
    if (this.amounts !== null) Object.assign(this.amounts, { downTotal, down, upTotal, up })
    this.bar?.update(downTotal, down, upTotal, up)
    return 0
  }

  onDebug(type: number, data: Buffer, transfer: Transfer): void {
    const { trace, global, ticket } = this.context
    ticket?.tap?.listen(type, data)
    if (global.trace.kind === 'none') return
    trace.hear(type, data, () => ({
      transfer: Number(transfer.getInfo('XFER_ID') ?? -1),
      connection: Number(transfer.getInfo('CONN_ID') ?? -1),
    }))
  }
}
