/**
 * The common part of sinks that hand a body out while it arrives: a short queue, and the moment after which
 * the transfer cannot be retried. Does not depend on the reader.
 */
import { inContext, type CallerContext } from '../../transfer/caller-context.js'
import type { Transfer } from '../../transfer/transfer.js'
import type { BodySink } from '../../transfer/transfer-types.js'

/** The most bytes that are queued for a reader before the transfer is paused. Bytes. */
export const MAX_QUEUED = 1 << 18

const UNAUTHORIZED = [401, 407]

/** The services that a handover needs from the dispatcher. */
export interface HandoverOwner {
  /** True if redirects are followed. */
  readonly followsRedirects: boolean
  /** Returns true if a response with this status would be retried. */
  mayTryAgain(status: number): boolean
  /** Aborts the transfer. */
  abort(reason: unknown): void
}

/** A response body on its way to a reader. */
export abstract class Handover implements BodySink {
  isCommitted = false
  readonly isToRestart = false
  readonly requestHeaders: readonly string[] = []

  protected queue: Buffer[] = []
  protected queuedBytes = 0
  protected isOver = false
  /** True if the queue was full: the transfer may be paused. */
  protected hasFilled = false
  /** Kept, because some of the body may be handed out after the transfer is done. */
  protected readonly caller: CallerContext

  constructor(
    protected readonly transfer: Transfer,
    protected readonly owner: HandoverOwner,
  ) {
    this.caller = transfer.caller
  }

  get isFull(): boolean {
    return this.queuedBytes >= MAX_QUEUED
  }

  begin(): void {
    this.queue = []
    this.queuedBytes = 0
  }

  write(chunk: Buffer): boolean {
    this.queue.push(chunk)
    this.queuedBytes += chunk.length
    if (this.isFull) this.hasFilled = true
    // A body that may be dropped for a retry is held back as long as there is room.
    if (!this.isCommitted && (this.isFull || !this.owner.mayTryAgain(this.status()))) this.isCommitted = true
    if (this.isCommitted) this.schedule()
    return true
  }

  headersArrived(): void {
    if (this.isCommitted || !this.isFinal(this.status())) return
    this.isCommitted = true
    this.schedule()
  }

  finish(): Promise<void> | null {
    if (this.isOver) return null
    this.isOver = true
    return this.end()
  }

  /**
   * Returns the status of the last response, 0 if there was none. Responses of a proxy to CONNECT do not
   * count.
   */
  protected status(): number {
    return (this.transfer.responseCode = Number(this.transfer.getInfo('RESPONSE_CODE')))
  }

  /** Called when the reader has taken something: resumes the transfer. */
  protected hasTaken(): void {
    if (!this.hasFilled || this.isFull) return
    this.hasFilled = false
    this.transfer.resume()
  }

  /**
   * Hands queued chunks out in a later turn: the caller is on libcurl's stack, where no user code may run.
   */
  protected abstract schedule(): void
  protected abstract end(): Promise<void> | null

  /**
   * True if these are the final response headers. After 1xx, a redirect that is followed, or an
   * authentication challenge, more headers follow; after a status that is retried, another attempt.
   */
  private isFinal(status: number): boolean {
    if (status < 200 || UNAUTHORIZED.includes(status) || this.owner.mayTryAgain(status)) return false
    return status < 300 || status >= 400 || !this.owner.followsRedirects
  }
}

/** A handover that hands out what is queued at once, in a later turn. */
export abstract class FlushedHandover extends Handover {
  private isScheduled = false

  protected schedule(): void {
    if (this.isScheduled) return
    this.isScheduled = true
    setImmediate(() => {
      this.isScheduled = false
      const flush = (): void => {
        this.flush()
      }
      inContext(this.caller, flush, undefined)
    })
  }

  /** Hands out what is queued, outside of libcurl's stack. */
  protected abstract flush(): void
}
