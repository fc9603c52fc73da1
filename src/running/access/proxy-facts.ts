/** Reads from a finished attempt what happened at its proxy. Does not judge it. */
import type { ProxyFacts } from '../../sessions/proxies/proxy-outcome.js'
import type { ProxyLease } from '../../sessions/proxies/proxy-pool.js'
import type { TransferRecord } from '../record/transfer-record.js'

/** Returns the facts about the proxy of a transfer. The transfer must still hold its handle. */
export function factsOf(transfer: TransferRecord, { proxy }: ProxyLease): ProxyFacts {
  const { errno, responseCode } = transfer
  const facts = {
    viaProxy: proxy.url !== null,
    errno,
    responseCode,
    connectCode: 0,
    proxyError: 0,
    proxyVerifyResult: 0,
    wasReady: true,
  }
  // A successful attempt needs no native call.
  if (errno === 0 || transfer.source === null) return facts
  const info = (name: string): number => Number(transfer.getInfo(name))
  return {
    ...facts,
    connectCode: info('HTTP_CONNECTCODE'),
    proxyError: info('PROXY_ERROR'),
    proxyVerifyResult: info('PROXY_SSL_VERIFYRESULT'),
    // Older libcurl counts a CONNECT as the request; newer libcurl sets PRETRANSFER_TIME even if no request
    // follows. So both must be above 0.
    wasReady: info('REQUEST_SIZE') > 0 && info('PRETRANSFER_TIME_T') > 0,
  }
}
