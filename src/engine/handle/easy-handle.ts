/**
 * One easy handle with what it carries: its transfer, the bytes that arrive, the user's functions. Does not know the multi
 * handle, nor when it is its turn.
 */
import { BodyFault } from '../../errors.js'
import type { CompiledOptions, Recycling } from '../../options/values/compiled-options.js'
import type { EffectiveOptions } from '../request/effective-options.js'
import type { PostFields } from '../../options/values/post-fields.js'
import { HeaderLines } from '../../transfer/response-headers.js'
import type { EngineTransfer } from '../request/engine-transfer.js'
import type { BodySink, BodySource, InfoSource, InfoValue } from '../../transfer/transfer-types.js'
import {
  Easy,
  getInfo,
  hasDefaultCaBlob,
  INFO,
  OPTION,
  setOption,
  strError,
  type NativeEasy,
} from '../node-libcurl/binding.js'
import type { DefaultOptions } from '../installed/ca-certificates.js'
import { BodyBuffer } from '../bodies/response-buffer.js'
import { BodyIntake } from '../bodies/response-to-sink.js'
import { BodyOutlet } from '../bodies/request-from-source.js'
import { isOneAtATime, learnVersion, leavesWaiting, noteConnection } from '../connections/pipewait.js'
import { hasEarlyAnswer, HTTP2_STREAM } from '../outcome/early-response.js'
import { failureOf } from '../outcome/error-message.js'
import { FtpDriver, needsFtpDriver, wouldBareData } from './ftp-data-connection.js'
import { HeadEnd, keepsFolding } from '../outcome/response-head-end.js'
import { isHttp, isSpent, keepsBuffers, needsWholeHeads, NO_TRACES } from '../request/handle-reuse.js'
import type { Crowd } from '../connections/host-sharding.js'
import { OVER_TLS_ONLY } from '../request/refused-combinations.js'
import type { Lane } from '../connections/multi-handles.js'
import { methodOf, type LaunchOrder } from '../request/wire-request.js'
import { FOR_EVER, isWalkedLately, LIBCURL_SECONDS, noteWalk } from '../connections/dns-cache.js'
import { isTooHeavy, replaces, type Overlay } from '../request/replaceable-options.js'
import { SegmentedBody, sendBytes } from '../bodies/request-bytes.js'
import { seekFrom, type Seek } from '../request/resumed-body.js'
import { setBodySize, setSender, setSource, setText } from '../bodies/body-options.js'
import { SizeLimits } from '../bodies/size-limits.js'
import { connectionUrl, isHttps } from '../node-libcurl/wire-url.js'
import { FUNCTION_NAMES, guard } from '../callbacks/user-callbacks.js'
import { tapWire, type Tapped, type WireTap } from '../callbacks/verbose-log.js'

/** Set by `connect()` and `webSocket()`. */
export interface ConnectionSettings {
  readonly connection?: 'bytes' | 'frames'
}

/** What libcurl takes as a failure from a callback that returns a length. */
const STOP = -1
const WRITE_ERROR = 23
const READ_ERROR = 26
const USE_SSL_FAILED = 64
/** `CURLPAUSE_CONT`: nothing is paused any longer. */
const CONTINUE = 0
const ABORTED_BY_CALLBACK = 42
const GOT_NOTHING = 52
const OPERATION_TIMEDOUT = 28
const HTTP_1_0 = 1
const HTTP_1_1 = 2
/** Longer than most servers and what is between take for an answer: it is there to end what would stand for ever. */
const STANDSTILL_TIMEOUT_MS = 600_000
const O = OPTION as Readonly<
  Record<'URL' | 'WRITEFUNCTION' | 'HEADERFUNCTION' | 'HTTPHEADER' | 'PIPEWAIT', number>
> &
  Readonly<Record<string, number>>
