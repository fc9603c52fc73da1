/**
 * What the engine needs to know of a request to launch it. Does not know the URL: plain requests share one
 * order.
 */
import type { CompiledOptions } from '../../options/values/compiled-options.js'
import { EffectiveOptions } from './effective-options.js'
import type { PostFields } from '../../options/values/post-fields.js'
import { OPTION } from '../node-libcurl/binding.js'
import { isCookieShare } from '../node-libcurl/cookie-share.js'
import { asksForUpgradeInVain, knownLimits, type KnownLimits } from './refused-combinations.js'
import { mayBeHttp2, tracesOf, type Traces } from './handle-reuse.js'
import { isReplaced, overlayOf, type Overlay } from './replaceable-options.js'
import { separateProxyHeaders } from './pre-proxy-credentials.js'
import { proxyIdentity, type ProxyIdentity } from './proxy-identity.js'
import { chosenBy, hasOddMethod, isHeadByName, isSending, requestMethod } from './request-method.js'
import { losesOffset, resumable, resumesAt } from './resumed-body.js'
import { hasFault } from '../node-libcurl/faults.js'

/** The options of a transfer in the order in which they are set, and its body. */
export interface LaunchOrder {
  readonly options: EffectiveOptions
  readonly body: PostFields | null
  /** What the next one on its handle may simply replace; null where the handle has to be reset. */
  readonly overlay: Overlay | null
  /** Whether the effective URL can differ from the one that was asked for. */
  readonly followsRedirects: boolean
  /** Whether nobody may use its connection afterwards. */
  readonly spoilsConnection: boolean
  /** Who it is at its proxy: nobody else may use its connection. */
  readonly identity: ProxyIdentity
  /** Whether its body is counted and dropped. */
  readonly dropsBody: boolean
  /** Whether it must not use a connection that there is. */
  readonly needsFreshConnection: boolean
  /**
   * Whether it waits, over TLS, for a connection that is being made and may take many transfers: nobody said
   * otherwise.
   */
  readonly mayWaitForConnection: boolean
  /** Whether the server chooses the version of HTTP. */
  readonly isVersionOpen: boolean
  /**
   * Whether those in flight to one host may be spread over several multi handles: each has a connection of
   * its own then, which is as good as any other. `'inCleartext'`: where the URL is `http://`.
   */
  readonly divisible: 'always' | 'inCleartext' | 'never'
  /** Whether others are to see the addresses that it names. */
  readonly namesAddresses: boolean
  /** Whether it is for us to say how long names are good for. */
  readonly leavesNamesToUs: boolean
  /** In the place of the `PROXYHEADER` that was given, where that has to be completed. */
  readonly proxyHeaders: readonly string[] | null
  /** Whether `HTTP_VERSION` is to be one that asks for no upgrade over cleartext. */
  readonly withoutUpgrade: boolean
  /** Where its body begins, of a libcurl that forgets it when it sends again; 0: at its start. */
  readonly bodyStart: number
  /**
   * Whether it is a POST that nobody has given a body: libcurl would ask a function for one that there is
   * not, and fail with 42.
   */
  readonly isEmptyPost: boolean
  /** Whether it is a HEAD because `CUSTOMREQUEST` says so. */
  readonly isHeadByName: boolean
  /** Whether `CUSTOMREQUEST` is no method of HTTP. */
  readonly hasOddMethod: boolean
  /** Why it must not be launched with this build. */
  readonly limits: KnownLimits
  /** What it may leave in its handle. */
  readonly traces: Traces
  /** Whether its answer may come over HTTP/2. */
  readonly mayBeHttp2: 'always' | 'overTls' | 'never'
}

