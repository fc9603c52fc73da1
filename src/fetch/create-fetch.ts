/**
 * `fetch` over ParallelCurl: undici's implementation of the standard on a CurlDispatcher. Only connects the
 * two.
 */
import { fetch as undiciFetch, type RequestInit as UndiciInit } from 'undici'
import type { ParallelCurl } from '../parallel-curl.js'
import { CurlDispatcher, type DispatcherOptions } from '../undici/curl-dispatcher.js'
import { OptionError } from '../errors.js'
import { ownInitFor, ownInput } from './foreign.js'

/** The second argument of a {@link CurlFetch}: that of `fetch`, and the options of this library. */
export interface CurlRequestInit extends RequestInit {
  /**
   * Options of libcurl and of this library for this request: `{ proxies, session, retry, priority, PROXY }`.
   * They win over the defaults and the shared options. Rejects with `OptionError` if one is wrong, or is one
   * that `fetch` sets itself. Default: none.
   */
  curl?: DispatcherOptions | undefined
}

/** A `fetch` that runs through a ParallelCurl. */
export interface CurlFetch {
  (input: string | URL | Request, init?: CurlRequestInit | null): Promise<Response>
  /** The dispatcher of all its requests, e.g. to wait for them (`close()`) or to abort them (`destroy()`). */
  readonly dispatcher: CurlDispatcher
}

/**
 * Returns a `fetch` whose requests run through an instance: with its limits, retries, proxies, sessions and
 * cookies, and any option of libcurl.
 *
 * ```ts
 * const curl = new ParallelCurl(20, { maxRequestsPerHost: 4 })
 * const fetch = createFetch(curl, { retry: 2 })
 * const response = await fetch('https://example.com/', { curl: { PROXY: 'socks5h://127.0.0.1:1080' } })
 * ```
 *
 * It is undici's own `fetch`: redirects, content codings, aborts and errors are as the standard says. A
 * failed request rejects with a `TypeError` whose `cause` is undici's error; the `CurlError` is the `cause`
 * of that. `Request`, `FormData` and `Headers` may be those of Node.js; the `Response` is undici's.
 *
 * @param curl the instance that sends the requests
 * @param defaults options for all requests of this `fetch`; they win over the shared options. Throws
 * `OptionError` if one is wrong, or is one that `fetch` sets itself.
 */
export function createFetch(curl: ParallelCurl, defaults: DispatcherOptions = {}): CurlFetch {
  const dispatcher = new CurlDispatcher(curl, defaults)
  const fetch = async (input: string | URL | Request, init?: CurlRequestInit | null): Promise<Response> => {
    const { curl: options, dispatcher: other } = (init ?? {}) as CurlRequestInit & { dispatcher?: unknown }
    if (other !== undefined)
      throw new OptionError(
        'fetch: init.dispatcher is set by createFetch(). Use fetch of undici',
        'dispatcher',
      )
    const chosen = options === undefined ? dispatcher : dispatcher.with(options)
    const own = { ...ownInitFor(input, init ?? {}), dispatcher: chosen.ofOneFetch() }
    const response: unknown = await undiciFetch(ownInput(input), own as unknown as UndiciInit)
    return response as Response
  }
  return Object.assign(fetch, { dispatcher })
}
