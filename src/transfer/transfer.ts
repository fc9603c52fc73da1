/**
 * Transfer: one request from the call to its outcome. Does not know libcurl: its `source` has the infos.
 */
import { inspect, type InspectOptions } from 'node:util'
import { CurlError, OptionError } from '../errors.js'
import { shownUrl } from '../redaction.js'
import { NO_CONTEXT } from './caller-context.js'
import {
  asOneLine,
  lastResponseHeaders,
  lastResponseTrailers,
  HeaderLines,
  type ResponseHeaders,
} from './response-headers.js'
import { timingsOf } from './timings.js'
import { TransferExtras } from './transfer-extras.js'
import type {
  Attempt,
  InfoSource,
  InfoValue,
  OutcomeSettings,
  Timings,
  TransferContext,
  TransferState,
} from './transfer-types.js'
import { FILESIZE_EXCEEDED } from '../curl-codes.js'

/** The callback of {@link ParallelCurl.startRequest}. `finishAllRequests()` waits for a promise from it. */
export type RequestCallback<U = unknown> = (
  content: string | null,
  url: string,
  transfer: Transfer<U>,
  userData: U,
) => unknown

/** The length from which the memory of a body is worth a second object. Bytes. */
const LARGE_BODY = 32 * 1024

const NO_LINES = new HeaderLines()

/**
 * One request and its outcome. A callback receives it in place of PHP's `$ch`; `request()` and `stream()`
 * return it.
 *
 * A transfer is *held* until its callback has settled (after `await request()`: until the end of the turn of
 * the event loop). While it is held, every info can be read. Afterwards these still work: the fields below,
 * infos that were read before, and snapshots ({@link info}, `keepInfo`).
 */
export class Transfer<U = unknown> extends TransferExtras {
  /** The number of the request in the order of calls, from 1: the key in `outstandingRequests`. */
  readonly id: number
  /** The URL of the request, spelled as it was passed in. */
  readonly url: string
  /** libcurl's code (`CURLE_*`), 0 for a success. A 404 is not a failure. */
  errno = 0
  /** The error message, `''` for a success: libcurl's text with details, without credentials. */
  error = ''
  /** The last status code that was received, 0 if there was none. */
  responseCode = 0
  /** The exception of a user's callback, or the reason of an abort: the `cause` of {@link toError}. */
  cause: unknown = undefined
  /** @internal */ state: TransferState = 'pending'
  /** @internal */ source: InfoSource | null = null
  /** @internal */ settings: OutcomeSettings
  /** @internal */ headerLines: HeaderLines | null = null
  /** @internal */ queuedAt: number
  /** @internal */ launchedAt = 0
  /** @internal */ settledAt = 0
  /** @internal True if a user's code has this object already: the callback has to get the same one. */
  isKnown = false

  /** @internal The context in which functions of the user's run for this transfer. */
  caller = NO_CONTEXT

  private readonly context: TransferContext
  private givenUserData: U | undefined = undefined
  private kept: Map<number, InfoValue> | null = null

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

  /** The value that was passed to `startRequest`, unchanged; an empty array if there was none (as in PHP). */
  get userData(): U {
    // Created on demand: most requests of a large queue never need it.
    if (this.givenUserData === undefined) this.givenUserData = [] as U
    return this.givenUserData
  }

  /** @internal Sets {@link userData}. */
  give(userData: U): void {
    this.givenUserData = userData
  }

  /**
   * The URL of the response, the last one after redirects. Without `FOLLOWLOCATION`, it is {@link url} once
   * the transfer is no longer held.
   */
  get effectiveUrl(): string {
    return String(this.known('EFFECTIVE_URL') ?? this.url)
  }

  /**
   * The headers of the last response, by name in lower case. Repeated headers are joined by `', '`;
   * `set-cookie` is always a list. Needs `captureHeaders: true`: one callback for each header line costs up
   * to half the throughput. Throws `OptionError` without it.
   */
  get headers(): ResponseHeaders {
    return lastResponseHeaders(this.capturedLines())
  }

  /**
   * The trailers of the last response: header fields that the server sent after the body (HTTP/1.1 with
   * chunks, HTTP/2). They are never among {@link headers}. Needs `captureHeaders: true`.
   */
  get trailers(): ResponseHeaders {
    return lastResponseTrailers(this.capturedLines())
  }

  /**
   * Every header line in the order of arrival, without line ends: also status lines, and the lines of
   * redirects, proxies and trailers. Needs `captureHeaders: true`.
   */
  get headerList(): readonly string[] {
    return this.capturedLines().lines()
  }

  /** The cookies in libcurl's cookie engine, as lines in Netscape format. Empty if the engine is off. */
  get cookies(): readonly string[] {
    const list = this.known('COOKIELIST')
    return Array.isArray(list) ? (list as readonly string[]) : []
  }

  /** The attempts of the transfer, the last one at the end. Empty if the transfer was never launched. */
  get attempts(): readonly Attempt[] {
    const before = this.earlierAttempts
    // Created on demand: most transfers have one attempt, and few callers read it.
    return this.settledAt > 0 ? [...before, this.asAttempt()] : before
  }

  /** The duration of each phase. The transfer has to be held, or `keepInfo` be set. */
  get timings(): Timings {
    return timingsOf(this)
  }

