/**
 * The data that arrive on a handle: header lines and the body. Counts them, limits them and passes them on.
 * Does not know when the transfer is over, nor what happens to it.
 */
import { freeBuffer } from '../../memory/free-buffer.js'
import { inContext } from '../../transfer/caller-context.js'
import { HeaderLines } from '../../transfer/response-headers.js'
import type { BodySink } from '../../transfer/transfer-types.js'
import type { EffectiveOptions } from '../request/effective-options.js'
import type { EngineTransfer } from '../request/engine-transfer.js'
import { methodOf, type LaunchOrder } from '../request/wire-request.js'
import { BodyBuffer } from '../bodies/response-buffer.js'
import { BodyIntake } from '../bodies/response-to-sink.js'
import { SizeLimits } from '../bodies/size-limits.js'
import { guard, type Guarded } from '../callbacks/user-callbacks.js'
import { getInfo, INFO, OPTION, setOption, type NativeEasy } from '../node-libcurl/binding.js'
import { HeadEnd } from '../outcome/response-head-end.js'
import { driverFor } from './ftp-data-connection.js'
import { WRITE_ERROR } from '../../curl-codes.js'

/** The return value that libcurl takes as a failure of a callback that returns a length. */
const STOP = -1
/** `CURL_WRITEFUNC_PAUSE`. */
const PAUSE = 0x10000001
const WRITEFUNCTION = OPTION.WRITEFUNCTION as number
const HEADERFUNCTION = OPTION.HEADERFUNCTION as number
const HTTPHEADER = OPTION.HTTPHEADER as number
const CONTENT_LENGTH = INFO.CONTENT_LENGTH_DOWNLOAD_T as number

/** Bytes of response bodies, counted as they arrive. */
export interface Meter {
  /** Received so far. */
  receivedBytes: number
  /** Received and kept in memory, and not yet consumed. */
  bufferedBytes: number
}

/** Receives the chunks of a body, decoded. */
export type BodyListener = (chunk: Buffer) => void

/** libcurl's write callback. */
type Writer = (chunk: Buffer, size: number, count: number) => unknown

/** The handle that receives. */
export interface ReceivingHandle extends Guarded {
  readonly easy: NativeEasy
  readonly transfer: EngineTransfer | null
  /** True if the handle receives header lines only to find out if the head is complete. */
  readonly watchesHead: boolean
  /** True if `transfer` is the one that is on the wire. */
  isInFlight(transfer: EngineTransfer): boolean
  /** Called when a limit has been exceeded. */
  onLimit(error: unknown, code: number): void
}

/** Receives for one handle, one transfer after the other. */
export class ResponseReceiver {
  readonly head = new HeadEnd()
  /** Passes the body to a sink; null if the body goes to memory or to a function. */
  intake: BodyIntake | null = null
  /** True if the callbacks on the handle pass the body to `intake`. */
  isForSinks = false
  /** True if a sink has added header lines to the request, which the next request must not send. */
  hasAddedHeaders = false
  private readonly body: BodyBuffer
  private bytes = 0
  /** Bytes of a body that is not kept. */
  private passedBytes = 0
  private readonly limits: SizeLimits

  constructor(
    private readonly handle: ReceivingHandle,
    private readonly meter: Meter,
  ) {
    this.body = new BodyBuffer(() => getInfo(handle.easy, CONTENT_LENGTH) as number)
    this.limits = new SizeLimits((error, code) => {
      handle.onLimit(error, code)
    })
  }

  /** The number of body bytes so far. */
  get receivedBytes(): number {
    return this.intake === null ? this.bytes + this.passedBytes : this.intake.bytes
  }

  /** Gives the transfer its body once the outcome is known. */
  handOver(transfer: EngineTransfer): void {
    this.intake?.endPause()
    transfer.chunks = this.body.take()
    transfer.receivedBytes = this.receivedBytes
    this.meter.receivedBytes += transfer.receivedBytes
  }

  /** Clears everything once the transfer has been released. */
  restart(): void {
    this.meter.bufferedBytes -= this.bytes
    this.bytes = this.passedBytes = 0
    this.hasAddedHeaders = false
    this.limits.restart()
    this.head.restart()
    this.body.clear()
  }

  /**
   * Prepares a transfer on a handle that has the callbacks for it from an earlier one with the same options.
   */
  expect(transfer: EngineTransfer, { options, dropsBody }: LaunchOrder): void {
    const { shared } = options
    if ((shared.bodyTarget ?? 'content') !== 'content' || dropsBody) transfer.hasContent = false
    const users = shared.functions.length === 0 ? null : options.function('HEADERFUNCTION')
    if (users !== null || shared.settings.captureHeaders) transfer.headerLines = new HeaderLines()
  }

  /** Sets the callback for the body. Returns libcurl's code. */
  wireBody(transfer: EngineTransfer, order: LaunchOrder): number {
    const { options, dropsBody } = order
    this.limits.set(options.setting('maxBodySize'), options.setting('maxHeaderSize'))
    this.isForSinks = transfer.bodySink !== null
    const code = transfer.bodySink === null ? 0 : this.takeSink(transfer, transfer.bodySink, options)
    if (transfer.bodySink === null) transfer.hasContent = options.bodyTarget === 'content' && !dropsBody
    return code || setOption(this.handle.easy, WRITEFUNCTION, this.writerOf(transfer, order))
  }

