/**
 * CurlDispatcher: undici's interface over an instance of ParallelCurl. Does not know how requests are
 * checked, nor how responses arrive.
 */
import { Dispatcher } from 'undici'
import { OptionError } from '../errors.js'
import { ParallelCurl } from '../parallel-curl.js'
import type { RequestOptions } from '../running/options/run-options.js'
import type { Responses } from '../running/entry/responses.js'
import { mustBe } from '../wrong-value.js'
import { asArgumentError } from './dispatch-errors.js'
import { checkedOptions, dispatchRequest } from './dispatch-request.js'
import { responseHandler, type ResponseHandler } from './handlers.js'
import { Lifetime } from './lifetime.js'
import { ResponseRelay } from './response-relay.js'

/**
 * Options of libcurl and of this library for all requests of a dispatcher, without those that it sets itself
 * for each request.
 */
export type DispatcherOptions = Omit<
  RequestOptions,
  'onData' | 'output' | 'responseType' | 'upload' | 'uploadSize' | 'captureHeaders' | 'signal' | 'dedupe'
>

/** Options that each request sets itself. Shared options of these names do not hold here. */
const OF_THE_REQUEST: readonly string[] = [
  ...['onData', 'output', 'outputDir', 'responseType', 'upload', 'uploadSize', 'signal', 'dedupe', 'resume'],
  ...['URL', 'CUSTOMREQUEST', 'POST', 'PUT', 'UPLOAD', 'NOBODY', 'HTTPGET', 'POSTFIELDS', 'COPYPOSTFIELDS'],
  ...['POSTFIELDSIZE', 'POSTFIELDSIZE_LARGE', 'INFILESIZE', 'INFILESIZE_LARGE', 'MIMEPOST', 'HTTPPOST'],
  ...['FOLLOWLOCATION', 'ACCEPT_ENCODING', 'ENCODING', 'TRANSFER_ENCODING', 'HTTP_TRANSFER_DECODING'],
  ...['WRITEFUNCTION', 'READFUNCTION', 'HEADERFUNCTION', 'SEEKFUNCTION', 'RETURNTRANSFER', 'HEADER'],
  ...['RANGE', 'RESUME_FROM', 'RESUME_FROM_LARGE', 'FAILONERROR', 'CONNECT_ONLY'],
]
const REFUSED: ReadonlySet<string> = new Set(OF_THE_REQUEST)

/** The options of every request. Whatever the shared options of the instance say, these hold. */
const FIXED = {
  captureHeaders: true,
  // Redirects and content codings are the caller's: fetch follows and decodes by itself.
  FOLLOWLOCATION: 0,
  SUPPRESS_CONNECT_HEADERS: 1,
  // The URL is a finished one.
  PATH_AS_IS: 1,
} as const

/** Called when all is done, or with an error. */
type Done = (error?: Error | null) => void

/**
 * A dispatcher of undici that sends its requests through a {@link ParallelCurl}: with its limits, retries,
 * proxies, sessions and cookies, and any option of libcurl. Its interceptors (`compose()`) are undici's.
 *
 * ```ts
 * const curl = new ParallelCurl(20, { proxies, retry: 2 })
 * const response = await fetch('https://example.com/', { dispatcher: new CurlDispatcher(curl) })
 * ```
 *
 * A failed request gets undici's error for that failure, with the `CurlError` as `cause`. `upgrade` and
 * `CONNECT` fail with `UND_ERR_NOT_SUPPORTED`. The events `connect`, `disconnect` and `connectionError` are
 * not emitted; `drain` is, after `dispatch()` has returned false because a request waits for a slot.
 */
export class CurlDispatcher extends Dispatcher {
  private readonly responses: Responses
  private waiting = 0

