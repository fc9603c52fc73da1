/**
 * The types of options as people write them: libcurl's by every spelling, and ours. Does not know how they
 * are checked.
 */
import type { CurlEasyOptions } from './catalog/curl-options.js'
import type { SocketListener } from './values/socket-event.js'

/** The same options under PHP's and libcurl's full names. */
export type CurlPrefixedOptions = {
  [Name in keyof CurlEasyOptions as `CURLOPT_${Name}`]?: CurlEasyOptions[Name]
}

/**
 * libcurl's options by number, e.g. `[CURLOPT_USERAGENT]: 'me/1.0'`. Their values are checked when they are
 * used. JavaScript puts numeric keys first, in ascending order; where order matters use names, or a `Map`.
 * Functions have PHP's signatures here: `WRITEFUNCTION` and `HEADERFUNCTION` get `(ch, data)`, `READFUNCTION`
 * gets `(ch, infile, length)` and returns a string or bytes, progress functions get `(ch, ...)`; `ch` is the
 * transfer.
 */
export interface CurlNumberedOptions {
  [number: number]: unknown
}

/** libcurl's options by any spelling. */
export interface CurlOptions extends CurlEasyOptions, CurlPrefixedOptions, CurlNumberedOptions {}

/** Our own options of one request. `undefined` counts as not given. */
export interface RequestSettings {
  /**
   * Collects response headers for `transfer.headers`. Costs about half the throughput of small requests.
   * Default: false.
   */
  captureHeaders?: boolean | undefined
  /** libcurl's details in the message of a failed transfer, at a cost for each transfer. Default: false. */
  captureErrorText?: boolean | undefined
  /**
   * How `content` is made of bytes: `'auto'` (the charset that the response declares), `'buffer'` (the
   * bytes), an encoding of Node (`'latin1'`, `'utf8'`) or a WHATWG label (`'shift_jis'`). Default: `'auto'`.
   */
  encoding?: string | undefined
  /**
   * What the callback gets of a transfer that failed: `null`, or `'partial'`: what had arrived, as in PHP.
   * Default: `'null'`.
   */
  failedContent?: 'null' | 'partial' | undefined
  /** Infos that are kept beyond the callback: all, or these by name or number. Default: none. */
  keepInfo?: boolean | readonly (string | number)[] | undefined
  /**
   * The most bytes that a body may have, decoded: what is longer fails with errno 63 as soon as it is,
   * whatever the server announced. Default: no limit.
   */
  maxBodySize?: number | undefined
  /**
   * The most bytes that the header lines of one response may have; errno 100 beyond. Default: no limit but
   * libcurl's (300 kB).
   */
  maxHeaderSize?: number | undefined
  /**
   * HTTP/2 only: milliseconds without a byte sent or received after which a transfer fails with errno 28, and
   * its connection is closed. Some errors of servers leave a transfer standing for ever, with any libcurl.
   * `Infinity`: never. Default: 600000.
   *
   * Before an answer has begun, libcurl does not say which HTTP its connection is for: over TLS a transfer
   * counts then, too, unless its host is known to speak HTTP/1.1 or `HTTP_VERSION` asks for that. One that is
   * paused does not count, nor one with a `WRITEFUNCTION` or `READFUNCTION` of yours: it may be.
   */
  standstillTimeoutMs?: number | undefined
  /**
   * Is told what happens to the transfer's connection, in order, outside of libcurl, before its callback:
   * `resolved`, `connected`, `reused`, `tunnelled`, `tls`, `closed`, with addresses, ports and milliseconds
   * since the attempt was launched. What it throws fails the transfer with errno 42, as its `cause`. null:
   * none, whatever the shared one is. Default: none, at no cost.
   *
   * Source: what libcurl writes with CURLOPT_VERBOSE(3), and CURLOPT_PREREQFUNCTION(3). A libcurl that words
   * it differently from 7.88 and 8.22 may have fewer events.
   */
  onSocketEvent?: SocketListener | null | undefined
}

/** Options of the multi handle. https://curl.se/libcurl/c/curl_multi_setopt.html */
export interface MultiOptions {
  /**
   * Connections to one host. Default: 0, no limit.
   *
   * Transfers beyond it are in flight and wait inside libcurl (`whyWaiting()`: `connection`), which lets them
   * go in an order of its own. Their `TIMEOUT_MS` runs meanwhile, and with libcurl 8 `CONNECTTIMEOUT_MS`,
   * too. `maxRequestsPerHost` keeps the order, and no time runs.
   */
  MAX_HOST_CONNECTIONS?: number
  /** Connections in all. Default: 0, no limit. What is beyond it waits as with `MAX_HOST_CONNECTIONS`. */
  MAX_TOTAL_CONNECTIONS?: number
  /**
   * Connections that are kept for reuse, those in use among them. Default: four times `maxRequests`, and at
   * least a quarter of the files that the process may have open, up to 1024. libcurl's own is four times the
   * transfers that are in flight at the moment.
   */
  MAXCONNECTS?: number
  /** Streams in one HTTP/2 connection. Default: 100. */
  MAX_CONCURRENT_STREAMS?: number
  /** Bits: 2 several transfers in one HTTP/2 connection. Default: 2. */
  PIPELINING?: number
  /** node-libcurl 5 with libcurl 8.17 or newer. */
  NETWORK_CHANGED?: number
  /** Without effect since libcurl 7.62. */
  MAX_PIPELINE_LENGTH?: number
  /** Without effect since libcurl 7.62. */
  CHUNK_LENGTH_PENALTY_SIZE?: number
  /** Without effect since libcurl 7.62. */
  CONTENT_LENGTH_PENALTY_SIZE?: number
  /** Without effect since libcurl 7.62. */
  PIPELINING_SERVER_BL?: readonly string[]
  /** Without effect since libcurl 7.62. */
  PIPELINING_SITE_BL?: readonly string[]
}

/** Options of one request. They stand over the shared ones. */
export interface RequestOptions extends CurlOptions, RequestSettings {}

/** Options that all requests of an instance share. */
export interface ParallelCurlOptions extends RequestOptions {
  /** Options of the multi handle, e.g. `{ MAX_HOST_CONNECTIONS: 4 }`. */
  multi?: MultiOptions | undefined
}

/** Options as a `Map`: keys may be numbers, and keep their order as in PHP's arrays. */
export type OptionsMap = ReadonlyMap<string | number, unknown>
