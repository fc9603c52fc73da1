/**
 * CurlHttpClient: crawlee's interface for HTTP clients over an instance of ParallelCurl. Follows redirects,
 * because crawlee hears of each. Does not know how a response arrives.
 */
import { buffer } from 'node:stream/consumers'
import { COULDNT_CONNECT, COULDNT_RESOLVE_PROXY, HTTP_RETURNED_ERROR, PROXY } from '../curl-codes.js'
import { CurlError } from '../errors.js'
import type { OptionsMap } from '../options/request-options.js'
import { ParallelCurl } from '../parallel-curl.js'
import {
  checkedDefaults,
  ofOrigin,
  ofOtherOrigin,
  type ResponseOptions,
} from '../running/entry/response-options.js'
import type { Responses } from '../running/entry/responses.js'
import { optionName } from '../running/make/compile-request.js'
import type { RequestOptions } from '../running/options/run-options.js'
import { mustBe } from '../wrong-value.js'
import { keepCookies, withCookies } from './cookies.js'
import type {
  CrawleeBodies,
  CrawleeCookieJar,
  CrawleeHead,
  CrawleeRedirect,
  CrawleeRequest,
  CrawleeResponse,
  CrawleeStream,
} from './crawlee-types.js'
import { IncomingResponse } from './incoming-response.js'
import {
  failure,
  linesOf,
  optionsOf,
  outgoing,
  redirected,
  WHERE,
  type Outgoing,
} from './outgoing-request.js'

type Request = CrawleeRequest<never>

const fixed = {
  captureHeaders: true,
  FOLLOWLOCATION: 0,
  SUPPRESS_CONNECT_HEADERS: 1,
  ACCEPT_ENCODING: '',
} as const
const REDIRECTS = new Set([301, 302, 303, 307, 308])
const DEFAULT_REDIRECTS = 10
const TOO_MANY_REDIRECTS = 47
/** The most of a redirect's body that is read, to use its connection again. Bytes. */
const MAX_READ = 1 << 18
/** Lines that keep libcurl from adding headers by itself. */
const UNASKED: readonly string[] = ['Expect:']
const VERIFYING = ['SSL_VERIFYPEER', 'SSL_VERIFYHOST'] as const

/** A response that was not a redirect, or one that is not followed. */
interface Opened {
  readonly head: CrawleeHead
  readonly incoming: IncomingResponse
}

/**
 * An HTTP client for crawlee 3 (`BaseHttpClient`): the requests of its crawlers run through a
 * {@link ParallelCurl}, with libcurl's proxies, and with this library's limits, retries and sessions.
 *
 * ```ts
 * const curl = new ParallelCurl(50, { maxRequestsPerHost: 8 })
 * const crawler = new HttpCrawler({ httpClient: new CurlHttpClient(curl), requestHandler })
 * ```
 *
 * A failed request rejects with `CurlError`.
 */
export class CurlHttpClient {
  private readonly verifying: RequestOptions
  private readonly defaults: OptionsMap
  private readonly responses: Responses
  /** The requests that a redirect has led to another origin. */
  private elsewhere: Responses | null = null

  /**
   * @param curl the instance that sends the requests. It stays open when a crawler ends.
   * @param defaults options for all requests of this client; they win over the shared options. Throws
   * `OptionError` if one is wrong, or is one that each request sets itself.
   */
  constructor(
    private readonly curl: ParallelCurl,
    defaults: ResponseOptions | OptionsMap = {},
  ) {
    if (!(curl instanceof ParallelCurl))
      throw mustBe('curl', 'a ParallelCurl', curl, { where: WHERE, isSecret: true })
    this.defaults = checkedDefaults(WHERE, defaults)
    this.responses = curl.responses(WHERE, this.defaults, ofOrigin(fixed))
    const given = new Set([...this.defaults.keys()].map(optionName))
    this.verifying = Object.fromEntries(VERIFYING.filter((name) => !given.has(name)).map((name) => [name, 0]))
  }

