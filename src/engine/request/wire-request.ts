/**
 * The order for a request: everything that the engine needs to launch it, except the URL. Plain requests
 * share one order, so it does not know the URL.
 */
import type { CompiledOptions, Recycling } from '../../options/values/compiled-options.js'
import { EffectiveOptions } from './effective-options.js'
import type { PostFields } from '../../options/values/post-fields.js'
import { withScheme } from '../../url/comparable-url.js'
import { OPTION } from '../node-libcurl/binding.js'
import { isCookieShare } from '../node-libcurl/cookie-share.js'
import { knownLimits, NO_LIMITS, versionInstead, type KnownLimits } from './refused-combinations.js'
import { mayBeHttp2, tracesOf, type Traces } from './reset-leftovers.js'
import { isReplaced, overlayOf, type Overlay } from './replaceable-options.js'
import { separateProxyHeaders } from './pre-proxy-credentials.js'
import { proxyIdentity, type ProxyIdentity } from './proxy-identity.js'
import { chosenBy, hasOddMethod, isHeadByName, isSending, requestMethod } from './request-method.js'
import { losesOffset, resumable, resumesAt } from './resumed-body.js'
import { timeLimitsOf, type TimeLimits } from './time-limits.js'
import { hasFault } from '../node-libcurl/faults.js'

/** The options of a transfer in the order in which they are set, and its body. */
export interface LaunchOrder {
  readonly options: EffectiveOptions
  readonly body: PostFields | null
  /** The options that the next request on the handle may simply replace; null if the handle needs a reset. */
  readonly overlay: Overlay | null
  /** True if the effective URL can differ from the requested one. */
  readonly followsRedirects: boolean
  /** True if no other transfer may use the connection afterwards. */
  readonly spoilsConnection: boolean
  /** The identity at the proxy: only requests of the same identity may use the connection. */
  readonly identity: ProxyIdentity
  /** True if the response body is counted and dropped. */
  readonly dropsBody: boolean
  /** True if the transfer must not use an existing connection. */
  readonly needsFreshConnection: boolean
  /**
   * True if no option sets `PIPEWAIT`: over TLS, the transfer then waits for a connection that is being
   * opened and may carry many transfers.
   */
  readonly mayWaitForConnection: boolean
  /** True if no option sets the HTTP version. */
  readonly isVersionOpen: boolean
  /**
   * States when transfers to one host may be spread over several multi handles: each transfer then has a
   * connection of its own, and all of them are alike. `'inCleartext'`: only if the URL is `http://`.
   */
  readonly divisible: 'always' | 'inCleartext' | 'never'
  /** True if the request sets addresses (`RESOLVE`) that later requests have to find. */
  readonly namesAddresses: boolean
  /** True if no option sets the lifetime of names in the DNS cache. */
  readonly leavesNamesToUs: boolean
  /** The completed list for `PROXYHEADER`; null to use the option as it is. */
  readonly proxyHeaders: readonly string[] | null
  /** The version in place of `HTTP_VERSION`, which this libcurl does not do right; null to keep it. */
  readonly httpVersion: number | null
  /**
   * True if a user and a password in the URL have precedence over the `.netrc` file, whatever `NETRC` says.
   */
  readonly prefersUrl: boolean
  /**
   * The offset at which the request body begins, for a libcurl that loses it when it sends again; 0 is its
   * start.
   */
  readonly bodyStart: number
  /**
   * True for a POST without a body: libcurl would call a read function that does not exist, and fail with 42.
   */
  readonly isEmptyPost: boolean
  /** True if the request is a HEAD because of `CUSTOMREQUEST`. */
  readonly isHeadByName: boolean
  /** The option of this name: the outcome is libcurl's own. */
  readonly asLibcurl: boolean
  /** True if `CUSTOMREQUEST` is not an HTTP method. */
  readonly hasOddMethod: boolean
  /** The reasons why it must not be launched with this build. */
  readonly limits: KnownLimits
  /** The state that it may leave in its handle. */
  readonly traces: Traces
  /** The times by which libcurl has to end it; null if no option sets one. */
  readonly timeLimits: TimeLimits | null
  /** States when the response may come over HTTP/2. */
  readonly mayBeHttp2: 'always' | 'overTls' | 'never'
  /** True if the first byte that is sent is HTTP/2, also over cleartext. */
  readonly startsWithHttp2: boolean
}

