/**
 * Hands over what became of requests, all that have ended in one turn at once: stdout first, then the
 * journal, which must not know what stdout does not have. Does not know what it hands over.
 */
import type { Ending, Journal, JournalEntry } from './journal.js'
import type { Output } from './output.js'

/**
 * Bytes for stdout above which the next transfer has to wait: whoever reads it is slower than the network.
 */
const MAX_WAITING = 1024 ** 2

/** The way out of a run. */
export class Delivery {
  private entries: JournalEntry[] = []
  private isDue = false
  private last: Promise<void> = Promise.resolve()

  /**
   * @param onFailure stdout or the journal cannot be written: nothing can be delivered any more
   */
  constructor(
    private readonly output: Output,
    private readonly journal: Journal | null,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /**
   * A request has ended, and {@link Output} has been given its outcome. A promise: the next one has to wait
   * for it.
   */
  add(key: string, end: Ending, isAgain: boolean): Promise<void> | undefined {
    if (this.journal !== null) this.entries.push({ key, end, isAgain })
    if (this.output.waitingBytes > MAX_WAITING) return this.flush()
    if (!this.isDue) {
      this.isDue = true
      setImmediate(() => {
        this.isDue = false
        this.flush().catch(this.onFailure)
      })
    }
    return undefined
  }

  /** Resolves when all of it is with the system. `OutputError` where it cannot be, now and from then on. */
  flush(): Promise<void> {
    return (this.last = this.last.then(async () => {
      const entries = this.entries
      this.entries = []
      await this.output.flush()
      if (entries.length > 0) this.journal?.write(entries)
    }))
  }
}
