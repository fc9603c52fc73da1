/**
 * The state that a handle keeps after `curl_easy_reset(3)`, and the transfers after which a handle must not
 * be used again. Does not know the pool.
 *
 * A reset clears the options, but not the state that libcurl has derived from them (`struct UrlState` in its
 * lib/urldata.h). The table lists that state. State that an option leaves simply by being set (HSTS, RANGE,
 * ...) is listed in src/options/catalog/option-traits.ts. Cookies and shares are cleared one by one when a
 * handle is reset. Closing a handle and creating a new one costs 2 us, and only failed and unusual transfers
 * pay it.
 */
import type { PostFields } from '../../options/values/post-fields.js'
import { libcurlVersionNumber, OPTION } from '../node-libcurl/binding.js'
import type { EffectiveOptions } from './effective-options.js'
import { isSending } from './request-method.js'
import { hasFault } from '../node-libcurl/faults.js'

/** The facts about a transfer that is over. */
export interface Past {
  /** True if the transfer failed, was cancelled, timed out, or was ended by a function or a limit. */
  readonly hasFailed: boolean
  /** True if the response may have ended within its head. */
  readonly endedInHead: boolean
  /** True if the connection was left open for the user (`connect()`, `webSocket()`). */
  readonly keptConnection: boolean
  /** The requested URL, and the URL that a redirect has led to. */
  readonly urls: readonly string[]
  /** True if the request body came from a source, whose size libcurl may not know. */
  readonly hadSource: boolean
  readonly traces: Traces
}

/**
 * The state that the options of a request may leave behind. Determined once for all requests with the same
 * options.
 */
export interface Traces {
  /** True if the request may have been sent with `Expect: 100-continue`. */
  readonly expects: boolean
  /** True if the request had a `Host` header of its own. */
  readonly namesHost: boolean
  /** True if line ends of the request body were rewritten. */
  readonly rewritesLines: boolean
}

interface Leftover {
  /** The state that stays, and its effect. */
  readonly what: string
  /**
   * The first version without it, as far as sources have been read; Infinity if the newest version still has
   * it.
   */
  readonly until: number
  /** Returns true if such a transfer may have left the state. */
  readonly isLeftBy: (past: Past) => boolean
}

/**
 * libcurl 8.22, the newest version whose source has been read. Versions between 7.88 and 8.22 are treated
 * like 7.88.
 */
const READ_LAST = 0x081600

/** All of the state. Source: `curl_easy_reset` and `struct UrlState` of libcurl 7.88.1 and 8.22.0. */
const LEFTOVERS: readonly Leftover[] = [
  {
    what: 'aptr.userpwd, aptr.proxyuserpwd, aptr.te: header lines with credentials, freed once they are sent; else the next request sends them, whatever its host',
    until: READ_LAST,
    isLeftBy: ({ hasFailed }) => hasFailed,
  },
  {
    what: 'tempwrite: what arrived while the transfer was paused, where others use its HTTP/2 connection (multi_done returns early); the next transfer that is paused receives it',
    until: READ_LAST,
    isLeftBy: ({ hasFailed }) => hasFailed,
  },
  {
    what: 'refused_stream: the next transfer that fails without a response is sent twice, even a POST',
    until: Infinity,
    isLeftBy: ({ hasFailed }) => hasFailed,
  },
  {
    what: 'buffer, ulbuf: kept in the size that they had, and used in the size that is set; see keepsBuffers',
    until: READ_LAST,
    isLeftBy: ({ hasFailed }) => hasFailed,
  },
  {
    what: 'leading_unfold: libcurl is about to join a header line with the next one; see response-head-end.ts',
    until: Infinity,
    isLeftBy: ({ endedInHead }) => endedInHead,
  },
  {
    what: 'lastconnect_id: it leads to a connection that no other transfer may use',
    until: READ_LAST,
    isLeftBy: ({ keptConnection }) => keptConnection,
  },
  {
    what: 'disableexpect: after a response with 417 no request sends Expect: 100-continue any more',
    until: Infinity,
    isLeftBy: ({ traces, hadSource }) => traces.expects || hadSource,
  },
  {
    what: 'most_recent_ftp_entrypath: an info of an earlier transfer; with 7.88 a place in its connection, which may be closed',
    until: Infinity,
    isLeftBy: ({ urls }) => urls.some(isOther),
  },
  {
    what: 'rtsp_next_client_CSeq and its like: the numbers of the next session begin where the last one ended',
    until: Infinity,
    isLeftBy: ({ urls }) => urls.some(isOther),
  },
  {
    what: 'scratch: made for the UPLOAD_BUFFERSIZE of the first upload with CRLF, and too small for a larger one',
    until: READ_LAST,
    isLeftBy: ({ traces }) => traces.rewritesLines,
  },
]
const LEFTOVERS_OF_BUILD = LEFTOVERS.filter(({ until }) => libcurlVersionNumber < until)