const RESPONSE_CODE = INFO.RESPONSE_CODE as number
const CONTENT_LENGTH = INFO.CONTENT_LENGTH_DOWNLOAD_T as number
const BUFFERSIZE = OPTION.BUFFERSIZE as number
/** The largest head of an HTTP/2 answer that libcurl 7.88 takes (`DYN_H2_HEADERS`). Bytes. */
const WHOLE_HEAD = 128 * 1024
const PAUSING_FUNCTIONS = ['WRITEFUNCTION', 'READFUNCTION']
const FUNCTION_IDS = FUNCTION_NAMES.map((name) => OPTION[name]).filter((id) => id !== undefined)
const set = (easy: NativeEasy, name: string, value: unknown): number =>
  setOption(easy, O[name] as number, value)

/** Bytes of bodies, counted as they arrive. */
export interface Meter {
  /** In all. */
  receivedBytes: number
  /** Received, and kept for somebody who has not consumed them yet. */
  bufferedBytes: number
}

/** An easy handle of the pool. */
export class PooledEasy implements InfoSource, Tapped {
  easy: NativeEasy = makeNative()
  transfer: EngineTransfer | null = null
  /** The shared options that it is configured with; null where it has to be configured anew. */
  configuredFor: CompiledOptions | null = null
  /** What else it is configured with, for another such request to replace. */
  overlay: Overlay | null = null
  /** The multi handle that it is for, and whether it is in it. */
  lane: Lane | null = null
  /** Who else asks for its host, where that was counted. */
  crowd: Crowd | null = null
  isAdded = false
  /** Whether it has been launched and not been taken back: it is in the multi handle, or will be, or was refused. */
  isLive = false
  /** Whether its connection is what is wanted, and stays open when it is done: the handle stays where it is, then. */
  keepsConnection = false
  /** Whether its end has been noted, with which code. */
  isNoted = false
  code = 0
  /** Whether it listens to header lines for no other reason than that the head may be cut. */
  watchesHead = false
  /** What a user's function threw, or the reason of an abort. */
  thrown: { readonly error: unknown; readonly code?: number } | null = null
  /** libcurl's last words, where `captureErrorText` is on. */
  lastInfoText = ''

  private readonly body = new BodyBuffer(() => getInfo(this.easy, CONTENT_LENGTH) as number)
  private bytes = 0
  private order: LaunchOrder | null = null
  private isBlank = true
  /** Whether its answer may have ended within its head, which this libcurl would not forget. */
  private mayBeFolding = false
  /** What node-libcurl keeps of its overlays. */
  private weight = 0
  /** Stands between libcurl and where the body goes, where that is not memory. */
  private intake: BodyIntake | null = null
  /** Stands between libcurl and where the body that is sent comes from, where libcurl does not have it already. */
  private outlet: BodyOutlet | null = null
  private readonly limits = new SizeLimits((error, code) => {
    this.thrown ??= { error, code }
  })
  private readonly head = new HeadEnd()
  /** What `PIPEWAIT` is set to, by us. */
  private waitsForConnection = false
  /** Whether it believes libcurl's cache of names, and leaves it as it is. */
  private believesNames = false
  /** Whether it tells those who wait of connections that it makes. */
  private tellsOfConnections = false
  /** Hears what libcurl says, where somebody wants to. */
  private tap: WireTap | null = null
  /** Has files open. */
  private upload: SegmentedBody | null = null
  /** Whether a `Host` header of an earlier request may still be what cookies go by. */
  private remembersHost = false
  /** Whether its receive buffer takes the head of any HTTP/2 answer. */
  private takesWholeHeads = false

  /**
   * @param fail ends the transfer where libcurl gives a function no way to do so
   * @param renewed hears that it has another native handle than before
   */
  constructor(
    private readonly fail: (carrier: PooledEasy) => void,
    private readonly meter: Meter,
    private readonly renewed: (carrier: PooledEasy, before: NativeEasy) => void,
  ) {}

