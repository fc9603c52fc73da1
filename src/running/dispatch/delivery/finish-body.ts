/**
 * Finishes the sink of a body: a file has to be written to its end before the outcome is reported. Does not
 * know what the sink is.
 */
import type { Engine } from '../../../engine/engine.js'
import { messageOf } from '../../../errors.js'
import type { BodySink } from '../../../transfer/transfer-types.js'
import type { TransferRecord } from '../../record/transfer-record.js'
import { ABORTED_BY_CALLBACK } from '../../../curl-codes.js'

/**
 * Whether nothing has yet to be done with a body. Else (a file has to be written to its end) the transfer is
 * reported with a later batch, and holds up neither the wire nor others' outcomes.
 */
export function isBodyFinished(transfer: TransferRecord, sink: BodySink, engine: Engine): boolean {
  const finishing = sink.finish()
  if (finishing === null) return true
  const report = (): void => {
    // It may be on libcurl's stack, where promises continue, too.
    engine.settleAside(transfer)
  }
  finishing.then(report, (error: unknown) => {
    transfer.fail(ABORTED_BY_CALLBACK, messageOf(error), error)
    report()
  })
  return false
}
