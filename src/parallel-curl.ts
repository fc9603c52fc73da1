/**
 * ParallelCurl: the public class, and the only place that connects the parts. Does not know libcurl, nor the
 * order of transfers.
 */
import { inspect, type InspectOptions } from 'node:util'
import type { CurlSocket } from './bodies/sockets/curl-socket.js'
import type { CurlWebSocket } from './bodies/sockets/web-socket.js'
import { Handshake } from './bodies/sockets/web-socket-handshake.js'
import type { CrawlFunction, CrawlOptions, CrawlResult, CrawlSeed } from './crawling/options/crawl-options.js'
import type { SitemapEntry, SitemapOptions } from './crawling/options/sitemap-options.js'
import { openSitemap } from './crawling/sitemaps/open-sitemap.js'
import { keepUp } from './engine/connections/upkeep.js'
import { codeName } from './engine/installed/error-names.js'
import type { Wire } from './engine/request/wire.js'
import type { LaunchOrder } from './engine/request/wire-request.js'
import { OptionError } from './errors.js'
import { assertOptionsObject, mustBe } from './wrong-value.js'
import type { PostFieldsInput } from './options/values/post-fields.js'
import type { OptionsMap } from './options/request-options.js'
import { socketOptions, webSocketOptions } from './running/options/connection-options.js'
import {
  Connections,
  type ConnectOptions,
  type WebSocketConnectOptions,
} from './running/entry/connections.js'
import { assertSameRecording, recordingOf, type Recording } from './recordings/recording.js'
import { finishAll } from './running/entry/finish.js'
import { openConnection, type ConnectionRequest } from './running/entry/open-connection.js'
import {
  startStream,
  type StreamInput,
  type StreamOptions,
  type StreamOwner,
} from './running/entry/start-stream.js'
import { outcomeOf } from './running/entry/promise-sink.js'
import { Responses, type ResponseKind } from './running/entry/responses.js'
import type { HandleCounts } from './engine/handle/handle-counts.js'
import { Dispatcher } from './running/dispatch/dispatcher.js'
import { compileProxyOptions, compileShared, entriesOf, orderOver } from './running/make/compile-request.js'
import { argumentsOf, limitsAmong, recordingsAmong } from './running/make/constructor-arguments.js'
import { RequestMaker } from './running/make/make-transfer.js'
import type { InputSource, RequestStream } from './running/entry/request-stream.js'
import type { ParallelCurlOptions, RequestOptions } from './running/options/run-options.js'
import type { TransferRecord } from './running/record/transfer-record.js'
import { collectStats, type Stats, type StatsOptions } from './running/dispatch/stats.js'
import { warnOfUnfinished } from './running/dispatch/unfinished.js'
import { whyWaiting, type Waiting } from './running/dispatch/why-waiting.js'
import { startingClock, type Clock } from './scheduling/time/clock.js'
import { DEFAULT_MAX_REQUESTS, type Limits } from './scheduling/gates/limits.js'
import type { RequestCallback, Transfer } from './transfer/transfer.js'

/** The promise that `startRequest` returns if the transfer was launched at once: one object for all calls. */
const LAUNCHED = Promise.resolve()

/**
 * Runs many transfers in parallel. The caller sets the number of transfers in flight, and adds URLs with
 * callbacks.
 *
 * ```ts
 * const curl = new ParallelCurl(10, { USERAGENT: 'my-scraper/1.0' })
 * for (const url of urls) await curl.startRequest(url, onRequestDone, { some: 'cookie' })
 * await curl.finishAllRequests()
 * ```
 */
export class ParallelCurl {
  private readonly dispatcher: Dispatcher
  private readonly connections: Connections
  /** The order for plain requests. `setOptions` replaces it; until then all of them share it. */
  private plainOrder: LaunchOrder
  private givenOptions: ParallelCurlOptions | OptionsMap
  /** A copy of the shared options as they were given. */
  private sharedEntries: ReadonlyMap<string | number, unknown>
  private readonly requests: RequestMaker
  private closing: Promise<void> | null = null
  private isClosed = false
  private readonly recording: Recording | null