  /**
   * Returns one of libcurl's infos, e.g. `'TOTAL_TIME'`, `'CURLINFO_TOTAL_TIME'` or its number.
   *
   * Throws `OptionError` for an unknown info. If the transfer is no longer held, it throws an `Error` that
   * explains how to keep the info. Source: curl_easy_getinfo(3).
   */
  getInfo(info: string | number): InfoValue {
    const id = this.context.infoNumber(info)
    const kept = this.kept?.get(id)
    if (kept !== undefined) return kept
    if (this.source === null) throw this.noLongerHeld(info)
    const read = this.source.readInfo(id, this)
    // Some infos are texts of the server: they must not begin a new line where they are printed.
    const value = typeof read === 'string' ? asOneLine(read) : read
    // A value that a WRITEFUNCTION reads in flight may still change, so it is not kept.
    if (this.settledAt > 0) (this.kept ??= new Map()).set(id, value)
    return value
  }

  /** Returns all infos of this build by name. The transfer has to be held, or `keepInfo: true` be set. */
  info(): Record<string, InfoValue> {
    const snapshot: Record<string, InfoValue> = {}
    for (const name of this.context.infoNames) snapshot[name] = this.getInfo(name)
    return snapshot
  }

  /** Returns the failure as an error, with `cause` if a callback threw; null if the transfer did not fail. */
  toError(): CurlError | null {
    if (this.errno === 0) return null
    const { errno, url, cause } = this
    return new CurlError(this.error, { errno, url, cause, code: this.context.codeName(errno) })
  }

  /** Returns a record for logs: no bodies, no credentials, no native handle. */
  toJSON(): Record<string, unknown> {
    const { state, errno, error, responseCode } = this
    return { url: shownUrl(this.url), state, errno, error, responseCode }
  }

  /** Returns the text for `console.log()`: the record of {@link toJSON}, and the number of bytes received. */
  [inspect.custom](depth: number, options: InspectOptions): string {
    if (depth < 0) return '[Transfer]'
    return `Transfer ${inspect({ ...this.toJSON(), receivedBytes: this.receivedBytes }, options)}`
  }

  /** @internal Ends the pause that a `WRITEFUNCTION` or `READFUNCTION` has begun. */
  resume(): void {
    if (this.state !== 'done') this.source?.resume?.()
  }

  /** @internal Gives the handle up: it goes to another transfer. Keeps the infos of `keepInfo`. */
  letGo(): void {
    const { keepInfo } = this.settings
    if (keepInfo === true) this.info()
    else if (keepInfo !== undefined) for (const id of keepInfo) this.getInfo(id)
    // The charset is needed to decode the body later.
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

  /** @internal Takes the outcome of the transfer that was sent for several equal requests. */
  share(other: Transfer, source: InfoSource): void {
    this.fail(other.errno, other.error, other.cause)
    this.responseCode = other.responseCode
    this.shareExtras(other)
    this.shareBody(other)
    this.headerLines = other.headerLines
    this.launchedAt = other.launchedAt
    this.settledAt = other.settledAt
    this.kept = other.kept === null ? null : new Map(other.kept)
    this.source = other.source === null ? null : source
    this.state = 'done'
  }

  /**
   * @internal Returns the object for the user, once: this one, or a new one that takes the body along.
   *
   * To the garbage collector, a transfer that was in flight for a while is old, and old objects are freed
   * only in a full collection, with their bodies. A new object is freed as soon as the user drops it.
   * Measured with 100 KiB and 50 in flight, at the start: hardly any full collections, 20 % less CPU, 25 %
   * less memory.
   */
  handOut(): Transfer<U> {
    if (this.receivedBytes < LARGE_BODY || this.chunks === null || this.isKnown) return this
    const { context, id, url, settings, queuedAt } = this
    const young = new Transfer<U>(context, id, url, settings, queuedAt)
    this.copyOutcomeTo(young)
    this.chunks = this.source = null
    return young
  }

  /** Copies all fields that are still needed. `Object.assign()` takes 2 us, a fiftieth of such a request. */
  private copyOutcomeTo(young: Transfer<U>): void {
    young.errno = this.errno
    young.error = this.error
    young.cause = this.cause
    young.responseCode = this.responseCode
    this.copyExtrasTo(young)
    young.state = this.state
    young.source = this.source
    this.copyBodyTo(young)
    young.headerLines = this.headerLines
    young.launchedAt = this.launchedAt
    young.settledAt = this.settledAt
    young.givenUserData = this.givenUserData
    young.kept = this.kept
  }

  /** @internal Ends this attempt, and prepares the transfer for the next one. */
  prepareAgain(): void {
    this.addAttempt(this.asAttempt())
    this.responseCode = this.settledAt = 0
    this.fail(0, '', undefined)
    this.headerLines = this.kept = null
    this.restartBody()
  }

  private asAttempt(): Attempt {
    const { errno, responseCode, proxy, launchedAt, settledAt } = this
    const startedAt = performance.timeOrigin + launchedAt
    return { errno, responseCode, proxy, startedAt, durationMs: settledAt - launchedAt }
  }

  /** @internal */
  protected override contentType(): string | null {
    return (this.known('CONTENT_TYPE') ?? null) as string | null
  }

  /** Returns an info if it can still be read, else undefined. */
  private known(info: string): InfoValue | undefined {
    const isKnown = this.source !== null || this.kept?.has(this.context.infoNumber(info))
    return isKnown ? this.getInfo(info) : undefined
  }

  private capturedLines(): HeaderLines {
    if (this.headerLines !== null) return this.headerLines
    // The headers were requested but none came, or the transfer ended before its first attempt.
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