  /**
   * Makes the handle ready for a transfer: defaults, shared options, the request's own, then the URL, then the body (as in PHP).
   * Returns libcurl's code: not 0 where it refused something.
   */
  configure(transfer: EngineTransfer, order: LaunchOrder, defaults: DefaultOptions, url: string): number {
    this.transfer = transfer
    this.order = order
    transfer.source = this
    const { options, body, overlay } = order
    const { shared, own } = options
    const isDriven = needsFtpDriver(url)
    const isFirst = transfer.restarts === 0
    const isSimple =
      overlay !== null &&
      transfer.bodySink === null &&
      transfer.bodySource === null &&
      !isDriven &&
      isFirst &&
      !this.watchesHead
    // The shortest way: what differs from what this handle did last is replaced as a whole.
    if (isSimple && this.configuredFor === shared && replaces(overlay, this.overlay as Overlay)) {
      if (shared.bodyTarget === 'stdout') transfer.hasContent = false
      if (shared.settings.captureHeaders) transfer.headerLines = new HeaderLines()
      const mayBeShared = this.mayShareConnection(url, order)
      if (mayBeShared !== this.tellsOfConnections) this.tellOfConnections(mayBeShared)
      this.waitForConnection(mayBeShared && order.mayWaitForConnection)
      this.believeNames(transfer.launchedAt, order)
      if (needsWholeHeads && !this.takesWholeHeads) this.takeWholeHeads(url, order)
      return this.replaceOverlay(order) || setOption(this.easy, O.URL, url)
    }
    if (isDriven && wouldBareData(url, order)) {
      this.onThrown(new Error('this libcurl sends the data of active ftp (FTPPORT) in the clear'), true)
      return USE_SSL_FAILED
    }
    this.makeReady(defaults)
    this.configuredFor = isSimple ? shared : null
    this.overlay = overlay
    this.keepsConnection = (transfer.settings as ConnectionSettings).connection !== undefined
    const mayBeShared = !this.keepsConnection && this.mayShareConnection(url, order)
    this.waitForConnection(mayBeShared && order.mayWaitForConnection)
    this.believeNames(transfer.launchedAt, order)
    return (
      this.apply(shared) ||
      (own === null ? 0 : this.apply(own)) ||
      (needsWholeHeads ? this.takeWholeHeads(url, order) : 0) ||
      this.wireBody(transfer, options) ||
      this.wireHeaders(transfer, order, isDriven) ||
      this.wireConnections(mayBeShared, options) ||
      (order.spoilsConnection && !this.keepsConnection ? set(this.easy, 'FORBID_REUSE', 1) : 0) ||
      (order.needsFreshConnection || !isFirst ? set(this.easy, 'FRESH_CONNECT', 1) : 0) ||
      (order.withoutUpgrade ? set(this.easy, 'HTTP_VERSION', OVER_TLS_ONLY) : 0) ||
      (order.isHeadByName ? set(this.easy, 'NOBODY', 1) : 0) ||
      (order.proxyHeaders === null ? 0 : set(this.easy, 'PROXYHEADER', order.proxyHeaders)) ||
      setOption(this.easy, O.URL, this.keepsConnection ? connectionUrl(url) : url) ||
      (transfer.bodySource !== null
        ? this.wireSource(transfer.bodySource, order)
        : body === null
          ? order.isEmptyPost
            ? setText(this.easy, '')
            : setBodySize(this.easy, options.bodySize)
          : this.wirePost(body, options.headers))
    )
  }

