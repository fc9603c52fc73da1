/**
 * When transfers have to be done (`totalTimeoutMs`). Does not know what happens to those that are not.
 */
import { TimeHeap } from '../../scheduling/time/time-heap.js'
import type { TransferRecord } from '../record/transfer-record.js'

/** So many deadlines of transfers that are done are cheap to keep. */
const MANY = 1000

/** The deadlines of one instance. */
export class Deadlines {
  private readonly entries = new TimeHeap<{ transfer: TransferRecord | null }>()
  /** How many entries are of transfers that are done. */
  private gone = 0

  /** Whether there is any, those of transfers that are done included. */
  get isEmpty(): boolean {
    return this.entries.size === 0
  }

  /** The next time at which a transfer that is not done runs out of time; `Infinity`: none does. */
  get nextAt(): number {
    // Without those of transfers that are done: their alarm would keep the process alive.
    for (let next = this.entries.peek(); next?.transfer === null; next = this.entries.peek()) {
      this.entries.pop()
      this.gone--
    }
    return this.entries.nextAt
  }

  /** A transfer has to be done by then. */
  set(transfer: TransferRecord, at: number): void {
    this.entries.push(at, (transfer.deadline = { transfer }))
  }

  /** Takes out the next transfer that has run out of time; undefined: there is none. */
  takeExpired(now: number): TransferRecord | undefined {
    while (this.entries.nextAt <= now) {
      const { transfer } = this.entries.pop() as { transfer: TransferRecord | null }
      if (transfer !== null) {
        transfer.deadline = null
        return transfer
      }
      this.gone--
    }
    return undefined
  }

  /** The transfer is done. */
  forget(transfer: TransferRecord): void {
    if (transfer.deadline === null) return
    transfer.deadline.transfer = null
    transfer.deadline = null
    // One that lasts an hour must not keep those of all that came after it.
    if (++this.gone < MANY || this.gone * 2 < this.entries.size) return
    this.entries.retain((entry) => entry.transfer !== null)
    this.gone = 0
  }
}
