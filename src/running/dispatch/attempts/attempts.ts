/**
 * What follows an attempt that is over: another one, or nothing. Does not know who hears of the outcome.
 */
import type { Engine } from '../../../engine/engine.js'
import { wasUnprocessed } from '../../../engine/outcome/unprocessed-requests.js'
import { hostPause } from '../../../scheduling/retry.js'
import type { Scheduler } from '../../../scheduling/scheduler.js'
import type { Admission } from '../../access/session-and-proxy.js'
import type { TransferRecord } from '../../record/transfer-record.js'
import { delayOf, factsOf, isAskedAgain } from './retry-decision.js'

/** Who runs the transfers. */
export interface AttemptsOwner {
  /** An attempt follows another one. */
  onRetry(): void
  /** Gives a transfer that is nowhere another session, and puts it aside until `dueAt`. */
  changeSession(transfer: TransferRecord, dueAt: number): void
}

/** The attempts of one instance. */
export class Attempts {
  constructor(
    private readonly scheduler: Scheduler<TransferRecord>,
    private readonly engine: Engine,
    private readonly admission: Admission,
    private readonly owner: AttemptsOwner,
  ) {}

  /**
   * Where nobody has looked at it: that is no failure of the server's or the proxy's, and no attempt of
   * `retry`'s.
   */
  isStartedAgain(transfer: TransferRecord, now: number): boolean {
    if (transfer.isAborted || !wasUnprocessed(transfer)) return false
    transfer.restarts++
    return this.sendAgain(transfer, now, 0)
  }

  /**
   * Whether another attempt follows: a detour of its proxy, a body that begins anew, a head that was in
   * doubt, or a retry.
   */
  isFollowed(transfer: TransferRecord, now: number): boolean {
    if (transfer.bodySink?.isToRestart && !transfer.isAborted) return this.askFurther(transfer, now)
    if (transfer.head === 'doubtful' && isAskedAgain(transfer)) {
      transfer.head = 'watched'
      return this.askFurther(transfer, now)
    }
    const { access } = transfer
    const mayDetour = access !== null && !transfer.isAborted && !transfer.bodySink?.isCommitted
    if (mayDetour && this.admission.takesDetour(transfer)) return this.sendAgain(transfer, now, 0)
    const { retry } = transfer.settings
    if (retry === undefined || transfer.isAborted) return false
    const facts = factsOf(transfer, retry, access === null ? 0 : this.admission.detoursOf(transfer))
    const pauseMs = hostPause(retry, facts)
    if (pauseMs > 0) this.scheduler.pauseHost(transfer.url, now + pauseMs, now)
    const delay = delayOf(transfer, retry, facts)
    return delay !== null && this.sendAgain(transfer, now, delay, retry.newSession)
  }

  private askFurther(transfer: TransferRecord, now: number): true {
    transfer.uncounted++
    return this.sendAgain(transfer, now, 0)
  }

  private sendAgain(transfer: TransferRecord, now: number, delay: number, wantsNewSession = false): true {
    this.owner.onRetry()
    this.scheduler.takeBack(transfer, now)
    this.engine.release(transfer)
    transfer.prepareAgain()
    if (transfer.access !== null) this.admission.prepareAgain(transfer)
    if (wantsNewSession && transfer.access !== null && this.admission.hasPool(transfer))
      this.owner.changeSession(transfer, now + delay)
    else this.scheduler.delay(transfer, now + delay)
    return true
  }
}