  /** Takes the outcome over to the transfer, which keeps the handle until {@link recycle}. */
  finish(now: number): EngineTransfer {
    const transfer = this.transfer as EngineTransfer
    this.tap?.settle()
    this.tap = null
    const { intake, thrown } = this
    this.upload?.close()
    this.upload = null
    intake?.endPause()
    this.outlet?.end()
    transfer.settledAt = now
    transfer.chunks = this.body.take()
    transfer.receivedBytes = intake === null ? this.bytes : intake.bytes
    this.meter.receivedBytes += transfer.receivedBytes
    const status = (transfer.responseCode = getInfo(this.easy, RESPONSE_CODE) as number)
    const isAnswered = this.code !== 0 && thrown === null && this.hasEarlyAnswer(this.code, status)
    const ended = isAnswered ? 0 : this.code
    const code = thrown?.code ?? (ended === 0 && thrown !== null ? ABORTED_BY_CALLBACK : ended)
    if (code !== 0) {
      const { errno, error } = failureOf(code, this, transfer.url, this.order?.options ?? null)
      transfer.fail(errno, error, thrown?.error)
    }
    // Work of those without a body only: there are few, and of nearly all libcurl has noted that there is none.
    else if (transfer.receivedBytes === 0 && !this.keepsConnection) this.judgeHead(transfer)
    this.mayBeFolding =
      keepsFolding && transfer.receivedBytes === 0 && (transfer.errno !== 0 || transfer.head === 'doubtful')
    const { order, lane } = this
    if (leavesWaiting && this.tellsOfConnections && code === 0 && order?.isVersionOpen && lane !== null)
      learnVersion(lane, transfer.url, this.easy)
    if (!this.believesNames && code === 0 && order?.leavesNamesToUs && lane !== null && !this.keepsConnection)
      noteWalk(lane, now, this.easy)
    if (order?.followsRedirects) transfer.getInfo('EFFECTIVE_URL')
    if (order?.options.cookieEngine) transfer.getInfo('COOKIELIST')
    return transfer
  }

  /** Parts from its transfer, and says whether it may be used again. What it keeps of the past is `configuredFor`. */
  recycle(): boolean {
    const { order, transfer } = this
    const isCut = this.thrown !== null
    const isClosed = order === null || transfer === null || this.isSpentBy(order, transfer)
    this.remembersHost ||= order?.traces.namesHost ?? false
    this.transfer = null
    this.order = null
    this.thrown = null
    this.meter.bufferedBytes -= this.bytes
    this.bytes = 0
    this.limits.restart()
    this.head.restart()
    this.body.clear()
    this.lastInfoText = ''
    this.isNoted = false
    this.code = 0
    const way = isClosed ? 'close' : recyclingOf(order)
    if (way === 'close') {
      this.close()
      return false
    }
    // Functions of a handle hold on to what they have been made for.
    this.weight += this.overlay?.weight ?? 0
    const isOver = isCut || this.intake !== null || this.outlet !== null || isTooHeavy(this.weight)
    if (way === 'reset' || isOver) this.wipe(order)
    this.intake = this.outlet = null
    return true
  }

  /** Whether nobody else may have the handle. For most transfers a few comparisons. */
  private isSpentBy(order: LaunchOrder, transfer: EngineTransfer): boolean {
    const { traces, followsRedirects } = order
    const { url } = transfer
    const hasFailed = this.code !== 0 || this.thrown !== null || transfer.errno !== 0
    const hadSource = this.outlet !== null
    const { keepsConnection } = this
    if (
      !hasFailed &&
      !hadSource &&
      !keepsConnection &&
      !this.mayBeFolding &&
      traces === NO_TRACES &&
      !followsRedirects &&
      isHttp(url)
    )
      return false
    const urls = followsRedirects ? [url, transfer.effectiveUrl] : [url]
    const endedInHead = this.mayBeFolding
    return isSpent({ hasFailed, endedInHead, hadSource, keptConnection: keepsConnection, urls, traces })
  }

  /** Frees the native handle. */
  close(): void {
    // node-libcurl 4 keeps the functions of a closed handle, and all they close over, for ever. A reset would let them go, too,
    // but also the names of the files that libcurl writes now (COOKIEJAR, HSTS, ALTSVC).
    for (const id of FUNCTION_IDS) setOption(this.easy, id, null)
    this.easy.close()
  }

