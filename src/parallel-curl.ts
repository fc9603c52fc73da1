/**
 * ParallelCurl: what people call, and the one place that wires the parts. Does not talk to libcurl, nor
 * decide who is next.
 */
import { inspect, type InspectOptions } from 'node:util'
import type { CurlSocket } from './bodies/sockets/curl-socket.js'
import type { CurlWebSocket } from './bodies/sockets/web-socket.js'
import { Handshake } from './bodies/sockets/web-socket-handshake.js'
import { codeName } from './engine/installed/error-names.js'
import type { LaunchOrder } from './engine/request/wire-request.js'
import { OptionError } from './errors.js'
import type { PostFieldsInput } from './options/values/post-fields.js'
import type { OptionsMap } from './options/request-options.js'
import { socketOptions, webSocketOptions } from './running/options/connection-options.js'
import {
  Connections,
  type ConnectOptions,
  type WebSocketConnectOptions,
} from './running/entry/connections.js'
import { finishAll } from './running/entry/finish.js'
import { openConnection, type ConnectionRequest } from './running/entry/open-connection.js'
import { startStream, type StreamInput, type StreamOptions } from './running/entry/start-stream.js'
import { outcomeOf } from './running/entry/promise-sink.js'
import { Dispatcher } from './running/dispatch/dispatcher.js'
import { compileProxyOptions, compileShared, entriesOf, orderOver } from './running/make/compile-request.js'
import { argumentsOf, limitsAmong } from './running/make/constructor-arguments.js'
import { RequestMaker } from './running/make/make-transfer.js'
import type { InputSource, RequestStream } from './running/entry/request-stream.js'
import type { ParallelCurlOptions, RequestOptions } from './running/options/run-options.js'
import type { TransferRecord } from './running/record/transfer-record.js'
import { collectStats, type Stats } from './running/dispatch/stats.js'
import { whyWaiting, type Waiting } from './running/dispatch/why-waiting.js'
import { systemClock, type Clock } from './scheduling/time/clock.js'
import { DEFAULT_MAX_REQUESTS, type Limits } from './scheduling/gates/limits.js'
import type { RequestCallback, Transfer } from './transfer/transfer.js'

/** What `startRequest` returns where nothing had to wait: one promise for all of them. */
const LAUNCHED = Promise.resolve()

