/** Explains why a transfer waits. Does not change anything. */
import type { WaitReason } from '../../scheduling/gates/gate.js'
import type { Transfer } from '../../transfer/transfer.js'
import { TransferRecord } from '../record/transfer-record.js'
import type { Dispatcher } from './dispatcher.js'

/** The reason why a transfer waits. `until` is in milliseconds since the epoch, if known. */
export interface Waiting {
  readonly reason: WaitReason
  readonly until?: number
}

/** Returns the reason; null if the transfer does not wait. */
export function whyWaiting(transfer: Transfer, dispatcher: Dispatcher): Waiting | null {
  // A transfer that was handed out may be another object than the record. It is done.
  if (!(transfer instanceof TransferRecord)) return null
  const { scheduler, clock, engine } = dispatcher
  const now = clock.now()
  const shared = dispatcher.sharedTransferOf(transfer)
  const wait = scheduler.waitOf(shared, now)
  if (wait === null && engine.waitsForConnection(shared)) return { reason: 'connection' }
  if (wait?.until === undefined) return wait
  return { reason: wait.reason, until: Date.now() + (wait.until - now) }
}
