/**
 * ParallelCurl: what people call, and the one place that wires the parts. Does not talk to libcurl, nor decide who is next.
 */
import { Callbacks } from './callbacks.js'
import { INFO, libcurlVersion, nodeLibcurlMajor, OPTION } from './engine/binding.js'
import { codeName } from './engine/codes.js'
import { Engine } from './engine/engine.js'
import { knownLimit } from './engine/known-limits.js'
import { makeOrder, type LaunchOrder } from './engine/launch-order.js'
import { probeOption } from './engine/option-probe.js'
import { OptionError } from './errors.js'
import { compileOptions } from './options/compile-options.js'
import { createCatalog } from './options/option-catalog.js'
import { compilePostFields, type PostFieldsInput } from './options/post-fields.js'
import type { ParallelCurlOptions, RequestOptions } from './options/request-options.js'
import { DEFAULT_MAX_REQUESTS, parseMaxRequests } from './scheduling/limits.js'
import { Scheduler } from './scheduling/scheduler.js'
import { Transfer, type RequestCallback, type TransferContext } from './transfer.js'

/** What `startRequest` returns where nothing had to wait: one promise for all of them. */
const LAUNCHED = Promise.resolve()

const catalog = createCatalog(OPTION, INFO, { libcurl: libcurlVersion, nodeLibcurlMajor })
const context: TransferContext = {
  infoNumber: (info) => catalog.infoNumber(info),
  get infoNames() {
    return catalog.infoNames
  },
  codeName,
}

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
  private readonly scheduler: Scheduler
  private readonly engine = new Engine((batch) => {
    this.onDone(batch)
  })
  private readonly callbacks = new Callbacks(
    () => this.scheduler.outstandingCount === 0 && this.undelivered === 0,
    (transfer) => {
      this.engine.release(transfer)
    },
  )
  /** What plain requests are launched with: made anew by `setOptions`, shared until then. */
  private plainOrder: LaunchOrder
  private givenOptions: ParallelCurlOptions
  private undelivered = 0
  private lastId = 0
  private closing: Promise<void> | null = null
  private isClosed = false

  /**
   * @param maxRequests how many may be in flight at once, default 10. 0, negative, `null` or `Infinity`: no limit. Numeric strings
   * count. Anything else: `OptionError`.
   * @param options libcurl's and our options for all requests. What is wrong with them: `OptionError`.
   */
  constructor(
    maxRequests: number | `${number}` | null = DEFAULT_MAX_REQUESTS,
    options: ParallelCurlOptions = {},
  ) {
    this.scheduler = new Scheduler(parseMaxRequests(maxRequests))
    this.engine.expect(this.scheduler.maxRequests)
    this.plainOrder = this.compileShared(options)
    this.givenOptions = options
  }

  /** How many may be in flight at once; `Infinity`: no limit. Setting it is {@link setMaxRequests}. */
  get maxRequests(): number {
    return this.scheduler.maxRequests
  }

  set maxRequests(maxRequests: number | `${number}` | null) {
    this.setMaxRequests(maxRequests)
  }

  /** The shared options, as they were given. Setting them is {@link setOptions}; changing the object has no effect. */
  get options(): ParallelCurlOptions {
    return this.givenOptions
  }

  set options(options: ParallelCurlOptions) {
    this.setOptions(options)
  }

  /** What is pending or in flight, by {@link Transfer.id}. Made when it is asked for: a snapshot. */
  get outstandingRequests(): ReadonlyMap<number, Transfer> {
    const all = new Map<number, Transfer>()
    for (const transfer of this.scheduler.outstanding()) all.set(transfer.id, transfer)
    return all
  }

  /**
   * Changes how many may be in flight, at once: raising it starts pending transfers; lowering it lets those in flight finish,
   * and starts none until there are fewer.
   *
   * Differs from PHP: there it counts from the next `startRequest()`.
   */
  setMaxRequests(maxRequests: number | `${number}` | null): void {
    const max = parseMaxRequests(maxRequests)
    this.assertOpen('setMaxRequests')
    this.scheduler.maxRequests = max
    this.engine.expect(max)
    this.pump()
  }

  /**
   * Replaces the shared options (it never merges) for the `startRequest()` calls that come after it. Those that are pending keep
   * the options that they were started with. `multi` options take effect at once.
   */
  setOptions(options: ParallelCurlOptions): void {
    this.assertOpen('setOptions')
    this.plainOrder = this.compileShared(options)
    this.givenOptions = options
  }

  /**
   * Starts a request, or puts it in line where `maxRequests` are in flight.
   *
   * Options stand over each other as in PHP: defaults, shared options, the request's, then the URL, then `postFields`.
   *
   * @param url what to fetch. What is malformed reaches the callback with libcurl's errno, as in PHP.
   * @param callback called exactly once: `(content, url, transfer, userData)`, in order of completion. Its slot is free by
   * then: it may start requests, change limits, abort. A promise that it returns is waited for by `finishAllRequests()`.
   * @param userData anything; comes back untouched. Default: an empty array.
   * @param postFields makes it a POST: string, `URLSearchParams`, bytes, or an object (multipart/form-data). `null`: a GET.
   * @param options options of this request alone.
   * @returns a promise that resolves when the transfer is launched (or has settled without): `await` it and you have PHP's
   * blocking, ignore it and you have a queue. It never rejects.
   *
   * Throws `OptionError` for a caller's mistake; nothing has been started then.
   */
  startRequest<U = unknown[]>(
    url: string | URL,
    callback: RequestCallback<U> | null = null,
    userData?: U,
    postFields: PostFieldsInput | null = null,
    options?: RequestOptions,
  ): Promise<void> {
    if (callback !== null && typeof callback !== 'function') {
      throw new OptionError(
        `startRequest: callback must be a function or null, got ${typeof callback}`,
        'callback',
      )
    }
    const transfer = this.makeTransfer('startRequest', url, callback, userData, postFields, options)
    return this.start(transfer)
  }

  /**
   * One transfer as a promise, under the same limits.
   *
   * Rejects with {@link CurlError} when it failed; its `transfer` has what there is. A 404 is no failure.
   * The transfer is held until the next turn of the event loop: read infos at once, or use `keepInfo`.
   */
  request(
    url: string | URL,
    options: RequestOptions & { postFields?: PostFieldsInput | null } = {},
  ): Promise<Transfer> {
    const { postFields = null, ...own } = options
    const transfer = this.makeTransfer<unknown>('request', url, null, undefined, postFields, own)
    return new Promise((resolve, reject) => {
      transfer.sink = {
        deliver: () => {
          setImmediate(() => {
            this.engine.release(transfer)
          })
          const error = transfer.toError()
          if (error === null) resolve(transfer)
          else reject(error)
        },
      }
      void this.start(transfer)
    })
  }

  /**
   * Resolves when nothing is outstanding and every callback, its promise included, has settled. Rejects then with what callbacks
   * threw: one error as it is, more as an `AggregateError`. Called inside a callback, it waits for all the others.
   *
   * Where it is never called, what callbacks threw surfaces as an uncaught error when the script ends.
   *
   * Differs from PHP: nothing blocks, and a callback that throws loses nobody else's work.
   */
  finishAllRequests(): Promise<void> {
    return this.callbacks.wait()
  }

  /**
   * Aborts everything that is outstanding. Each transfer still gets its one callback, with errno 42 and `reason` as its `cause`;
   * connections that are cut are not used again.
   */
  abort(reason: unknown = new Error('aborted by abort()')): void {
    for (const transfer of [...this.scheduler.outstanding()]) this.abortOne(transfer, reason)
  }

  /**
   * Finishes all requests, then frees every native handle. Nothing can be started afterwards: `OptionError`. An instance that is
   * not closed keeps no process alive, but keeps its connections.
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

  private async finishAndFree(): Promise<void> {
    try {
      await this.finishAllRequests()
    } finally {
      this.isClosed = true
      await this.engine.close()
    }
  }

  private compileShared(options: ParallelCurlOptions): LaunchOrder {
    const compiled = compileOptions(options, {
      catalog,
      role: 'shared',
      probe: probeOption,
      where: 'ParallelCurl',
    })
    this.engine.setMultiOptions(compiled.settings.multi ?? {})
    return makeOrder(compiled, null, compiled.postFields ?? null)
  }

  private makeTransfer<U>(
    where: string,
    url: string | URL,
    callback: RequestCallback<U> | null,
    userData: U | undefined,
    postFields: PostFieldsInput | null,
    options: RequestOptions | undefined,
  ): Transfer<U> {
    this.assertOpen(where)
    const target = urlOf(where, url)
    const order = this.orderFor(where, postFields, options)
    const limit = knownLimit(order, target)
    if (limit !== undefined) throw new OptionError(`${where}: ${limit}`, 'HTTP_VERSION')
    const shared = order.shared.settings
    const settings = order.own === null ? shared : { ...shared, ...order.own.settings }
    const id = ++this.lastId
    return new Transfer(context, id, target, callback, userData, settings, order, performance.now())
  }

  private orderFor(
    where: string,
    postFields: PostFieldsInput | null,
    options: RequestOptions | undefined,
  ): LaunchOrder {
    if (postFields === null && options === undefined) return this.plainOrder
    const { shared } = this.plainOrder
    const own =
      options === undefined
        ? null
        : compileOptions(options, { catalog, role: 'request', probe: probeOption, where })
    // Of options, null takes the shared ones' POSTFIELDS back: a method without a body was set after them.
    const fromOptions = own?.postFields === undefined ? this.plainOrder.body : own.postFields
    const body = postFields === null ? fromOptions : compilePostFields(postFields)
    return makeOrder(shared, own, body)
  }

  private start(transfer: Transfer): Promise<void> {
    if (this.scheduler.hasFreeSlot) {
      this.scheduler.launch(transfer)
      this.launch(transfer)
      return LAUNCHED
    }
    this.scheduler.enqueue(transfer)
    return new Promise((resolve) => {
      transfer.onLaunch = resolve
    })
  }

  /** The one place that starts what was waiting. */
  private pump(): void {
    for (let next = this.scheduler.next(); next !== undefined; next = this.scheduler.next()) this.launch(next)
  }

  private launch(transfer: Transfer): void {
    transfer.launchedAt = performance.now()
    this.engine.launch(transfer)
    this.reportLaunch(transfer)
  }

  private reportLaunch(transfer: Transfer): void {
    const { onLaunch } = transfer
    transfer.onLaunch = null
    onLaunch?.()
  }

  private abortOne(transfer: Transfer, reason: unknown): void {
    if (transfer.state === 'inFlight') {
      this.engine.cancel(transfer, reason)
      return
    }
    this.scheduler.settle(transfer)
    transfer.failUnlaunched(reason)
    this.undelivered++
    this.engine.settleAside(transfer)
  }

  /** A batch is done. The slots are free, and the wire is full again, before anybody hears of it. */
  private onDone(batch: Transfer[]): void {
    for (const transfer of batch) {
      if (transfer.state === 'done') continue
      this.scheduler.settle(transfer)
      this.undelivered++
    }
    this.pump()
    for (const transfer of batch) {
      this.undelivered--
      transfer.order = null
      this.reportLaunch(transfer)
      if (transfer.sink === null) this.callbacks.run(transfer)
      else transfer.sink.deliver(transfer)
    }
    this.callbacks.check()
  }

  private assertOpen(where: string): void {
    // While it finishes, callbacks may add to the work, as in PHP's destructor.
    if (this.closing === null || (!this.isClosed && this.callbacks.isInside)) return
    throw new OptionError(`${where}: this ParallelCurl is closed`)
  }
}

function urlOf(where: string, url: unknown): string {
  if (typeof url === 'string') return url
  if (url instanceof URL) return url.href
  throw new OptionError(
    `${where}: url must be a string or a URL, got ${url === null ? 'null' : typeof url}`,
    'url',
  )
}
