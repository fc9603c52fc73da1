/**
 * `connect()` and `webSocket()`: brings a connection from the call to whoever asked for it. Does not know
 * what is made of it.
 */
import type { Handshake } from '../../bodies/sockets/web-socket-handshake.js'
import type { LaunchOrder } from '../../engine/request/wire-request.js'
import type { CurlError } from '../../errors.js'
import type { Dispatcher } from '../dispatch/dispatcher.js'
import { checkedAs, compileAccess } from '../make/compile-request.js'
import { urlOf, type RequestMaker } from '../make/make-transfer.js'
import type { RequestOptions } from '../options/run-options.js'
import type { TransferRecord } from '../record/transfer-record.js'
import { checkTarget, connectionOrder, type Connections } from './connections.js'

/** A connection that is asked for. */
export interface ConnectionRequest {
  readonly where: 'connect' | 'webSocket'
  readonly url: string | URL
  readonly options: RequestOptions
  /** Of a WebSocket; null: it is to be a socket. */
  readonly handshake: Handshake | null
}

/** Whose connection it is. */
export interface ConnectionOwner {
  readonly dispatcher: Dispatcher
  readonly requests: RequestMaker
  readonly connections: Connections
  readonly plainOrder: LaunchOrder
}

/**
 * Resolves with what `make` makes of the transfer that has connected. Rejects with the transfer's
 * `CurlError`, or an `OptionError`.
 */
export async function openConnection<T>(
  { where, url, options, handshake }: ConnectionRequest,
  make: (transfer: TransferRecord) => T,
  { dispatcher, requests, connections, plainOrder }: ConnectionOwner,
): Promise<T> {
  const target = urlOf(where, url)
  checkTarget(where, target)
  const own = compileAccess(options, checkedAs('request', where))
  const order = connectionOrder(plainOrder, own, handshake)
  const transfer = requests.makeBare(where, target, order)
  transfer.isAwaited = true
  connections.expect(transfer)
  const result = await new Promise<{ made: T } | null>((resolve) => {
    transfer.sink = {
      deliver: () => {
        // Here, and not where it is waited for: from now on, closing the instance has to find it.
        if (connections.arrive(transfer, handshake)) resolve({ made: make(transfer) })
        else {
          resolve(null)
          dispatcher.releaseAtTurnEnd(transfer)
        }
      },
    }
    dispatcher.submit(transfer)
  }).finally(() => {
    connections.handOver(transfer)
  })
  if (result === null || transfer.errno !== 0) throw transfer.toError() as CurlError
  return result.made
}
