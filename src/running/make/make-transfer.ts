/**
 * Makes the records of requests, with the sink and source of their bodies, and submits them to the
 * dispatcher. Does not depend on how options are spelled.
 */
import { StreamHandover } from '../../bodies/streams/body-stream.js'
import { CacheSink } from '../../caching/cache-sink.js'
import { HttpCache } from '../../caching/http-cache.js'
import { firstProxyOf } from '../../engine/request/first-proxy.js'
import { NO_LIMITS } from '../../engine/request/refused-combinations.js'
import type { LaunchOrder } from '../../engine/request/wire-request.js'
import { isHttps } from '../../engine/node-libcurl/wire-url.js'
import { OptionError } from '../../errors.js'
import { mustBe } from '../../wrong-value.js'
import { CachedRequests } from './cached-requests.js'
import { TransferRecord, type RecordSettings } from '../record/transfer-record.js'
import { makeBodySink, makeBodySource, segmentsOf, type Segments } from './body-destinations.js'
import type { Dispatcher } from '../dispatch/dispatcher.js'
import { SHARED_TRANSFER_ID } from '../dispatch/delivery/flights.js'
import { context } from './compile-request.js'
import type { AccessSettings } from '../options/access-options.js'
import { sharedKey } from './dedupe-key.js'

/** Makes the transfers of one instance. */
export class RequestMaker {
  private lastId = SHARED_TRANSFER_ID

  private readonly cached: CachedRequests

  /** @param recordings the paths of the instance's recording, and of what it plays back */
  constructor(
    private readonly dispatcher: Dispatcher,
    private readonly recordings: { readonly record?: string; readonly replay?: string } = {},
  ) {
    const newRecord = ({ url, settings, order }: TransferRecord): TransferRecord =>
      new TransferRecord(context, ++this.lastId, url, settings, order, dispatcher.clock.now())
    this.cached = new CachedRequests(dispatcher, recordings.record !== undefined, newRecord)
  }

  /** Returns the record of a request. Throws `OptionError` if the request is invalid. */
  make(where: string, url: unknown, order: LaunchOrder): TransferRecord {
    const transfer = this.makeBare(where, urlOf(where, url), order)
    const { cache } = transfer.settings
    if (this.recordings.record !== undefined && cache instanceof HttpCache && cache.mode === 'offline') {
      throw new OptionError(
        `${where}: record asks the server, and an offline cache sends nothing: leave out one of them`,
        'record',
      )
    }
    transfer.bodySource = makeBodySource(transfer, this.dispatcher)
    const sink = makeBodySink(transfer, this.dispatcher)
    if (where === 'startRequest' && sink instanceof StreamHandover) {
      throw new OptionError(
        "startRequest: responseType 'stream' is for request() and stream(); onData gives chunks to a function",
        'responseType',
      )
    }
    transfer.bodySink = sink
    return transfer
  }

  /** Returns the record of a request without a sink or source. */
  makeBare(where: string, target: string, order: LaunchOrder): TransferRecord {
    const { limits } = order
    const limit = limits === NO_LIMITS ? null : limitOf(target, order)
    if (limit !== null) throw new OptionError(`${where}: ${limit}`, 'HTTP_VERSION')
    if (order.hasOddMethod && !isFtp(target)) {
      throw new OptionError(
        `${where}: CUSTOMREQUEST must be a method, such as GET or PROPFIND: letters, digits and !#$%&'*+-.^_\`|~, without blanks`,
        'CUSTOMREQUEST',
      )
    }
    const { settings } = order.options
    return new TransferRecord(context, ++this.lastId, target, settings, order, this.dispatcher.clock.now())
  }

  /** Submits a transfer. Returns the same as {@link Dispatcher.submit}. */
  submit(transfer: TransferRecord): boolean {
    if (transfer.bodySink instanceof StreamHandover) this.handOverAtHeaders(transfer, transfer.bodySink)
    const { cache } = transfer.settings
    if (!(cache instanceof HttpCache)) return this.submitAsGiven(transfer)
    if (this.recordings.replay === undefined) return this.submitCached(transfer, cache)
    // What is played back is no response of the server: it must not be taken for one later.
    transfer.cache = 'bypass'
    return this.submitAsGiven(transfer)
  }

