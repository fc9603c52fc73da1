/**
 * Transfer: the life of one request, from the call to its outcome. Does not know libcurl: while it is held, its infos come from
 * whoever carries it.
 */
import type { Readable } from 'node:stream'
import { inspect, type InspectOptions } from 'node:util'
import { CurlError, OptionError } from '../errors.js'
import { shownUrl } from '../redaction.js'
import {
  asOneLine,
  lastResponseHeaders,
  lastResponseTrailers,
  HeaderLines,
  type ResponseHeaders,
} from './response-headers.js'
import { timingsOf } from './timings.js'
import { TransferBody } from './transfer-body.js'
import type {
  Attempt,
  InfoSource,
  InfoValue,
  OutcomeSettings,
  OutputFile,
  Timings,
  TransferContext,
  TransferSession,
  TransferState,
} from './transfer-types.js'
import { FILESIZE_EXCEEDED } from '../curl-codes.js'

/** The callback of {@link ParallelCurl.startRequest}. A promise that it returns is waited for by `finishAllRequests()`. */
export type RequestCallback<U = unknown> = (
  content: string | null,
  url: string,
  transfer: Transfer<U>,
  userData: U,
) => unknown

/** Where a body is worth more than a second object. Bytes. */
const LARGE_BODY = 32 * 1024

const NO_LINES = new HeaderLines()

/**
 * One request and its outcome. A callback gets it in the place of PHP's `$ch`; `request()` and `stream()` give it.
 *
 * It is *held* until its callback has settled (after `await request()`: until the end of that turn of the event loop). So long, every
 * info can be read. Later, the fields below, what was asked for before, and snapshots ({@link info}, `keepInfo`) still answer.
 */
export class Transfer<U = unknown> extends TransferBody {
  /** Its number in the order of calls, from 1: the key in `outstandingRequests`. */
  readonly id: number
  /** What was asked for: spelled as it was passed in. */
  readonly url: string
  /** libcurl's code (`CURLE_*`), 0 when all went well. A 404 is no failure. */
  errno = 0
  /** What went wrong, `''` when all went well: libcurl's text with the details that the build gives, without credentials. */
  error = ''
  /** The last status code that was received, 0 where there was none. */
  responseCode = 0
  /** What a callback of the user's threw, or the reason of an abort: the `cause` of {@link toError}. */
  cause: unknown = undefined
  /** The file that the body went to, with the option `output`; null until it is complete, and where there is none. */
  output: OutputFile | null = null

  /** Which session it was made for, where there was one: the last one, where that has changed between attempts. */
  session: TransferSession | null = null

  /** @internal */ state: TransferState = 'pending'
  /** @internal */ source: InfoSource | null = null
  /** @internal */ settings: OutcomeSettings
  /** @internal */ headerLines: HeaderLines | null = null
  /** @internal See `stream`. */
  bodyStream: Readable | null = null
  /** @internal */ queuedAt: number
  /** @internal */ launchedAt = 0
  /** @internal */ settledAt = 0
  /** @internal Code of the user's has seen it before it was done: it is this very object that they get. */
  isKnown = false

  private readonly context: TransferContext
  private givenUserData: U | undefined = undefined
  private kept: Map<number, InfoValue> | null = null
  private attemptList: Attempt[] | null = null

  /** @internal */
  constructor(
    context: TransferContext,
    id: number,
    url: string,
    settings: OutcomeSettings,
    queuedAt: number,
  ) {
    super()
    this.context = context
    this.id = id
    this.url = url
    this.settings = settings
    this.queuedAt = queuedAt
  }

  /** What was handed to `startRequest`, the very same; an empty array where nothing was (as in PHP). */
  get userData(): U {
    // Made when somebody looks: most requests of a large queue never need it.
    if (this.givenUserData === undefined) this.givenUserData = [] as U
    return this.givenUserData
  }

  /** @internal What comes back as {@link userData}. */
  give(userData: U): void {
    this.givenUserData = userData
  }

  /** The body while it arrives. Only with `responseType: 'stream'`; else it throws `OptionError`. */
  get stream(): Readable {
    if (this.bodyStream !== null) return this.bodyStream
    throw new OptionError("there is no stream: set responseType: 'stream'", 'responseType')
  }

  /**
   * The URL that the answer came from: the last one after redirects.
   * Without `FOLLOWLOCATION`, once the transfer is no longer held, it is {@link url}.
   */
  get effectiveUrl(): string {
    return String(this.known('EFFECTIVE_URL') ?? this.url)
  }

