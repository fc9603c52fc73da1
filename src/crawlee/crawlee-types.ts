/**
 * The interface of crawlee 3 for HTTP clients (`BaseHttpClient`), as far as it is used here. Its own types
 * are not imported: crawlee need not be where this library is.
 */
import type { Readable } from 'node:stream'

/** What a body is for each `responseType`. */
export interface CrawleeBodies {
  json: unknown
  text: string
  buffer: Buffer
}

/** Headers by name. */
export type CrawleeHeaders = Record<string, string | string[] | undefined>

/** A jar for cookies, such as that of a session of crawlee, or of tough-cookie. */
export interface CrawleeCookieJar {
  getCookieString(url: string): string | Promise<string>
  setCookie(cookie: string, url: string): unknown
}

/** A request of crawlee. */
export interface CrawleeRequest<T extends keyof CrawleeBodies = 'text'> {
  [name: string]: unknown
  url: string | URL
  method?:
    | ('GET' | 'POST' | 'PUT' | 'PATCH' | 'HEAD' | 'DELETE' | 'OPTIONS' | 'TRACE')
    | ('get' | 'post' | 'put' | 'patch' | 'head' | 'delete' | 'options' | 'trace')
  headers?: CrawleeHeaders
  signal?: AbortSignal
  /**
   * Milliseconds. `request`: for all redirects and the body, with the time in the queue. `connect`: for each
   * connection. Other limits have no effect.
   */
  timeout?: { request?: number; connect?: number }
  followRedirect?: boolean | ((response: CrawleeHead) => boolean)
  /** Default: 10. */
  maxRedirects?: number
  /** How `responseType: 'text'` is decoded. Default: `'utf8'`. */
  encoding?: BufferEncoding
  /** Default: `'text'`. */
  responseType?: T
  /** Fails with errno 22 at a status of 400 or more. Default: false. */
  throwHttpErrors?: boolean
  proxyUrl?: string
}

/** What is known of a response when its headers have arrived. */
export interface CrawleeHead {
  /** The URLs that redirects led to. */
  redirectUrls: URL[]
  /** The URL of the response, after redirects. */
  url: string
  /** The address of the server, or of the proxy. */
  ip?: string
  statusCode: number
  statusMessage?: string
  headers: CrawleeHeaders
  /** Filled when the body has ended. */
  trailers: CrawleeHeaders
  /** True when the whole body has been read. */
  complete: boolean
}

/** A response with its body. */
export interface CrawleeResponse<T extends keyof CrawleeBodies> extends CrawleeHead {
  body: CrawleeBodies[T]
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as it was given, of any type
  request: any
}

/** How much of a body has arrived. `percent` is between 0 and 1. */
export interface CrawleeProgress {
  percent: number
  transferred: number
  total?: number
}

/** A response whose body is a stream. */
export interface CrawleeStream extends CrawleeHead {
  stream: Readable
  readonly downloadProgress: CrawleeProgress
  readonly uploadProgress: CrawleeProgress
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as it was given, of any type
  request: any
}

/** Called at each redirect. It may change the request that follows. */
export type CrawleeRedirect = (
  response: CrawleeHead,
  updatedRequest: { url?: string | URL; headers: CrawleeHeaders },
) => void
