/**
 * The faults of libcurl that this library works around. No other file compares versions of libcurl. When a
 * version is no longer supported, this table shows which code can go. Does not know how a workaround works.
 *
 * The state that `curl_easy_reset(3)` leaves behind has a table of its own (request/reset-leftovers.ts).
 * Options that a build lacks are in the option table.
 */
import { libcurlVersionNumber } from './binding.js'

/** One fault of libcurl. Versions are numbers as in `CURL_VERSION_NUM`: `0x075801` is 7.88.1. */
export interface Fault {
  readonly what: string
  /** The first version with the fault; 0 if it is older than every supported version. */
  readonly brokenFrom: number
  /** The first version without the fault; Infinity if the newest version examined (8.22) still has it. */
  readonly fixedIn: number
  /** The evidence for the fault. */
  readonly source: string
  /** The file below src with the workaround. */
  readonly workaround: string
}

const fault = <F extends Fault>(one: F): F => one

/** All faults that are worked around, by name. */
export const FAULTS = {
  'one-buffer-each': fault({
    what: 'each transfer has a receive buffer of its own, instead of one for each multi handle',
    brokenFrom: 0,
    fixedIn: 0x080900,
    source: 'curl 8.7 changed it; 8.9 is the first that was seen with it',
    workaround: 'engine/request/reset-leftovers.ts',
  }),
  'head-beyond-buffer': fault({
    what: 'the head of an HTTP/2 response that does not fit into the receive buffer is copied over the body',
    brokenFrom: 0,
    fixedIn: 0x080100,
    source: 'cf_h2_recv in lib/http2.c; seen with 7.88.1',
    workaround: 'engine/request/reset-leftovers.ts',
  }),
  'cookie-host-kept': fault({
    what: 'cookies go by the Host header of an earlier request on the handle, also over a redirect to another host',
    brokenFrom: 0,
    fixedIn: 0x081600,
    source: 'aptr.cookiehost in lib/http.c of 7.88; versions between 7.88 and 8.22 are treated like 7.88',
    workaround: 'engine/request/reset-leftovers.ts',
  }),
  'folding-kept': fault({
    what: 'a handle keeps the note that a header line may be folded: its next response fails with 1',
    brokenFrom: 0x080c00,
    fixedIn: Infinity,
    source: 'leading_unfold in lib/http.c; seen with 8.22.0',
    workaround: 'engine/outcome/response-head-end.ts',
  }),
  'netrc-connections-marked': fault({
    what: 'a connection that was opened for credentials of a .netrc file is marked for good: a later request that is redirected to it sends credentials that are for another host',
    brokenFrom: 0,
    fixedIn: 0x081500,
    source: 'conn->bits.netrc in lib/url.c and lib/http.c',
    workaround: 'engine/request/proxy-identity.ts',
  }),
  'netrc-user-carried': fault({
    what: 'with NETRC 2 the user name of a URL is combined with the passwords of the .netrc file, and sent to the other hosts that redirects lead to',
    brokenFrom: 0,
    fixedIn: 0x081600,
    source: 'override_login in lib/url.c; seen with 7.88.1, not with 8.22',
    workaround: 'engine/request/wire-request.ts',
  }),
  'resumed-body-short': fault({
    what: 'the offset of RESUME_FROM is taken off the length of a body each time that the request is sent again',
    brokenFrom: 0,
    fixedIn: 0x080700,
    source: 'Curl_http_resume in lib/http.c, which Curl_creader_resume_from has replaced; seen with 7.88.1',
    workaround: 'engine/request/resumed-body.ts',
  }),
  'post-body-lost': fault({
    what: 'after a POST whose authentication takes several rounds, and that gets no challenge, later POSTs on its connection lose their bodies',
    brokenFrom: 0,
    fixedIn: 0x080700,
    source: "curl's pull request 12949; seen with 7.88.1",
    workaround: 'engine/request/wire-request.ts',
  }),
  'dns-cache-emptied': fault({
    what: 'DNS_CACHE_TIMEOUT -1 drops all names from the cache, instead of none',
    brokenFrom: 0x080100,
    fixedIn: 0x081000,
    source: 'Curl_hostcache_prune in lib/hostip.c',
    workaround: 'engine/request/wire-request.ts',
  }),
  'cleartext-http2-once': fault({
    what: 'the second request on a cleartext HTTP/2 connection fails with 16, or loops for ever',
    brokenFrom: 0,
    fixedIn: 0x080000,
    source: 'curl issue 10634; seen with 7.88.1',
    workaround: 'engine/request/refused-combinations.ts',
  }),
  'pre-proxy-credentials-told': fault({
    what: 'the credentials of the PRE_PROXY are sent to the HTTP proxy behind it',
    brokenFrom: 0,
    fixedIn: 0x081300,
    source: 'seen with 7.88.1, not with 8.22',
    workaround: 'engine/request/pre-proxy-credentials.ts',
  }),
  'timers-dropped': fault({
    what: 'timers that are due within a millisecond are dropped when something else happens on the transfer: it stands for ever if its server is silent from then on',
    brokenFrom: 0,
    fixedIn: 0x080400,
    source: "add_next_timeout in lib/multi.c, curl's pull request 11937; seen with 7.88.1",
    workaround: 'engine/request/time-limits.ts',
  }),
  'pipewait-timeouts-add-up': fault({
    what: 'transfers that wait for a connection which fails start their CONNECTTIMEOUT anew, one after the other',
    brokenFrom: 0,
    fixedIn: 0x080000,
    source: 'seen with 7.88.1, not with 8.22',
    workaround: 'engine/connections/pipewait.ts',
  }),
  'pipewait-wakes-nobody': fault({
    what: 'the transfers that wait for a connection are not woken when it turns out to be HTTP/1.1',
    brokenFrom: 0x080000,
    fixedIn: Infinity,
    source: 'seen with 8.22, not with 7.88.1',
    workaround: 'engine/connections/pipewait.ts',
  }),
  'hosts-never-struck-off': fault({
    what: 'the table of connections keeps the hosts whose oldest connection was closed for room, and is searched as a whole',
    brokenFrom: 0,
    fixedIn: 0x080a00,
    source: 'Curl_conncache_extract_oldest in lib/conncache.c; measured with 7.88.1',
    workaround: 'engine/connections/multi-retirement.ts',
  }),
  'early-response-lost': fault({
    what: 'an HTTP/2 response before the end of the request body, with a reset stream after it, fails with 92',
    brokenFrom: 0,
    fixedIn: 0x080000,
    source: 'RFC 9113, 8.1; seen with 7.88.1',
    workaround: 'engine/outcome/early-response.ts',
  }),
  'large-head-out-of-memory': fault({
    what: 'a header line of more than 100 kB, or a dead connection at the wrong moment, is reported as out of memory (27)',
    brokenFrom: 0,
    fixedIn: 0x080600,
    source: 'seen with 7.88.1',
    workaround: 'engine/outcome/error-number.ts',
  }),
  'http2-bytes-held': fault({
    what: 'the last bytes of an HTTP/2 transfer stay in a buffer without an event for them',
    brokenFrom: 0,
    fixedIn: 0x080100,
    source: 'seen with 7.88.1 and nghttpd, not with 8.22',
    workaround: 'engine/watchdogs/http2-stalls.ts',
  }),
  'http2-error-held': fault({
    what: 'after an error of an HTTP/2 connection before any response, its transfers end only when libcurl looks at them, and no event lets it',
    brokenFrom: 0,
    fixedIn: Infinity,
    source: 'seen with 7.88.1 and 8.22.0, and a server that answers prior knowledge with HTTP/1.1',
    workaround: 'engine/watchdogs/http2-stalls.ts',
  }),
  'ftp-data-forgotten': fault({
    what: 'between 229 and 150 the control connection of ftp is not watched',
    brokenFrom: 0x075700,
    fixedIn: 0x080600,
    source: 'ftp_domore_getsock in lib/ftp.c; seen with 7.88.1, not with 8.22',
    workaround: 'engine/handle/ftp-data-connection.ts',
  }),
  'ftp-data-in-clear': fault({
    what: 'data connections that an ftps server makes (FTPPORT) lose their TLS',
    brokenFrom: 0x075700,
    fixedIn: 0x080000,
    source: 'curl issue 10666; seen with 7.88.1',
    workaround: 'engine/handle/ftp-data-connection.ts',
  }),
  'ftp-data-closed-early': fault({
    what: 'a data connection of ftp is closed before the session tickets of TLS 1.3 have been read: the server may lose the end of an upload, and says 426',
    brokenFrom: 0,
    fixedIn: 0x080900,
    source:
      'curl issue 6149, pull request 13904; seen with 7.88.1 (up to one upload in five on a busy machine), not with 8.22',
    workaround: 'engine/handle/ftp-data-connection.ts',
  }),
  'cookie-names-folded': fault({
    what: 'cookies whose names differ in case only are one cookie',
    brokenFrom: 0,
    fixedIn: 0x080b01,
    source: 'lib/cookie.c',
    workaround: 'engine/node-libcurl/header-cookie.ts',
  }),
  'secure-cookies-covered': fault({
    what: 'an insecure cookie may cover a secure one of a domain above or below it',
    brokenFrom: 0,
    fixedIn: 0x081500,
    source: 'lib/cookie.c',
    workaround: 'engine/node-libcurl/header-cookie.ts',
  }),
  'public-suffix-cookies-wide': fault({
    what: 'a public suffix that sets a cookie for itself sets it for all domains below it',
    brokenFrom: 0,
    fixedIn: 0x081600,
    source: 'lib/cookie.c',
    workaround: 'engine/node-libcurl/header-cookie.ts',
  }),
  'upkeep-of-perform-only': fault({
    what: 'curl_easy_upkeep(3) finds only the connections of curl_easy_perform(3), and says OK for those of a multi handle',
    brokenFrom: 0,
    fixedIn: 0x080a00,
    source: 'lib/easy.c of 8.9.1 and 8.10.0; seen with 7.88.1, not with 8.22',
    workaround: 'engine/connections/upkeep.ts',
  }),
} satisfies Record<string, Fault>

/** True if the installed libcurl has this fault. */
export function hasFault(name: keyof typeof FAULTS): boolean {
  const { brokenFrom, fixedIn } = FAULTS[name]
  return libcurlVersionNumber >= brokenFrom && libcurlVersionNumber < fixedIn
}