  /**
   * The headers of the last response: names in lower case; a name that came more than once is joined by `', '`, `set-cookie` is
   * always a list. Needs `captureHeaders: true`: one callback for each header line costs up to half the throughput.
   */
  get headers(): ResponseHeaders {
    return lastResponseHeaders(this.capturedLines())
  }

  /**
   * The trailers of the last response: fields that the server sent after the body (HTTP/1.1 with chunks, HTTP/2). Never among
   * {@link headers}, also where the names are the same. Needs `captureHeaders: true`.
   */
  get trailers(): ResponseHeaders {
    return lastResponseTrailers(this.capturedLines())
  }

  /** Every header line that came, as it came and in order, without line ends: status lines, redirects, proxies and trailers included. */
  get headerList(): readonly string[] {
    return this.capturedLines().lines()
  }

  /** The cookies that libcurl's cookie engine holds for this transfer, as lines in Netscape format. Empty where it is off. */
  get cookies(): readonly string[] {
    const list = this.known('COOKIELIST')
    return Array.isArray(list) ? (list as readonly string[]) : []
  }

  /** Each try on the wire, the last one last. Empty where the transfer never got there. */
  get attempts(): readonly Attempt[] {
    const before = this.attemptList ?? []
    // Most transfers have one, and nobody asks: it is made when somebody does.
    return this.settledAt > 0 ? [...before, this.asAttempt()] : before
  }

  /** How long each phase took. Needs the transfer to be held, or `keepInfo`. */
  get timings(): Timings {
    return timingsOf(this)
  }

  /**
   * One of libcurl's infos, e.g. `'TOTAL_TIME'`, `'CURLINFO_TOTAL_TIME'` or its number.
   *
   * Throws `OptionError` for an unknown info, and an `Error` that says how to keep it where the transfer is no longer held.
   * Source: curl_easy_getinfo(3).
   */
  getInfo(info: string | number): InfoValue {
    const id = this.context.infoNumber(info)
    const kept = this.kept?.get(id)
    if (kept !== undefined) return kept
    if (this.source === null) throw this.noLongerHeld(info)
    const read = this.source.readInfo(id, this)
    // A Content-Type, say: it must begin no line where it is printed.
    const value = typeof read === 'string' ? asOneLine(read) : read
    // What a WRITEFUNCTION reads in flight is not what it ends as.
    if (this.settledAt > 0) (this.kept ??= new Map()).set(id, value)
    return value
  }

  /** All infos of this build by name, as a plain object: a snapshot that stays. Needs the transfer to be held, or `keepInfo: true`. */
  info(): Record<string, InfoValue> {
    const snapshot: Record<string, InfoValue> = {}
    for (const name of this.context.infoNames) snapshot[name] = this.getInfo(name)
    return snapshot
  }

  /** This failure as an error, with `cause` where a callback threw; null where the transfer did not fail. */
  toError(): CurlError | null {
    if (this.errno === 0) return null
    const { errno, url, cause } = this
    return new CurlError(this.error, { errno, url, cause, code: this.context.codeName(errno) })
  }

  /** What a log gets to see: no bodies, no credentials, no native handle. */
  toJSON(): Record<string, unknown> {
    const { state, errno, error, responseCode } = this
    return { url: shownUrl(this.url), state, errno, error, responseCode }
  }

  /** What `console.log()` shows: as {@link toJSON}, and how much has come. */
  [inspect.custom](depth: number, options: InspectOptions): string {
    if (depth < 0) return '[Transfer]'
    return `Transfer ${inspect({ ...this.toJSON(), receivedBytes: this.receivedBytes }, options)}`
  }

  /** @internal Goes on where a `WRITEFUNCTION` or `READFUNCTION` has paused it; nothing where it is over. */
  resume(): void {
    if (this.state === 'inFlight') this.source?.resume?.()
  }

  /** @internal The handle goes to somebody else. */
  letGo(): void {
    const { keepInfo } = this.settings
    if (keepInfo === true) this.info()
    else if (keepInfo !== undefined) for (const id of keepInfo) this.getInfo(id)
    // Whoever decodes the body later has to know its charset.
    if (this.needsCharset) this.contentType()
    this.source = null
    this.leaveOne()
  }

