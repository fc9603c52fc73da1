/**
 * Which failures mean that the server has not looked at a request: it is sent again then on a connection of
 * its own, whatever its method is, as libcurl does by itself where it can. Does not know `retry`, which is
 * for failures of the server's.
 *
 * libcurl sends a request again when the connection that it went to had been used before, and nothing has
 * come back; or when the server has refused the stream (RFC 9113, 8.7). It gives up after five times, and
 * some ends of HTTP/2 connections it takes for failures at once. Source: `Curl_retry_request` in libcurl's
 * transfer.c.
 */
import type { EngineTransfer } from '../request/engine-transfer.js'
import { methodOf, type LaunchOrder } from '../request/wire-request.js'
import { IDEMPOTENT } from '../../http-semantics.js'

/**
 * How often one transfer is started again. The first time it gets a connection of its own: more are for
 * servers that refuse even that.
 */
export const MAX_RESTARTS = 3

interface Sign {
  readonly errno: number
  /** Whether it is one for every method, or for those only that may be sent twice. */
  readonly methods: 'all' | 'idempotent'
}

/**
 * How libcurl ends a request that nobody has looked at: nothing has come back, and the connection had been
 * used before.
 */
const SIGNS: readonly Sign[] = [
  // "Connection died, tried 5 times before giving up": sending failed, or the connection ended before an
  // answer.
  { errno: 55, methods: 'all' },
  // The same where receiving failed, and where an HTTP/2 server has refused the stream so many times.
  { errno: 56, methods: 'all' },
  // The HTTP/2 connection was about to end (GOAWAY), or ended: libcurl does not say whether it did before the
  // request or after it.
  { errno: 16, methods: 'idempotent' },
  { errno: 18, methods: 'idempotent' },
]

/**
 * Whether a transfer that failed may be started again because nobody has looked at it. Its handle is still
 * held.
 */
export function wasUnprocessed(transfer: EngineTransfer): boolean {
  if (transfer.restarts >= MAX_RESTARTS || transfer.cause !== undefined) return false
  const sign = SIGNS.find(({ errno }) => errno === transfer.errno)
  if (sign === undefined || !/^https?:/i.test(transfer.url)) return false
  const info = (name: string): number => Number(transfer.getInfo(name))
  const hasAnswer = transfer.responseCode !== 0 || info('SIZE_DOWNLOAD_T') > 0 || info('REDIRECT_COUNT') > 0
  // How many connections were made for it.
  if (hasAnswer || info('NUM_CONNECTS') > 0) return false
  const order = transfer.order
  return (sign.methods === 'all' || IDEMPOTENT.has(methodOf(order))) && canSendBodyAgain(transfer, order)
}

function canSendBodyAgain(transfer: EngineTransfer, { options }: LaunchOrder): boolean {
  if (transfer.bodySource?.isSpent || transfer.bodySink?.isCommitted) return false
  // What a function of the user's has given, only the user can give again.
  return options.function('READFUNCTION') === null || Number(transfer.getInfo('SIZE_UPLOAD_T')) === 0
}