  /** Sends a request, and resolves with the complete response. Crawlee calls it for `sendRequest()`. */
  async sendRequest<T extends keyof CrawleeBodies = 'text'>(
    request: CrawleeRequest<T>,
  ): Promise<CrawleeResponse<T>> {
    const { responseType = 'text', encoding = 'utf8' } = request
    if (!['text', 'json', 'buffer'].includes(responseType))
      throw mustBe('responseType', "'text', 'json' or 'buffer'", responseType, { where: WHERE })
    const { head, incoming } = await this.open(request as Request)
    const bytes = await buffer(incoming.stream)
    const text = (): string => bytes.toString(encoding)
    const body =
      responseType === 'buffer' ? bytes : responseType === 'text' ? text() : (JSON.parse(text()) as unknown)
    return { ...head, body: body as CrawleeBodies[T], request }
  }

  /**
   * Sends a request, and resolves when the headers of the response are there. Crawlers call it for each page.
   */
  async stream(request: CrawleeRequest<never>, onRedirect?: CrawleeRedirect): Promise<CrawleeStream> {
    const { head, incoming } = await this.open(request, onRedirect)
    const { stream } = incoming
    const size = Number(head.headers['content-encoding'] === undefined ? head.headers['content-length'] : NaN)
    // The properties of the head are read later, too: they have to stay getters.
    return Object.defineProperties({ stream, request } as unknown as CrawleeStream, {
      ...Object.getOwnPropertyDescriptors(head),
      uploadProgress: { value: { percent: 1, transferred: 0 }, enumerable: true },
      downloadProgress: {
        enumerable: true,
        get: () => {
          const transferred = incoming.received
          if (Number.isNaN(size)) return { percent: stream.readableEnded ? 1 : 0, transferred }
          return { percent: size === 0 ? 1 : transferred / size, transferred, total: size }
        },
      },
    })
  }

  private async open(request: Request, onRedirect?: CrawleeRedirect): Promise<Opened> {
    const { followRedirect = true, maxRedirects = DEFAULT_REDIRECTS } = request
    const jar = request['cookieJar'] as CrawleeCookieJar | undefined
    const limit = timeLimit(request)
    const redirectUrls: URL[] = []
    let next = outgoing(request)
    const { origin } = next.url
    for (;;) {
      const { url } = next
      const isFirst = redirectUrls.length === 0
      const headers = await withCookies(next.headers, jar, url, isFirst ? 'header' : 'jar')
      const responses = url.origin === origin ? this.responses : this.otherResponses()
      const incoming = this.send(responses, { ...next, headers }, { ...this.optionsFor(request), ...limit() })
      const {
        status,
        statusText,
        headers: received,
        ip,
      } = await incoming.head.catch((error: unknown) => {
        throw request.proxyUrl === undefined ? error : ofProxy(error)
      })
      await keepCookies(received, jar, url)
      const head: CrawleeHead = {
        redirectUrls,
        url: url.href,
        ip,
        statusCode: status,
        statusMessage: statusText,
        headers: received,
        trailers: incoming.trailers,
        get complete() {
          return incoming.stream.readableEnded
        },
      }
      const location = valueOfLocation(received)
      const isRedirect = REDIRECTS.has(status) && location !== null
      if (isRedirect && isToFollow(followRedirect, head, incoming)) {
        await readToEnd(incoming)
        if (redirectUrls.length >= maxRedirects) throw tooMany(url, maxRedirects)
        next = told(redirected(next, status, location), head, onRedirect)
        redirectUrls.push(next.url)
      } else if (request.throwHttpErrors === true && status >= 400) {
        incoming.stream.destroy()
        throw failed(url, status)
      } else return { head, incoming }
    }
  }

