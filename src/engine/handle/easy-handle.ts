/**
 * One easy handle with its transfer, the bytes that arrive and the user's functions. Does not know the state
 * of its multi handle, nor the order of transfers.
 */
import { BodyFault } from '../../errors.js'
import type { InfoSource, InfoValue } from '../../transfer/transfer-types.js'
import type { EngineTransfer } from '../request/engine-transfer.js'
import { isHttp, isSpent, needsWholeHeads, NO_TRACES } from '../request/reset-leftovers.js'
import { isTooHeavy, replaces, type Overlay } from '../request/replaceable-options.js'
import { NETRC_OPTIONAL, recyclingOf, type LaunchOrder } from '../request/wire-request.js'
import { tapWire, type Tapped, type WireTap } from '../callbacks/verbose-log.js'
import type { ShardedHost } from '../connections/host-sharding.js'
import type { MultiHandle } from '../connections/multi-handles.js'
import type { DefaultOptions } from '../installed/ca-certificates.js'
import {
  getInfo,
  INFO,
  OPTION,
  setNamed,
  setOption,
  strError,
  type NativeEasy,
} from '../node-libcurl/binding.js'
import { connectionUrl, isHttps, namesPassword } from '../node-libcurl/wire-url.js'
import { hasEarlyAnswer, HTTP2_STREAM } from '../outcome/early-response.js'
import { failureOf } from '../outcome/error-message.js'
import { ErrorLines } from '../outcome/error-words.js'
import { keepsFolding } from '../outcome/response-head-end.js'
import { applyOptions, replaceValues } from './apply-options.js'
import { ConnectionHooks } from './connection-hooks.js'
import { limitTls, meetsFtpFaults, wouldBareData } from './ftp-data-connection.js'
import { Pauses } from './pauses.js'
import { RequestSender } from './request-sender.js'
import { ResponseReceiver, type Meter } from './response-receiver.js'
import { ReusableHandle } from './reusable-handle.js'
import { ABORTED_BY_CALLBACK, GOT_NOTHING, OPERATION_TIMEDOUT, USE_SSL_FAILED } from '../../curl-codes.js'

/** Set by `connect()` and `webSocket()`. */
export interface ConnectionSettings {
  readonly connection?: 'bytes' | 'frames'
}

/** Ends transfers that would stall for ever. Longer than the timeouts of most servers and proxies. */
const STANDSTILL_TIMEOUT_MS = 600_000
const O = OPTION as Readonly<Record<'URL', number>> & Readonly<Record<string, number>>
const RESPONSE_CODE = INFO.RESPONSE_CODE as number
const PAUSING_FUNCTIONS = ['WRITEFUNCTION', 'READFUNCTION']

/** An easy handle of the pool. */
export class EasyHandle extends ReusableHandle implements InfoSource, Tapped {
  transfer: EngineTransfer | null = null
  /** The multi handle of the handle. `isAdded` is true while the handle is in it. */
  multiHandle: MultiHandle | null = null
  /** The counter of transfers to the same host, if they are counted. */
  shardedHost: ShardedHost | null = null
  isAdded = false
  /** True from the launch until the handle is taken back, even if it is not in the multi handle yet. */
  isLive = false
  /** True if the open connection is the result: the handle stays in its multi handle after the transfer. */
  keepsConnection = false
  /** True once the end of the transfer has been noted, with `code`. */
  isNoted = false
  code = 0
  /** True if the handle receives header lines only to find out if the head is complete. */
  watchesHead = false
  /** The exception of a user's function, or the reason of an abort. */
  thrown: { readonly error: unknown; readonly code?: number } | null = null

  readonly errorLines = new ErrorLines()
  readonly connections = new ConnectionHooks(this)
  private readonly pauses = new Pauses(this, (code) => this.fail(this, code))
  readonly receiver: ResponseReceiver
  readonly sender = new RequestSender(this)
  order: LaunchOrder | null = null
  /** True if the response may have ended within its head, which this libcurl applies to the next one. */
  private mayBeFolding = false
  /** Reads libcurl's verbose lines, if an option needs them. */
  tap: WireTap | null = null

