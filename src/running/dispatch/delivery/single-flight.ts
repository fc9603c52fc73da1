/**
 * Equal requests that are outstanding at the same time share one transfer. Does not know when requests are
 * equal beyond their key.
 */
import type { TransferRecord, TransferSink } from '../../record/transfer-record.js'
import type { Transfer } from '../../../transfer/transfer.js'
import type { InfoSource, InfoValue } from '../../../transfer/transfer-types.js'

/** What sharing needs of those who run transfers. */
export interface FlightHost {
  /** These askers have their outcome. */
  deliver(askers: readonly TransferRecord[]): void
  /** Nobody wants the transfer any longer. */
  abort(sharedTransfer: TransferRecord, reason: unknown): void
  /** Everybody who held it has let go. */
  release(sharedTransfer: TransferRecord): void
}

/** One transfer with those who asked for it. */
class Flight implements TransferSink, InfoSource {
  readonly askers = new Set<TransferRecord>()
  private holders = 0

  constructor(
    private readonly flights: SingleFlight,
    readonly key: string,
    readonly sharedTransfer: TransferRecord,
  ) {}

  deliver(): void {
    this.flights.land(this)
    this.holders = this.askers.size
    if (this.holders === 0) this.flights.host.release(this.sharedTransfer)
    // All of them are done before the first one hears of it: it may abort the others.
    for (const asker of this.askers) asker.share(this.sharedTransfer, this)
    this.flights.host.deliver([...this.askers])
  }

  /** Those who wait for the launch, and not for the outcome. */
  reportLaunch(): void {
    for (const asker of this.askers) {
      asker.reportLaunch()
    }
  }

  readInfo(id: number): InfoValue {
    return (this.sharedTransfer.source as InfoSource).readInfo(id, this.sharedTransfer)
  }

  letGo(): void {
    if (--this.holders === 0) this.flights.host.release(this.sharedTransfer)
  }
}

/** The shared transfers of one instance. */
export class SingleFlight {
  private readonly byKey = new Map<string, Flight>()
  private readonly byAsker = new Map<TransferRecord, Flight>()

  constructor(readonly host: FlightHost) {}

  /** Who asked, and has not heard yet. */
  askers(): IterableIterator<TransferRecord> {
    return this.byAsker.keys()
  }

  get size(): number {
    return this.byAsker.size
  }

  /**
   * Joins an asker to the transfer of this key.
   *
   * @param makeSharedTransfer makes that transfer where there is none: it is new, and has to be submitted
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

  /** The transfer that an asker shares with others; undefined where it is not one. */
  sharedTransferOf(asker: TransferRecord): TransferRecord | undefined {
    return this.byAsker.get(asker)?.sharedTransfer
  }

  /** Takes an asker out; the last one takes the transfer with it. False where it has not been in one. */
  leave(asker: TransferRecord, reason: unknown): boolean {
    const flight = this.byAsker.get(asker)
    if (flight === undefined) return false
    this.byAsker.delete(asker)
    flight.askers.delete(asker)
    if (flight.askers.size === 0) {
      // Whoever asks now gets a new one.
      this.byKey.delete(flight.key)
      this.host.abort(flight.sharedTransfer, reason)
    }
    return true
  }

  /** Lets go of a shared transfer. False where it is not a shared one. */
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
