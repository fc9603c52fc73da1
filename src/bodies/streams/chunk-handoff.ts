/**
 * What bodies that are handed out as they arrive have in common: a short queue, and the moment from which
 * there is no other attempt. Does not know who gets them.
 */
import type { Transfer } from '../../transfer/transfer.js'
import type { BodySink } from '../../transfer/transfer-types.js'

/** How much waits for a reader before the transfer is paused. Bytes. */
export const MAX_QUEUED = 1 << 18

const UNAUTHORIZED = [401, 407]

/** What a handover needs of those who run its transfer. */
export interface HandoverHost {
  /** Whether redirects are followed. */
  readonly followsRedirects: boolean
  /** Whether an answer with this status would be tried again. */
  mayTryAgain(status: number): boolean
  /** Ends the transfer. */
  abort(reason: unknown): void
}

/** A body on its way to a reader. */
export abstract class Handover implements BodySink {
  isCommitted = false
  readonly isToRestart = false
  readonly requestHeaders: readonly string[] = []

  protected queue: Buffer[] = []
  protected queuedBytes = 0
  protected isOver = false
  /** It has been full: the transfer may wait. */
  protected hasFilled = false

  constructor(
    protected readonly transfer: Transfer,
    protected readonly host: HandoverHost,
  ) {}

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
    // What may be tried again is kept back while there is room.
    if (!this.isCommitted && (this.isFull || !this.host.mayTryAgain(this.status()))) this.isCommitted = true
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

  /** The status of the last answer, 0 where there is none: that of a proxy does not count. */
  protected status(): number {
    return (this.transfer.responseCode = Number(this.transfer.getInfo('RESPONSE_CODE')))
  }

  /** A reader has taken something. */
  protected hasTaken(): void {
    if (!this.hasFilled || this.isFull) return
    this.hasFilled = false
    this.transfer.resume()
  }

  /** Hands out what there is, soon: this is on libcurl's stack, where no code of others may run. */
  protected abstract schedule(): void
  protected abstract end(): Promise<void> | null

  /**
   * Whether these headers are those of the answer: after others come further ones, or a body that says so.
   */
  private isFinal(status: number): boolean {
    if (status < 200 || UNAUTHORIZED.includes(status) || this.host.mayTryAgain(status)) return false
    return status < 300 || status >= 400 || !this.host.followsRedirects
  }
}
