/**
 * A response body as a Node.js stream. Reading slowly slows the transfer down, and with it the server. Does
 * not depend on files.
 */
import type { Readable } from 'node:stream'
import type { Transfer } from '../../transfer/transfer.js'
import { FlushedHandover, MAX_QUEUED, type HandoverOwner } from './chunk-handoff.js'

/** Passes a response body to a stream. */
export class StreamHandover extends FlushedHandover {
  /**
   * The body while it arrives. Pausing the stream pauses the transfer; destroying the stream aborts the
   * transfer. A failed transfer destroys the stream with a `CurlError`.
   */
  readonly stream: Readable
  /** Called once: when the final response headers have arrived, or when the transfer is over. */
  onReady: () => void = () => undefined
  private isReady = false
  /** True after push() returned false, until the stream asks for more. */
  private isSatisfied = false

  constructor(transfer: Transfer, owner: HandoverOwner) {
    super(transfer, owner)
    // Loading `node:stream` takes longer than a small request, and most requests have no stream.
    const { Readable: Stream } = process.getBuiltinModule('node:stream')
    this.stream = new Stream({
      highWaterMark: MAX_QUEUED,
      read: () => {
        // Node calls _read() before it removes the chunk that it is about to deliver, so readableLength
        // cannot be trusted here.
        this.isSatisfied = false
        this.hasTaken()
      },
      destroy: (error, callback) => {
        this.queue = []
        this.queuedBytes = 0
        // A transfer that is over cannot be aborted.
        if (!this.isOver) owner.abort(error ?? new Error('the body stream was destroyed'))
        callback(error)
      },
    })
  }

  override get isFull(): boolean {
    return this.queuedBytes + (this.isSatisfied ? this.stream.readableLength : 0) >= MAX_QUEUED
  }

  protected end(): null {
    // If the transfer failed before the stream was handed out, the failure is reported by the transfer.
    if (this.transfer.errno === 0 || this.isCommitted) this.schedule()
    else this.stream.destroy()
    return null
  }

  protected flush(): void {
    if (!this.isReady) {
      this.isReady = true
      // If the transfer was over before anybody could listen to the stream, the transfer reports the failure.
      if (this.isOver && this.transfer.errno !== 0) this.stream.destroy()
      this.onReady()
      // The code that gets the stream in onReady() has not attached its listeners yet.
      this.schedule()
      return
    }
    const { queue, stream } = this
    this.queue = []
    this.queuedBytes = 0
    if (stream.destroyed) return
    for (const chunk of queue) this.isSatisfied = !stream.push(chunk)
    // If many small chunks filled the stream, no single write() saw it full; the next chunk still pauses the
    // transfer.
    if (this.isFull) this.hasFilled = true
    if (!this.isOver) this.hasTaken()
    else if (this.transfer.errno === 0) stream.push(null)
    else stream.destroy(this.transfer.toError() ?? undefined)
  }
}
