/**
 * Writes the outcomes of requests, all of one event loop turn together: first to stdout, then to the journal,
 * so that the journal never lists what stdout does not have. Does not interpret the outcomes.
 */
import type { Ending, Journal, JournalEntry } from './journal.js'
import type { Output } from './output.js'

/**
 * The most bytes that may wait for stdout. Above that, the next transfer waits, because the reader of stdout
 * is slower than the network.
 */
const MAX_WAITING = 1024 ** 2

/** The output stage of a run. */
export class Delivery {
  private entries: JournalEntry[] = []
  private isDue = false
  private last: Promise<void> = Promise.resolve()

  /**
   * @param onFailure called when stdout or the journal cannot be written; nothing can be delivered after that
   */
  constructor(
    private readonly output: Output,
    private readonly journal: Journal | null,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /**
   * Adds a request that has ended, after its outcome was given to {@link Output}. If it returns a promise,
   * the next request must wait for it.
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

  /**
   * Resolves when the operating system has accepted everything. Rejects with `OutputError` if that fails;
   * later calls reject, too.
   */
  flush(): Promise<void> {
    return (this.last = this.last.then(async () => {
      const entries = this.entries
      this.entries = []
      await this.output.flush()
      if (entries.length > 0) this.journal?.write(entries)
    }))
  }
}