  /**
   * Many streams on one connection, where that can be: a transfer waits while another one's connection is being made, instead of
   * opening its own. For https only: over cleartext it is with the first answer that libcurl knows, and with 7.88 all would wait for it.
   * Source: CURLOPT_PIPEWAIT(3).
   */
  waitForConnection(waits: boolean): void {
    if (waits === this.waitsForConnection) return
    this.waitsForConnection = waits
    setOption(this.easy, O.PIPEWAIT, waits ? 1 : 0)
  }

  private believeNames(now: number, order: LaunchOrder): void {
    const believes = order.leavesNamesToUs && isWalkedLately(this.lane as Lane, now)
    if (believes === this.believesNames) return
    this.believesNames = believes
    set(this.easy, 'DNS_CACHE_TIMEOUT', believes ? FOR_EVER : LIBCURL_SECONDS)
  }

  /** Whether its connection may turn out to be for many transfers at once, and others wait for that. */
  private mayShareConnection(url: string, order: LaunchOrder): boolean {
    return isHttps(url) && !(order.mayWaitForConnection && isOneAtATime(this.lane as Lane, url))
  }

  /** No body has come: the server may have gone away within the head. */
  private judgeHead(transfer: EngineTransfer): void {
    const verdict = this.head.verdict(this.easy)
    if (verdict === 'doubtful') transfer.head = 'doubtful'
    if (verdict !== 'cut') return
    this.code = GOT_NOTHING
    const why = 'the connection was closed within the headers of the answer'
    transfer.fail(GOT_NOTHING, `${strError(GOT_NOTHING)}: ${why}`, undefined)
  }

  /** Whoever makes a connection tells of it, whether it has waited for one itself or not. */
  private tellOfConnections(mayBeShared: boolean): void {
    this.tellsOfConnections = mayBeShared
    if (leavesWaiting) set(this.easy, 'PREREQFUNCTION', mayBeShared ? this.onConnected : null)
  }

  private wireConnections(mayBeShared: boolean, options: EffectiveOptions): 0 {
    this.tap = tapWire(this, options)
    const prereq = options.function('PREREQFUNCTION')
    // Who hears of connections hears of them in any case.
    if (this.tap?.hearsOfConnections) this.tellsOfConnections = mayBeShared
    else if (prereq === null || !leavesWaiting || !mayBeShared) {
      if (mayBeShared) this.tellOfConnections(true)
    } else {
      const theirs = guard(prereq, this)
      this.tellsOfConnections = true
      set(this.easy, 'PREREQFUNCTION', (...about: [string, string, number, number]): unknown => {
        this.onConnected()
        return theirs === null ? 0 : theirs(...about)
      })
    }
    return 0
  }

  readInfo(id: number): InfoValue {
    return getInfo(this.easy, id)
  }

  /** Lets a paused transfer go on. Whoever asks may be on libcurl's stack, where the chunk that was held would arrive at once. */
  resume(): void {
    const { transfer } = this
    setImmediate(() => {
      if (!this.isInFlight(transfer)) return
      this.intake?.endPause()
      this.outlet?.endPause()
      ;(this.easy as { pause(bits: number): unknown }).pause(CONTINUE)
    })
  }

  /** How many bytes have come, of one over TLS that may be helped to go on; null where it is paused, or its user may have paused it. */
  get progress(): number | null {
    const { transfer, order, intake, outlet } = this
    if (transfer === null || order === null || !this.isInFlight(transfer)) return null
    if (!isHttps(transfer.url) || this.keepsConnection) return null
    if ((intake?.isPaused ?? false) || (outlet?.isPaused ?? false)) return null
    if (PAUSING_FUNCTIONS.some((name) => order.options.function(name) !== null)) return null
    return intake === null ? this.bytes : intake.bytes
  }