const DEFAULT_PROTOCOL = OPTION.DEFAULT_PROTOCOL as number
const FOLLOWLOCATION = OPTION.FOLLOWLOCATION as number
const SHARE = OPTION.SHARE as number
const RESOLVE = OPTION.RESOLVE as number
const POST = OPTION.POST as number
const NETRC = OPTION.NETRC as number
const PIPEWAIT = OPTION.PIPEWAIT as number
const HTTP_VERSION = OPTION.HTTP_VERSION as number
const DNS_CACHE_TIMEOUT = OPTION.DNS_CACHE_TIMEOUT as number
const keepsNames = !hasFault('dns-cache-emptied')
/**
 * `CURL_NETRC_REQUIRED`. If a URL has a user and a password, libcurl 8.22 treats it as `CURL_NETRC_OPTIONAL`.
 */
const NETRC_REQUIRED = 2
export const NETRC_OPTIONAL = 1
const carriesUsers = hasFault('netrc-user-carried')
const ANY_VERSION = 0
const HTTP_1_0 = 1
const HTTP_1_1 = 2
const HTTP_2_OVER_TLS = 4
const HTTP_2_PRIOR_KNOWLEDGE = 5
const AUTHENTICATIONS = [OPTION.HTTPAUTH as number, OPTION.PROXYAUTH as number]
/**
 * The bits of Digest, Negotiate and NTLM. libcurl begins such a POST with an empty body, and sends the body
 * after the challenge.
 */
const MULTI_ROUND_METHODS = 2 | 4 | 8 | 16 | 32
/**
 * True if libcurl keeps the note "send no body yet" with the connection even if no challenge comes (because
 * of a redirect, or because no authentication is needed).
 */
const losesBodies = hasFault('post-body-lost')

/** Settings that no fact of an order depends on, except `dropsBody`: they are not for libcurl. */
const LOCAL: ReadonlySet<string> = new Set([
  'createDirs',
  'keepPartial',
  'output',
  'outputDir',
  'priority',
  'responseType',
  'resume',
  'retry',
  'signal',
  'totalTimeoutMs',
])

/** Makes an order. All plain requests with the same options share one. */
export function makeOrder(
  shared: CompiledOptions,
  own: CompiledOptions | null,
  given: PostFields | null,
): LaunchOrder {
  const options = new EffectiveOptions(shared, own)
  const sendsBody = given !== null || isUpload(options) || isSending(options)
  const start = sendsBody ? resumesAt(options) : 0
  const body = start > 0 && given !== null ? resumable(given) : given
  const bodyStart = losesOffset ? start : 0
  const identity = proxyIdentity(options)
  // A share of the user's may hold connections of other identities.
  const share = options.value(SHARE) ?? null
  const mayMeetOthers = share !== null && identity.text !== '' && !isCookieShare(share)
  const proxyHeaders = separateProxyHeaders(options)
  const asLibcurl = options.setting('asLibcurl') ?? false
  const httpVersion = asLibcurl ? null : versionInstead(options, bodyStart)
  const prefersUrl = !asLibcurl && carriesUsers && options.number(NETRC) === NETRC_REQUIRED
  const isHead = !asLibcurl && isHeadByName(options) && body === null && !isUpload(options)
  const isSpoiler = mayMeetOthers || (sendsBody && spoilsConnection(options))
  const traces = tracesOf(options, body)
  const isPlain =
    !isSpoiler && httpVersion === null && !prefersUrl && !isHead && proxyHeaders === null && bodyStart === 0
  const dropsBody = isDropping(options)
  return {
    options,
    body,
    overlay: isPlain ? overlayOf(options, body, dropsBody) : null,
    followsRedirects: options.number(FOLLOWLOCATION) !== 0,
    spoilsConnection: isSpoiler,
    identity,
    dropsBody,
    needsFreshConnection: mayMeetOthers || bodyStart > 0,
    mayWaitForConnection: !options.isNamed(PIPEWAIT),
    isVersionOpen: !options.isNamed(HTTP_VERSION),
    divisible:
      (share === null || isCookieShare(share)) && (own === null || isReplaced(own))
        ? divisible(options.number(HTTP_VERSION))
        : 'never',
    namesAddresses: own !== null && own.ids.includes(RESOLVE),
    leavesNamesToUs: leavesNamesToUs(options, share),
    proxyHeaders,
    httpVersion,
    prefersUrl,
    bodyStart,
    isEmptyPost: body === null && isEmptyPost(options),
    isHeadByName: isHead,
    asLibcurl,
    hasOddMethod: !asLibcurl && hasOddMethod(options),
    limits: asLibcurl ? NO_LIMITS : knownLimits(options),
    traces,
    timeLimits: timeLimitsOf(options, traces.expects || isUpload(options)),
    mayBeHttp2: mayBeHttp2(options),
    startsWithHttp2: options.number(HTTP_VERSION) === HTTP_2_PRIOR_KNOWLEDGE,
  }
}

