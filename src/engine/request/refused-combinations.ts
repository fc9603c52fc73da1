/**
 * Combinations of options that the installed libcurl handles so badly that they are refused: a clear error
 * instead of a hang. Does not work around anything.
 */
import type { EffectiveOptions } from './effective-options.js'
import { OPTION } from '../node-libcurl/binding.js'
import { namesHost, remembersCookieHost } from './reset-leftovers.js'
import { preProxyLimit } from './pre-proxy-credentials.js'
import { hasFault } from '../node-libcurl/faults.js'

const HTTP_VERSION = OPTION.HTTP_VERSION as number
const FORBID_REUSE = OPTION.FORBID_REUSE as number
const HTTP_1_1 = 2
const PRIOR_KNOWLEDGE = 5
/** `CURL_HTTP_VERSION_2_0`: HTTP/2 by ALPN over TLS, and by an upgrade over cleartext. */
const WITH_UPGRADE = 3
/** `CURL_HTTP_VERSION_2TLS`: the same without upgrades, so HTTP/1.1 over cleartext. */
const OVER_TLS_ONLY = 4
/** `CURL_HTTP_VERSION_3`: HTTP/3, and HTTP/2 or 1.1 where the server does not answer over UDP. */
const HTTP_3 = 30
const HTTP_3_ONLY = 31
const PROXIES = [OPTION.PROXY as number, OPTION.PRE_PROXY as number]
const FOLLOWLOCATION = OPTION.FOLLOWLOCATION as number
const COOKIE_ENGINES = [OPTION.COOKIEFILE as number, OPTION.COOKIEJAR as number, OPTION.COOKIELIST as number]

/**
 * True if a cleartext HTTP/2 connection can be used twice. Before 8.0 the second request on it fails with 16,
 * or loops until it is killed (curl issue 10634).
 */
export const reusesCleartextHttp2 = !hasFault('cleartext-http2-once')

/**
 * The reasons why requests with some options must not be made with this build; null if they may be made.
 * Determined once for all plain requests.
 */
export interface KnownLimits {
  /** For every URL. */
  readonly always: string | null
  /** For URLs that are not fetched over TLS. */
  readonly inCleartext: string | null
  /** For URLs that are fetched through a proxy. */
  readonly throughProxy: string | null
}

/** No reason against the options. */
export const NO_LIMITS: KnownLimits = { always: null, inCleartext: null, throughProxy: null }

/** Returns the reasons against these options. */
export function knownLimits(options: EffectiveOptions): KnownLimits {
  const always = preProxyLimit(options) ?? cookieHostLimit(options)
  const inCleartext = cleartextLimit(options)
  const throughProxy = options.value(HTTP_VERSION) === HTTP_3_ONLY ? NO_PROXIES : null
  const isFree = always === null && inCleartext === null && throughProxy === null
  return isFree ? NO_LIMITS : { always, inCleartext, throughProxy }
}

const NO_PROXIES =
  "HTTP/3 goes through no proxy: httpVersion '3only' (HTTP_VERSION 31) needs PROXY: '' or proxies: null; with '3' (30), requests through a proxy are HTTP/2"

/**
 * Refuses a `Host` header with cookies and redirects. With such a header, these builds match and store
 * cookies by the host that it names, even after a redirect to another host: that host receives cookies that
 * are not for it, and may set cookies for the named host. Source: `aptr.cookiehost` in lib/http.c of libcurl
 * 7.88.
 */
function cookieHostLimit(options: EffectiveOptions): string | null {
  if (!remembersCookieHost || !options.isOn(FOLLOWLOCATION)) return null
  if (!hasCookies(options) || !namesHost(options.headers)) return null
  return 'a Host header, cookies and FOLLOWLOCATION together: this libcurl would send the cookies of that host to whatever host a redirect names. Use CONNECT_TO or RESOLVE in the place of the header, or a newer libcurl'
}

function hasCookies(options: EffectiveOptions): boolean {
  // The cookie jar of a request or of its session is only added at the launch.
  const { cookieJar, session } = options.settings as Record<string, unknown>
  if (cookieJar === false) return false
  if (cookieJar !== undefined || session !== undefined) return true
  return COOKIE_ENGINES.some((id) => options.isSet(id))
}

function cleartextLimit(options: EffectiveOptions): string | null {
  if (options.value(HTTP_VERSION) === HTTP_3_ONLY)
    return "HTTP/3 is for https:// only: httpVersion '3only' (HTTP_VERSION 31) cannot be used for this URL"
  if (reusesCleartextHttp2) return null
  if (options.value(HTTP_VERSION) !== PRIOR_KNOWLEDGE || options.value(FORBID_REUSE) === 1) return null
  return 'HTTP_VERSION 5 (HTTP/2 with prior knowledge) over cleartext is broken in libcurl before 8.0: connections cannot be used twice. Use https, a newer libcurl, or FORBID_REUSE: true'
}

/**
 * Returns the HTTP version to ask for in place of `HTTP_VERSION`; null to keep that.
 *
 * @param bodyStart the offset of a resumed body, if this libcurl loses it when it sends the body again. It
 * does so by itself if an HTTP/2 server refuses the stream: such a body goes over HTTP/1.1, unless the user
 * has chosen a version.
 */
export function versionInstead(options: EffectiveOptions, bodyStart: number): number | null {
  if (bodyStart > 0 && !options.isNamed(HTTP_VERSION)) return HTTP_1_1
  return asksForUpgradeInVain(options) || asksProxyInVain(options) ? OVER_TLS_ONLY : null
}

/**
 * True if the request would try HTTP/3 through a proxy. libcurl 8.22 asks the proxy for a tunnel for UDP first
 * (CONNECT-UDP, RFC 9298), which few proxies have, and connects a second time when that is refused; through SOCKS
 * it uses HTTP/2. Source: Curl_conn_may_http3 in lib/vquic/vquic.c, lib/http_proxy.c.
 */
function asksProxyInVain(options: EffectiveOptions): boolean {
  return options.value(HTTP_VERSION) === HTTP_3 && PROXIES.some((id) => (options.value(id) ?? '') !== '')
}

/**
 * True if the request would ask a cleartext server for an upgrade to HTTP/2 that this build cannot use. An
 * upgrade is only an offer, so it is left out.
 */
function asksForUpgradeInVain(options: EffectiveOptions): boolean {
  if (reusesCleartextHttp2) return false
  return options.value(HTTP_VERSION) === WITH_UPGRADE && options.value(FORBID_REUSE) !== 1
}
