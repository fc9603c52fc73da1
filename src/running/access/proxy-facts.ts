/**
 * What an attempt says of its proxy. Does not know what is made of it.
 */
import type { ProxyFacts } from '../../sessions/proxies/proxy-outcome.js'
import type { ProxyLease } from '../../sessions/proxies/proxy-pool.js'
import type { TransferRecord } from '../record/transfer-record.js'

/** The facts of a transfer whose handle is still held. */
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
  // Most attempts go well, and need no native call.
  if (errno === 0 || transfer.source === null) return facts
  const info = (name: string): number => Number(transfer.getInfo(name))
  return {
    ...facts,
    connectCode: info('HTTP_CONNECTCODE'),
    proxyError: info('PROXY_ERROR'),
    proxyVerifyResult: info('PROXY_SSL_VERIFYRESULT'),
    // Older builds count a CONNECT as the request, newer ones note a time also where nothing is about to be
    // sent.
    wasReady: info('REQUEST_SIZE') > 0 && info('PRETRANSFER_TIME_T') > 0,
  }
}