  /** @param options all options in one object, with `maxRequests` (default 10) among them */
  constructor(options: ParallelCurlOptions & { readonly maxRequests?: number | string | null | undefined })
  /**
   * @param maxRequests the maximum number of transfers in flight. Default: 10. 0, a negative number, `null`
   * and `Infinity` mean no limit. Numeric strings count as numbers. Any other value throws `OptionError`.
   * @param options options of libcurl and of this library for all requests, and limits. A wrong option throws
   * `OptionError`.
   */
  constructor(maxRequests?: number | string | null, options?: ParallelCurlOptions | OptionsMap)
  /** @internal With a clock. A separate overload, because internal ones are not in the published types. */
  constructor(
    maxRequests: number | string | null | undefined,
    options: ParallelCurlOptions | OptionsMap | undefined,
    clock?: Clock,
  )
  constructor(
    given: number | string | null | object = DEFAULT_MAX_REQUESTS,
    rest?: ParallelCurlOptions | OptionsMap,
    clock: Clock = startingClock(),
  ) {
    const { maxRequests, options } = argumentsOf(given, rest)
    this.plainOrder = compileShared(options)
    this.sharedEntries = entriesOf(options)
    this.givenOptions = options
    this.dispatcher = new Dispatcher(
      { ...limitsAmong(this.plainOrder), maxRequests },
      clock,
      compileProxyOptions,
    )
    const { engine } = this.dispatcher
    engine.wire = this.recording = recordingOf(recordingsAmong(this.plainOrder), clock)
    engine.setMultiOptions(this.plainOrder.options.shared.settings.multi ?? {})
    this.dispatcher.admission.client = new WeakRef(this)
    warnOfUnfinished(this.dispatcher)
    this.requests = new RequestMaker(this.dispatcher, recordingsAmong(this.plainOrder))
    this.connections = new Connections(this.dispatcher, codeName)
  }

  /**
   * The maximum number of transfers in flight; `Infinity` means no limit. Assigning a value calls
   * {@link setMaxRequests}.
   */
  get maxRequests(): number {
    return this.dispatcher.scheduler.current.maxRequests
  }

  set maxRequests(maxRequests: number | string | null) {
    this.setMaxRequests(maxRequests)
  }

  /**
   * The shared options, as they were given. Assigning a value calls {@link setOptions}. Changing the object
   * has no effect.
   */
  get options(): ParallelCurlOptions | OptionsMap {
    return this.givenOptions
  }

  set options(options: ParallelCurlOptions | OptionsMap) {
    this.setOptions(options)
  }

  /**
   * The transfers that are pending, delayed or in flight, by {@link Transfer.id}. Each access makes a new
   * snapshot.
   */
  get outstandingRequests(): ReadonlyMap<number, Transfer> {
    const all = new Map<number, Transfer>()
    for (const transfer of this.dispatcher.outstanding()) all.set(transfer.id, transfer)
    return all
  }

  /**
   * Changes the maximum number of transfers in flight, with immediate effect. A higher limit starts pending
   * transfers. With a lower limit, the transfers in flight go on, and no further one starts until their
   * number is below the limit.
   *
   * Differs from PHP: there the new limit takes effect at the next `startRequest()`.
   */
  setMaxRequests(maxRequests: number | string | null): void {
    this.assertOpen('setMaxRequests')
    this.dispatcher.setLimits({ maxRequests })
  }

  /** Changes limits, with immediate effect. Limits that are not named stay; `null` removes a limit. */
  setLimits(limits: Limits): void {
    this.assertOpen('setLimits')
    this.dispatcher.setLimits(limits)
  }

  /**
   * Replaces the shared options for all later `startRequest()` calls. It does not merge them with the earlier
   * ones. Pending transfers keep the options that they were started with. Limits and `multi` options take
   * effect at once; limits that are not named stay.
   */
  setOptions(options: ParallelCurlOptions | OptionsMap): void {
    this.assertOpen('setOptions')
    const order = compileShared(options)
    assertSameRecording(recordingsAmong(this.plainOrder), recordingsAmong(order))
    this.dispatcher.setLimits(limitsAmong(order))
    this.dispatcher.engine.setMultiOptions(order.options.shared.settings.multi ?? {})
    this.plainOrder = order
    this.sharedEntries = entriesOf(options)
    this.givenOptions = options
  }