  /**
   * @param fail ends the transfer if libcurl gives a function no way to do so
   * @param renewed called when the native handle has been replaced
   */
  constructor(
    private readonly fail: (handle: EasyHandle, code: number) => void,
    meter: Meter,
    private readonly renewed: (handle: EasyHandle, before: NativeEasy) => void,
  ) {
    super()
    this.receiver = new ResponseReceiver(this, meter)
  }

  /**
   * Makes the handle ready: sets the defaults, the shared options, the request's own options, the URL, and
   * the body, in this order (as in PHP). Returns libcurl's code, not 0 if an option was refused.
   */
  configure(transfer: EngineTransfer, order: LaunchOrder, defaults: DefaultOptions, url: string): number {
    this.transfer = transfer
    this.order = order
    transfer.source = this
    const { options, overlay } = order
    const { shared, own } = options
    const { connections, receiver } = this
    const isFtp = meetsFtpFaults(url)
    const isFirst = transfer.restarts === 0
    const isSimple =
      overlay !== null && transfer.bodySource === null && !isFtp && isFirst && !this.watchesHead
    const sink = transfer.bodySink
    const isAlike = this.configuredFor === shared && receiver.isForSinks === (sink !== null)
    // The shortest way: only the options that differ from the last request on this handle are set.
    if (isSimple && isAlike && replaces(overlay, this.overlay as Overlay)) {
      receiver.expect(transfer, order)
      const mayBeShared = connections.mayBeShared(url, order)
      connections.tell(mayBeShared)
      connections.wait(mayBeShared && order.mayWaitForConnection)
      connections.believeNames(transfer.launchedAt, order)
      if (needsWholeHeads && !this.takesWholeHeads) this.takeWholeHeads(url, order)
      return (
        replaceValues(this, order) ||
        (sink === null ? 0 : receiver.takeSink(transfer, sink, options)) ||
        setOption(this.easy, O.URL, url)
      )
    }
    if (isFtp && wouldBareData(url, order)) {
      this.onThrown(new Error('this libcurl sends the data of active ftp (FTPPORT) in the clear'), true)
      return USE_SSL_FAILED
    }
    this.makeReady(defaults)
    this.configuredFor = isSimple ? shared : null
    this.overlay = overlay
    this.weight = overlay?.weight ?? 0
    this.keepsConnection = (transfer.settings as ConnectionSettings).connection !== undefined
    const mayBeShared = !this.keepsConnection && connections.mayBeShared(url, order)
    connections.wait(mayBeShared && order.mayWaitForConnection)
    connections.believeNames(transfer.launchedAt, order)
    return (
      applyOptions(this, shared, order.bodyStart) ||
      (own === null ? 0 : applyOptions(this, own, order.bodyStart)) ||
      (needsWholeHeads ? this.takeWholeHeads(url, order) : 0) ||
      receiver.wireBody(transfer, order) ||
      receiver.wireHeaders(transfer, order, isFtp) ||
      this.wireConnections(mayBeShared, order) ||
      (isFtp ? limitTls(this.easy, options) : 0) ||
      (order.spoilsConnection && !this.keepsConnection ? setNamed(this.easy, 'FORBID_REUSE', 1) : 0) ||
      (order.needsFreshConnection || !isFirst ? setNamed(this.easy, 'FRESH_CONNECT', 1) : 0) ||
      (order.httpVersion === null ? 0 : setNamed(this.easy, 'HTTP_VERSION', order.httpVersion)) ||
      (order.prefersUrl && namesPassword(url) ? setNamed(this.easy, 'NETRC', NETRC_OPTIONAL) : 0) ||
      (order.isHeadByName ? setNamed(this.easy, 'NOBODY', 1) : 0) ||
      (order.proxyHeaders === null ? 0 : setNamed(this.easy, 'PROXYHEADER', order.proxyHeaders)) ||
      setOption(this.easy, O.URL, this.keepsConnection ? connectionUrl(url) : url) ||
      this.sender.wire(transfer.bodySource, order)
    )
  }

