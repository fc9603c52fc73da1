/** The fields of a transfer that the scheduler needs. Does not depend on the request. */
import type { Transfer } from '../../transfer/transfer.js'
import type { Gate } from './gate.js'
import type { HostGate } from './host-gate.js'

/** A transfer in the scheduler. */
export interface QueuedTransfer extends Transfer {
  /** Higher priorities start first. */
  readonly priority: number
  /**
   * True if the consumer reads nothing before this transfer is done: it is exempt from the limit of unread
   * bytes.
   */
  isAwaited: boolean
  /** The index in the list of transfers in flight. */
  place: number
  /** The time at which it was last due after a delay; 0 if it was never delayed. */
  dueAt: number
  /** The gate of its host; null if it was not looked up yet. */
  hostGate: HostGate | null
  /** An additional gate, such as a proxy's. */
  readonly gate: Gate | null
}