/**
 * Runs many transfers in parallel: say how many may be in flight, feed it URLs and callbacks.
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
  /** What plain requests are launched with: made anew by `setOptions`, shared until then. */
  private plainOrder: LaunchOrder
  private givenOptions: ParallelCurlOptions | OptionsMap
  /** The shared options as they were when they were given. */
  private sharedEntries: ReadonlyMap<string | number, unknown>
  private readonly requests: RequestMaker
  private closing: Promise<void> | null = null
  private isClosed = false

  /** @param options all of it in one object, `maxRequests` (default 10) among the others */
  constructor(options: ParallelCurlOptions & { readonly maxRequests?: number | string | null | undefined })
  /**
   * @param maxRequests how many may be in flight at once, default 10. 0, negative, `null` or `Infinity`: no
   * limit. Numeric strings count. Anything else: `OptionError`.
   * @param options libcurl's and our options for all requests, and limits. What is wrong with them:
   * `OptionError`.
   */
  constructor(maxRequests?: number | string | null, options?: ParallelCurlOptions | OptionsMap)
  /**
   * @internal With a clock: an overload of its own, because what is marked so is not in the published types.
   */
  constructor(
    maxRequests: number | string | null | undefined,
    options: ParallelCurlOptions | OptionsMap | undefined,
    clock?: Clock,
  )
  constructor(
    given: number | string | null | object = DEFAULT_MAX_REQUESTS,
    rest?: ParallelCurlOptions | OptionsMap,
    clock: Clock = systemClock,
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
    this.dispatcher.engine.setMultiOptions(this.plainOrder.options.shared.settings.multi ?? {})
    this.dispatcher.admission.client = new WeakRef(this)
    this.requests = new RequestMaker(this.dispatcher)
    this.connections = new Connections(this.dispatcher, codeName)
  }

  /** How many may be in flight at once; `Infinity`: no limit. Setting it is {@link setMaxRequests}. */
  get maxRequests(): number {
    return this.dispatcher.scheduler.current.maxRequests
  }

  set maxRequests(maxRequests: number | string | null) {
    this.setMaxRequests(maxRequests)
  }

  /**
   * The shared options, as they were given. Setting them is {@link setOptions}; changing the object has no
   * effect.
   */
  get options(): ParallelCurlOptions | OptionsMap {
    return this.givenOptions
  }

  set options(options: ParallelCurlOptions | OptionsMap) {
    this.setOptions(options)
  }

  /** What is pending, delayed or in flight, by {@link Transfer.id}. Made when it is asked for: a snapshot. */
  get outstandingRequests(): ReadonlyMap<number, Transfer> {
    const all = new Map<number, Transfer>()
    for (const transfer of this.dispatcher.outstanding()) all.set(transfer.id, transfer)
    return all
  }

  /**
   * Changes how many may be in flight, at once: raising it starts pending transfers; lowering it lets those
   * in flight finish, and starts none until there are fewer.
   *
   * Differs from PHP: there it counts from the next `startRequest()`.
   */
  setMaxRequests(maxRequests: number | string | null): void {
    this.assertOpen('setMaxRequests')
    this.dispatcher.setLimits({ maxRequests })
  }

  /** Changes limits, at once; those that are not named stay as they are, `null` lifts one. */
  setLimits(limits: Limits): void {
    this.assertOpen('setLimits')
    this.dispatcher.setLimits(limits)
  }

  /**
   * Replaces the shared options (it never merges) for the `startRequest()` calls that come after it. Those
   * that are pending keep the options that they were started with. Limits and `multi` options among them take
   * effect at once; limits that are not among them stay.
   */
  setOptions(options: ParallelCurlOptions | OptionsMap): void {
    this.assertOpen('setOptions')
    const order = compileShared(options)
    this.dispatcher.setLimits(limitsAmong(order))
    this.dispatcher.engine.setMultiOptions(order.options.shared.settings.multi ?? {})
    this.plainOrder = order
    this.sharedEntries = entriesOf(options)
    this.givenOptions = options
  }

  /**
   * Starts a request, or puts it in line where `maxRequests` are in flight.
   *
   * Options stand over each other as in PHP: defaults, shared options, the request's, then the URL, then
   * `postFields`.
   *
   * @param url what to fetch. What is malformed reaches the callback with libcurl's errno, as in PHP.
   * @param callback called exactly once: `(content, url, transfer, userData)`, in order of completion. Its
   * slot is free by then: it may start requests, change limits, abort. A promise that it returns is waited
   * for by `finishAllRequests()`.
   * @param userData anything; comes back untouched. Default: an empty array.
   * @param postFields makes it a POST: string, `URLSearchParams`, bytes, or an object (multipart/form-data).
   * `null`: a GET.
   * @param options options of this request alone.
   * @returns a promise that resolves when the transfer is launched (or has settled without): `await` it and
   * you have PHP's blocking, ignore it and you have a queue. It never rejects.
   *
   * Throws `OptionError` for a caller's mistake; nothing has been started then.
   */
  startRequest<U = unknown[]>(
    url: string | URL,
    callback: RequestCallback<U> | null = null,
    userData?: U,
    postFields: PostFieldsInput | null = null,
    options?: RequestOptions | OptionsMap,
  ): Promise<void> {
    if (callback !== null && typeof callback !== 'function') {
      throw new OptionError(
        `startRequest: callback must be a function or null, got ${typeof callback}`,
        'callback',
      )
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
   * One transfer as a promise, under the same limits.
   *
   * Rejects with {@link CurlError} when it failed; its `transfer` has what there is. A 404 is no failure.
   * The transfer is held until the end of that turn of the event loop: read infos at once, or use `keepInfo`.
   *
   * With `responseType: 'stream'` it resolves when the headers are there, with the body as `transfer.stream`.
   * The transfer is in flight, and held, until that has ended; pausing the stream pauses the transfer, and
   * destroying it aborts the transfer. A failure after the headers destroys the stream with its `CurlError`.
   */
  async request(
    url: string | URL,
    options?: RequestOptions & { postFields?: PostFieldsInput | null },
  ): Promise<Transfer> {
    this.assertOpen('request')
    const { requests, dispatcher, plainOrder } = this
    const result = await outcomeOf(url, options, { requests, dispatcher, plainOrder })
    const error = result.toError()
    // Made here, so that its stack shows who asked.
    if (error !== null) throw error
    return result
  }

  /**
   * Transfers as an async iterator: inputs are pulled lazily, a small window ahead; each transfer is yielded
   * when it is done, failed ones too (see `errno` and `error`). The loop body is the backpressure. Each
   * transfer is held until the next one is asked for. `break` aborts what is left and closes the source.
   *
   * With `responseType: 'stream'` each transfer is yielded when its headers are there, with its body as
   * `transfer.stream`: read it in the loop's body. A stream that nobody has begun to read when the next
   * transfer is asked for is destroyed.
   *
   * An input that throws, or is wrong, ends the stream with that error, after what was in flight. A `signal`
   * among the options aborts what is in flight, and ends it with its reason.
   */
  stream(inputs: InputSource<StreamInput>, options: StreamOptions = {}): RequestStream<StreamInput> {
    this.assertOpen('stream')
    const { dispatcher, requests, plainOrder, sharedEntries, maxRequests } = this
    return startStream(inputs, options, {
      dispatcher,
      requests,
      plainOrder,
      sharedEntries,
      maxRequests,
      assertOpen: () => {
        this.assertOpen('stream')
      },
    })
  }

  /**
   * A connection as a socket: TCP (`tcp://host:port`, `http://`) or TLS (`tls://host:port`, `https://`), with
   * all of libcurl's options for connecting, through all of its proxies (an HTTP proxy is asked for a
   * tunnel).
   *
   * It is in flight while it connects, under the same limits, retries and proxies as requests, and
   * `CONNECTTIMEOUT_MS`, `totalTimeoutMs` and `signal` end that. The socket itself holds no slot, and
   * `finishAllRequests()` does not wait for it; `signal`, {@link abort} and {@link close} end it.
   *
   * Rejects with {@link CurlError} where there is no connection, with `OptionError` for a caller's mistake.
   *
   * Source: CURLOPT_CONNECT_ONLY(3).
   */
  async connect(url: string | URL, options: ConnectOptions = {}): Promise<CurlSocket> {
    const { allowHalfOpen, highWaterMark, idleTimeoutMs, ...own } = options
    const given = socketOptions({ allowHalfOpen, highWaterMark, idleTimeoutMs })
    return this.open({ where: 'connect', url, options: own, handshake: null }, (transfer) =>
      this.connections.socket(transfer, given),
    )
  }

  /**
   * A WebSocket (`ws://`, `wss://`), with all of libcurl's options for the handshake, through all of its
   * proxies. As {@link connect}, it is in flight until that is done.
   *
   * Rejects with {@link CurlError} where the server does not agree (errno 22, with its status), chooses a
   * subprotocol that was not offered or an extension (22, too), or answers what is no handshake (8:
   * `Upgrade`, `Connection` or `Sec-WebSocket-Accept` is missing or wrong); with `OptionError` for a caller's
   * mistake, and on builds without WebSockets: they need node-libcurl 5 on a libcurl that was built with
   * them.
   *
   * Source: libcurl-ws(3).
   */
  async webSocket(url: string | URL, options: WebSocketConnectOptions = {}): Promise<CurlWebSocket> {
    const { maxMessageSize, protocols, ...own } = options
    const given = webSocketOptions({ maxMessageSize, protocols })
    const handshake = new Handshake(given.offered)
    return this.open({ where: 'webSocket', url, options: own, handshake }, (transfer) =>
      this.connections.webSocket(transfer, handshake, given),
    )
  }

  /**
   * Resolves when nothing is outstanding and every callback, its promise included, has settled. Rejects then
   * with what callbacks threw: one error as it is, more as an `AggregateError`. Called inside a callback, it
   * waits for all the others.
   *
   * Where it is never called, what callbacks threw surfaces as an uncaught error when the script ends.
   *
   * Jars and pools of sessions that are kept in files, and have been used, are saved before it resolves; it
   * rejects where one could not be.
   *
   * Differs from PHP: nothing blocks, and a callback that throws loses nobody else's work.
   */
  finishAllRequests(): Promise<void> {
    return finishAll(this.dispatcher)
  }

  /**
   * Aborts everything that is outstanding. Each transfer still gets its one callback, with errno 42 and
   * `reason` as its `cause`; connections that are cut are not used again. Open sockets and WebSockets are
   * ended with such an error, too.
   *
   * @param which those that it says yes to; default: all
   */
  abort(
    reason: unknown = new Error('aborted by abort()'),
    which: (transfer: Transfer) => boolean = () => true,
  ): void {
    const chosen = [...this.dispatcher.outstanding()].filter(which)
    for (const transfer of chosen) this.dispatcher.abort(transfer, reason)
    this.connections.abort(reason, which)
  }

  /** What is going on, in numbers. With `{ hosts: true }` each host that is told apart, too. */
  stats({ hosts = false }: { hosts?: boolean } = {}): Stats {
    return collectStats(this.dispatcher, hosts)
  }

  /**
   * Why a transfer waits: for a `slot`, its `host` (as many in flight as may be), the `rate` of all or of its
   * host (`hostRate`), a `paused` host (`Retry-After`), its own `backoff`, `bytes` to be consumed, or, in
   * flight, a `connection` where `multi` limits them. `until` is the time in milliseconds since the epoch,
   * where it is known. null: it does not wait.
   */
  whyWaiting(transfer: Transfer): Waiting | null {
    return whyWaiting(transfer, this.dispatcher)
  }

  /**
   * Finishes all requests, ends the sockets that are open, then frees every native handle. Nothing can be
   * started afterwards: `OptionError`. An instance that is not closed keeps no process alive, but keeps its
   * connections.
   *
   * Rejects as {@link finishAllRequests} does, after everything has been freed.
   */
  close(): Promise<void> {
    return (this.closing ??= this.finishAndFree())
  }

  /** `await using curl = new ParallelCurl()`: PHP's destructor. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** What `console.log()` shows: how busy it is, and none of its options. */
  [inspect.custom](depth: number, options: InspectOptions): string {
    if (depth < 0) return '[ParallelCurl]'
    const { maxRequests, isClosed } = this
    const { pending, delayed, inFlight, done, failed } = this.stats()
    return `ParallelCurl ${inspect({ maxRequests, pending, delayed, inFlight, done, failed, isClosed }, options)}`
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
    }
  }

  private assertOpen(where: string): void {
    // While it finishes, callbacks may add to the work, as in PHP's destructor.
    if (this.closing === null || (!this.isClosed && this.dispatcher.callbacks.isInside)) return
    throw new OptionError(`${where}: this ParallelCurl is closed`)
  }
}