  /** Writes the outcome to the transfer. The transfer keeps the handle until {@link recycle}. */
  finish(now: number): EngineTransfer {
    const transfer = this.transfer as EngineTransfer
    this.tap?.settle()
    this.tap = null
    const { order, thrown } = this
    this.sender.end()
    this.pauses.end()
    transfer.settledAt = now
    this.receiver.handOver(transfer)
    const status = (transfer.responseCode = getInfo(this.easy, RESPONSE_CODE) as number)
    const ended = this.code !== 0 && thrown === null && this.hasEarlyAnswer(this.code, status) ? 0 : this.code
    const code = thrown?.code ?? (ended === 0 && thrown !== null ? ABORTED_BY_CALLBACK : ended)
    if (code !== 0) {
      const { errno, error } = failureOf(code, this, transfer.url, order?.options ?? null, this.files)
      transfer.fail(errno, error, thrown?.error)
    }
    // Only transfers without a body: they are few, and libcurl has noted for most that the body is empty.
    else if (transfer.receivedBytes === 0 && !this.keepsConnection && !order?.asLibcurl)
      this.judgeHead(transfer)
    this.mayBeFolding =
      keepsFolding && transfer.receivedBytes === 0 && (transfer.errno !== 0 || transfer.head === 'doubtful')
    if (order === null) return transfer
    if (code === 0) this.connections.learn(transfer.url, order, now, this.keepsConnection)
    if (order.followsRedirects) transfer.getInfo('EFFECTIVE_URL')
    if (order.options.cookieEngine && !order.asLibcurl) transfer.getInfo('COOKIELIST')
    return transfer
  }

  /** Separates the handle from its transfer. Returns true if the handle may be used again. */
  recycle(): boolean {
    const { order, transfer } = this
    const isCut = this.thrown !== null || this.receiver.hasAddedHeaders
    const isClosed = order === null || transfer === null || this.isSpentBy(order, transfer)
    this.remembersHost ||= order?.traces.namesHost ?? false
    this.transfer = null
    this.order = null
    this.thrown = null
    this.receiver.restart()
    this.errorLines.clear()
    this.isNoted = false
    this.code = 0
    const way = isClosed ? 'close' : recyclingOf(order)
    if (way === 'close') {
      this.close()
      return false
    }
    // The functions on a handle keep references to the objects of their transfer.
    const { receiver, sender } = this
    const isOver = isCut || sender.outlet !== null || isTooHeavy(this.weight)
    if (way === 'reset' || isOver) this.wipe(order)
    receiver.intake = null
    sender.outlet = null
    return true
  }

