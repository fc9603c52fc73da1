/**
 * Listens to abort signals: one listener per signal, however many transfers share it. Does not abort
 * transfers itself.
 */
import type { TransferRecord } from '../record/transfer-record.js'

/** The abort signals of the transfers of one instance. */
export class AbortSignals {
  private readonly watched = new Map<AbortSignal, { transfers: Set<TransferRecord>; listener: () => void }>()

  constructor(private readonly abort: (transfer: TransferRecord, reason: unknown) => void) {}

  /**
   * Aborts the transfer when the signal is aborted; at once if it is aborted already, because then no event
   * follows.
   */
  watch(signal: AbortSignal, transfer: TransferRecord): void {
    if (signal.aborted) {
      this.abort(transfer, signal.reason)
      return
    }
    const entry = this.watched.get(signal)
    if (entry !== undefined) {
      entry.transfers.add(transfer)
      return
    }
    const transfers = new Set([transfer])
    const listener = (): void => {
      this.watched.delete(signal)
      for (const one of transfers) this.abort(one, signal.reason)
    }
    signal.addEventListener('abort', listener, { once: true })
    this.watched.set(signal, { transfers, listener })
  }

  /** Stops watching for a transfer that is done, so that a long-lived signal does not keep it in memory. */
  forget(signal: AbortSignal, transfer: TransferRecord): void {
    const entry = this.watched.get(signal)
    if (entry === undefined || !entry.transfers.delete(transfer) || entry.transfers.size > 0) return
    signal.removeEventListener('abort', entry.listener)
    this.watched.delete(signal)
  }
}
