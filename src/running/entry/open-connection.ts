/**
 * `connect()` and `webSocket()`: runs a connection attempt from the call to its promise. Does not depend on
 * what is made of the connection.
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

/** A connection to open. */
export interface ConnectionRequest {
  readonly where: 'connect' | 'webSocket'
  readonly url: string | URL
  readonly options: RequestOptions
  /** The handshake of a WebSocket; null for a socket. */
  readonly handshake: Handshake | null
}

/** The parts of the instance that opening a connection needs. */
export interface ConnectionOwner {
  readonly dispatcher: Dispatcher
  readonly requests: RequestMaker
  readonly connections: Connections
  readonly plainOrder: LaunchOrder
}

/**
 * Opens a connection. Resolves with the result of `make` for the connected transfer. Rejects with the
 * transfer's `CurlError`, or with an `OptionError`.
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
        // Made here and not after the await, so that close() finds the connection at once.
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
