/**
 * One timer for whatever is due next. Does not know what is.
 */
import type { Clock } from './clock.js'

/** Rings at the earliest time that it was asked for. */
export class Alarm {
  private timer: unknown = null
  private at = Infinity

  constructor(
    private readonly clock: Clock,
    private readonly ring: () => void,
  ) {}

  /** Moves it to `at`; `Infinity`: off. */
  set(at: number): void {
    // An earlier ring than needed costs one look; moving it with each request would cost a timer.
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
