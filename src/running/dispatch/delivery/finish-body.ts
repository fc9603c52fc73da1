/**
 * Finishes the sink of a body: a file must be written completely before the outcome is delivered. Does not
 * depend on the kind of sink.
 */
import type { Engine } from '../../../engine/engine.js'
import { messageOf } from '../../../errors.js'
import type { BodySink } from '../../../transfer/transfer-types.js'
import type { TransferRecord } from '../../record/transfer-record.js'
import { ABORTED_BY_CALLBACK } from '../../../curl-codes.js'

/**
 * Finishes the sink. Returns true if nothing is left to do. Otherwise the transfer is reported in a later
 * batch, and delays neither the wire nor other outcomes.
 */
export function isBodyFinished(transfer: TransferRecord, sink: BodySink, engine: Engine): boolean {
  const finishing = sink.finish()
  if (finishing === null) return true
  const report = (): void => {
    // Not delivered here, because the promise may continue on libcurl's stack.
    engine.settleAside(transfer)
  }
  finishing.then(report, (error: unknown) => {
    transfer.fail(ABORTED_BY_CALLBACK, messageOf(error), error)
    report()
  })
  return false
}
