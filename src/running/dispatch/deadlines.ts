/** The deadlines of transfers (`totalTimeoutMs`). Does not end transfers. */
import { TimeHeap } from '../../scheduling/time/time-heap.js'
import type { TransferRecord } from '../record/transfer-record.js'

/** The number of stale entries that are cheap to keep. */
const MANY = 1000

/** The deadlines of one instance. */
export class Deadlines {
  private readonly entries = new TimeHeap<{ transfer: TransferRecord | null }>()
  /** The number of stale entries, whose transfers are done. */
  private gone = 0

  /** True if there are no entries, including stale ones. */
  get isEmpty(): boolean {
    return this.entries.size === 0
  }

  /** The time of the next deadline of an unfinished transfer; `Infinity` if there is none. */
  get nextAt(): number {
    // Stale entries are removed first: their timer would keep the process alive.
    for (let next = this.entries.peek(); next?.transfer === null; next = this.entries.peek()) {
      this.entries.pop()
      this.gone--
    }
    return this.entries.nextAt
  }

  /** Sets the deadline of a transfer. */
  set(transfer: TransferRecord, at: number): void {
    this.entries.push(at, (transfer.deadline = { transfer }))
  }

  /** Removes and returns the next transfer whose deadline has passed; undefined if there is none. */
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

  /** Removes the deadline of a transfer that is done. */
  forget(transfer: TransferRecord): void {
    if (transfer.deadline === null) return
    transfer.deadline.transfer = null
    transfer.deadline = null
    // Stale entries behind one distant deadline must not pile up.
    if (++this.gone < MANY || this.gone * 2 < this.entries.size) return
    this.entries.retain((entry) => entry.transfer !== null)
    this.gone = 0
  }
}

/** Returns the reason for the end of a transfer whose deadline has passed. */
export function lateness({ settings }: TransferRecord): Error {
  return new Error(`totalTimeoutMs: ${String(settings.totalTimeoutMs)} ms are over`)
}
