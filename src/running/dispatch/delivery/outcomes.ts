/**
 * Delivers the outcome of each transfer, once, in the context of its caller, and counts those that are not delivered
 * yet. Does not decide outcomes.
 */
import { inContext, NO_CONTEXT, storesAreUsed } from '../../../transfer/caller-context.js'
import type { TransferRecord } from '../../record/transfer-record.js'
import { deliverTo, type Callbacks } from './callbacks.js'

/** The parts of the dispatcher that know a transfer until its outcome is delivered. */
export interface OutcomesOwner {
  /** Called first: forgets the transfer. */
  left(transfer: TransferRecord): void
  /** Delivers a transfer that is traced. */
  deliverTraced(transfer: TransferRecord): void
}

/** The outcomes of one instance. */
export class Outcomes {
  /** The number of outcomes that are known, and not delivered yet. */
  undelivered = 0
  /** True if outcomes have to be delivered in the contexts of their callers. */
  private usesContexts = true

  constructor(
    private readonly callbacks: Callbacks,
    private readonly owner: OutcomesOwner,
  ) {}

  /** Call it when a batch begins. */
  beginBatch(): void {
    this.usesContexts = storesAreUsed()
  }

  deliver(transfer: TransferRecord): void {
    this.owner.left(transfer)
    this.undelivered--
    transfer.dropOrder()
    transfer.reportLaunch()
    const { caller } = transfer
    if (transfer.trace !== null) this.owner.deliverTraced(transfer)
    else if (this.usesContexts) inContext(caller, deliverTo, transfer.sink ?? this.callbacks, transfer)
    else (transfer.sink ?? this.callbacks).deliver(transfer)
    // A callback may be the first of all to enter a store, which the next one must not see.
    if (this.undelivered > 0) this.usesContexts = storesAreUsed()
    // Whoever keeps the transfer does not keep the stores of its caller.
    transfer.caller = NO_CONTEXT
  }
}