/**
 * Returns the order of a request whose own options are all in {@link LOCAL}: that of `base`, which has no own
 * options, with these settings. Null if it has others.
 */
export function withSettings(base: LaunchOrder, own: CompiledOptions): LaunchOrder | null {
  if (own.ids.length > 0 || own.functions.length > 0 || own.recycling !== 'reusable') return null
  if (own.postFields !== undefined || own.bodySize !== undefined || own.bodyTarget !== undefined) return null
  for (const name in own.settings) if (!LOCAL.has(name)) return null
  const { shared } = base.options
  const options = new EffectiveOptions(shared, own)
  const dropsBody = isDropping(options)
  if (dropsBody === base.dropsBody) return { ...base, options }
  const overlay = base.overlay === null ? null : overlayOf(base.options, base.body, dropsBody)
  return { ...base, options, dropsBody, overlay }
}

/** Takes a `CURL_HTTP_VERSION_*`. With HTTP/2 and later, one connection may carry many transfers. */
function divisible(version: number): LaunchOrder['divisible'] {
  if (version === HTTP_1_0 || version === HTTP_1_1) return 'always'
  return version === ANY_VERSION || version === HTTP_2_OVER_TLS ? 'inCleartext' : 'never'
}

/** True if a body that is sent with these options may leave that note with its connection. */
function spoilsConnection(options: EffectiveOptions): boolean {
  return losesBodies && AUTHENTICATIONS.some((id) => (options.number(id) & MULTI_ROUND_METHODS) !== 0)
}

function isEmptyPost(options: EffectiveOptions): boolean {
  if (!options.isOn(POST) || isUpload(options) || (options.bodySize ?? 0) > 0) return false
  return options.function('READFUNCTION') === null && chosenBy(options) === POST
}

function isDropping({ settings, bodyTarget }: EffectiveOptions): boolean {
  return (settings as { responseType?: unknown }).responseType === 'none' && bodyTarget === 'content'
}

function isUpload({ settings }: EffectiveOptions): boolean {
  return (settings as { upload?: unknown }).upload !== undefined
}

/** States what a handle needs after such a transfer. */
export function recyclingOf({ options, overlay }: LaunchOrder): Recycling {
  if (options.recycling === 'close') return 'close'
  return overlay === null ? 'reset' : 'reusable'
}

/** Returns the HTTP method of an order. */
export function methodOf({ options, body }: LaunchOrder): string {
  return requestMethod(options, body !== null ? 'post' : isUpload(options) ? 'upload' : null)
}

/** Returns a URL with its scheme. Without one, it has that of `DEFAULT_PROTOCOL`. */
export function urlOf({ options }: LaunchOrder, url: string): string {
  return withScheme(url, (options.value(DEFAULT_PROTOCOL) as string | null | undefined) ?? 'http')
}

/** True if no option sets the lifetime of names, and the names are in the multi handle's own cache. */
function leavesNamesToUs(options: EffectiveOptions, share: unknown): boolean {
  return keepsNames && !options.isNamed(DNS_CACHE_TIMEOUT) && (share === null || isCookieShare(share))
}