  /**
   * Starts a request, or queues it if `maxRequests` are in flight.
   *
   * Options override each other in the same order as in PHP: defaults, shared options, the request's options,
   * the URL, `postFields`.
   *
   * @param url the URL to fetch. A malformed URL reaches the callback with libcurl's errno, as in PHP.
   * @param callback called exactly once with `(content, url, transfer, userData)`, in order of completion.
   * The slot of the transfer is free by then: the callback may start requests, change limits, abort.
   * `finishAllRequests()` waits for a promise that it returns.
   * @param userData any value; the callback receives it unchanged. Default: an empty array.
   * @param postFields makes it a POST: string, `URLSearchParams`, bytes, or an object (multipart/form-data).
   * `null`: a GET.
   * @param options options of this request only.
   * @returns a promise that resolves when the transfer is launched, or has settled without a launch. Await it
   * to slow a loop down to `maxRequests`, as in PHP; leave it alone to queue everything at once. It never
   * rejects.
   *
   * Throws `OptionError` for a mistake of the caller; nothing has been started then.
   */
  startRequest<U = unknown[]>(
    url: string | URL,
    callback: RequestCallback<U> | null = null,
    userData?: U,
    postFields: PostFieldsInput | null = null,
    options?: RequestOptions | OptionsMap,
  ): Promise<void> {
    if (callback !== null && typeof callback !== 'function') {
      throw mustBe('callback', 'a function or null', callback, { where: 'startRequest', isSecret: true })
    }
    this.assertOpen('startRequest')
    const order = orderOver('startRequest', this.plainOrder, postFields, options)
    const transfer = this.requests.make('startRequest', url, order)
    transfer.callback = callback
    if (userData !== undefined) transfer.give(userData)
    if (this.requests.submit(transfer)) return LAUNCHED
    return new Promise((resolve) => {
      transfer.onLaunch = resolve
    })
  }

  /**
   * Starts one transfer, under the same limits, and resolves with it when it is done.
   *
   * Rejects with {@link CurlError} if the transfer fails. A 404 is not a failure. The transfer is held until
   * the end of the turn of the event loop in which the promise settles: read infos at once, or use
   * `keepInfo`.
   *
   * With `responseType: 'stream'` the promise resolves when the headers have arrived, with the body as
   * `transfer.stream`. The transfer stays in flight, and held, until the stream has ended. Pausing the stream
   * pauses the transfer, and destroying the stream aborts the transfer. A failure after the headers destroys
   * the stream with its `CurlError`.
   */
  async request(
    url: string | URL,
    options?: RequestOptions & { postFields?: PostFieldsInput | null },
  ): Promise<Transfer> {
    this.assertOpen('request')
    const { requests, dispatcher, plainOrder } = this
    const result = await outcomeOf(url, options, { requests, dispatcher, plainOrder })
    const error = result.toError()
    // Created here, so that its stack shows the caller.
    if (error !== null) throw error
    return result
  }

  /**
   * Returns an async iterator over transfers. Inputs are read lazily, a small number ahead. Each transfer is
   * yielded when it is done, failed ones, too (see `errno` and `error`). A slow loop body slows the requests
   * down. Each transfer is held until the next one is requested. `break` aborts the remaining transfers and
   * closes the source.
   *
   * With `responseType: 'stream'` each transfer is yielded when its headers have arrived, with its body as
   * `transfer.stream`: read it in the loop's body. A stream that has not been read from when the next
   * transfer is requested is destroyed.
   *
   * If the source of inputs throws, or an input is wrong, the iterator ends with that error after the
   * transfers in flight. A `signal` among the options aborts the transfers in flight, and ends the iterator
   * with its reason.
   */
  stream(inputs: InputSource<StreamInput>, options: StreamOptions = {}): RequestStream<StreamInput> {
    this.assertOpen('stream')
    return startStream(inputs, options, this.streamOwner('stream'))
  }

  /**
   * Fetches URLs, gives each page to `handler`, and fetches what it adds with `add(url)`: each URL once, those
   * nearest to the seeds first. Resolves when nothing is left.
   *
   * Two URLs are the same if their normal forms are: as browsers resolve them, without the fragment, with
   * escapes in capitals and none that is not needed (RFC 3986, 6.2.2). The order of the query counts. The
   * crawl follows redirects itself. `handler` gets failed transfers, too (see `errno`), and no redirects.
   *
   * All limits apply. `finishAllRequests()` and `close()` wait for the crawl. {@link abort} aborts the
   * transfers in flight, and the crawl goes on; a `signal` among the options ends it.
   *
   * Rejects with the first exception of `handler`, unless there is an `onError`, and with the reason of the
   * `signal`: nothing else is started, and pages in flight are still given to `handler` (but not those that a
   * `signal` has aborted). Rejects with `OptionError` for a mistake of the caller.
   *
   * @param seeds a URL, or an iterable or async iterable of URLs, or of objects with a `url` and `userData`
   */
  async crawl(
    seeds: InputSource<CrawlSeed> | CrawlSeed,
    handler: CrawlFunction,
    options: CrawlOptions = {},
  ): Promise<CrawlResult> {
    this.assertOpen('crawl')
    const release = this.dispatcher.callbacks.hold()
    try {
      const { startCrawl } = await import('./crawling/start-crawl.js')
      return await startCrawl(seeds, handler, options, this.streamOwner('crawl'))
    } finally {
      release()
    }
  }