  /** @internal */
  fail(errno: number, error: string, cause: unknown): void {
    this.errno = errno
    this.error = error
    this.cause = cause
  }

  /** @internal Takes over the outcome of a transfer that it shared with others. */
  share(other: Transfer, source: InfoSource): void {
    this.fail(other.errno, other.error, other.cause)
    this.responseCode = other.responseCode
    this.session = other.session
    this.shareBody(other)
    this.headerLines = other.headerLines
    this.launchedAt = other.launchedAt
    this.settledAt = other.settledAt
    this.attemptList = other.attemptList
    this.kept = other.kept === null ? null : new Map(other.kept)
    this.source = other.source === null ? null : source
    this.state = 'done'
  }

  /**
   * @internal Who is handed to the user, once: this one, or one in its place that takes the body along.
   *
   * To the garbage collector, what has been in flight for a while is old, and nothing old is given up before the next full collection: so
   * long, each of them kept its body alive. A new one goes when its user lets go of it, and the body with it. Measured with 100 KiB, 50
   * in flight, in the first seconds: hardly any full collections, a fifth less CPU for each request, a quarter less memory.
   */
  handOut(): Transfer<U> {
    if (this.receivedBytes < LARGE_BODY || this.chunks === null || this.isKnown) return this
    const { context, id, url, settings, queuedAt } = this
    const young = new Transfer<U>(context, id, url, settings, queuedAt)
    this.copyOutcomeTo(young)
    this.chunks = this.source = null
    return young
  }

  /** All but what nobody looks at any more. One by one: `Object.assign()` takes 2 us, a fiftieth of such a request. */
  private copyOutcomeTo(young: Transfer<U>): void {
    young.errno = this.errno
    young.error = this.error
    young.cause = this.cause
    young.responseCode = this.responseCode
    young.output = this.output
    young.session = this.session
    young.state = this.state
    young.source = this.source
    this.copyBodyTo(young)
    young.headerLines = this.headerLines
    young.bodyStream = this.bodyStream
    young.launchedAt = this.launchedAt
    young.settledAt = this.settledAt
    young.givenUserData = this.givenUserData
    young.kept = this.kept
    young.attemptList = this.attemptList
  }

  /** @internal This attempt is over, and there will be another one. */
  prepareAgain(): void {
    ;(this.attemptList ??= []).push(this.asAttempt())
    this.responseCode = this.settledAt = 0
    this.fail(0, '', undefined)
    this.headerLines = this.kept = null
    this.restartBody()
  }

  private asAttempt(): Attempt {
    const { errno, responseCode, launchedAt, settledAt } = this
    return {
      errno,
      responseCode,
      startedAt: performance.timeOrigin + launchedAt,
      durationMs: settledAt - launchedAt,
    }
  }

  /** @internal */
  protected override contentType(): string | null {
    return (this.known('CONTENT_TYPE') ?? null) as string | null
  }

  /** An info that may be asked for at any time: undefined where it is too late. */
  private known(info: string): InfoValue | undefined {
    const isKnown = this.source !== null || this.kept?.has(this.context.infoNumber(info))
    return isKnown ? this.getInfo(info) : undefined
  }

  private capturedLines(): HeaderLines {
    if (this.headerLines !== null) return this.headerLines
    // It was asked for them, or nobody was asked anything: it ended before an attempt had begun.
    if (this.settings.captureHeaders === true || this.launchedAt === 0) return NO_LINES
    throw new OptionError(
      'headers were not captured: set captureHeaders: true (it is off by default because a callback for each header line costs up to half the throughput)',
      'captureHeaders',
    )
  }

  /** @internal */
  protected override tooLong(bytes: number, limit: string, cause: unknown): CurlError {
    return new CurlError(
      `Maximum file size exceeded: the body of ${String(bytes)} bytes is longer than ${limit}; output, onData and streams take any length`,
      { errno: FILESIZE_EXCEEDED, url: this.url, cause, code: this.context.codeName(FILESIZE_EXCEEDED) },
    )
  }

  private noLongerHeld(info: string | number): Error {
    if (this.launchedAt === 0)
      return new Error(`getInfo(${String(info)}): the transfer has not been launched yet`)
    return new Error(
      `getInfo(${String(info)}): the handle of this transfer is in use by another one now. Ask before the callback has settled, or keep it with keepInfo: true, or keepInfo: ['${String(info)}']`,
    )
  }
}
