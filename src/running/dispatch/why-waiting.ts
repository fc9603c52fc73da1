/**
 * Why a transfer waits. Does not know what it waits with.
 */
import type { WaitReason } from '../../scheduling/gates/gate.js'
import type { Transfer } from '../../transfer/transfer.js'
import { TransferRecord } from '../record/transfer-record.js'
import type { Dispatcher } from './dispatcher.js'

/** Why a transfer waits; `until` in milliseconds since the epoch, where it is known. */
export interface Waiting {
  readonly reason: WaitReason
  readonly until?: number
}

/** null: it does not wait. */
export function whyWaiting(transfer: Transfer, dispatcher: Dispatcher): Waiting | null {
  // What is handed out may be another object than what was run: that one is done.
  if (!(transfer instanceof TransferRecord)) return null
  const { scheduler, clock, engine } = dispatcher
  const now = clock.now()
  const shared = dispatcher.sharedTransferOf(transfer)
  const wait = scheduler.waitOf(shared, now)
  if (wait === null && engine.waitsForConnection(shared)) return { reason: 'connection' }
  if (wait?.until === undefined) return wait
  return { reason: wait.reason, until: Date.now() + (wait.until - now) }
}