  /**
   * Yields the URLs of a sitemap, while it arrives: XML or text, with or without gzip, and all the sitemaps that
   * an index names, one after the other. For the URL of a robots.txt, those of the sitemaps that it names. They
   * can be seeds of {@link crawl}.
   *
   * The iterator throws `CurlError` if a file cannot be fetched, and `SitemapError` if it is no sitemap, is too
   * large, or declares entities; what came before has been yielded. If an index names such a file, the others
   * are read before. Throws `OptionError` for a mistake of the caller.
   *
   * Source: https://www.sitemaps.org/protocol.html
   */
  sitemap(url: string | URL, options: SitemapOptions = {}): AsyncGenerator<SitemapEntry, undefined> {
    this.assertOpen('sitemap')
    return openSitemap(url, options, this.streamOwner('sitemap'))
  }

  /**
   * Opens a connection as a socket: TCP (`tcp://host:port`, `http://`) or TLS (`tls://host:port`,
   * `https://`). All of libcurl's options for connecting apply, and all of its proxies (through an HTTP proxy
   * by a tunnel).
   *
   * The transfer is in flight while it connects, under the same limits, retries and proxies as requests;
   * `CONNECTTIMEOUT_MS`, `totalTimeoutMs` and `signal` can end it. The open socket takes no slot, and
   * `finishAllRequests()` does not wait for it; `signal`, {@link abort} and {@link close} end it.
   *
   * Rejects with {@link CurlError} if there is no connection, with `OptionError` for a mistake of the caller.
   *
   * Source: CURLOPT_CONNECT_ONLY(3).
   */
  async connect(url: string | URL, options: ConnectOptions = {}): Promise<CurlSocket> {
    assertOptionsObject('connect', options)
    const { allowHalfOpen, highWaterMark, idleTimeoutMs, ...own } = options
    const given = socketOptions({ allowHalfOpen, highWaterMark, idleTimeoutMs })
    return this.open({ where: 'connect', url, options: own, handshake: null }, (transfer) =>
      this.connections.socket(transfer, given),
    )
  }

  /**
   * Opens a WebSocket (`ws://`, `wss://`). All of libcurl's options apply to the handshake, and all of its
   * proxies. As with {@link connect}, the transfer is in flight until the handshake is done.
   *
   * Rejects with {@link CurlError}: errno 22 with the status if the server refuses; errno 22 if it chooses a
   * subprotocol that was not offered, or an extension; errno 8 if the response is not a handshake (`Upgrade`,
   * `Connection` or `Sec-WebSocket-Accept` is missing or wrong). Rejects with `OptionError` for a mistake of
   * the caller, and on builds without WebSockets: they need node-libcurl 5 and a libcurl with WebSocket
   * support.
   *
   * Source: libcurl-ws(3).
   */
  async webSocket(url: string | URL, options: WebSocketConnectOptions = {}): Promise<CurlWebSocket> {
    assertOptionsObject('webSocket', options)
    const { maxMessageSize, protocols, ...own } = options
    const given = webSocketOptions({ maxMessageSize, protocols })
    const handshake = new Handshake(given.offered)
    return this.open({ where: 'webSocket', url, options: own, handshake }, (transfer) =>
      this.connections.webSocket(transfer, handshake, given),
    )
  }

  /**
   * Resolves when no transfer is outstanding, and every callback and its promise has settled. If callbacks
   * threw, it rejects then: with the exception if there is one, with an `AggregateError` if there are
   * several. Called inside a callback, it waits for all the others.
   *
   * Exceptions of callbacks become an uncaught error at the end of the script if this method is never called.
   *
   * Cookie jars and session pools that are stored in files, and have been used, are saved before it resolves.
   * It rejects if one cannot be saved.
   *
   * Differs from PHP: nothing blocks, and an exception in one callback does not affect other transfers.
   */
  finishAllRequests(): Promise<void> {
    return finishAll(this.dispatcher)
  }

  /**
   * Aborts all outstanding transfers. Each still gets its one callback, with errno 42 and `reason` as its
   * `cause`. Connections that are cut are not used again. Open sockets and WebSockets end with such an error,
   * too.
   *
   * @param which aborts only the transfers for which it returns true; default: all
   */
  abort(
    reason: unknown = new Error('aborted by abort()'),
    which: (transfer: Transfer) => boolean = () => true,
  ): void {
    const chosen = [...this.dispatcher.outstanding()].filter(which)
    for (const transfer of chosen) this.dispatcher.abort(transfer, reason)
    this.connections.abort(reason, which)
  }

