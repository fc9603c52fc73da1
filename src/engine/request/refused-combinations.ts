/**
 * What the installed libcurl is known to get wrong so badly that it is better refused: a clear error instead
 * of a hang. Does not mend anything.
 */
import type { EffectiveOptions } from './effective-options.js'
import { OPTION } from '../node-libcurl/binding.js'
import { namesHost, remembersCookieHost } from './handle-reuse.js'
import { preProxyLimit } from './pre-proxy-credentials.js'
import { hasFault } from '../node-libcurl/faults.js'

const HTTP_VERSION = OPTION.HTTP_VERSION as number
const FORBID_REUSE = OPTION.FORBID_REUSE as number
const PRIOR_KNOWLEDGE = 5
/** Over TLS the server is asked for HTTP/2, over cleartext for its upgrade. */
const WITH_UPGRADE = 3
/** The same without upgrades: HTTP/1.1 over cleartext. */
export const OVER_TLS_ONLY = 4
const FOLLOWLOCATION = OPTION.FOLLOWLOCATION as number
const COOKIE_ENGINES = [OPTION.COOKIEFILE as number, OPTION.COOKIEJAR as number, OPTION.COOKIELIST as number]

/**
 * Whether a cleartext HTTP/2 connection can be used twice: before 8.0 the second request on it fails with 16,
 * or loops until killed (curl issue 10634).
 */
export const reusesCleartextHttp2 = !hasFault('cleartext-http2-once')

/**
 * Why requests with some options must not be made with this build; null: nothing speaks against it. Asked
 * once for all plain requests.
 */
export interface KnownLimits {
  /** Whatever the URL is. */
  readonly always: string | null
  /** Where the URL is not to be fetched over TLS. */
  readonly inCleartext: string | null
}

/** What speaks against these options. */
export function knownLimits(options: EffectiveOptions): KnownLimits {
  return {
    always: preProxyLimit(options) ?? cookieHostLimit(options),
    inCleartext: cleartextLimit(options),
  }
}

/**
 * With a `Host` header, these builds match and store cookies by what it names, also where a redirect has led
 * to another host: that one is sent cookies that are not for it, and may set some that are. Source:
 * `aptr.cookiehost` in lib/http.c of libcurl 7.88.
 */
function cookieHostLimit(options: EffectiveOptions): string | null {
  if (!remembersCookieHost || !options.isOn(FOLLOWLOCATION)) return null
  if (!hasCookies(options) || !namesHost(options.headers)) return null
  return 'a Host header, cookies and FOLLOWLOCATION together: this libcurl would send the cookies of that host to whatever host a redirect names. Use CONNECT_TO or RESOLVE in the place of the header, or a newer libcurl'
}

function hasCookies(options: EffectiveOptions): boolean {
  // A jar of the request's, or of its session, is added when it is launched.
  const { cookieJar, session } = options.settings as Record<string, unknown>
  if (cookieJar === false) return false
  if (cookieJar !== undefined || session !== undefined) return true
  return COOKIE_ENGINES.some((id) => options.isSet(id))
}

function cleartextLimit(options: EffectiveOptions): string | null {
  if (reusesCleartextHttp2) return null
  if (options.value(HTTP_VERSION) !== PRIOR_KNOWLEDGE || options.value(FORBID_REUSE) === 1) return null
  return 'HTTP_VERSION 5 (HTTP/2 with prior knowledge) over cleartext is broken in libcurl before 8.0: connections cannot be used twice. Use https, a newer libcurl, or FORBID_REUSE: true'
}

/**
 * Whether a cleartext server would be asked for an upgrade to HTTP/2 that this build cannot use: an upgrade
 * is an offer, and better not made.
 */
export function asksForUpgradeInVain(options: EffectiveOptions): boolean {
  if (reusesCleartextHttp2) return false
  return options.value(HTTP_VERSION) === WITH_UPGRADE && options.value(FORBID_REUSE) !== 1
}
