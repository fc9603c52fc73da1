/**
 * The result of an attempt for its proxy: pure functions of the facts. Does not know libcurl, nor how the
 * pool uses the result.
 */
import type { ProxyOutcome } from './pooled-proxy.js'
import { OPERATION_TIMEDOUT } from '../../curl-codes.js'

/** The facts about an attempt. */
export interface ProxyFacts {
  /** True if it went through a proxy, false if it went to the server directly. */
  readonly viaProxy: boolean
  readonly errno: number
  readonly responseCode: number
  /** The proxy's status for CONNECT; 0 if there was no CONNECT or no response. */
  readonly connectCode: number
  /** `CURLINFO_PROXY_ERROR`: the reason for which a SOCKS proxy refused. */
  readonly proxyError: number
  /** `CURLINFO_PROXY_SSL_VERIFYRESULT`: the fault of an https proxy's certificate, 0 if there is none. */
  readonly proxyVerifyResult: number
  /** True if the connection through the proxy was established, and the request was about to be sent. */
  readonly wasReady: boolean
}

/**
 * Errors of the proxy itself: its name cannot be resolved, or the connection to it fails. Source:
 * libcurl-errors(3).
 */
const OF_THE_PROXY = new Set([5, 7])
const CURLE_PROXY = 97
/** Errors with two possible causes: a failed TLS handshake, no response, a broken connection. */
const ON_THE_WAY = new Set([35, 52, 55, 56])
/**
 * Replies of a SOCKS proxy about the server: refused, unreachable, expired, not resolved. curl/curl.h,
 * CURLproxycode.
 */
const OF_THE_SERVER = new Set([19, 21, 22, 24, 27])
/** Replies that may be about the proxy or the server: "general failure", socks4's "rejected or failed". */
const OF_EITHER = new Set([20, 26])
/** Statuses for CONNECT about the client: wrong credentials, no credit, too many requests. */
const OF_THE_USER = new Set([401, 402, 407, 429])

/** Returns the result of an attempt for its proxy. */
export function proxyOutcome(facts: ProxyFacts, statusCodes: ReadonlySet<number>): ProxyOutcome {
  const { errno, responseCode, connectCode } = facts
  // With FAILONERROR, an error status is errno 22.
  if (errno === 0 || errno === 22) return statusCodes.has(responseCode) ? 'failed' : 'ok'
  // A failure without a proxy shows nothing about direct connections.
  if (!facts.viaProxy) return 'neutral'
  if (isRefusal(connectCode))
    return OF_THE_USER.has(connectCode) || statusCodes.has(connectCode) ? 'failed' : 'suspect'
  if (OF_THE_PROXY.has(errno) || facts.proxyVerifyResult !== 0) return 'failed'
  if (errno === CURLE_PROXY) {
    if (OF_THE_SERVER.has(facts.proxyError)) return 'neutral'
    return OF_EITHER.has(facts.proxyError) ? 'suspect' : 'failed'
  }
  return errno === OPERATION_TIMEDOUT || ON_THE_WAY.has(errno) ? 'suspect' : 'neutral'
}

/**
 * True if the proxy has failed before any part of the request reached the server. The request may then be
 * sent through another proxy, whatever its method.
 */
export function failedBeforeServer(facts: ProxyFacts, outcome: ProxyOutcome): boolean {
  if (!facts.viaProxy || (outcome !== 'failed' && outcome !== 'suspect')) return false
  // A 407 without a tunnel comes from the proxy itself.
  return !facts.wasReady || facts.responseCode === 407
}

function isRefusal(connectCode: number): boolean {
  return connectCode >= 300
}
