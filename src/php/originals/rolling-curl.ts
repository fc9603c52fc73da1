/**
 * RollingCurl, the class that RollingCurlX was made from: a queue of requests that `execute()` runs. Does not
 * depend on libcurl: ParallelCurl runs the requests.
 */
import { inspect, type InspectOptions } from 'node:util'
import type { Transfer } from '../../transfer/transfer.js'
import { mustBe } from '../../wrong-value.js'
import { curl_getinfo } from '../functions/functions.js'
import type { CurlInfo } from '../handles/getinfo.js'
import { entriesOf, idOf, type PhpOptions } from '../options/options.js'
import { isTruthy, toCount, toFunction } from '../values/casts.js'
import * as c from '../values/constants.js'
import { ParallelCurl, type PhpPostFields } from './parallel-curl.js'
import { checkRequest, methodOptions, postFieldsOf, RollingCurlRequest } from './rolling-curl-request.js'
import { headerLines, mergeHeaders, type RollingHeaders } from './rolling-headers.js'
import { SingleRun, workOff } from './work-off.js'

/**
 * @param response - the content. Of a failed request what had arrived; false if it was the only one in the
 * queue. null (of the only one: true) if the content went elsewhere, such as to `CURLOPT_FILE`
 * @param info - the infos of `curl_getinfo()`
 * @param ch - for `curl_errno()` and its kin. The original has no such argument
 */
export type RollingCurlCallback = (
  response: string | boolean | null,
  info: CurlInfo,
  request: RollingCurlRequest,
  ch: Transfer,
) => unknown

type OnResult = (content: string | null, request: RollingCurlRequest, ch: Transfer) => unknown

/** Thrown by {@link RollingCurl.execute} for a window that is too small. */
export class RollingCurlException extends Error {
  override readonly name: string = 'RollingCurlException'
}

const DEFAULT_WINDOW = 5
const MIN_WINDOW = 2
const DEFAULT_SELECT_TIMEOUT_S = 10

/** The original's options, without the one that switches the check of certificates off. */
const DEFAULTS: readonly [number, unknown][] = [
  [c.CURLOPT_RETURNTRANSFER, 1],
  [c.CURLOPT_CONNECTTIMEOUT, 30],
  [c.CURLOPT_TIMEOUT, 30],
  [c.CURLOPT_FOLLOWLOCATION, 1],
  [c.CURLOPT_MAXREDIRS, 5],
]

/**
 * A queue of requests with one callback: add requests, then `await execute()`. At most {@link window_size} of
 * them are in flight.
 *
 * Differs from the original, which does not run on PHP 8: certificates are checked unless `options` say
 * otherwise; methods and headers of single requests are sent; `execute()` empties the queue, and no request
 * is lost; if a callback throws, the other requests go on, and `execute()` rejects at the end.
 */
export class RollingCurl {
  /** The requests that have not been started. May be replaced by another list. */
  requests: RollingCurlRequest[] = []
  /** The original's timeout of `curl_multi_select()`. Seconds. No effect: nothing waits for it. */
  timeout = DEFAULT_SELECT_TIMEOUT_S

  private readonly curl: ParallelCurl
  private shared = new Map<string | number, unknown>(DEFAULTS)
  private lines: readonly string[] = []
  private window = DEFAULT_WINDOW
  private users: RollingCurlCallback | null = null
  private readonly execution = new SingleRun()

  /** @param callback - called with each result: a function or `[object, 'method']` */
  constructor(callback: RollingCurlCallback | readonly [object, string] | null = null) {
    this.curl = new ParallelCurl(DEFAULT_WINDOW, this.shared)
    this.callback = callback
  }

  /** Returns the text for `console.log()`: numbers, without requests and options. */
  [inspect.custom](depth: number, options: InspectOptions): string {
    if (depth < 0) return '[RollingCurl]'
    const { requests, window_size, curl } = this
    return `RollingCurl ${inspect({ requests: requests.length, window_size, curl }, options)}`
  }

  /** The most requests in flight at once. Default: 5. {@link execute} refuses less than 2. */
  get window_size(): number {
    return this.window
  }

  set window_size(window_size: number | `${number}`) {
    this.window = toCount({ where: 'RollingCurl', name: '$window_size' }, window_size)
  }

  /** The function that is called with each result; null for none. */
  get callback(): RollingCurlCallback | null {
    return this.users
  }

  set callback(callback: RollingCurlCallback | readonly [object, string] | null) {
    const cast = { where: 'RollingCurl', name: '$callback' }
    this.users = callback === null ? null : (toFunction(cast, callback) as RollingCurlCallback)
  }

  /**
   * The options of all requests, by number; a request's own options win. Assigning adds options to those that
   * are set, as in the original. Throws `OptionError` for wrong ones, and changes nothing then.
   */
  get options(): Readonly<Record<string | number, unknown>> {
    return Object.fromEntries(this.shared)
  }

