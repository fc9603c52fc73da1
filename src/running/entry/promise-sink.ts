/**
 * A promise in the place of a callback. Does not know who made it, nor how the transfer gets done.
 */
import type { TransferRecord, TransferSink } from '../record/transfer-record.js'
import type { Transfer } from '../../transfer/transfer.js'
import type { Dispatcher } from '../dispatch/dispatcher.js'

/** Whoever awaits a transfer gets it when it is done, and may ask it for anything until the end of that turn of the event loop. */
export class Awaiting implements TransferSink {
  constructor(
    private readonly resolve: (transfer: Transfer) => void,
    private readonly dispatcher: Dispatcher,
  ) {}

  deliver(transfer: TransferRecord): void {
    const result = transfer.handOut()
    this.resolve(result)
    // One whose body streams is held until that has ended.
    if (result.bodyStream === null) this.dispatcher.releaseAtTurnEnd(result)
  }
}