  private send(responses: Responses, request: Outgoing, options: RequestOptions): IncomingResponse {
    const incoming = new IncomingResponse()
    const started = responses.start({
      url: request.url.href,
      headers: linesOf(request),
      unasked: UNASKED,
      options: { ...optionsOf(request), ...options },
      postFields: request.body.form,
      receiver: incoming,
      onLaunch: () => undefined,
    })
    incoming.startedAs(started)
    return incoming
  }

  private otherResponses(): Responses {
    return (this.elsewhere ??= this.curl.responses(WHERE, this.defaults, ofOtherOrigin(fixed)))
  }

  private optionsFor({ proxyUrl, signal, https }: Request): RequestOptions {
    const { rejectUnauthorized } = (https ?? {}) as { readonly rejectUnauthorized?: unknown }
    return {
      ...(proxyUrl !== undefined && { PROXY: proxyUrl }),
      ...(signal !== undefined && { signal }),
      ...(rejectUnauthorized === false && this.verifying),
    }
  }
}

/** Returns a function for the options that leave a request the time that is left. */
function timeLimit({ timeout = {} }: Request): () => RequestOptions {
  const { request, connect } = timeout
  const beganAt = performance.now()
  return () => ({
    ...(connect !== undefined && { CONNECTTIMEOUT_MS: Math.ceil(connect) }),
    ...(request !== undefined && { totalTimeoutMs: Math.max(request - (performance.now() - beganAt), 1) }),
  })
}

/** Asks whoever decides. An exception of theirs ends the response, which nobody would read. */
function isToFollow(
  followRedirect: NonNullable<Request['followRedirect']>,
  head: CrawleeHead,
  { stream }: IncomingResponse,
): boolean {
  if (typeof followRedirect !== 'function') return followRedirect
  try {
    return followRedirect(head)
  } catch (error) {
    stream.destroy()
    throw error
  }
}

function valueOfLocation({ location }: CrawleeHead['headers']): string | null {
  return typeof location === 'string' && location !== '' ? location : null
}

/** Tells crawlee of a redirect, and returns the request as crawlee has changed it. */
function told(next: Outgoing, head: CrawleeHead, onRedirect: CrawleeRedirect | undefined): Outgoing {
  if (onRedirect === undefined) return next
  const updated: Parameters<CrawleeRedirect>[1] = { url: next.url, headers: next.headers }
  onRedirect(head, updated)
  const { url } = outgoing({ url: updated.url ?? next.url })
  return { ...next, url, headers: updated.headers }
}

/**
 * Reads the body of a redirect, so that its connection can be used again; a long one is cut. A body that
 * breaks off is no failure: nobody wants it.
 */
async function readToEnd({ stream }: IncomingResponse): Promise<void> {
  let bytes = 0
  try {
    for await (const chunk of stream) {
      bytes += (chunk as Buffer).length
      if (bytes > MAX_READ) break
    }
  } catch (error) {
    if (!(error instanceof CurlError)) throw error
  }
}

const tooMany = (url: URL, max: number): CurlError =>
  failure(`Maximum (${String(max)}) redirects followed`, TOO_MANY_REDIRECTS, url)

const failed = (url: URL, status: number): CurlError =>
  failure(`The requested URL returned error: ${String(status)}`, HTTP_RETURNED_ERROR, url)

/** The words in messages by which crawlee finds that it has to use another proxy. */
const PROXY_WORDS = new Map([
  [COULDNT_RESOLVE_PROXY, 'ERR_PROXY_CONNECTION_FAILED'],
  [COULDNT_CONNECT, 'ERR_PROXY_CONNECTION_FAILED'],
  [PROXY, 'ERR_TUNNEL_CONNECTION_FAILED'],
])

/** Returns the error of a request through a proxy, so that crawlee takes it for one of the proxy. */
function ofProxy(error: unknown): unknown {
  if (!(error instanceof CurlError)) return error
  const word = PROXY_WORDS.get(error.errno)
  if (word === undefined) return error
  const { errno, code, url, message } = error
  return new CurlError(`${word}: ${message}`, { errno, code, url, cause: error })
}
