/**
 * Who runs next: what is pending, what is in flight, and the limit between them. Does not know libcurl, keeps no timer, and
 * starts nothing itself: whoever owns it takes what `next()` gives.
 */
import type { Transfer } from '../transfer.js'
import { PendingQueue } from './pending-queue.js'

/** Pending and in-flight transfers under one limit. */
export class Scheduler {
  private readonly pending = new PendingQueue<Transfer>((transfer) => transfer.state !== 'pending')
  private readonly inFlight = new Set<Transfer>()
  private max: number

  /** @param maxRequests how many may be in flight at once; `Infinity`: no limit */
  constructor(maxRequests: number) {
    this.max = maxRequests
  }

  get maxRequests(): number {
    return this.max
  }

  set maxRequests(max: number) {
    this.max = max
  }

  /** How many wait for a slot. */
  get pendingCount(): number {
    return this.pending.size
  }

  /** How many have a slot. */
  get inFlightCount(): number {
    return this.inFlight.size
  }

  /** All but done. */
  get outstandingCount(): number {
    return this.pending.size + this.inFlight.size
  }

  /** Whether a transfer that came now would be launched at once. */
  get hasFreeSlot(): boolean {
    return this.inFlight.size < this.max && this.pending.size === 0
  }

  /** Puts a transfer at the end of the line. */
  enqueue(transfer: Transfer): void {
    this.pending.push(transfer)
  }

  /** Gives the next transfer that may be launched now, its slot taken; undefined where the limit is reached or nothing is pending. */
  next(): Transfer | undefined {
    if (this.inFlight.size >= this.max) return undefined
    const transfer = this.pending.shift()
    if (transfer !== undefined) this.launch(transfer)
    return transfer
  }

  /** Takes a slot for a transfer that does not have to wait. */
  launch(transfer: Transfer): void {
    transfer.state = 'inFlight'
    this.inFlight.add(transfer)
  }

  /** Frees the slot of a transfer, or takes it out of the line: it is done. */
  settle(transfer: Transfer): void {
    if (transfer.state === 'inFlight') this.inFlight.delete(transfer)
    else if (transfer.state === 'pending') this.pending.withdrawn()
    transfer.state = 'done'
  }

  /** Everything that is not done, those in flight first. */
  *outstanding(): Generator<Transfer> {
    yield* this.inFlight
    yield* this.pending
  }
}
