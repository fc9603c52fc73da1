/** A promise in place of a callback. Does not depend on how the transfer runs. */
import { assertOptionsObject } from '../../wrong-value.js'
import type { TransferRecord, TransferSink } from '../record/transfer-record.js'
import type { Transfer } from '../../transfer/transfer.js'
import type { LaunchOrder } from '../../engine/request/wire-request.js'
import type { PostFieldsInput } from '../../options/values/post-fields.js'
import { orderOver } from '../make/compile-request.js'
import type { RequestMaker } from '../make/make-transfer.js'
import type { RequestOptions } from '../options/run-options.js'
import type { Dispatcher } from '../dispatch/dispatcher.js'

/**
 * Resolves a promise with the finished transfer. Its infos can be read until the end of that turn of the
 * event loop.
 */
class Awaiting implements TransferSink {
  constructor(
    private readonly resolve: (transfer: Transfer) => void,
    private readonly dispatcher: Dispatcher,
  ) {}

  deliver(transfer: TransferRecord): void {
    const result = transfer.handOut()
    this.resolve(result)
    // A transfer whose body is a stream keeps its handle until the stream has ended.
    if (result.bodyStream === null) this.dispatcher.releaseAtTurnEnd(result)
  }
}

/** The parts of the instance that a request needs. */
export interface RequestOwner {
  readonly requests: RequestMaker
  readonly dispatcher: Dispatcher
  readonly plainOrder: LaunchOrder
}

/** Starts a request. Resolves with its transfer when it is done, also when it failed. */
export function outcomeOf(
  url: string | URL,
  options: (RequestOptions & { postFields?: PostFieldsInput | null }) | undefined,
  { requests, dispatcher, plainOrder }: RequestOwner,
): Promise<Transfer> {
  let order = plainOrder
  if (options !== undefined) {
    assertOptionsObject('request', options)
    const { postFields = null, ...own } = options
    order = orderOver('request', order, postFields, own)
  }
  const transfer = requests.make('request', url, order)
  // Exempt from the limit of unread bytes: the body is consumed at once, and the caller may be the one who
  // has to consume the other bodies.
  transfer.isAwaited = true
  return new Promise((resolve) => {
    transfer.sink = new Awaiting(resolve, dispatcher)
    requests.submit(transfer)
  })
}
