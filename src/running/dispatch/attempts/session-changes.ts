/**
 * Transfers that change their session while they wait: theirs has had its time, or the next attempt wants
 * another one. Does not know where sessions come from.
 */
import { messageOf } from '../../../errors.js'
import type { Scheduler } from '../../../scheduling/scheduler.js'
import type { Admission } from '../../access/session-and-proxy.js'
import type { TransferRecord } from '../../record/transfer-record.js'

/** The changes of session of one instance. */
export class SessionChanges {
  /** @param settle settles a transfer that never got on the wire */
  constructor(
    private readonly scheduler: Scheduler<TransferRecord>,
    private readonly admission: Admission,
    private readonly settle: (transfer: TransferRecord, error: unknown) => void,
  ) {}

  /**
   * Whether a transfer whose turn it is may use its session. Else it gets another one, and lines up again in
   * front.
   */
  isUsable(transfer: TransferRecord, now: number): boolean {
    if (this.admission.hasSession(transfer)) return true
    this.scheduler.takeBack(transfer, now)
    this.change(transfer, now)
    return false
  }

  /**
   * Gives a transfer that is nowhere another session, and puts it aside until `dueAt`, or until it has that
   * session.
   */
  change(transfer: TransferRecord, dueAt: number): void {
    try {
      const isWaiting = this.admission.changeSession(transfer, dueAt)
      this.scheduler.delay(transfer, isWaiting ? Infinity : dueAt)
    } catch (error) {
      this.settle(transfer, error)
    }
  }

  /** The session that a transfer has waited for is there. */
  came(transfer: TransferRecord, now: number): void {
    this.scheduler.takeBack(transfer, now)
    this.scheduler.delay(transfer, Math.max(now, this.admission.dueAtOf(transfer)))
  }

  /** There is no session for a transfer that has waited for one. */
  failed(transfer: TransferRecord, error: unknown, now: number): void {
    this.scheduler.settle(transfer, now)
    this.settle(transfer, error)
    transfer.error = `there is no session for it: ${messageOf(error)}`
  }
}
