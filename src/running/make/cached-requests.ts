/**
 * Requests with a cache: answered at once, or sent with a sink that keeps or validates the response. Does not know how
 * responses are kept.
 */
import { CacheSink } from '../../caching/cache-sink.js'
import { directivesOf } from '../../caching/freshness.js'
import { handOut, type CacheOwner, type Given } from '../../caching/hand-out.js'
import { fieldsOf, headsOf } from '../../caching/header-fields.js'
import type { CacheRequest, Found, HttpCache } from '../../caching/http-cache.js'
import type { StoredResponse } from '../../caching/stored-entry.js'
import { INFO, OPTION } from '../../engine/node-libcurl/binding.js'
import { methodOf } from '../../engine/request/wire-request.js'
import { SAFE_METHODS } from '../../http-semantics.js'
import { hostKeyOf } from '../../url/url-parts.js'
import { CachedFlight } from '../dispatch/delivery/cached-flight.js'
import type { Dispatcher } from '../dispatch/dispatcher.js'
import type { TransferRecord } from '../record/transfer-record.js'
import { cacheRequestOf, siteOf } from './cache-facts.js'
import { COULDNT_CONNECT } from '../../curl-codes.js'

const FAILONERROR = OPTION['FAILONERROR'] as number
const GATEWAY_TIMEOUT: StoredResponse = {
  method: 'GET',
  status: 504,
  lines: ['HTTP/1.1 504 Gateway Timeout', 'Content-Length: 0'],
  hops: [],
  url: null,
  at: 0,
  freshUntil: 0,
  errorUntil: 0,
  vary: [],
  body: null,
  before: null,
}

/** The requests with a cache of one instance. */
export class CachedRequests {
  private readonly owner: CacheOwner

  /**
   * @param asksAnew true if every response has to come from the server as a whole, as for a recording
   * @param newRecord returns a record with the URL, the settings and the order of this one
   */
  constructor(
    private readonly dispatcher: Dispatcher,
    private readonly asksAnew: boolean,
    private readonly newRecord: (like: TransferRecord) => TransferRecord,
  ) {
    this.owner = {
      infos: INFO as unknown as CacheOwner['infos'],
      release: (transfer) => {
        dispatcher.engine.release(transfer)
      },
      handingOut: (transfer, isOn) => {
        const record = transfer as TransferRecord
        if (isOn) dispatcher.flights.board(record, new CachedFlight(record))
        else dispatcher.flights.forget(record)
      },
    }
  }

  /**
   * Looks into the cache. Returns true if the request has its outcome, and must not be sent. Otherwise it may have a
   * {@link CacheSink} as its sink, which has to know if it waits.
   */
  isAnswered(transfer: TransferRecord, cache: HttpCache): boolean {
    const request = cacheRequestOf(cache, transfer.order, transfer.url)
    if (request === null) {
      transfer.cache = 'bypass'
      if (cache.mode === 'offline') return this.refuse(transfer, 'it never serves such requests')
      if (!SAFE_METHODS.has(methodOf(transfer.order))) this.invalidateAfter(transfer, cache)
      return false
    }
    const { asksAnew } = this
    const found = asksAnew ? null : cache.find(request)
    if (found?.isUsable === true && isAllowed(transfer, found.stored))
      return this.answer(transfer, cache, request, found)
    transfer.cache = 'miss'
    if (cache.mode === 'offline') return this.refuse(transfer, 'it has no response for it')
    if (directivesOf(request.control).has('only-if-cached')) return this.give(transfer, GATEWAY_TIMEOUT, null)
    const { dropsBody } = transfer.order
    const job = { cache, request, dropsBody, asksAnew, owner: this.owner }
    transfer.bodySink = new CacheSink(transfer, transfer.bodySink, job, found)
    return false
  }

  private answer(transfer: TransferRecord, cache: HttpCache, request: CacheRequest, found: Found): true {
    const { stored } = found
    transfer.cache = 'hit'
    const later = found.isToBeAsked ? this.requestAbout(transfer, cache, request, found.path) : null
    this.give(
      transfer,
      stored,
      request.method === 'HEAD' ? null : cache.bodyOf(found, transfer.url),
      cache.linesFor(found),
    )
    if (later !== null) this.dispatcher.submit(later)
    return true
  }

  /**
   * Returns a request of this instance that asks the server about a stale response (RFC 5861), and that nobody waits
   * for. null if there is one already, or the caller has given up.
   */
  private requestAbout(
    asker: TransferRecord,
    cache: HttpCache,
    request: CacheRequest,
    path: string,
  ): TransferRecord | null {
    const { asked } = cache
    if (asked.has(path) || asker.settings.signal?.aborted === true) return null
    asked.add(path)
    const made = this.newRecord(asker)
    made.cache = 'miss'
    const job = { cache, request, dropsBody: true, asksAnew: false, owner: this.owner }
    made.bodySink = new CacheSink(made, null, job, undefined)
    made.sink = {
      deliver: (done) => {
        asked.delete(path)
        this.dispatcher.release(done)
      },
    }
    return made
  }

  private give(
    transfer: TransferRecord,
    stored: StoredResponse,
    body: Given['body'],
    lines: readonly string[] = stored.lines,
  ): true {
    const { bodySink: sink, order } = transfer
    const given: Given = { stored, lines, body, handle: null, sink, dropsBody: order.dropsBody }
    return this.settle(transfer, () => handOut(transfer, given, this.owner))
  }

  /** Gives a request its outcome: at once, or when the promise has resolved. It takes no slot and passes no limit. */
  private settle(transfer: TransferRecord, give: () => Promise<void> | null): true {
    const { dispatcher } = this
    const report = (): void => {
      transfer.state = 'done'
      dispatcher.report(transfer)
    }
    dispatcher.answer(transfer, () => {
      const giving = give()
      if (giving === null) report()
      else void giving.then(report)
    })
    return true
  }

  private refuse(transfer: TransferRecord, why: string): true {
    const message = `Couldn't connect to server: the cache is offline, and ${why}`
    return this.settle(transfer, () => {
      transfer.fail(COULDNT_CONNECT, message, undefined)
      return null
    })
  }

  /** A success of a method that is not safe makes what is stored invalid (RFC 9111, 4.4). */
  private invalidateAfter(transfer: TransferRecord, cache: HttpCache): void {
    const { sink } = transfer
    const { callbacks } = this.dispatcher
    transfer.sink = {
      deliver: (done) => {
        if (done.errno === 0 && done.responseCode >= 200 && done.responseCode < 400) invalidate(done, cache)
        ;(sink ?? callbacks).deliver(done)
      },
    }
  }
}

/** Invalidates what is stored of the request's URL, and of those on the same host that the response names. */
function invalidate({ url, headerLines }: TransferRecord, cache: HttpCache): void {
  cache.invalidate(siteOf(url).url)
  const head = headsOf(headerLines?.lines() ?? []).at(-1)
  if (head === undefined) return
  const { location, 'content-location': content } = fieldsOf(head)
  for (const named of [location, content]) {
    if (named === undefined || !URL.canParse(named, url)) continue
    const target = new URL(named, url).href
    if (hostKeyOf(target) === hostKeyOf(url)) cache.invalidate(siteOf(target).url)
  }
}

/** False if libcurl would have failed with this response. */
function isAllowed({ order, settings }: TransferRecord, { status, body }: StoredResponse): boolean {
  if (status >= 400 && order.options.isOn(FAILONERROR)) return false
  const { maxBodySize } = settings as { maxBodySize?: number }
  return maxBodySize === undefined || (body?.size ?? 0) <= maxBodySize
}