  set options(options: PhpOptions) {
    const shared = new Map(this.shared)
    for (const [key, value] of entriesOf(options, 'RollingCurl')) {
      const id = idOf(key) ?? key
      shared.delete(id)
      shared.set(id, value)
    }
    this.curl.setOptions(shared)
    this.shared = shared
  }

  /**
   * The header lines of all requests. They win over `CURLOPT_HTTPHEADER`, and switch `CURLOPT_HEADER` off, as
   * in the original. Assigning adds headers; those of the same name are replaced (in the original: those at
   * the same place).
   */
  get headers(): readonly string[] {
    return this.lines
  }

  set headers(headers: RollingHeaders) {
    this.lines = mergeHeaders(this.lines, headerLines(headers, 'RollingCurl'))
  }

  /**
   * Adds a request at the end of the queue. Returns true. Throws `OptionError` for one that cannot be sent.
   */
  add(request: RollingCurlRequest): boolean {
    if (!((request as unknown) instanceof RollingCurlRequest))
      throw mustBe('$request', 'a RollingCurlRequest', request, { where: 'add', isSecret: true })
    checkRequest(request, 'add')
    this.requests.push(request)
    return true
  }

  /** Adds a new {@link RollingCurlRequest}. Returns true. */
  request(
    url: string | URL,
    method = 'GET',
    post_data: PhpPostFields | null = null,
    headers: RollingHeaders | null = null,
    options: PhpOptions | null = null,
    context: unknown = null,
  ): boolean {
    return this.add(new RollingCurlRequest(url, method, post_data, headers, options, context))
  }

  /** Adds a GET. Returns true. */
  get(
    url: string | URL,
    headers: RollingHeaders | null = null,
    options: PhpOptions | null = null,
    context: unknown = null,
  ): boolean {
    return this.request(url, 'GET', null, headers, options, context)
  }

  /** Adds a POST; without post data its body is empty. Returns true. */
  post(
    url: string | URL,
    post_data: PhpPostFields | null = null,
    headers: RollingHeaders | null = null,
    options: PhpOptions | null = null,
    context: unknown = null,
  ): boolean {
    return this.request(url, 'POST', post_data, headers, options, context)
  }

  /**
   * Sends all requests of the queue, including those that callbacks add. Resolves with true when all
   * callbacks have settled; with the content if there was one request and no callback (false if that failed).
   *
   * Rejects with `RollingCurlException` if the queue is empty, or the window less than 2 with more than one
   * request; with `OptionError` if it is running already; and at the end if callbacks threw or requests were
   * invalid (more than one error: an `AggregateError`).
   *
   * @param window_size - sets the property of that name; null and 0: no change
   */
  execute(window_size: number | `${number}` | null = null): Promise<string | boolean> {
    return this.execution.run(() => {
      const only = this.requests.length === 1 ? this.requests[0] : undefined
      if (only === undefined) this.prepareWindow(window_size)
      return this.workOff(only)
    })
  }

  /** Frees the native handles. Nothing can be executed afterwards. Not needed for the process to end. */
  close(): Promise<void> {
    return this.curl.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  private async workOff(only: RollingCurlRequest | undefined): Promise<string | boolean> {
    let outcome: string | boolean = true
    const onResult: OnResult = (content, request, ch) => {
      const response = request === only ? onlyResponse(content, ch) : content
      if (this.users !== null) return this.users(response, curl_getinfo(ch), request, ch)
      if (request === only) outcome = response as string | boolean
      return undefined
    }
    const next = (): RollingCurlRequest | undefined => this.requests.shift()
    this.curl.setMaxRequests(Math.max(this.window, 1))
    await workOff(this.curl, next, (request) => this.start(request, onResult))
    return outcome
  }

  private prepareWindow(window_size: number | `${number}` | null): void {
    if (isTruthy(window_size)) this.window = toCount({ where: 'execute', name: '$window_size' }, window_size)
    const what = 'execute: the window size must be greater than 1'
    if (this.requests.length === 0) throw new RollingCurlException(`${what}, and the queue is empty`)
    if (this.window < MIN_WINDOW) throw new RollingCurlException(`${what}, got ${String(this.window)}`)
  }

  private async start(request: RollingCurlRequest, onResult: OnResult): Promise<void> {
    checkRequest(request, 'execute')
    const own = new Map<string | number, unknown>(methodOptions(request, this.shared))
    for (const [key, value] of request.options === null ? [] : entriesOf(request.options, 'execute'))
      own.set(idOf(key) ?? key, value)
    const lines = mergeHeaders(this.lines, headerLines(request.headers ?? [], 'execute'))
    if (this.lines.length > 0) own.set(c.CURLOPT_HEADER, 0)
    if (lines.length > 0) own.set(c.CURLOPT_HTTPHEADER, lines)
    const done = (content: string | null, _url: string, ch: Transfer): unknown =>
      onResult(content, request, ch)
    await this.curl.startRequest<unknown>(request.url, done, null, postFieldsOf(request), own)
  }
}

/** Returns what the original's `curl_exec()` returns for a queue of one. */
function onlyResponse(content: string | null, { errno }: Transfer): string | boolean {
  return errno !== 0 ? false : (content ?? true)
}
