/**
 * What the scheduler needs of a transfer beside its outcome: when it may start. Does not know what is
 * fetched.
 */
import type { Transfer } from '../../transfer/transfer.js'
import type { Gate } from './gate.js'
import type { HostGate } from './host-gate.js'

/** A transfer that waits for its turn, or has had it. */
export interface QueuedTransfer extends Transfer {
  /** Higher priorities start first. */
  readonly priority: number
  /** Somebody waits for it who consumes nothing before it is done: bytes of others do not hold it up. */
  isAwaited: boolean
  /** Its index among those in flight. */
  place: number
  /** When it was due last, after a delay; 0: it was never delayed. */
  dueAt: number
  /** The limits of its host; null: they have not been looked for. */
  hostGate: HostGate | null
  /** A limit of its own, a proxy's for example. */
  readonly gate: Gate | null
}
