/**
 * The types of options as users write them: libcurl's in every spelling, and this library's own. Does not
 * know how they are checked.
 */
import type { CurlEasyOptions } from './catalog/curl-options.js'
import type { RequestedHttpVersion } from './values/http-version.js'
import type { SocketListener } from './values/socket-event.js'

/** libcurl's options with PHP's and libcurl's full names. */
export type CurlPrefixedOptions = {
  [Name in keyof CurlEasyOptions as `CURLOPT_${Name}`]?: CurlEasyOptions[Name]
}

/**
 * libcurl's options by number, e.g. `[CURLOPT_USERAGENT]: 'me/1.0'`. Their values are checked at run time
 * only. JavaScript puts numeric keys first, in ascending order; if the order matters, use names or a `Map`.
 * Functions have PHP's signatures here: `WRITEFUNCTION` and `HEADERFUNCTION` get `(ch, data)`, `READFUNCTION`
 * gets `(ch, infile, length)` and returns a string or bytes, progress functions get `(ch, ...)`; `ch` is the
 * transfer.
 */
export interface CurlNumberedOptions {
  [number: number]: unknown
}

/** libcurl's options in any spelling. */
export interface CurlOptions extends CurlEasyOptions, CurlPrefixedOptions, CurlNumberedOptions {}

/** The options of this library for one request. `undefined` counts as not given. */
export interface RequestSettings {
  /**
   * `true`: the request is the one that libcurl would make of its options, and its outcome the one that
   * libcurl gives. Else some are put right: a number that builds do not agree on, an answer that was cut
   * within its head (52 then, and not a success), the end of a connection before anybody has looked at the
   * request (it is sent again), the cookies of `transfer.cookies` (kept beyond the callback), `CUSTOMREQUEST:
   * 'HEAD'` (whose answer has no body), and options that would have libcurl fail in the end are refused.
   * Default: false.
   */
  asLibcurl?: boolean | undefined
  /**
   * Collects response headers for `transfer.headers`. Costs about half the throughput of small requests.
   * Default: false.
   */
  captureHeaders?: boolean | undefined
  /**
   * Adds libcurl's details to the message of a failed transfer. Costs some time for every transfer. Default:
   * false.
   */
  captureErrorText?: boolean | undefined
  /**
   * The way in which the bytes of a body become `content`: `'auto'` (the charset that the response declares),
   * `'buffer'` (the bytes), an encoding of Node (`'latin1'`, `'utf8'`) or a WHATWG label (`'shift_jis'`).
   * `'html'` finds the charset as browsers do: a byte order mark, the header, `<meta>` in the first 1,024
   * bytes; where none of them is there, UTF-8 if the bytes are valid UTF-8, else windows-1252. Default:
   * `'auto'`.
   */
  encoding?: string | undefined
  /**
   * The content of a failed transfer for the callback: `null`, or the part that has arrived (`'partial'`), as
   * in PHP. Default: `'null'`.
   */
  failedContent?: 'null' | 'partial' | undefined
  /**
   * The version of HTTP: `HTTP_VERSION` by name. `'3'` is HTTP/3 or, if the server does not answer over UDP, what
   * `'2'` is; `'3only'` fails then. `'2'` is HTTP/2 over TLS if the server has it, else HTTP/1.1. Both of HTTP/3
   * need a build with it: `capabilities().httpVersions`. Default: `'2'`.
   *
   * Throws at the call if the build has no HTTP/3, or if `'3only'` goes with `http://` or a proxy. Source:
   * CURLOPT_HTTP_VERSION(3).
   */
  httpVersion?: RequestedHttpVersion | undefined
  /**
   * The infos that stay readable after the callback: `true` for all, or a list of names or numbers. Default:
   * none.
   */
  keepInfo?: boolean | readonly (string | number)[] | undefined
  /**
   * The maximum length of a response body. Bytes, decoded. A transfer fails with errno 63 as soon as its body
   * exceeds it, whatever length the server has announced. Default: no limit.
   */
  maxBodySize?: number | undefined
  /**
   * The maximum length of the header lines of one response. Bytes. A transfer fails with errno 100 beyond it.
   * Default: libcurl's limit (300 kB).
   */
  maxHeaderSize?: number | undefined
  /**
   * HTTP/2 and HTTP/3 only: the time without a byte sent or received after which a transfer fails with errno 28 and its
   * connection is closed. Some server errors make a transfer stall for ever, with any libcurl. Milliseconds;
   * `Infinity`: never. Default: 600000.
   *
   * Before a response has begun, libcurl does not report the HTTP version of its connection. So the limit
   * also applies to every transfer over TLS before its response, unless its host is known to speak HTTP/1.1
   * or `HTTP_VERSION` asks for that. It does not apply to a paused transfer, nor to one with a
   * `WRITEFUNCTION` or `READFUNCTION` of yours, which may have paused it.
   */
  standstillTimeoutMs?: number | undefined
  /**
   * Called with every event of the transfer's connection, in order, outside of libcurl's stack, before the
   * transfer's callback: `resolved`, `connected`, `reused`, `tunnelled`, `tls`, `closed`, with addresses,
   * ports and milliseconds since the launch of the attempt. If the function throws, the transfer fails with
   * errno 42, with the exception as its `cause`. `null` switches a shared function off. Default: none, at no
   * cost.
   *
   * Source: the verbose lines of libcurl, CURLOPT_VERBOSE(3), and CURLOPT_PREREQFUNCTION(3). A libcurl whose
   * lines differ from those of 7.88 and 8.22 may have fewer events.
   */
  onSocketEvent?: SocketListener | null | undefined
}

