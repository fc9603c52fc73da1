/** One timer for the earliest due time. Does not depend on what is due. */
import type { Clock } from './clock.js'

/** Fires at the earliest time that was set. */
export class Alarm {
  private timer: unknown = null
  private at = Infinity

  constructor(
    private readonly clock: Clock,
    private readonly ring: () => void,
  ) {}

  /** Moves the alarm to `at`; `Infinity` switches it off. */
  set(at: number): void {
    // If the alarm fires too early, that costs one check. Moving it for each request would cost a timer each.
    if (at >= this.at && at !== Infinity) return
    if (at === Infinity && this.timer === null) return
    if (this.timer !== null) this.clock.clearTimer(this.timer)
    this.timer = null
    this.at = at
    if (at === Infinity) return
    this.timer = this.clock.setTimer(
      () => {
        this.timer = null
        this.at = Infinity
        this.ring()
      },
      Math.max(0, at - this.clock.now()),
    )
  }
}
