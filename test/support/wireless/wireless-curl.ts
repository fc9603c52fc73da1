/**
 * An instance without a network: everything is real but the engine, whose transfers end when a test says so.
 * Thousands of sequences a second can be run with it. Does not decide when transfers end.
 */
import { Engine } from '../../../src/engine/engine.js'
import { INFO } from '../../../src/engine/node-libcurl/binding.js'
import type { EngineTransfer } from '../../../src/engine/request/engine-transfer.js'
import type { LaunchOrder } from '../../../src/engine/request/wire-request.js'
import type { ParallelCurlOptions, RequestCallback, RequestOptions, Transfer } from '../../../src/index.js'
import { Dispatcher } from '../../../src/running/dispatch/dispatcher.js'
import { finishAll } from '../../../src/running/entry/finish.js'
import { outcomeOf } from '../../../src/running/entry/promise-sink.js'
import type { RequestStream } from '../../../src/running/entry/request-stream.js'
import { startStream, type StreamInput, type StreamOptions } from '../../../src/running/entry/start-stream.js'
import {
  compileProxyOptions,
  compileShared,
  entriesOf,
  orderOver,
} from '../../../src/running/make/compile-request.js'
import { limitsAmong } from '../../../src/running/make/constructor-arguments.js'
import { RequestMaker } from '../../../src/running/make/make-transfer.js'
import type { InfoSource, InfoValue } from '../../../src/transfer/transfer-types.js'
import { VirtualClock } from '../virtual-clock.js'

/** The bytes that a body in memory counts for. */
const BODY_BYTES = 1000

/** Stands in for an easy handle. */
class NoHandle implements InfoSource {
  status = 0
  bufferedBytes = 0

  readInfo(id: number): InfoValue {
    return id === INFO.RESPONSE_CODE ? this.status : 0
  }

  resume(): void {
    // Nothing is paused without a wire.
  }
}

/** An engine without libcurl. */
export class WirelessEngine extends Engine {
  readonly onWire = new Set<EngineTransfer>()
  /** The number of idle handles that it reports. */
  idle = Infinity

  override get idleHandles(): number {
    return this.idle
  }

  override launch(transfer: EngineTransfer): void {
    if (transfer.state !== 'inFlight') throw new Error(`launched although it is ${transfer.state}`)
    if (transfer.source instanceof NoHandle) throw new Error('launched twice')
    transfer.source = new NoHandle()
    transfer.bodySink?.begin()
    this.onWire.add(transfer)
  }

  override cancel(transfer: EngineTransfer, reason: unknown, code: number): void {
    if (!(transfer.source instanceof NoHandle)) throw new Error('cancelled without a handle')
    this.end(transfer, transfer.responseCode, code, reason)
    // The reason counts also if the transfer has ended in this turn.
    transfer.fail(code, 'cancelled', reason)
  }

  override release(transfer: Transfer): void {
    const { source } = transfer
    if (source === null) return
    if (!(source instanceof NoHandle)) throw new Error('released without a handle')
    this.meter.bufferedBytes -= source.bufferedBytes
    transfer.letGo()
  }

  /** Lets a part of a body arrive. */
  receive(transfer: EngineTransfer, status: number, bytes: Buffer): void {
    const { bodySink, source } = transfer
    if (!this.onWire.has(transfer) || !(source instanceof NoHandle)) return
    source.status = status
    if (bodySink === null) {
      source.bufferedBytes += BODY_BYTES
      this.meter.bufferedBytes += BODY_BYTES
      return
    }
    bodySink.headersArrived()
    bodySink.write(bytes)
  }

  /** Ends a transfer on the wire. */
  end(transfer: EngineTransfer, status: number, errno = 0, cause?: unknown): void {
    if (!this.onWire.delete(transfer)) return
    ;(transfer.source as NoHandle).status = transfer.responseCode = status
    transfer.settledAt = transfer.launchedAt
    if (errno !== 0) transfer.fail(errno, 'failed', cause)
    this.settleAside(transfer)
  }
}

/** A `ParallelCurl` with a {@link WirelessEngine} and a clock of its own. */
export class WirelessCurl {
  readonly clock = new VirtualClock()
  readonly dispatcher: Dispatcher
  readonly engine: WirelessEngine
  private readonly requests: RequestMaker
  private readonly plainOrder: LaunchOrder
  private readonly sharedEntries: ReadonlyMap<string | number, unknown>

  constructor(
    readonly maxRequests: number,
    options: ParallelCurlOptions = {},
  ) {
    this.plainOrder = compileShared(options)
    this.sharedEntries = entriesOf(options)
    const limits = { ...limitsAmong(this.plainOrder), maxRequests }
    this.dispatcher = new Dispatcher(
      limits,
      this.clock,
      compileProxyOptions,
      (owner) => new WirelessEngine(owner, this.clock),
    )
    this.engine = this.dispatcher.engine as WirelessEngine
    this.requests = new RequestMaker(this.dispatcher)
  }

  startRequest(url: string, callback: RequestCallback, options: RequestOptions): Promise<void> {
    const order = orderOver('startRequest', this.plainOrder, null, options)
    const transfer = this.requests.make('startRequest', url, order)
    transfer.callback = callback
    if (this.requests.submit(transfer)) return Promise.resolve()
    return new Promise((resolve) => {
      transfer.onLaunch = resolve
    })
  }

  request(url: string, options: RequestOptions): Promise<Transfer> {
    const { requests, dispatcher, plainOrder } = this
    return outcomeOf(url, options, { requests, dispatcher, plainOrder })
  }

  stream(
    inputs: Iterable<StreamInput> | AsyncIterable<StreamInput>,
    options: StreamOptions,
  ): RequestStream<StreamInput> {
    const { requests, dispatcher, plainOrder, sharedEntries, maxRequests } = this
    const assertOpen = (): void => undefined
    return startStream(inputs, options, {
      requests,
      dispatcher,
      plainOrder,
      sharedEntries,
      maxRequests,
      assertOpen,
    })
  }

  finishAllRequests(): Promise<void> {
    return finishAll(this.dispatcher)
  }

  abort(reason: unknown, which: (transfer: Transfer) => boolean = () => true): void {
    for (const transfer of [...this.dispatcher.outstanding()].filter(which))
      this.dispatcher.abort(transfer, reason)
  }
}
