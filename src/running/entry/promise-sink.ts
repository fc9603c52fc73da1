/**
 * A promise in the place of a callback. Does not know who made it, nor how the transfer gets done.
 */
import type { TransferRecord, TransferSink } from '../record/transfer-record.js'
import type { Transfer } from '../../transfer/transfer.js'
import type { LaunchOrder } from '../../engine/request/wire-request.js'
import type { PostFieldsInput } from '../../options/values/post-fields.js'
import { orderOver } from '../make/compile-request.js'
import type { RequestMaker } from '../make/make-transfer.js'
import type { RequestOptions } from '../options/run-options.js'
import type { Dispatcher } from '../dispatch/dispatcher.js'

/**
 * Whoever awaits a transfer gets it when it is done, and may ask it for anything until the end of that turn
 * of the event loop.
 */
class Awaiting implements TransferSink {
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

/** Whose request it is. */
export interface RequestOwner {
  readonly requests: RequestMaker
  readonly dispatcher: Dispatcher
  readonly plainOrder: LaunchOrder
}

/** Starts a request; resolves with its transfer when that is done, failed or not. */
export function outcomeOf(
  url: string | URL,
  options: (RequestOptions & { postFields?: PostFieldsInput | null }) | undefined,
  { requests, dispatcher, plainOrder }: RequestOwner,
): Promise<Transfer> {
  let order = plainOrder
  if (options !== undefined) {
    const { postFields = null, ...own } = options
    order = orderOver('request', order, postFields, own)
  }
  const transfer = requests.make('request', url, order)
  // Its bytes are consumed at once; and whoever waits for it may be the one who has to consume those of
  // others.
  transfer.isAwaited = true
  return new Promise((resolve) => {
    transfer.sink = new Awaiting(resolve, dispatcher)
    requests.submit(transfer)
  })
}
