/**
 * Shares one transfer among equal requests that are outstanding at the same time (`dedupe`). Does not decide
 * when requests are equal.
 */
import type { TransferRecord, TransferSink } from '../../record/transfer-record.js'
import type { Transfer } from '../../../transfer/transfer.js'
import { Flight, type FlightOwner, type Flights } from './flights.js'

/** A shared transfer with the requests that wait for it. */
class SharedFlight extends Flight implements TransferSink {
  readonly askers = new Set<TransferRecord>()
  private holdCount = 0

  constructor(
    private readonly flights: SingleFlight,
    readonly key: string,
    readonly sharedTransfer: TransferRecord,
  ) {
    super()
  }

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

  leave(asker: TransferRecord, reason: unknown, errno: number): void {
    this.flights.leave(this, asker, reason)
    this.flights.owner.settleUnlaunched(asker, reason, errno)
  }

  /** Releases a request's hold on the shared transfer. */
  giveBack(asker: Transfer): void {
    asker.letGo()
    if (--this.holdCount === 0) this.flights.owner.release(this.sharedTransfer)
  }
}

/** The shared transfers of one instance. */
export class SingleFlight {
  private readonly byKey = new Map<string, SharedFlight>()

  /** @param all the flights of the instance */
  constructor(
    private readonly all: Flights,
    readonly owner: FlightOwner,
  ) {}

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
      const made = new SharedFlight(this, key, makeSharedTransfer())
      flight = made
      made.sharedTransfer.priority = asker.priority
      made.sharedTransfer.isAwaited = asker.isAwaited
      if (asker.trace !== null) made.sharedTransfer.trace = asker.trace
      made.sharedTransfer.sink = made
      made.sharedTransfer.onLaunch = () => {
        made.reportLaunch()
      }
      this.byKey.set(key, flight)
    }
    flight.askers.add(asker)
    this.all.board(asker, flight)
    return { sharedTransfer: flight.sharedTransfer, isNew }
  }

  /** Removes a request. The last one to leave aborts the transfer. */
  leave(flight: SharedFlight, asker: TransferRecord, reason: unknown): void {
    this.all.forget(asker)
    flight.askers.delete(asker)
    if (flight.askers.size > 0) return
    // A request that comes later gets a new transfer.
    this.byKey.delete(flight.key)
    this.owner.abort(flight.sharedTransfer, reason)
  }

  /** Removes a shared transfer that has its outcome, with the requests that get it. */
  land(flight: SharedFlight): void {
    if (this.byKey.get(flight.key) === flight) this.byKey.delete(flight.key)
    for (const asker of flight.askers) this.all.forget(asker)
  }
}
