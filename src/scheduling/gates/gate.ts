/**
 * A limit that holds for some transfers and not for others: a host's, a proxy's. Does not know who stands in
 * line for it.
 */
import type { Transfer } from '../../transfer/transfer.js'

/** Why a transfer waits. */
export type WaitReason =
  'slot' | 'host' | 'rate' | 'hostRate' | 'paused' | 'backoff' | 'bytes' | 'proxy' | 'session' | 'connection'

/**
 * A limit that one or more transfers have to pass before they are launched. It is closed for all of them or
 * for none: where the first one of a host cannot pass, nobody behind it is asked.
 */
export interface Gate {
  /**
   * When this transfer may pass: now or earlier, a later time, or `Infinity` where it has to wait until
   * another one is through (`Scheduler.opened` says so then).
   */
  opensAt(transfer: Transfer, now: number): number
  /** Why it is closed. */
  reason(transfer: Transfer, now: number): WaitReason
  /** It is launched. */
  started(transfer: Transfer, now: number): void
  /** It is off the wire: done, or to be tried again. */
  stopped(transfer: Transfer, now: number): void
}