  private submitCached(transfer: TransferRecord, cache: HttpCache): boolean {
    if (this.cached.isAnswered(transfer, cache)) return true
    if (this.submitAsGiven(transfer)) return true
    for (const { bodySink } of [transfer, this.dispatcher.sharedTransferOf(transfer)])
      if (bodySink instanceof CacheSink) bodySink.wait()
    return false
  }

  private submitAsGiven(transfer: TransferRecord): boolean {
    if (transfer.settings.segments !== undefined) {
      const segments = segmentsOf(transfer)
      if (segments !== null) return this.submitSegmented(transfer, segments)
    }
    // A body with a sink belongs to one caller, so such a transfer is not shared.
    const { bodySink } = transfer
    const sink = bodySink instanceof CacheSink ? bodySink.inner : bodySink
    const hasWay = sink !== null || transfer.bodySource !== null
    if (!transfer.settings.dedupe || hasWay) return this.dispatcher.submit(transfer)
    const order = transfer.order
    const key = sharedKey(order, transfer.url)
    if (key === null) return this.dispatcher.submit(transfer)
    const settings = settingsOfOthers(transfer)
    return this.dispatcher.submitShared(transfer, key, () => {
      const { url, queuedAt, cache } = transfer
      const made = new TransferRecord(context, SHARED_TRANSFER_ID, url, settings, order, queuedAt)
      if (bodySink instanceof CacheSink) {
        made.bodySink = bodySink.forOther(made)
        made.cache = cache
      }
      return made
    })
  }

  private submitSegmented(transfer: TransferRecord, segments: Segments): boolean {
    const { url, order, caller, userData } = transfer
    const settings = settingsOfOthers(transfer)
    transfer.bodySink = null
    const makePart = (): TransferRecord => {
      const now = this.dispatcher.clock.now()
      const part = new TransferRecord(context, SHARED_TRANSFER_ID, url, settings, order, now)
      part.caller = caller
      part.give(userData)
      return part
    }
    return this.dispatcher.submitSegmented(transfer, { ...segments, makePart })
  }

  /** Delivers the transfer when its body begins, and keeps its handle until the body has ended. */
  private handOverAtHeaders(transfer: TransferRecord, handover: StreamHandover): void {
    const { sink } = transfer
    transfer.bodyStream = handover.stream
    let isHandedOver = false
    const handOver = (): void => {
      if (!isHandedOver) sink?.deliver(transfer)
      isHandedOver = true
    }
    handover.onReady = handOver
    transfer.sink = {
      deliver: () => {
        if (transfer.errno !== 0 && !handover.isCommitted) handOver()
        this.dispatcher.releaseAtTurnEnd(transfer)
      },
    }
  }
}

/** Returns the settings of transfers that run for a request: its signal and its time limit are its own. */
function settingsOfOthers(transfer: TransferRecord): RecordSettings {
  const { signal: _signal, totalTimeoutMs: _total, ...settings } = transfer.settings
  return settings
}

/** Returns the reason why the request must not be made; null if it may be made. */
function limitOf(target: string, { limits, options }: LaunchOrder): string | null {
  const { always, inCleartext, throughProxy } = limits
  if (always !== null || !isHttps(target)) return always ?? (isFtp(target) ? null : inCleartext)
  if (throughProxy === null) return null
  // A proxy of a pool is chosen later.
  const { proxies } = options.settings as AccessSettings
  return (proxies ?? null) !== null || firstProxyOf(options, target, process.env) !== null
    ? throughProxy
    : null
}

function isFtp(target: string): boolean {
  return /^ftps?:/i.test(target)
}

/** Returns the URL as a string, unchanged. Throws `OptionError` if it is neither a string nor a URL. */
export function urlOf(where: string, url: unknown): string {
  if (typeof url === 'string') return url
  if (url instanceof URL) return url.href
  throw mustBe('url', 'a string or a URL', url, { where, isSecret: true })
}