  /**
   * Returns the present numbers of transfers and bytes. With `{ hosts: true }` also those of each host, with
   * `{ bodies: true }` what is known of the sizes of the bodies in flight.
   */
  stats(options: StatsOptions = {}): Stats {
    return collectStats(this.dispatcher, options)
  }

  /**
   * Returns the reason why a transfer waits: a free `slot`; its `host` (the limit for one host); the `rate`
   * of all requests or of its host (`hostRate`); a `paused` host (`Retry-After`, `rateLimitHeaders`); its own
   * `backoff`; `bytes` that have to be consumed; or, for a transfer in flight, a `connection` if `multi` limits
   * them. `until` is the end of the wait in milliseconds since the epoch, if it is known. Returns null if the
   * transfer does not wait.
   */
  whyWaiting(transfer: Transfer): Waiting | null {
    return whyWaiting(transfer, this.dispatcher)
  }

  /**
   * Finishes all requests, ends the open sockets, then frees every native handle. Any later call that would
   * start something throws `OptionError`. An instance that is not closed does not keep the process alive, but
   * keeps its connections.
   *
   * Rejects as {@link finishAllRequests} does, after everything has been freed.
   */
  close(): Promise<void> {
    return (this.closing ??= this.finishAndFree())
  }

  /**
   * Calls {@link close} at the end of a block: `await using curl = new ParallelCurl()`. Replaces PHP's
   * destructor.
   */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /**
   * Returns the entry for adapters to other interfaces, which take responses while they arrive.
   *
   * @internal
   */
  responses(where: string, defaults: OptionsMap, kind: ResponseKind): Responses {
    this.assertOpen(where)
    return new Responses(where, defaults, kind, () => {
      this.assertOpen(where)
      const { dispatcher, requests, plainOrder, sharedEntries } = this
      return { dispatcher, requests, plainOrder, sharedEntries }
    })
  }

  /**
   * Returns a snapshot for tests: the numbers of native handles, and the records of the scheduler (a record
   * is handed out as another `Transfer`).
   *
   * @internal
   */
  inspect(): HandleCounts & { readonly scheduled: readonly Transfer[] } {
    const { engine, scheduler } = this.dispatcher
    return { ...engine.inspect(), scheduled: [...scheduler.outstanding()] }
  }

  /**
   * Sets what stands in for the network, or listens to it, from the next attempt on; null: nothing. Returns what was
   * there.
   *
   * @internal
   */
  setWire(wire: Wire | null): Wire | null {
    const { engine } = this.dispatcher
    const before = engine.wire
    engine.wire = wire
    return before
  }

  /**
   * Keeps connections up that had no upkeep for `intervalMs`. Returns libcurl's code.
   *
   * @internal
   */
  keepUp(intervalMs: number): number {
    return keepUp(this.dispatcher.engine.multiHandles.all(), intervalMs)
  }

  /** Returns the text for `console.log()`: the numbers of transfers, without options. */
  [inspect.custom](depth: number, options: InspectOptions): string {
    if (depth < 0) return '[ParallelCurl]'
    const { maxRequests, isClosed } = this
    const { pending, delayed, inFlight, done, failed } = this.stats()
    return `ParallelCurl ${inspect({ maxRequests, pending, delayed, inFlight, done, failed, isClosed }, options)}`
  }

  private streamOwner(where: string): StreamOwner {
    const { dispatcher, requests, plainOrder, sharedEntries, maxRequests } = this
    return {
      dispatcher,
      requests,
      plainOrder,
      sharedEntries,
      maxRequests,
      assertOpen: () => {
        this.assertOpen(where)
      },
    }
  }

  private async open<T>(asked: ConnectionRequest, make: (transfer: TransferRecord) => T): Promise<T> {
    this.assertOpen(asked.where)
    const { dispatcher, requests, connections, plainOrder } = this
    return openConnection(asked, make, { dispatcher, requests, connections, plainOrder })
  }

  private async finishAndFree(): Promise<void> {
    try {
      await this.finishAllRequests()
    } finally {
      this.isClosed = true
      this.connections.close()
      await this.dispatcher.engine.close()
      this.recording?.close()
    }
  }

  private assertOpen(where: string): void {
    // During the last finish, callbacks may still start requests, as in PHP's destructor.
    if (this.closing === null || (!this.isClosed && this.dispatcher.callbacks.isInside)) return
    throw new OptionError(`${where}: this ParallelCurl is closed`)
  }
}