/** Options of the multi handle. https://curl.se/libcurl/c/curl_multi_setopt.html */
export interface MultiOptions {
  /**
   * The maximum number of connections to one host. Default: 0, no limit.
   *
   * Transfers beyond the limit are in flight and wait inside libcurl (`whyWaiting()`: `connection`), which
   * starts them in an order of its own. Meanwhile their `TIMEOUT_MS` runs, and with libcurl 8
   * `CONNECTTIMEOUT_MS`, too. `maxRequestsPerHost` keeps the order, and no timeout runs.
   */
  MAX_HOST_CONNECTIONS?: number
  /**
   * The maximum number of connections. Default: 0, no limit. Transfers beyond it wait as with
   * `MAX_HOST_CONNECTIONS`.
   */
  MAX_TOTAL_CONNECTIONS?: number
  /**
   * The number of connections that are kept for reuse, including those in use. Default: four times
   * `maxRequests`, and at least a quarter of the files that the process may have open, up to 1024. libcurl's
   * own default is four times the number of transfers in flight at the moment.
   */
  MAXCONNECTS?: number
  /** The maximum number of streams in one HTTP/2 connection. Default: 100. */
  MAX_CONCURRENT_STREAMS?: number
  /** A bit mask: 2 allows several transfers in one HTTP/2 connection. Default: 2. */
  PIPELINING?: number
  /** Needs node-libcurl 5 with libcurl 8.17 or newer. */
  NETWORK_CHANGED?: number
  /** No effect since libcurl 7.62. */
  MAX_PIPELINE_LENGTH?: number
  /** No effect since libcurl 7.62. */
  CHUNK_LENGTH_PENALTY_SIZE?: number
  /** No effect since libcurl 7.62. */
  CONTENT_LENGTH_PENALTY_SIZE?: number
  /** No effect since libcurl 7.62. */
  PIPELINING_SERVER_BL?: readonly string[]
  /** No effect since libcurl 7.62. */
  PIPELINING_SITE_BL?: readonly string[]
}

/** Options of one request. They override the shared ones. */
export interface RequestOptions extends CurlOptions, RequestSettings {}

/** Options that all requests of an instance share. */
export interface ParallelCurlOptions extends RequestOptions {
  /** Options of the multi handle, e.g. `{ MAX_HOST_CONNECTIONS: 4 }`. */
  multi?: MultiOptions | undefined
}

/** Options as a `Map`: keys may be numbers, and keep their order as in PHP's arrays. */
export type OptionsMap = ReadonlyMap<string | number, unknown>