  /** Whether libcurl ends it when it is too slow. */
  get hasSpeedLimit(): boolean {
    return this.order?.options.isOn(O['LOW_SPEED_TIME'] as number) ?? false
  }

  /** For how long it may stand still over HTTP/2, in milliseconds. */
  get standstillTimeoutMs(): number {
    return this.order?.options.setting('standstillTimeoutMs') ?? STANDSTILL_TIMEOUT_MS
  }

  /** Whether its options leave it to the server to speak HTTP/2. */
  get mayBeHttp2(): boolean {
    const version = this.order?.options.number(O['HTTP_VERSION'] as number) ?? 0
    return version !== HTTP_1_0 && version !== HTTP_1_1
  }

  /** Gives it up, with its connection: nobody may use that again. Outside of libcurl's stack. */
  giveUp(ms: number): void {
    set(this.easy, 'FORBID_REUSE', 1)
    const words = `nothing was sent or received for ${String(Math.round(ms))} ms (standstillTimeoutMs)`
    this.thrown ??= { error: new Error(words), code: OPERATION_TIMEDOUT }
  }

  /** Whether its answer is complete, though it is not done. */
  get isAnswered(): boolean {
    return this.hasEarlyAnswer(HTTP2_STREAM, getInfo(this.easy, RESPONSE_CODE) as number)
  }

  private hasEarlyAnswer(code: number, status: number): boolean {
    const followsRedirects = this.order?.followsRedirects ?? false
    return hasEarlyAnswer(code, status, followsRedirects, (id) => getInfo(this.easy, id))
  }

  private isInFlight(transfer: EngineTransfer | null): boolean {
    return this.transfer === transfer && this.isAdded && !this.isNoted
  }

  /** A user's function threw: libcurl is told in its own way, where there is one. */
  onThrown(error: unknown, canStopTransfer: boolean): void {
    this.thrown ??= error instanceof BodyFault ? { error, code: error.errno } : { error }
    if (!canStopTransfer) this.fail(this)
  }

  /** Takes the body as it arrives. The buffers are private copies: kept, never copied again. */
  private readonly onWrite = (chunk: Buffer): number => {
    const { length } = chunk
    this.bytes += length
    this.meter.bufferedBytes += length
    this.body.add(chunk)
    return length
  }

  private readonly onWriteLimited = (chunk: Buffer): number =>
    this.limits.admitsBody(this.bytes + chunk.length) ? this.onWrite(chunk) : STOP

  readonly onConnected = (): 0 => {
    if (leavesWaiting && this.lane !== null) noteConnection(this.lane, this.easy)
    return 0
  }

  private readonly onWriteToStdout = (chunk: Buffer): number => {
    process.stdout.write(chunk)
    return chunk.length
  }

  private readonly onHeader = (line: Buffer): number => {
    this.head.hear(line)
    this.transfer?.headerLines?.push(line)
    return line.length
  }

  private apply(options: CompiledOptions): number {
    const { ids, values, functions } = options
    // Functions first: with VERBOSE, libcurl logs what COOKIELIST does while it is set.
    for (const option of functions) {
      if (option.name === 'WRITEFUNCTION' || option.name === 'HEADERFUNCTION') continue
      const code = setOption(this.easy, option.id, this.begunRight(option.name, guard(option, this)))
      if (code !== 0) return code
    }
    for (let i = 0; i < ids.length; i++) {
      const code = setOption(this.easy, ids[i] as number, values[i])
      if (code !== 0) return code
    }
    return 0
  }

  /** A function that goes back in a body, where that does not begin at its start. */
  private begunRight(name: string, callback: Seek | null): Seek | null {
    const start = this.order?.bodyStart ?? 0
    return start === 0 || callback === null || name !== 'SEEKFUNCTION' ? callback : seekFrom(callback, start)
  }

