/**
 * What a handle still has of its past after `curl_easy_reset(3)`, and which past makes it unfit for anybody
 * else. Does not know the pool.
 *
 * A reset clears the options, and not what libcurl has made of them for itself (`struct UrlState` in its
 * lib/urldata.h). The table says what that is. What options leave by being set at all (HSTS, RANGE, ...)
 * stands in src/options/option-traits.ts; cookies and shares are taken back one by one where a handle is
 * reset. Closing a handle and making a new one costs 2 us: only the failed and the unusual pay it.
 */
import type { PostFields } from '../../options/values/post-fields.js'
import { libcurlVersionNumber, OPTION } from '../node-libcurl/binding.js'
import type { EffectiveOptions } from './effective-options.js'
import { isSending } from './request-method.js'
import { hasFault } from '../node-libcurl/faults.js'

/** What there is to know of a transfer once it is over. */
export interface Past {
  /** Whether it failed, was cancelled, ran out of time, or was ended by a function or a limit. */
  readonly hasFailed: boolean
  /** Whether its answer may have ended within its head. */
  readonly endedInHead: boolean
  /** Whether its connection was left open for its user (`connect()`, `webSocket()`). */
  readonly keptConnection: boolean
  /** The URL that was asked for, and the one that a redirect has led to. */
  readonly urls: readonly string[]
  /** Whether its body came from a source, of which libcurl does not always know the size. */
  readonly hadSource: boolean
  readonly traces: Traces
}

/** What the options of a request may leave behind. Found out once for all requests with the same ones. */
export interface Traces {
  /** It may have been sent with `Expect: 100-continue`. */
  readonly expects: boolean
  /** It had a `Host` header of its own. */
  readonly namesHost: boolean
  /** Line ends of what it sent were rewritten. */
  readonly rewritesLines: boolean
}

interface Leftover {
  /** What stays, and what would come of it. */
  readonly what: string
  /** The first version without it, as far as that has been read; Infinity: the newest still has it. */
  readonly until: number
  /** Whether such a transfer may have left it. */
  readonly isLeftBy: (past: Past) => boolean
}

/**
 * libcurl 8.22, the newest whose source has been read. What is between it and 7.88 is taken to be like 7.88.
 */
const READ_LAST = 0x081600

/** All of it. Source: `curl_easy_reset` and `struct UrlState` of libcurl 7.88.1 and 8.22.0. */
const LEFTOVERS: readonly Leftover[] = [
  {
    what: 'aptr.userpwd, aptr.proxyuserpwd, aptr.te: header lines with credentials, freed once they are sent; else the next request sends them, whatever its host',
    until: READ_LAST,
    isLeftBy: ({ hasFailed }) => hasFailed,
  },
  {
    what: 'tempwrite: what arrived while the transfer was paused, where others use its HTTP/2 connection (multi_done returns early); the next one that is paused gets it',
    until: READ_LAST,
    isLeftBy: ({ hasFailed }) => hasFailed,
  },
  {
    what: 'refused_stream: the next one that fails without an answer is sent twice, a POST, too',
    until: Infinity,
    isLeftBy: ({ hasFailed }) => hasFailed,
  },
  {
    what: 'buffer, ulbuf: kept in the size that they had, and used in the size that is set; see keepsBuffers',
    until: READ_LAST,
    isLeftBy: ({ hasFailed }) => hasFailed,
  },
  {
    what: 'leading_unfold: it is about to join a header line with the next one; see response-head-end.ts',
    until: Infinity,
    isLeftBy: ({ endedInHead }) => endedInHead,
  },
  {
    what: 'lastconnect_id: a connection that nobody else may use is found by it',
    until: READ_LAST,
    isLeftBy: ({ keptConnection }) => keptConnection,
  },
  {
    what: 'disableexpect: after an answer of 417 no request says Expect: 100-continue any longer',
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
const HERE = LEFTOVERS.filter(({ until }) => libcurlVersionNumber < until)

/** Whether nobody else may have the handle of such a transfer. */
export function isSpent(past: Past): boolean {
  return HERE.some(({ isLeftBy }) => isLeftBy(past))
}

/**
 * Whether a handle may keep its receive buffer when it leaves a connection that others still use, and refuses
 * another size for it then (`BUFFERSIZE` is answered with 43), while a reset has it believe in the default
 * size. With 7.88.1 answers with large heads failed (1), and some had pieces of heads in their bodies; a
 * buffer that is smaller than what is set is written beyond its end. Source: `multi_done` in lib/multi.c,
 * `curl_easy_setopt` of `CURLOPT_BUFFERSIZE`.
 */
export const keepsBuffers = hasFault('one-buffer-each')

/**
 * Whether cookies are matched and stored by the `Host` header of an earlier request, `aptr.cookiehost`, until
 * another one names a host. Each request that has a `Host` header may leave it; each that has a cookie engine
 * is made on a handle without.
 */
export const remembersCookieHost = hasFault('cookie-host-kept')

/**
 * Whether the head of an HTTP/2 answer has to fit into the receive buffer as a whole: what is left of it is
 * copied over the first bytes of the body, where those have come meanwhile. Seen with 7.88.1: with 16 kB,
 * heads of 20 kB and more make most transfers fail, and some wrong. Source: `cf_h2_recv` in lib/http2.c; 8.1
 * has a buffer of its own for each stream.
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
 * Of larger bodies, and of those of unknown size, libcurl says `Expect: 100-continue`. Source:
 * `EXPECT_100_THRESHOLD` in lib/http.h.
 */
const EXPECTS_FROM_BYTES = 1024 * 1024
/** UTF-8 makes up to three bytes of a unit of a string. */
const MOST_BYTES_A_UNIT = 3
/** What most requests leave. */
export const NO_TRACES: Traces = { expects: false, namesHost: false, rewritesLines: false }

/** What options leave in a handle, the body among them. */
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

/** Whether a list of headers has a `Host` of its own. */
export function namesHost(headers: readonly string[]): boolean {
  return headers.some((line) => /^host\s*:/i.test(line))
}

function isLarge(body: PostFields): boolean {
  if (body.kind === 'text') return body.text.length * MOST_BYTES_A_UNIT > EXPECTS_FROM_BYTES
  return body.kind !== 'bytes' || body.bytes.length > EXPECTS_FROM_BYTES
}

/** Whether answers may come over HTTP/2: `'overTls'`: where the URL is `https://`. */
export function mayBeHttp2(options: EffectiveOptions): 'always' | 'overTls' | 'never' {
  const version = options.number(HTTP_VERSION)
  if (version === HTTP_1_0 || version === HTTP_1_1) return 'never'
  return options.isOn(FOLLOWLOCATION) || version === HTTP_2 || version === HTTP_2_PRIOR_KNOWLEDGE
    ? 'always'
    : 'overTls'
}

const SMALL_H = 104
const SMALL_T = 116

/** Whether a URL is spelled `http...`. Two comparisons: it is asked of each request. */
export function isHttp(url: string): boolean {
  return (url.charCodeAt(0) | 32) === SMALL_H && (url.charCodeAt(1) | 32) === SMALL_T
}

/**
 * Whether a URL may be of another protocol than HTTP. Without a scheme, libcurl takes the host's name for
 * one.
 */
function isOther(url: string): boolean {
  return !isHttp(url) && /^(?:[a-z][a-z0-9+.-]*:\/|(?:dict|ftp|imap|ldap|pop3|smtp)\.)/i.test(url)
}