  /**
   * @param curl the instance that sends the requests. {@link close} and {@link destroy} leave it open.
   * @param defaults options for all requests of this dispatcher; they win over the shared options. Throws
   * `OptionError` if one is wrong, or is one that the dispatcher sets itself.
   */
  constructor(curl: ParallelCurl, defaults?: DispatcherOptions)
  /** @internal */
  constructor(curl: ParallelCurl, defaults: DispatcherOptions | undefined, lifetime: Lifetime)
  constructor(
    private readonly curl: ParallelCurl,
    private readonly defaults: DispatcherOptions = {},
    private readonly lifetime = new Lifetime(),
  ) {
    super()
    if (!(curl instanceof ParallelCurl))
      throw mustBe('curl', 'a ParallelCurl', curl, { where: 'CurlDispatcher', isSecret: true })
    checkDefaults(defaults)
    this.responses = curl.responses('CurlDispatcher', { ...defaults, ...FIXED }, OF_THE_REQUEST)
  }

  /** True once {@link close} was called. */
  get closed(): boolean {
    return this.lifetime.closed
  }

  /** True once {@link destroy} was called, or all requests have ended after {@link close}. */
  get destroyed(): boolean {
    return this.lifetime.destroyed
  }

  /**
   * Starts a request. Returns false if it waits for a slot; `drain` is emitted when none waits any more.
   *
   * Throws undici's `InvalidArgumentError` if the handler is none. Other mistakes reach the handler's
   * `onResponseError` (`onError`).
   */
  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const receiver = responseHandler(handler)
    try {
      this.lifetime.assertOpen()
      return this.start(options, receiver)
    } catch (error) {
      receiver.fail(null, asArgumentError(error))
      return true
    }
  }

  /** Refuses further requests. Resolves when the running ones are over. Does not close the instance. */
  override close(): Promise<void>
  override close(callback: () => void): void
  override close(callback?: Done): Promise<void> | void {
    return told(this.lifetime.close(), callback)
  }

  /** Aborts all requests of this dispatcher, and refuses further ones. Does not close the instance. */
  override destroy(error?: Error | null): Promise<void>
  override destroy(callback: () => void): void
  override destroy(error: Error | null, callback: () => void): void
  override destroy(first?: Error | Done | null, second?: Done): Promise<void> | void {
    const isCallback = typeof first === 'function'
    this.lifetime.destroy(isCallback ? null : (first ?? null))
    return told(Promise.resolve(), isCallback ? first : second)
  }

  /**
   * Returns a dispatcher with more options, which ends with this one.
   *
   * @internal
   */
  with(options: DispatcherOptions): CurlDispatcher {
    return new CurlDispatcher(this.curl, { ...this.defaults, ...options }, this.lifetime)
  }

  private start(options: Dispatcher.DispatchOptions, handler: ResponseHandler): boolean {
    const { responses, lifetime } = this
    const request = dispatchRequest(checkedOptions(options), responses.hasUserAgent, () => {
      relay.touch()
    })
    const relay = new ResponseRelay(handler, request.limits, responses.clock, (failure) => {
      lifetime.end(relay)
      request.body.destroy(failure)
    })
    if (!relay.offer()) return true
    const { url, headers, body } = request
    const started = responses.start({
      url,
      headers,
      options: request.options,
      postFields: body.form,
      receiver: relay,
      onLaunch: () => {
        this.launched(options.origin)
      },
    })
    lifetime.begin(relay)
    relay.startedAs(started)
    if (started.isWaiting) this.waiting++
    return !started.isWaiting
  }

  private launched(origin: string | URL | undefined): void {
    if (--this.waiting > 0) return
    queueMicrotask(() => {
      if (this.waiting === 0) this.emit('drain', origin instanceof URL ? origin : new URL(String(origin)))
    })
  }
}

function checkDefaults(defaults: object): void {
  for (const name of Object.keys(defaults)) {
    if (REFUSED.has(name.replace(/^CURLOPT_/, '')))
      throw new OptionError(
        `CurlDispatcher: ${name} is what the dispatcher sets itself for each request`,
        name,
      )
  }
}

/** Calls back as undici does, or returns the promise. */
function told(done: Promise<void>, callback: Done | undefined): Promise<void> | void {
  if (callback === undefined) return done
  done.then(
    () => {
      callback(null)
    },
    (error: unknown) => {
      callback(error as Error)
    },
  )
}