/** True if no other transfer may use the handle of such a transfer. */
export function isSpent(past: Past): boolean {
  return LEFTOVERS_OF_BUILD.some(({ isLeftBy }) => isLeftBy(past))
}

/**
 * True if a handle may keep its receive buffer when it leaves a connection that other transfers still use.
 * libcurl then refuses to change the buffer's size (`BUFFERSIZE` returns 43), but after a reset it assumes
 * the default size. With 7.88.1, responses with large heads failed (1), and some had pieces of heads in their
 * bodies; a buffer that is smaller than the size that is set is written beyond its end. Source: `multi_done`
 * in lib/multi.c, `curl_easy_setopt` of `CURLOPT_BUFFERSIZE`.
 */
export const keepsBuffers = hasFault('one-buffer-each')

/**
 * True if libcurl matches and stores cookies by the `Host` header of an earlier request, `aptr.cookiehost`,
 * until another request has such a header. Every request with a `Host` header may leave it, so every request
 * with a cookie engine gets a handle without it.
 */
export const remembersCookieHost = hasFault('cookie-host-kept')

/**
 * True if the head of an HTTP/2 response has to fit into the receive buffer as a whole: otherwise the rest of
 * the head is copied over the first bytes of the body, if those have already arrived. Seen with 7.88.1: with
 * a buffer of 16 kB, heads of 20 kB and more make most transfers fail, and some bodies wrong. Source:
 * `cf_h2_recv` in lib/http2.c; since 8.1 each stream has a buffer of its own.
 */
export const needsWholeHeads = hasFault('head-beyond-buffer')

const CRLF = OPTION['CRLF'] as number
const TRANSFERTEXT = OPTION['TRANSFERTEXT'] as number
const FOLLOWLOCATION = OPTION.FOLLOWLOCATION as number
const HTTP_VERSION = OPTION.HTTP_VERSION as number
const HTTP_1_0 = 1
const HTTP_1_1 = 2
const HTTP_2 = 3
const HTTP_2_PRIOR_KNOWLEDGE = 5
/**
 * For larger bodies and for those of unknown size, libcurl sends `Expect: 100-continue`. Source:
 * `EXPECT_100_THRESHOLD` in lib/http.h.
 */
const EXPECTS_FROM_BYTES = 1024 * 1024
/** In UTF-8 a code unit of a string takes up to three bytes. */
const MOST_BYTES_A_UNIT = 3
/** The result for most requests. */
export const NO_TRACES: Traces = { expects: false, namesHost: false, rewritesLines: false }

/** Returns the state that options and the body leave in a handle. */
export function tracesOf(options: EffectiveOptions, body: PostFields | null): Traces {
  const lines = options.headers
  const hasHost = remembersCookieHost && namesHost(lines)
  const expects =
    lines.some((line) => /^expect\s*:\s*\S/i.test(line)) ||
    (body === null ? isSending(options) : isLarge(body))
  const rewritesLines = options.isOn(CRLF) || options.isOn(TRANSFERTEXT)
  if (!hasHost && !expects && !rewritesLines) return NO_TRACES
  return { expects, namesHost: hasHost, rewritesLines }
}

/** True if a list of headers has a `Host` header. */
export function namesHost(headers: readonly string[]): boolean {
  return headers.some((line) => /^host\s*:/i.test(line))
}

function isLarge(body: PostFields): boolean {
  if (body.kind === 'text') return body.text.length * MOST_BYTES_A_UNIT > EXPECTS_FROM_BYTES
  return body.kind !== 'bytes' || body.bytes.length > EXPECTS_FROM_BYTES
}

/** Returns whether responses may come over HTTP/2. `'overTls'`: only if the URL is `https://`. */
export function mayBeHttp2(options: EffectiveOptions): 'always' | 'overTls' | 'never' {
  const version = options.number(HTTP_VERSION)
  if (version === HTTP_1_0 || version === HTTP_1_1) return 'never'
  return options.isOn(FOLLOWLOCATION) || version === HTTP_2 || version === HTTP_2_PRIOR_KNOWLEDGE
    ? 'always'
    : 'overTls'
}

const SMALL_H = 104
const SMALL_T = 116

/** True if a URL begins with `ht`, as `http` does. Two comparisons: every request is checked. */
export function isHttp(url: string): boolean {
  return (url.charCodeAt(0) | 32) === SMALL_H && (url.charCodeAt(1) | 32) === SMALL_T
}

/**
 * True if a URL may have another protocol than HTTP. Without a scheme, libcurl takes the first part of the
 * host name for one.
 */
function isOther(url: string): boolean {
  return !isHttp(url) && /^(?:[a-z][a-z0-9+.-]*:\/|(?:dict|ftp|imap|ldap|pop3|smtp)\.)/i.test(url)
}
