/**
 * A body as a stream of Node: reading slowly slows the transfer down, as far as the server. Does not know
 * files.
 */
import { Readable } from 'node:stream'
import type { Transfer } from '../../transfer/transfer.js'
import { Handover, MAX_QUEUED, type HandoverHost } from './chunk-handoff.js'

/**
 * The body of an answer while it arrives. Pausing it pauses the transfer; destroying it aborts the transfer.
 * A transfer that fails destroys it with a `CurlError`.
 */
class BodyStream extends Readable {
  constructor(private readonly source: { onRead(): void; onDestroy(error: Error | null): void }) {
    super({ highWaterMark: MAX_QUEUED })
  }

  override _read(): void {
    this.source.onRead()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.source.onDestroy(error)
    callback(error)
  }
}

/** Hands a body to a stream. */
export class StreamHandover extends Handover {
  readonly stream: Readable
  /** Called once, when the answer's headers are there, or the transfer is over. */
  onReady: () => void = () => undefined
  private isReady = false
  private isScheduled = false
  /** The stream has enough until it asks for more. */
  private isSatisfied = false

  constructor(transfer: Transfer, host: HandoverHost) {
    super(transfer, host)
    this.stream = new BodyStream({
      onRead: () => {
        // Node asks before it has taken off what it is about to give: the stream's own length says nothing
        // here.
        this.isSatisfied = false
        this.hasTaken()
      },
      onDestroy: (error) => {
        this.queue = []
        this.queuedBytes = 0
        // Once it is over there is nothing to abort.
        if (!this.isOver) host.abort(error ?? new Error('its stream was destroyed'))
      },
    })
  }

  override get isFull(): boolean {
    return this.queuedBytes + (this.isSatisfied ? this.stream.readableLength : 0) >= MAX_QUEUED
  }

  protected schedule(): void {
    if (this.isScheduled) return
    this.isScheduled = true
    setImmediate(() => {
      this.isScheduled = false
      this.flush()
    })
  }

  protected end(): null {
    // What fails before anybody has got it is told in another way.
    if (this.transfer.errno === 0 || this.isCommitted) this.schedule()
    else this.stream.destroy()
    return null
  }

  private flush(): void {
    if (!this.isReady) {
      this.isReady = true
      // The transfer tells its failure itself, where it is over before anybody could listen.
      if (this.isOver && this.transfer.errno !== 0) this.stream.destroy()
      this.onReady()
      // Whoever gets the stream now has yet to listen.
      this.schedule()
      return
    }
    const { queue, stream } = this
    this.queue = []
    this.queuedBytes = 0
    if (stream.destroyed) return
    for (const chunk of queue) this.isSatisfied = !stream.push(chunk)
    // What filled it may have come in pieces that were small each: the next one pauses the transfer all the same.
    if (this.isFull) this.hasFilled = true
    if (!this.isOver) this.hasTaken()
    else if (this.transfer.errno === 0) stream.push(null)
    else stream.destroy(this.transfer.toError() ?? undefined)
  }
}
