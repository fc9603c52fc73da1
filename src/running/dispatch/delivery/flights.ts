/**
 * Requests that are not on the wire themselves: other transfers run for them. Finds those transfers. Does not
 * start or end them.
 */
import type { TransferRecord } from '../../record/transfer-record.js'
import { Deputy } from '../../../transfer/deputy.js'
import type { InfoSource, InfoValue } from '../../../transfer/transfer-types.js'

/** The id of transfers that run on behalf of other requests. */
export const SHARED_TRANSFER_ID = 0

/** The functions of the dispatcher that flights use. */
export interface FlightOwner {
  /** Called when these requests have their outcome. */
  deliver(askers: readonly TransferRecord[]): void
  /** Aborts a transfer that runs for others. */
  abort(transfer: TransferRecord, reason: unknown, errno?: number): void
  /** Called for each request that was aborted before it had an outcome. */
  settleUnlaunched(asker: TransferRecord, reason: unknown, errno: number): void
  /** Gives the handle of a transfer back that no request needs any more. */
  release(transfer: TransferRecord): void
  /** Starts a transfer before all that were never sent. */
  submitAhead(transfer: TransferRecord): void
  /** Called outside of a batch when a request has its outcome. */
  report(asker: TransferRecord): void
}

/** The transfers that run for one request or for several. */
export abstract class Flight extends Deputy {
  /** The transfer whose outcome the requests get, as far as it is known. */
  abstract readonly sharedTransfer: TransferRecord

  /** Ends the part of a request that is aborted. */
  abstract leave(asker: TransferRecord, reason: unknown, errno: number): void

  readInfo(id: number): InfoValue {
    return (this.sharedTransfer.source as InfoSource).readInfo(id, this.sharedTransfer)
  }
}

/** The requests of one instance that others run for, each with its flight. */
export class Flights {
  private readonly byAsker = new Map<TransferRecord, Flight>()

  get size(): number {
    return this.byAsker.size
  }

  /** Returns the requests that wait for their outcomes. */
  askers(): IterableIterator<TransferRecord> {
    return this.byAsker.keys()
  }

  /** Returns the flights; one of several requests comes several times. */
  all(): IterableIterator<Flight> {
    return this.byAsker.values()
  }

  board(asker: TransferRecord, flight: Flight): void {
    this.byAsker.set(asker, flight)
  }

  /** Removes a request that has its outcome, or will get it at once. */
  forget(asker: TransferRecord): void {
    this.byAsker.delete(asker)
  }

  /** Returns the transfer that runs for a request; undefined if the request runs itself. */
  sharedTransferOf(asker: TransferRecord): TransferRecord | undefined {
    return this.byAsker.get(asker)?.sharedTransfer
  }

  /** Aborts a request. Returns false if it runs itself. */
  leave(asker: TransferRecord, reason: unknown, errno: number): boolean {
    const flight = this.byAsker.get(asker)
    flight?.leave(asker, reason, errno)
    return flight !== undefined
  }
}

/** Yields the requests among transfers, for users. */
export function* requestsOf(lists: readonly Iterable<TransferRecord>[]): Generator<TransferRecord> {
  for (const transfers of lists) {
    for (const transfer of transfers) {
      if (transfer.id === SHARED_TRANSFER_ID) continue
      transfer.isKnown = true
      yield transfer
    }
  }
}
