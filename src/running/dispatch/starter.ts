/**
 * Starts waiting transfers; nothing else does. Does not decide their order, and does not put them on the
 * wire.
 */
import { Alarm } from '../../scheduling/time/alarm.js'
import type { Clock } from '../../scheduling/time/clock.js'
import type { Scheduler } from '../../scheduling/scheduler.js'
import type { Admission } from '../access/session-and-proxy.js'
import type { TransferRecord } from '../record/transfer-record.js'
import type { SessionChanges } from './attempts/session-changes.js'
import type { Deadlines } from './deadlines.js'

/** The callbacks of {@link Starter}. */
export interface StarterOwner {
  launch(transfer: TransferRecord, now: number): void
  /** Called for a transfer whose deadline has passed. */
  expire(transfer: TransferRecord): void
}

/** Starts the waiting transfers of one instance. */
export class Starter {
  /**
   * True while sessions and proxies are chosen. Functions of the user's take part in that (`create`,
   * `strategy`, `stickyBy`). The transfer is between two states meanwhile, so what such a function starts or
   * aborts has to wait.
   */
  isChoosing = false
  private isWoken = false
  private readonly alarm: Alarm

  constructor(
    private readonly scheduler: Scheduler<TransferRecord>,
    private readonly admission: Admission,
    private readonly sessions: SessionChanges,
    private readonly deadlines: Deadlines,
    private readonly clock: Clock,
    private readonly owner: StarterOwner,
  ) {
    this.alarm = new Alarm(clock, () => {
      this.pump(clock.now())
    })
  }

  /** Aborts transfers whose deadline has passed, and starts all that may start now. */
  pump(now: number): void {
    if (this.isChoosing) {
      this.pumpSoon()
      return
    }
    for (let gone = this.deadlines.takeExpired(now); gone; gone = this.deadlines.takeExpired(now))
      this.owner.expire(gone)
    this.isChoosing = true
    try {
      do {
        for (let next = this.scheduler.next(now); next !== undefined; next = this.scheduler.next(now)) {
          if (next.access === null || this.sessions.isUsable(next, now)) this.owner.launch(next, now)
        }
      } while (!this.scheduler.isHeldUp(now) && this.admission.passOn(now))
    } finally {
      this.isChoosing = false
    }
    this.setAlarm(now)
  }

  /** Pumps in a later turn, outside of the code that caused the change. */
  pumpSoon(): void {
    if (this.isWoken) return
    this.isWoken = true
    setImmediate(() => {
      this.isWoken = false
      this.pump(this.clock.now())
    })
  }

  /** Calls a function that chooses a session or a proxy. */
  choose<T>(work: () => T): T {
    const wasChoosing = this.isChoosing
    this.isChoosing = true
    try {
      return work()
    } finally {
      this.isChoosing = wasChoosing
    }
  }

  /** Sets the timer for the next deadline, and for the next transfer that may start by then. */
  setAlarm(now: number): void {
    this.alarm.set(Math.min(this.scheduler.nextWakeAt(now), this.deadlines.nextAt))
  }
}
