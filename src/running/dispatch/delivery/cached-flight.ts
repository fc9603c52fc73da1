/**
 * A request whose stored body is on its way to a sink: nothing runs for it, and it can be aborted. Does not read the
 * body.
 */
import type { CachedSource } from '../../../caching/cached-source.js'
import type { TransferRecord } from '../../record/transfer-record.js'
import { Flight } from './flights.js'

/** The way of one body. */
export class CachedFlight extends Flight {
  constructor(readonly sharedTransfer: TransferRecord) {
    super()
  }

  leave(asker: TransferRecord, reason: unknown, errno: number): void {
    asker.isAborted = true
    ;(asker.source as CachedSource).cancel?.(reason, errno)
  }

  giveBack(): void {
    // The source of the request is not this.
  }
}