  /** Lets a listener have a copy of each chunk of the body that arrives. Returns libcurl's code. */
  copyBody(transfer: EngineTransfer, order: LaunchOrder, listener: BodyListener): number {
    const write = this.writerOf(transfer, order)
    return setOption(
      this.handle.easy,
      WRITEFUNCTION,
      (chunk: Buffer, size: number, count: number): unknown => {
        // Before it is given away: its memory may be used again.
        const copy = Buffer.from(chunk)
        const taken = write(chunk, size, count)
        // What a pause has refused comes again.
        if (taken !== PAUSE) listener(copy)
        return taken
      },
    )
  }

  private writerOf({ bodySink }: EngineTransfer, { options, dropsBody }: LaunchOrder): Writer {
    if (bodySink !== null) return this.onWriteToSink
    if (dropsBody) return this.onWriteDropped
    if (options.bodyTarget === 'content') return this.limits.limitsBody ? this.onWriteLimited : this.onWrite
    const users = options.function('WRITEFUNCTION')
    const guarded = users === null || options.bodyTarget === 'stdout' ? null : guard(users, this.handle)
    return guarded ?? this.onWriteToStdout
  }

  /** Sets the callback for header lines. */
  wireHeaders(transfer: EngineTransfer, order: LaunchOrder, isFtp: boolean): 0 {
    const { options } = order
    const { handle, head } = this
    const { easy } = handle
    const users = options.function('HEADERFUNCTION')
    const usersFunction = users === null ? null : guard(users, handle)
    const isLimited = this.limits.limitsHeaders
    const isCaptured = usersFunction !== null || options.setting('captureHeaders')
    if (isCaptured) transfer.headerLines ??= new HeaderLines()
    const ownFunction = this.isForSinks ? this.onHeaderToSink : this.onHeader
    const driver = isFtp ? driverFor(easy, () => handle.isInFlight(transfer)) : null
    head.isHearing = true
    if (usersFunction !== null || isLimited || driver !== null) {
      setOption(easy, HEADERFUNCTION, (line: Buffer, size: number, count: number): unknown => {
        driver?.hear(line)
        if (isLimited && !this.limits.admitsHeader(line)) return STOP
        ownFunction(line)
        return usersFunction === null ? line.length : usersFunction(line, size, count)
      })
    } else if (isCaptured || this.isForSinks || handle.watchesHead || methodOf(order) === 'HEAD') {
      // A response to HEAD has a head only: if it gives no length, it would always be in doubt.
      setOption(easy, HEADERFUNCTION, ownFunction)
    } else head.isHearing = false
    return 0
  }

  /** Begins the body of one transfer on a handle that passes bodies to sinks. Returns libcurl's code. */
  takeSink(transfer: EngineTransfer, sink: BodySink, options: EffectiveOptions): number {
    const { handle } = this
    try {
      const begin = (): void => {
        sink.begin()
      }
      inContext(transfer.caller, begin, undefined)
    } catch (error) {
      handle.onThrown(error, true)
      return WRITE_ERROR
    }
    transfer.hasContent = false
    const lines = (transfer.headerLines = new HeaderLines())
    const keep = (chunk: Buffer): number => {
      transfer.hasContent = true
      return this.onWrite(chunk)
    }
    this.intake = new BodyIntake(sink, handle, lines, keep, (bytes) => this.limits.admitsBody(bytes))
    const { requestHeaders } = sink
    this.hasAddedHeaders = requestHeaders.length > 0
    return this.hasAddedHeaders
      ? setOption(handle.easy, HTTPHEADER, [...options.headers, ...requestHeaders])
      : 0
  }

  /**
   * Keeps a chunk of the body. libcurl's data are already copied into this buffer, so it is kept without
   * another copy.
   */
  private readonly onWrite = (chunk: Buffer): number => {
    const { length } = chunk
    this.bytes += length
    this.meter.bufferedBytes += length
    this.body.add(chunk)
    return length
  }

  private readonly onWriteLimited = (chunk: Buffer): number =>
    this.limits.admitsBody(this.bytes + chunk.length) ? this.onWrite(chunk) : STOP

  /** Counts and drops a chunk. */
  private readonly onWriteDropped = (chunk: Buffer): number => {
    const { length } = chunk
    this.passedBytes += length
    if (!this.limits.admitsBody(this.passedBytes)) return STOP
    freeBuffer(chunk)
    return length
  }

  private readonly onWriteToSink = (chunk: Buffer): number => this.intake?.onWrite(chunk) ?? STOP

  private readonly onHeaderToSink = (line: Buffer): number => {
    if (this.head.hear(line)) this.headArrived()
    return this.intake?.onHeader(line) ?? STOP
  }

  private headArrived(): void {
    const { transfer } = this.handle
    transfer?.trace?.headArrived(transfer)
  }

  private readonly onWriteToStdout = (chunk: Buffer): number => {
    process.stdout.write(chunk)
    this.passedBytes += chunk.length
    return chunk.length
  }

  private readonly onHeader = (line: Buffer): number => {
    if (this.head.hear(line)) this.headArrived()
    this.handle.transfer?.headerLines?.push(line)
    return line.length
  }
}
