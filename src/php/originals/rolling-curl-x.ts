/**
 * RollingCurlX as its README describes it: a queue of requests that `execute()` runs. Does not depend on
 * libcurl: ParallelCurl runs the requests.
 */
import { inspect, type InspectOptions } from 'node:util'
import { mustBe } from '../../wrong-value.js'
import type { Transfer } from '../../transfer/transfer.js'
import { CURLOPT_HEADER } from '../values/constants.js'
import { CURLFile, CURLStringFile } from '../values/curl-file.js'
import { http_build_query } from '../values/http-build-query.js'
import { entriesOf, lastOption, type PhpOptions } from '../options/options.js'
import { ParallelCurl, type PhpPostFields } from './parallel-curl.js'
import { outcomeOf, type RollingCallback } from './rolling-outcome.js'
import { headerLines, mergeHeaders, type RollingHeaders } from './rolling-headers.js'
import { SingleRun, workOff } from './work-off.js'
import { isTruthy, toCount, toFunction } from '../values/casts.js'

/** A request in the queue. */
export interface RollingRequest {
  readonly url: string
  readonly post_data: PhpPostFields | null
  readonly callback: RollingCallback | null
  readonly user_data: unknown
  readonly options: PhpOptions | null
  readonly headers: RollingHeaders | null
}

const DEFAULT_TIMEOUT_MS = 5000
/**
 * A queue of requests: add requests, then `await execute()`.
 *
 * Differs from the original, which does not run on PHP 8: lists of headers are merged by name, `time` is in
 * milliseconds as the README says, and if a callback throws, the other requests continue and `execute()`
 * rejects at the end.
 */
export class RollingCurlX {
  /** The queue. An entry becomes null when its request is done. */
  requests: (RollingRequest | null)[] = []

  private readonly curl = new ParallelCurl()
  private headers: RollingHeaders = []
  private callback: RollingCallback | null = null
  private timeoutMs = DEFAULT_TIMEOUT_MS
  private readonly execution = new SingleRun()

  /** @param maxConcurrent - the most requests in flight at once; 0 or less: 10 */
  constructor(maxConcurrent: number | `${number}` = 10) {
    this.setMaxConcurrent(maxConcurrent)
  }

  /** Returns the text for `console.log()`: numbers, without requests and options. */
  [inspect.custom](depth: number, options: InspectOptions): string {
    if (depth < 0) return '[RollingCurlX]'
    const { requests, timeoutMs, curl } = this
    return `RollingCurlX ${inspect({ requests: requests.length, timeoutMs, curl }, options)}`
  }

  /** Sets the most requests in flight at once; 0 or less: no change. */
  setMaxConcurrent(maxRequests: number | `${number}`): void {
    const max = toCount({ where: 'setMaxConcurrent', name: '$max_requests' }, maxRequests)
    if (max > 0) this.curl.setMaxRequests(max)
  }

  /** Sets options for all requests. A request's own options win. */
  setOptions(options: PhpOptions): void {
    this.curl.setOptions(options)
  }

  /**
   * Sets headers for all requests. A request's own headers replace those of the same name. Empty: no change.
   */
  setHeaders(headers: RollingHeaders): void {
    if (headerLines(headers, 'setHeaders').length > 0) this.headers = headers
  }

  /** Sets the callback for requests without one of their own. */
  setCallback(callback: RollingCallback): void {
    this.callback = toFunction({ where: 'setCallback', name: '$callback' }, callback) as RollingCallback
  }

  /**
   * Sets the timeout of each request. It wins over timeouts in the options. Milliseconds; 0 or less: no
   * change. Default: 5000.
   */
  setTimeout(timeout: number | `${number}`): void {
    const milliseconds = toCount({ where: 'setTimeout', name: '$timeout' }, timeout)
    if (milliseconds > 0) this.timeoutMs = milliseconds
  }

