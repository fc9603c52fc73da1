/**
 * Passes a response body to a function, chunk by chunk. One call at a time: the next call waits for the
 * promise of the last one. Does not depend on streams.
 */
import { messageOf } from '../../errors.js'
import { inContext } from '../../transfer/caller-context.js'
import type { Transfer } from '../../transfer/transfer.js'
import { Handover, type HandoverOwner } from './chunk-handoff.js'
import { ABORTED_BY_CALLBACK } from '../../curl-codes.js'

/** The user's function for chunks. If it returns a promise, the next chunk waits for it. */
export type DataFunction = (chunk: Buffer, transfer: Transfer) => unknown

/** Passes a response body to a function. */
export class DataHandover extends Handover {
  private running: Promise<void> | null = null
  private failure: { readonly error: unknown } | null = null

  constructor(
    transfer: Transfer,
    owner: HandoverOwner,
    private readonly onData: DataFunction,
  ) {
    super(transfer, owner)
  }

  protected schedule(): void {
    this.running ??= inContext(this.caller, () => this.run(), undefined)
  }

  protected async end(): Promise<void> {
    this.isCommitted = true
    this.schedule()
    while (this.running !== null) await this.running
    if (this.failure === null) return
    const { error } = this.failure
    this.transfer.fail(
      ABORTED_BY_CALLBACK,
      `Operation was aborted by an application callback: onData threw: ${messageOf(error)}`,
      error,
    )
  }

  private async run(): Promise<void> {
    try {
      for (;;) {
        // Needed after a promise, too: it may have been resolved on libcurl's stack.
        await new Promise(setImmediate)
        if (!(await this.handOut())) break
      }
    } catch (error) {
      this.failure ??= { error }
      this.queue = []
      this.queuedBytes = 0
      if (!this.isOver) this.owner.abort(error)
    }
    this.running = null
    if (this.queue.length > 0) this.schedule()
  }

  /** Passes chunks to the function up to the first promise. Returns false when the queue is empty. */
  private async handOut(): Promise<boolean> {
    if (this.failure !== null) this.queue = []
    for (let chunk = this.queue.shift(); chunk !== undefined; chunk = this.queue.shift()) {
      // The function may free the chunk, whose length is 0 then.
      this.queuedBytes -= chunk.length
      const result = this.onData.call(undefined, chunk, this.transfer)
      if (result instanceof Promise || typeof (result as { then?: unknown } | null)?.then === 'function') {
        await result
        this.hasTaken()
        return true
      }
      this.hasTaken()
    }
    return false
  }
}
