/** Counters of finished transfers, since the start and per second. Does not count current ones. */
import type { Clock } from '../../scheduling/time/clock.js'
import type { TransferRecord } from '../record/transfer-record.js'

const SECONDS = 10

/** Counts outcomes, in total and for each of the last seconds. */
export class Counters {
  done = 0
  failed = 0
  retried = 0
  private readonly perSecond = new Array<number>(SECONDS + 1).fill(0)
  private second: number
  private readonly since: number

  constructor(private readonly clock: Clock) {
    this.since = clock.now()
    this.second = Math.floor(this.since / 1000)
  }

  add(transfer: TransferRecord): void {
    this.done++
    if (transfer.errno !== 0) this.failed++
    this.turnTo(Math.floor(transfer.settledAt / 1000))
    const at = this.second % this.perSecond.length
    this.perSecond[at] = (this.perSecond[at] as number) + 1
  }

  /** The number of transfers done per second, over the last ten seconds or since the start. */
  get rate(): number {
    const now = this.clock.now()
    this.turnTo(Math.floor(now / 1000))
    const span = Math.min(SECONDS + (now % 1000) / 1000, Math.max(1, (now - this.since) / 1000))
    return this.perSecond.reduce((sum, count) => sum + count, 0) / span
  }

  private turnTo(second: number): void {
    const length = this.perSecond.length
    for (let passed = Math.min(second - this.second, length); passed > 0; passed--) {
      this.perSecond[(second - passed + 1) % length] = 0
    }
    this.second = Math.max(this.second, second)
  }
}