const FOLLOWLOCATION = OPTION.FOLLOWLOCATION as number
const SHARE = OPTION.SHARE as number
const RESOLVE = OPTION.RESOLVE as number
const POST = OPTION.POST as number
const PIPEWAIT = OPTION.PIPEWAIT as number
const HTTP_VERSION = OPTION.HTTP_VERSION as number
const DNS_CACHE_TIMEOUT = OPTION.DNS_CACHE_TIMEOUT as number
const keepsNames = !hasFault('dns-cache-emptied')
const ANY_VERSION = 0
const HTTP_1_0 = 1
const HTTP_1_1 = 2
const HTTP_2_OVER_TLS = 4
const AUTHENTICATIONS = [OPTION.HTTPAUTH as number, OPTION.PROXYAUTH as number]
/**
 * Digest, Negotiate, NTLM: they begin a POST with an empty one, and send the body once they have been
 * challenged.
 */
const IN_ROUNDS = 2 | 4 | 8 | 16 | 32
/**
 * It notes "send no body yet" with the connection, and where no challenge comes (a redirect, no need of
 * authentication) it stays noted.
 */
const losesBodies = hasFault('post-body-lost')

/** Puts an order together. Shared by all plain requests under the same options. */
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
  // A share of the user's may hold connections of anybody's.
  const share = options.value(SHARE) ?? null
  const mayMeetOthers = share !== null && identity.text !== '' && !isCookieShare(share)
  const proxyHeaders = separateProxyHeaders(options)
  const withoutUpgrade = asksForUpgradeInVain(options)
  const isHead = isHeadByName(options) && body === null && !isUpload(options)
  const isSpoiler = mayMeetOthers || (sendsBody && spoilsConnection(options))
  const isPlain =
    !isSpoiler &&
    !withoutUpgrade &&
    !isHead &&
    proxyHeaders === null &&
    bodyStart === 0 &&
    (own === null || responseTypeOf(own.settings) === undefined)
  return {
    options,
    body,
    overlay: isPlain ? overlayOf(options, body) : null,
    followsRedirects: options.number(FOLLOWLOCATION) !== 0,
    spoilsConnection: isSpoiler,
    identity,
    dropsBody: responseTypeOf(options.settings) === 'none' && options.bodyTarget === 'content',
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
    withoutUpgrade,
    bodyStart,
    isEmptyPost: body === null && isEmptyPost(options),
    isHeadByName: isHead,
    hasOddMethod: hasOddMethod(options),
    limits: knownLimits(options),
    traces: tracesOf(options, body),
    mayBeHttp2: mayBeHttp2(options),
  }
}

/** Of a `CURL_HTTP_VERSION_*`: HTTP/2 and later may take many on a connection. */
function divisible(version: number): LaunchOrder['divisible'] {
  if (version === HTTP_1_0 || version === HTTP_1_1) return 'always'
  return version === ANY_VERSION || version === HTTP_2_OVER_TLS ? 'inCleartext' : 'never'
}

/** Whether a body that is sent with these options may leave a note with its connection. */
function spoilsConnection(options: EffectiveOptions): boolean {
  return losesBodies && AUTHENTICATIONS.some((id) => (options.number(id) & IN_ROUNDS) !== 0)
}

function isEmptyPost(options: EffectiveOptions): boolean {
  if (!options.isOn(POST) || isUpload(options) || (options.bodySize ?? 0) > 0) return false
  return options.function('READFUNCTION') === null && chosenBy(options) === POST
}

function responseTypeOf(settings: object): unknown {
  return (settings as { responseType?: unknown }).responseType
}

function isUpload({ settings }: EffectiveOptions): boolean {
  return (settings as { upload?: unknown }).upload !== undefined
}

/** The HTTP method that an order leads to. */
export function methodOf({ options, body }: LaunchOrder): string {
  return requestMethod(options, body !== null ? 'post' : isUpload(options) ? 'upload' : null)
}

/** Whether nobody has said how long names are good for, and they are in the multi handle's cache. */
function leavesNamesToUs(options: EffectiveOptions, share: unknown): boolean {
  return keepsNames && !options.isNamed(DNS_CACHE_TIMEOUT) && (share === null || isCookieShare(share))
}
