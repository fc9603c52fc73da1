/**
 * Changes the session of waiting transfers: theirs has expired, or the next attempt needs another one. Does
 * not make sessions.
 */
import { messageOf } from '../../../errors.js'
import type { Scheduler } from '../../../scheduling/scheduler.js'
import type { Admission } from '../../access/session-and-proxy.js'
import type { TransferRecord } from '../../record/transfer-record.js'

/** The session changes of one instance. */
export class SessionChanges {
  /** @param settle settles a transfer that was never launched */
  constructor(
    private readonly scheduler: Scheduler<TransferRecord>,
    private readonly admission: Admission,
    private readonly settle: (transfer: TransferRecord, error: unknown) => void,
  ) {}

  /**
   * Returns true if a transfer whose turn it is can use its session. Otherwise the transfer gets another one
   * and is queued again ahead of new transfers.
   */
  isUsable(transfer: TransferRecord, now: number): boolean {
    if (this.admission.hasSession(transfer)) return true
    this.scheduler.takeBack(transfer, now)
    this.change(transfer, now)
    return false
  }

  /** Chooses for the next attempt of a transfer: its proxy, and its session if it wants a new one. */
  chooseAgain(transfer: TransferRecord, dueAt: number, wantsNewSession: boolean): void {
    try {
      this.admission.prepareAgain(transfer)
    } catch (error) {
      this.settle(transfer, error)
      return
    }
    if (wantsNewSession && this.admission.hasPool(transfer)) this.change(transfer, dueAt)
    else this.scheduler.delay(transfer, dueAt)
  }

  /**
   * Gives a transfer that is neither queued nor in flight another session, and delays it until `dueAt` or
   * until the session is ready.
   */
  private change(transfer: TransferRecord, dueAt: number): void {
    try {
      const isWaiting = this.admission.changeSession(transfer, dueAt)
      this.scheduler.delay(transfer, isWaiting ? Infinity : dueAt)
    } catch (error) {
      this.settle(transfer, error)
    }
  }

  /** Called when the session that a transfer has waited for is ready. */
  came(transfer: TransferRecord, now: number): void {
    this.scheduler.takeBack(transfer, now)
    this.scheduler.delay(transfer, Math.max(now, this.admission.dueAtOf(transfer)))
  }

  /** Called when the session that a transfer has waited for could not be made or used. */
  failed(transfer: TransferRecord, error: unknown, what: string, now: number): void {
    this.scheduler.settle(transfer, now)
    this.settle(transfer, error)
    transfer.error = `${what}: ${messageOf(error)}`
  }
}
