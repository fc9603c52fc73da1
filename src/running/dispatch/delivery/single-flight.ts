/**
 * Shares one transfer among equal requests that are outstanding at the same time (`dedupe`). Does not decide
 * when requests are equal.
 */
import type { TransferRecord, TransferSink } from '../../record/transfer-record.js'
import type { Transfer } from '../../../transfer/transfer.js'
import type { InfoSource, InfoValue } from '../../../transfer/transfer-types.js'

/** The callbacks of single flight. */
export interface FlightOwner {
  /** Called when these requests have their outcome. */
  deliver(askers: readonly TransferRecord[]): void
  /** Called when all requests that shared the transfer were aborted. */
  abort(sharedTransfer: TransferRecord, reason: unknown): void
  /** Called when no request needs the transfer's handle any more. */
  release(sharedTransfer: TransferRecord): void
}

/** A shared transfer with the requests that wait for it. */
class Flight implements TransferSink, InfoSource {
  readonly askers = new Set<TransferRecord>()
  private holdCount = 0

  constructor(
    private readonly flights: SingleFlight,
    readonly key: string,
    readonly sharedTransfer: TransferRecord,
  ) {}

  deliver(): void {
    this.flights.land(this)
    this.holdCount = this.askers.size
    if (this.holdCount === 0) this.flights.owner.release(this.sharedTransfer)
    // All requests are done before the first callback runs, because it may abort the others.
    for (const asker of this.askers) asker.share(this.sharedTransfer, this)
    this.flights.owner.deliver([...this.askers])
  }

  /** Resolves the promises of `startRequest()`, which wait for the launch. */
  reportLaunch(): void {
    for (const asker of this.askers) {
      asker.reportLaunch()
    }
  }

  readInfo(id: number): InfoValue {
    return (this.sharedTransfer.source as InfoSource).readInfo(id, this.sharedTransfer)
  }

  letGo(): void {
    if (--this.holdCount === 0) this.flights.owner.release(this.sharedTransfer)
  }
}

/** The shared transfers of one instance. */
export class SingleFlight {
  private readonly byKey = new Map<string, Flight>()
  private readonly byAsker = new Map<TransferRecord, Flight>()

  constructor(readonly owner: FlightOwner) {}

  /** Returns the requests that wait for a shared transfer. */
  askers(): IterableIterator<TransferRecord> {
    return this.byAsker.keys()
  }

  get size(): number {
    return this.byAsker.size
  }

  /**
   * Adds a request to the shared transfer with this key.
   *
   * @param makeSharedTransfer makes the transfer if there is none with this key; it is new and has to be
   * submitted
   */
  join(
    asker: TransferRecord,
    key: string,
    makeSharedTransfer: () => TransferRecord,
  ): { sharedTransfer: TransferRecord; isNew: boolean } {
    let flight = this.byKey.get(key)
    const isNew = flight === undefined
    if (flight === undefined) {
      const made = new Flight(this, key, makeSharedTransfer())
      flight = made
      made.sharedTransfer.sink = made
      made.sharedTransfer.onLaunch = () => {
        made.reportLaunch()
      }
      this.byKey.set(key, flight)
    }
    flight.askers.add(asker)
    this.byAsker.set(asker, flight)
    return { sharedTransfer: flight.sharedTransfer, isNew }
  }

  /** Returns the transfer that a request shares with others; undefined if it does not share one. */
  sharedTransferOf(asker: TransferRecord): TransferRecord | undefined {
    return this.byAsker.get(asker)?.sharedTransfer
  }

  /**
   * Removes a request. The last one to leave aborts the transfer. Returns false if the request does not share
   * a transfer.
   */
  leave(asker: TransferRecord, reason: unknown): boolean {
    const flight = this.byAsker.get(asker)
    if (flight === undefined) return false
    this.byAsker.delete(asker)
    flight.askers.delete(asker)
    if (flight.askers.size === 0) {
      // A request that comes later gets a new transfer.
      this.byKey.delete(flight.key)
      this.owner.abort(flight.sharedTransfer, reason)
    }
    return true
  }

  /** Releases a request's hold on a shared transfer. Returns false if it does not share one. */
  release(asker: Transfer): boolean {
    const { source } = asker
    if (!(source instanceof Flight)) return false
    asker.letGo()
    source.letGo()
    return true
  }

  /** @internal */
  land(flight: Flight): void {
    if (this.byKey.get(flight.key) === flight) this.byKey.delete(flight.key)
    for (const asker of flight.askers) this.byAsker.delete(asker)
  }
}
