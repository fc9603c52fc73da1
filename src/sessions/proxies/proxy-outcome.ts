/**
 * What the end of an attempt says of the proxy that it went through: one pure function of the facts. Does not
 * know libcurl, nor what becomes of the proxy.
 */
import type { ProxyOutcome } from './pooled-proxy.js'
import { OPERATION_TIMEDOUT } from '../../curl-codes.js'

/** What there is to know of an attempt. */
export interface ProxyFacts {
  /** Whether it went through a proxy; else to the server itself. */
  readonly viaProxy: boolean
  readonly errno: number
  readonly responseCode: number
  /** What the proxy answered to CONNECT; 0: nothing, or it was not asked. */
  readonly connectCode: number
  /** `CURLINFO_PROXY_ERROR`: why a SOCKS proxy refused. */
  readonly proxyError: number
  /** `CURLINFO_PROXY_SSL_VERIFYRESULT`: what is wrong with the certificate of an https proxy. */
  readonly proxyVerifyResult: number
  /** Whether the connection stood, through the proxy, and the request was about to be sent. */
  readonly wasReady: boolean
}

/**
 * Failures that name the proxy: its name cannot be resolved, it cannot be connected to. Source:
 * libcurl-errors(3).
 */
const OF_THE_PROXY = new Set([5, 7])
const CURLE_PROXY = 97
/** TLS handshake, no answer, broken connections. */
const ON_THE_WAY = new Set([35, 52, 55, 56])
/**
 * Replies of a SOCKS proxy that are about the server: refused, unreachable, expired, not resolved.
 * curl/curl.h, CURLproxycode.
 */
const OF_THE_SERVER = new Set([19, 21, 22, 24, 27])
/** Replies that may be about either: "general failure", socks4's "rejected or failed". */
const OF_EITHER = new Set([20, 26])
/** Answers to CONNECT that are about who asks: no authority, no credit, too often. */
const OF_THE_USER = new Set([401, 402, 407, 429])

/** What an attempt says of its proxy. */
export function proxyOutcome(facts: ProxyFacts, statusCodes: ReadonlySet<number>): ProxyOutcome {
  const { errno, responseCode, connectCode } = facts
  // FAILONERROR makes a status errno 22.
  if (errno === 0 || errno === 22) return statusCodes.has(responseCode) ? 'failed' : 'ok'
  // Without a proxy, no failure speaks against there being none.
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
 * Whether the proxy has failed before anything of the request reached the server, so that it may go through
 * another one, whatever its method.
 */
export function failedBeforeServer(facts: ProxyFacts, outcome: ProxyOutcome): boolean {
  if (!facts.viaProxy || (outcome !== 'failed' && outcome !== 'suspect')) return false
  // Of a request that is not tunnelled, the proxy itself answers with 407.
  return !facts.wasReady || facts.responseCode === 407
}

function isRefusal(connectCode: number): boolean {
  return connectCode >= 300
}
