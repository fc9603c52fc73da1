/**
 * Listens to a transfer: to libcurl's log, and to the body as it is taken. The transfer does not change. Does not know
 * what is done with either.
 */
import { tapWire, type WireListener } from '../callbacks/verbose-log.js'
import type { WiredHandle } from '../request/wire.js'
import type { EasyHandle } from './easy-handle.js'
import type { BodyListener } from './response-receiver.js'

/** Sets listeners on a handle that is configured. Returns libcurl's code. */
export function listenTo(wired: WiredHandle, log: WireListener, body: BodyListener): number {
  // Whatever is given to a wire is a handle of the engine's.
  const handle = wired as EasyHandle
  const { order, transfer } = handle
  if (order === null || transfer === null) return 0
  // The next transfer on the handle sets its functions anew.
  handle.configuredFor = null
  handle.tap = tapWire(handle, order.options, log)
  return handle.receiver.copyBody(transfer, order, body)
}
