/**
 * CurlDispatcher: undici's interface over an instance of ParallelCurl. Does not know how requests are
 * checked, nor how responses arrive.
 */
import { inspect, type InspectOptions } from 'node:util'
import { Dispatcher } from 'undici'
import { ParallelCurl } from '../parallel-curl.js'
import {
  checkedDefaults,
  ofOrigin,
  ofOtherOrigin,
  type ResponseOptions,
} from '../running/entry/response-options.js'
import type { Responses } from '../running/entry/responses.js'
import { over } from '../running/make/compile-request.js'
import type { OptionsMap } from '../options/request-options.js'
import { mustBe } from '../wrong-value.js'
import { asArgumentError } from './dispatch-errors.js'
import { checkedOptions, dispatchRequest, type Given, type Maker } from './dispatch-request.js'
import { responseHandler, type ResponseHandler } from './handlers.js'
import { checkUndici } from './installed-undici.js'
import { Lifetime } from './lifetime.js'
import { ResponseRelay } from './response-relay.js'

/**
 * Options of libcurl and of this library for all requests of a dispatcher, without those that it sets itself
 * for each request.
 */
export type DispatcherOptions = ResponseOptions

/**
 * Redirects and content codings are the caller's: fetch follows and decodes by itself. The URL is a finished
 * one.
 */
const fixed = { captureHeaders: true, FOLLOWLOCATION: 0, SUPPRESS_CONNECT_HEADERS: 1, PATH_AS_IS: 1 } as const
const WHERE = 'CurlDispatcher'
const KIND = ofOrigin(fixed)
const ELSEWHERE = ofOtherOrigin(fixed)

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
  private readonly defaults: OptionsMap
  /** The requests of `fetch` that a redirect has led to another origin. */
  private elsewhere: Responses | null = null

  /**
   * @param curl the instance that sends the requests. {@link close} and {@link destroy} leave it open.
   * @param defaults options for all requests of this dispatcher; they win over the shared options. Throws
   * `OptionError` if one is wrong, or is one that the dispatcher sets itself.
   */
  constructor(curl: ParallelCurl, defaults?: DispatcherOptions | OptionsMap)
  /** @internal */
  constructor(curl: ParallelCurl, defaults: DispatcherOptions | OptionsMap | undefined, lifetime: Lifetime)
  constructor(
    private readonly curl: ParallelCurl,
    defaults: DispatcherOptions | OptionsMap = {},
    private readonly lifetime = new Lifetime(),
  ) {
    super()
    checkUndici()
    if (!(curl instanceof ParallelCurl))
      throw mustBe('curl', 'a ParallelCurl', curl, { where: WHERE, isSecret: true })
    this.defaults = checkedDefaults(WHERE, defaults)
    this.responses = curl.responses(WHERE, this.defaults, KIND)
    // Of the first dispatcher of this life: nobody sees those derived from it.
    lifetime.onDrain ??= (origin) => this.emit('drain', new URL(origin))
  }

  /** True once {@link close} was called. */
  get closed(): boolean {
    return this.lifetime.closed
  }

  /** True once {@link destroy} was called, or all requests have ended after {@link close}. */
  get destroyed(): boolean {
    return this.lifetime.destroyed
  }

  /** Returns the text for `console.log()`, without the options, which may be secrets. */
  [inspect.custom](depth: number, options: InspectOptions): string {
    if (depth < 0) return '[CurlDispatcher]'
    const { curl, closed, destroyed } = this
    return `CurlDispatcher ${inspect({ curl, closed, destroyed }, options)}`
  }

  /**
   * Starts a request. Returns false if it waits for a slot; `drain` is emitted when none waits any more.
   *
   * Throws undici's `InvalidArgumentError` if the handler is none. Other mistakes reach the handler's
   * `onResponseError` (`onError`).
   */
  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    return this.dispatchBy(this.responses, options, handler, 'dispatch')
  }

  private dispatchBy(
    responses: Responses,
    options: unknown,
    handler: Dispatcher.DispatchHandler,
    by: Maker,
  ): boolean {
    const receiver = responseHandler(handler, by !== 'dispatch')
    try {
      this.lifetime.assertOpen()
      return this.start(responses, checkedOptions(options), receiver, by)
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
  with(options: DispatcherOptions | OptionsMap): CurlDispatcher {
    return new CurlDispatcher(this.curl, over(this.defaults, checkedDefaults(WHERE, options)), this.lifetime)
  }

  /**
   * Returns the dispatcher of one call of `fetch`. A redirect to another origin does not take the credentials
   * of options along: `fetch` follows it with a request of its own.
   *
   * @internal
   */
  ofOneFetch(): Pick<Dispatcher, 'dispatch'> {
    let first: string | null = null
    let last: Dispatcher.DispatchOptions | null = null
    return {
      dispatch: (options, handler) => {
        const origin = String(options.origin)
        first ??= origin
        const by = last !== null && isSame(options, last) ? 'fetch again' : 'fetch'
        last = options
        if (origin === first) return this.dispatchBy(this.responses, options, handler, by)
        this.elsewhere ??= this.curl.responses(WHERE, this.defaults, ELSEWHERE)
        return this.dispatchBy(this.elsewhere, options, handler, by)
      },
    }
  }

  private start(responses: Responses, options: Given, handler: ResponseHandler, by: Maker): boolean {
    const { lifetime } = this
    const owner = {
      sent: () => {
        relay.touch()
      },
      fail: (error: Error) => {
        relay.abort(error)
      },
    }
    const request = dispatchRequest(options, responses.hasUserAgent, owner, by)
    const onOver = (failure: Error | null): void => {
      lifetime.end(relay)
      request.body.destroy(failure)
    }
    const isFetch = by !== 'dispatch'
    const relay = new ResponseRelay(handler, request.limits, responses.clock, onOver, isFetch)
    // Before any code of the user runs, which may end the dispatcher.
    lifetime.begin(relay)
    if (!relay.offer()) return true
    const { url, headers, unasked, origin, body } = request
    try {
      const started = responses.start({
        url,
        headers,
        unasked,
        options: request.options,
        postFields: body.form,
        receiver: relay,
        onLaunch: () => {
          lifetime.launched(origin)
        },
      })
      if (started.isWaiting) lifetime.waits()
      relay.startedAs(started)
      return !started.isWaiting
    } catch (error) {
      // The handler has the controller by now.
      relay.abort(asArgumentError(error))
      return true
    }
  }
}

/** True for requests of the same URL and method. */
function isSame(one: Dispatcher.DispatchOptions, other: Dispatcher.DispatchOptions): boolean {
  return one.path === other.path && one.method === other.method && String(one.origin) === String(other.origin)
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
