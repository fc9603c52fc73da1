/**
 * Recognizes failures in which the server has not processed the request. The request is then sent again on a
 * new connection, whatever its method, as libcurl itself does where it can. Does not know `retry`, which is
 * for failures of the server.
 *
 * libcurl sends a request again if its connection had been used before and nothing has come back, or if the
 * server has refused the stream (RFC 9113, 8.7). It gives up after five attempts, and reports some ends of
 * HTTP/2 connections as failures at once. libcurl 7.88 also reports a reset as a failure (55) if the event
 * loop has noticed it: Node.js tells node-libcurl of nothing else then. Source: `Curl_retry_request` and
 * `Curl_readwrite` in libcurl's transfer.c.
 */
import type { EngineTransfer } from '../request/engine-transfer.js'
import { methodOf, type LaunchOrder } from '../request/wire-request.js'
import { IDEMPOTENT, SAFE_METHODS } from '../../http-semantics.js'

/**
 * The limit of restarts for one transfer. The first one already gets a new connection: more are for servers
 * that refuse even that.
 */
const MAX_RESTARTS = 3

interface Sign {
  readonly errno: number
  /** The methods for which the code is proof enough: all, or only those that may be sent twice. */
  readonly methods: 'all' | 'idempotent'
}

/**
 * libcurl's codes for a request that was not processed, if nothing has come back and the connection had been
 * used before.
 */
const SIGNS: readonly Sign[] = [
  // "Connection died, tried 5 times before giving up": sending failed, or the connection ended before a
  // response.
  { errno: 55, methods: 'all' },
  // The same if receiving failed, or if an HTTP/2 server has refused the stream five times.
  { errno: 56, methods: 'all' },
  // The HTTP/2 connection was about to end (GOAWAY), or ended. libcurl does not report whether that was
  // before or after the request was processed.
  { errno: 16, methods: 'idempotent' },
  { errno: 18, methods: 'idempotent' },
]

/**
 * True if a failed transfer may be started again because the server has not processed it. The transfer must
 * still hold its handle.
 */
export function wasUnprocessed(transfer: EngineTransfer): boolean {
  if (transfer.restarts >= MAX_RESTARTS || transfer.cause !== undefined) return false
  const sign = SIGNS.find(({ errno }) => errno === transfer.errno)
  if (sign === undefined || !/^https?:/i.test(transfer.url)) return false
  const info = (name: string): number => Number(transfer.getInfo(name))
  const { order, responseCode } = transfer
  const sentAgain = info('REDIRECT_COUNT')
  // NUM_CONNECTS is the number of connections that were opened for the transfer: its last request may have
  // used one of them.
  if (info('SIZE_DOWNLOAD_T') > 0 || info('NUM_CONNECTS') > sentAgain) return false
  if (order.asLibcurl || !canSendBodyAgain(transfer, order)) return false
  const method = methodOf(order)
  if (sentAgain > 0)
    return (
      sign.methods === 'all' &&
      (wasChallenged(transfer) || (SAFE_METHODS.has(method) && leadsOn(responseCode)))
    )
  return responseCode === 0 && (sign.methods === 'all' || IDEMPOTENT.has(method))
}

/**
 * True if the last answer refused the request and asked for credentials: the server has not processed it.
 * After a redirect to another URL, an earlier request was processed.
 */
function wasChallenged(transfer: EngineTransfer): boolean {
  const { responseCode, url } = transfer
  return (responseCode === 401 || responseCode === 407) && transfer.getInfo('EFFECTIVE_URL') === url
}

/**
 * True if libcurl sends another request after an answer with this status. If that answer is the last one,
 * the other request has none. The transfer begins again with its first request, which was answered: only
 * methods that change nothing may do so.
 */
function leadsOn(status: number): boolean {
  return (status >= 300 && status < 400) || status === 401 || status === 407
}

function canSendBodyAgain(transfer: EngineTransfer, { options }: LaunchOrder): boolean {
  if (transfer.bodySource?.isSpent || transfer.bodySink?.isCommitted) return false
  // Only the user's function can produce the body again.
  return options.function('READFUNCTION') === null || Number(transfer.getInfo('SIZE_UPLOAD_T')) === 0
}
