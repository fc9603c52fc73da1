/**
 * Passes a response to a receiver while it arrives: its head, its body chunk by chunk, its end. Does not know
 * who receives it.
 */
import type { Transfer } from '../../transfer/transfer.js'
import { FlushedHandover, type HandoverOwner } from './chunk-handoff.js'
import { ABORTED_BY_CALLBACK } from '../../curl-codes.js'

/**
 * Takes one response. Its functions run outside of libcurl's stack. One that throws aborts the transfer, with
 * the exception as the cause.
 */
export interface ResponseReceiver {
  /** True while no chunk may come. {@link ResponseHandover.continue} ends that. */
  readonly isPaused: boolean
  /** True if all that has arrived may come as one chunk: each has its price. */
  readonly joinsChunks: boolean
  /** Called when an attempt begins. */
  onAttempt(): void
  /** Called once: the headers of the final response have arrived. */
  onHead(transfer: Transfer): void
  onChunk(chunk: Buffer): void
  /** Called once, also if there was no response: after the last chunk, or when the transfer has failed. */
  onEnd(transfer: Transfer): void
}

/** Passes one response to a receiver. */
export class ResponseHandover extends FlushedHandover {
  private hasHead = false
  /** True once the outcome is known. The receiver may still have to take chunks. */
  private isSettled = false
  private isEnded = false
  private thrown: { readonly error: unknown } | null = null

  constructor(
    transfer: Transfer,
    owner: HandoverOwner,
    private readonly receiver: ResponseReceiver,
  ) {
    super(transfer, owner)
  }

  override begin(): void {
    super.begin()
    this.receiver.onAttempt()
  }

  /** Called with the outcome, outside of libcurl's stack. */
  settle(): void {
    this.isSettled = this.isCommitted = true
    if (this.transfer.errno !== 0) this.queue = []
    this.flush()
  }

  /** Called when the receiver takes chunks again. */
  continue(): void {
    this.schedule()
  }

  protected end(): null {
    return null
  }

  protected flush(): void {
    if (this.isEnded) return
    const { transfer } = this
    // Before that, another attempt may replace what has arrived.
    if (this.isCommitted && this.thrown === null && transfer.errno === 0) this.handOut()
    if (!this.isSettled) this.hasTaken()
    else if (this.queue.length === 0) {
      this.isEnded = true
      if (this.thrown !== null && transfer.errno === 0) {
        transfer.fail(
          ABORTED_BY_CALLBACK,
          'Operation was aborted by an application callback',
          this.thrown.error,
        )
      }
      this.receiver.onEnd(transfer)
    }
  }

  private handOut(): void {
    const { receiver, queue } = this
    let taken = 0
    try {
      if (!this.hasHead) {
        this.hasHead = true
        receiver.onHead(this.transfer)
      }
      while (taken < queue.length && !receiver.isPaused) {
        const isJoined = receiver.joinsChunks && queue.length - taken > 1
        const chunk = isJoined ? Buffer.concat(queue.slice(taken)) : (queue[taken] as Buffer)
        taken = isJoined ? queue.length : taken + 1
        this.queuedBytes -= chunk.length
        receiver.onChunk(chunk)
      }
    } catch (error) {
      this.thrown = { error }
      this.queue = []
      this.queuedBytes = 0
      if (!this.isOver) this.owner.abort(error)
      return
    }
    // A receiver that was paused goes on where it was.
    this.queue = taken === queue.length ? [] : queue.slice(taken)
  }
}
