/** Decides if another attempt follows a finished one, and prepares it. Does not deliver outcomes. */
import type { Engine } from '../../../engine/engine.js'
import { wasUnprocessed } from '../../../engine/outcome/unprocessed-requests.js'
import { hostPause } from '../../../scheduling/retry.js'
import type { Scheduler } from '../../../scheduling/scheduler.js'
import type { Admission } from '../../access/session-and-proxy.js'
import type { TransferRecord } from '../../record/transfer-record.js'
import { keepPace, pauseHosts } from './pace.js'
import { delayOf, factsOf, isAskedAgain } from './retry-decision.js'

/** The callbacks of {@link Attempts}. */
export interface AttemptsOwner {
  /** Called when another attempt follows. */
  onRetry(): void
  /**
   * Chooses the proxy of a transfer that is neither queued nor in flight again, and its session if it wants
   * a new one. Delays the transfer until `dueAt`.
   */
  chooseAgain(transfer: TransferRecord, dueAt: number, wantsNewSession: boolean): void
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
   * Sends a request again that the server has certainly not processed. This counts neither as a failure of
   * server or proxy nor as an attempt of `retry`. Returns true if the request is sent again.
   */
  isStartedAgain(transfer: TransferRecord, now: number): boolean {
    if (transfer.isAborted || !wasUnprocessed(transfer)) return false
    transfer.restarts++
    return this.sendAgain(transfer, now, 0)
  }

  /**
   * Returns true if another attempt follows: through another proxy, because the body has to be requested
   * again, because the response head was doubtful, or as a retry.
   */
  isFollowed(transfer: TransferRecord, now: number): boolean {
    if (transfer.settings.rateLimitHeaders === true) keepPace(transfer, this.scheduler, now)
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
    if (pauseMs > 0) pauseHosts(transfer, this.scheduler, pauseMs, now)
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
    if (transfer.access === null) this.scheduler.delay(transfer, now + delay)
    else this.owner.chooseAgain(transfer, now + delay, wantsNewSession)
    return true
  }
}