  /**
   * Adds a request at the end of the queue.
   *
   * @param postData - an array is sent urlencoded (as multipart/form-data if it contains files), a string
   * unchanged
   * @returns its index in the queue
   */
  addRequest(
    url: string,
    postData: PhpPostFields | null = null,
    callback: RollingCallback | null = null,
    userData: unknown = null,
    options: PhpOptions | null = null,
    headers: RollingHeaders | null = null,
  ): number {
    const where = 'addRequest'
    if (typeof url !== 'string') throw mustBe('$url', 'a string', url, { where })
    if (headers !== null) headerLines(headers, where)
    const own = callback === null ? null : toFunction({ where, name: '$callback' }, callback)
    return (
      this.requests.push({
        url,
        post_data: isTruthy(postData) ? postData : null,
        callback: (own as RollingCallback | null) ?? this.callback,
        user_data: isTruthy(userData) ? userData : null,
        options: isTruthy(options) ? options : null,
        headers: isTruthy(headers) ? headers : null,
      }) - 1
    )
  }

  /** Empties the queue. Requests in flight are not aborted. */
  reset(): void {
    this.requests = []
  }

  /**
   * Sends all requests of the queue, including those that callbacks add. Resolves when all callbacks have
   * settled. Rejects then if callbacks threw or requests were invalid (more than one error: an
   * `AggregateError`); with `OptionError` if it is running already, as in its own callbacks.
   */
  execute(): Promise<void> {
    return this.execution.run(() => this.workOff())
  }

  /** Frees the native handles. Nothing can be executed afterwards. Not needed for the process to end. */
  close(): Promise<void> {
    return this.curl.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  private async workOff(): Promise<void> {
    let next = 0
    const take = (): number | undefined => (next < this.requests.length ? next++ : undefined)
    await workOff(this.curl, take, (place) => this.start(place)).finally(() => {
      this.reset()
    })
  }

  private async start(place: number): Promise<void> {
    const request = this.requests[place]
    if (!request) return
    const { requests } = this
    const options = this.optionsFor(request)
    const hasHeader = isTruthy(
      lastOption(options, CURLOPT_HEADER) ?? lastOption(this.curl.options, CURLOPT_HEADER),
    )
    const done = (content: string | null, url: string, transfer: Transfer): unknown => {
      requests[place] = null
      const { response, info } = outcomeOf(transfer, content, request.user_data, hasHeader)
      return request.callback?.(response, url, info, request.user_data, info.time)
    }
    await this.curl.startRequest<unknown>(request.url, done, null, postFieldsOf(request.post_data), options)
  }

  private optionsFor({ options, headers }: RollingRequest): Map<string | number, unknown> {
    const all = new Map<string | number, unknown>(options === null ? [] : entriesOf(options, 'addRequest'))
    const lines = mergeHeaders(headerLines(this.headers, 'execute'), headerLines(headers ?? [], 'execute'))
    if (lines.length > 0) all.set('CURLOPT_HTTPHEADER', lines)
    all.set('CURLOPT_RETURNTRANSFER', true)
    all.set('CURLOPT_CONNECTTIMEOUT_MS', this.timeoutMs)
    return all.set('CURLOPT_TIMEOUT_MS', this.timeoutMs)
  }
}

/** An array is urlencoded; one that contains files stays a form. */
function postFieldsOf(data: PhpPostFields | null): PhpPostFields | null {
  if (typeof data !== 'object' || data === null) return data
  const isArray =
    Array.isArray(data) || data instanceof Map || Object.getPrototypeOf(data) === Object.prototype
  if (!isArray || holdsFile(data)) return data
  return http_build_query(data)
}

function holdsFile(data: object): boolean {
  const values: unknown[] =
    data instanceof Map ? [...(data as Map<unknown, unknown>).values()] : Object.values(data)
  return values.some((value) => {
    if (value instanceof CURLFile || value instanceof CURLStringFile) return true
    return Array.isArray(value) && holdsFile(value)
  })
}