  private replaceOverlay({ options: { own }, body }: LaunchOrder): number {
    if (own !== null) {
      const { ids, values } = own
      for (let i = 0; i < ids.length; i++) {
        const code = setOption(this.easy, ids[i] as number, values[i])
        if (code !== 0) return code
      }
    }
    return body === null ? 0 : setText(this.easy, (body as PostFields & { kind: 'text' }).text)
  }

  private wireBody(transfer: EngineTransfer, options: EffectiveOptions): number {
    this.limits.set(options.setting('maxBodySize'), options.setting('maxHeaderSize'))
    if (transfer.bodySink !== null) return this.wireSink(transfer, transfer.bodySink, options)
    const target = options.bodyTarget
    transfer.hasContent = target === 'content'
    if (target === 'content') {
      const onWrite = this.limits.limitsBody ? this.onWriteLimited : this.onWrite
      return setOption(this.easy, O.WRITEFUNCTION, onWrite)
    }
    const users = options.function('WRITEFUNCTION')
    const onWrite = target === 'stdout' || users === null ? this.onWriteToStdout : guard(users, this)
    return setOption(this.easy, O.WRITEFUNCTION, onWrite)
  }

  private wireSink(transfer: EngineTransfer, sink: BodySink, options: EffectiveOptions): number {
    try {
      sink.begin()
    } catch (error) {
      this.onThrown(error, true)
      return WRITE_ERROR
    }
    transfer.hasContent = false
    const lines = (transfer.headerLines = new HeaderLines())
    const keep = (chunk: Buffer): number => {
      transfer.hasContent = true
      return this.onWrite(chunk)
    }
    this.intake = new BodyIntake(sink, this, lines, keep, (bytes) => this.limits.admitsBody(bytes))
    const { requestHeaders } = sink
    if (requestHeaders.length > 0) setOption(this.easy, O.HTTPHEADER, [...options.headers, ...requestHeaders])
    return setOption(this.easy, O.WRITEFUNCTION, this.intake.onWrite)
  }

  private wireHeaders(transfer: EngineTransfer, order: LaunchOrder, isDriven: boolean): number {
    const { options } = order
    const users = options.function('HEADERFUNCTION')
    const theirs = users === null ? null : guard(users, this)
    const isLimited = this.limits.limitsHeaders
    const isCaptured = theirs !== null || options.setting('captureHeaders')
    if (isCaptured) transfer.headerLines ??= new HeaderLines()
    const { intake, onHeader } = this
    const ours =
      intake === null
        ? onHeader
        : (line: Buffer): number => {
            this.head.hear(line)
            return intake.onHeader(line)
          }
    const driver = isDriven ? new FtpDriver(this.easy, () => this.isInFlight(transfer)) : null
    this.head.isHearing = true
    if (theirs !== null || isLimited || driver !== null) {
      setOption(this.easy, O.HEADERFUNCTION, (line: Buffer, size: number, count: number): unknown => {
        driver?.hear(line)
        if (isLimited && !this.limits.admitsHeader(line)) return STOP
        ours(line)
        return theirs === null ? line.length : theirs(line, size, count)
      })
    } else if (isCaptured || intake !== null || this.watchesHead || methodOf(order) === 'HEAD') {
      // Of an answer to HEAD there is nothing else: it would be in doubt whenever it says no length.
      setOption(this.easy, O.HEADERFUNCTION, ours)
    } else this.head.isHearing = false
    return 0
  }

  private wireSource(source: BodySource, order: LaunchOrder): number {
    try {
      source.begin()
    } catch (error) {
      this.onThrown(error, true)
      return READ_ERROR
    }
    this.outlet = new BodyOutlet(source, this, order.bodyStart)
    return setSource(this.easy, source, this.outlet, order)
  }

