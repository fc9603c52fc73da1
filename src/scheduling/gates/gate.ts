/**
 * The interface of a limit that applies to some transfers and not to others, such as a host's or a proxy's.
 * Does not depend on the queue.
 */
import type { Transfer } from '../../transfer/transfer.js'

/** The reasons why a transfer waits. */
export type WaitReason =
  'slot' | 'host' | 'rate' | 'hostRate' | 'paused' | 'backoff' | 'bytes' | 'proxy' | 'session' | 'connection'

/**
 * A limit that transfers have to pass before they are launched. A gate is closed for all its transfers or for
 * none: if the first transfer of a host cannot pass, those behind it are not tried.
 */
export interface Gate {
  /**
   * Returns when the transfer may pass: now or earlier; a later time; or `Infinity` if it has to wait until
   * another transfer has passed (`Scheduler.opened` is called then).
   */
  opensAt(transfer: Transfer, now: number): number
  /** Returns the reason why the gate is closed. */
  reason(transfer: Transfer, now: number): WaitReason
  /** Called when a transfer is launched. */
  started(transfer: Transfer, now: number): void
  /** Called when a transfer is off the wire: done, or about to be retried. */
  stopped(transfer: Transfer, now: number): void
}