  /** True if no other transfer may use the handle. For most transfers this is a few comparisons. */
  private isSpentBy(order: LaunchOrder, transfer: EngineTransfer): boolean {
    const { traces, followsRedirects } = order
    const { url } = transfer
    const hasFailed = this.code !== 0 || this.thrown !== null || transfer.errno !== 0
    const hadSource = this.sender.outlet !== null
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

  /** Judges a success without a body: the server may have closed the connection within the head. */
  private judgeHead(transfer: EngineTransfer): void {
    const verdict = this.receiver.head.verdict(this.easy)
    if (verdict === 'doubtful') transfer.head = 'doubtful'
    if (verdict !== 'cut') return
    this.code = GOT_NOTHING
    const why = `${strError(GOT_NOTHING)}: the connection was closed within the response headers`
    transfer.fail(GOT_NOTHING, why, undefined)
  }

  private wireConnections(mayBeShared: boolean, { options }: LaunchOrder): 0 {
    this.tap = tapWire(this, options)
    return this.connections.wire(mayBeShared, options, this.tap?.hearsOfConnections ?? false)
  }

  readInfo(id: number): InfoValue {
    return getInfo(this.easy, id)
  }

  resume(): void {
    this.pauses.resume()
  }

  pauseTo(bits: number): void {
    this.pauses.setUsers(bits)
  }

  /**
   * The number of body bytes so far, for a transfer over TLS that may be nudged if it stalls. Null if it is
   * paused, or if a function of the user's may have paused it.
   */
  get progress(): number | null {
    const { transfer } = this
    if (transfer === null || !this.isInFlight(transfer) || this.keepsConnection) return null
    return isHttps(transfer.url) && this.isFree ? this.receiver.receivedBytes : null
  }

  /** True over TLS, or with HTTP/2 from the start, if nothing can pause it before there is a response. */
  get mayBeUnheard(): boolean {
    const { transfer, order, pauses } = this
    if (transfer === null || order === null || !this.isInFlight(transfer) || pauses.areOn) return false
    return (isHttps(transfer.url) || order.startsWithHttp2) && !order.options.function('READFUNCTION')
  }

  /** True if it may be made to go on: it is not paused, and the user cannot have paused it. */
  get isFree(): boolean {
    if (this.pauses.areOn) return false
    return !PAUSING_FUNCTIONS.some((name) => this.order?.options.function(name))
  }

  /** The times by which libcurl has to end it; null if there are none, or if it has ended. */
  get timeLimits(): LaunchOrder['timeLimits'] {
    return this.isNoted ? null : (this.order?.timeLimits ?? null)
  }

  /** True if libcurl itself ends the transfer when it is too slow. */
  get hasSpeedLimit(): boolean {
    return this.order?.options.isOn(O['LOW_SPEED_TIME'] as number) ?? false
  }

  /** The time that the transfer may stall over HTTP/2. Milliseconds. */
  get standstillTimeoutMs(): number {
    return this.order?.options.setting('standstillTimeoutMs') ?? STANDSTILL_TIMEOUT_MS
  }

  /** True if the options let the server choose HTTP/2. */
  get mayBeHttp2(): boolean {
    return this.order?.mayBeHttp2 !== 'never'
  }

  /** Makes the transfer fail and its connection close. Outside of libcurl's stack. */
  giveUp(ms: number): void {
    setNamed(this.easy, 'FORBID_REUSE', 1)
    const words = `nothing was sent or received for ${String(Math.round(ms))} ms (standstillTimeoutMs)`
    this.thrown ??= { error: new Error(words), code: OPERATION_TIMEDOUT }
  }

  /** True if the response is complete although libcurl has not ended the transfer. */
  get isAnswered(): boolean {
    return this.hasEarlyAnswer(HTTP2_STREAM, getInfo(this.easy, RESPONSE_CODE) as number)
  }

  private hasEarlyAnswer(code: number, status: number): boolean {
    if (this.order?.asLibcurl) return false
    const followsRedirects = this.order?.followsRedirects ?? false
    return hasEarlyAnswer(code, status, followsRedirects, (id) => getInfo(this.easy, id))
  }

  /** True if `transfer` is the one that is on the wire. */
  isInFlight(transfer: EngineTransfer | null): boolean {
    return this.transfer === transfer && this.isAdded && !this.isNoted
  }

  /** Keeps the exception of a user's function, and ends the transfer if the function cannot. */
  onThrown(error: unknown, canStopTransfer: boolean): void {
    this.thrown ??= error instanceof BodyFault ? { error, code: error.errno } : { error }
    if (!canStopTransfer) this.fail(this, ABORTED_BY_CALLBACK)
  }

  protected override onRenewed(before: NativeEasy): void {
    this.renewed(this, before)
  }

  protected override forget(): void {
    super.forget()
    this.receiver.head.isHearing = false
    this.connections.forget()
  }

  /** Called when a limit has been exceeded, with the reason. */
  onLimit(error: unknown, code: number): void {
    this.thrown ??= { error, code }
  }

  onConnected(): void {
    this.connections.onConnected()
  }
}