  private wirePost(body: PostFields, headers: readonly string[]): number {
    const { easy } = this
    if (body.kind === 'text') return set(easy, 'POST', 1) || setText(easy, body.text)
    // Sources are given as such.
    if (body.kind === 'sources') return READ_ERROR
    const sender = body.kind === 'bytes' ? sendBytes(body.bytes) : this.openFiles(body.segments)
    if (sender === null) return READ_ERROR
    const { size, read } = sender
    const guarded = guard({ id: 0, name: 'READFUNCTION', callback: read }, this)
    const seek = this.begunRight('SEEKFUNCTION', sender.seek)
    return setSender(easy, { size, read: guarded, seek }, body.contentType, headers)
  }

  /** Null where a file cannot be read: nothing has been sent then. */
  private openFiles(segments: readonly (Uint8Array | { readonly path: string })[]): SegmentedBody | null {
    try {
      return (this.upload = new SegmentedBody(segments))
    } catch (error) {
      this.onThrown(error, true)
      return null
    }
  }

  private wipe(order: LaunchOrder | null): void {
    const uses = (name: string): boolean => order?.options.isNamed(O[name] as number) ?? false
    const hadCookies = order === null || order.options.cookieEngine
    // PHP and libcurl write a COOKIEJAR when the handle is closed; this one lives on.
    if (hadCookies && uses('COOKIEJAR')) set(this.easy, 'COOKIELIST', 'FLUSH')
    const hadShare = order === null || uses('SHARE')
    this.reset()
    // What curl_easy_reset(3) keeps: the share, the cookies, and that the cookie engine is on.
    if (hadShare) set(this.easy, 'SHARE', null)
    if (hadCookies || hadShare) {
      set(this.easy, 'COOKIELIST', 'ALL')
      set(this.easy, 'COOKIEFILE', null)
    }
  }

  private reset(): void {
    this.easy.reset()
    this.forget()
    if (hasDefaultCaBlob) set(this.easy, 'CAINFO_BLOB', null)
  }

  private forget(): void {
    this.isBlank = true
    this.head.isHearing = false
    this.waitsForConnection = this.tellsOfConnections = this.believesNames = this.takesWholeHeads = false
    this.configuredFor = this.overlay = null
    this.weight = 0
  }

  /** Gives it a new native handle, where a reset does not make the old one as good as new. */
  private renew(): void {
    const before = this.easy
    this.close()
    this.easy = makeNative()
    this.remembersHost = false
    this.forget()
    this.renewed(this, before)
  }

  /** Nothing but the defaults. */
  private makeReady(defaults: DefaultOptions): void {
    if (this.remembersHost) this.renew()
    else if (!this.isBlank) this.reset()
    if (!this.setDefaults(defaults)) {
      this.renew()
      this.setDefaults(defaults)
    }
    this.isBlank = false
  }

  /** False where the handle still has the receive buffer of an earlier transfer: its size cannot be set, then. */
  private setDefaults(defaults: DefaultOptions): boolean {
    for (const [id, value] of defaults)
      if (setOption(this.easy, id, value) !== 0 && keepsBuffers && id === BUFFERSIZE) return false
    return true
  }

  /** Sees to it that the head of an HTTP/2 answer fits into the receive buffer, whatever size was asked for. */
  private takeWholeHeads(url: string, { mayBeHttp2, options }: LaunchOrder): 0 {
    if (mayBeHttp2 === 'never' || (mayBeHttp2 === 'overTls' && !isHttps(url))) return 0
    this.takesWholeHeads = true
    if (options.number(BUFFERSIZE) < WHOLE_HEAD) setOption(this.easy, BUFFERSIZE, WHOLE_HEAD)
    return 0
  }
}

/** node-libcurl 5 gives each handle certificates that nobody asked for. */
function makeNative(): NativeEasy {
  const easy = new Easy()
  if (hasDefaultCaBlob) set(easy, 'CAINFO_BLOB', null)
  return easy
}

function recyclingOf({ options, overlay }: LaunchOrder): Recycling {
  if (options.recycling === 'close') return 'close'
  return overlay === null ? 'reset' : 'reusable'
}
