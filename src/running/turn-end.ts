/**
 * What is put off to the end of the turn of the event loop, when all promises that it has settled have gone on. Does not know how
 * anything is released or launched.
 *
 * libcurl begins a transfer in the next turn, however early it has it. By the end of this one those who got the last batch have let go of
 * their handles, so that those are used again at once: as many handles as there are in flight, and not twice as many, of which always
 * the longest idle ones came next, gone from the cache. Measured with 1 KiB, 50 in flight, in turns with what it was before, medians of
 * 41 rounds on a busy machine: `request()` takes 5 % less CPU on Node 24 and 12 % less on Node 20, `stream()` 7 % and 4 %.
 */
import type { Transfer } from '../transfer.js'
import type { InfoSource } from '../transfer-types.js'

/** Not queueMicrotask(), which makes an AsyncResource. */
const SETTLED = Promise.resolve()

/** The ends of turns of one instance. */
export class TurnEnd {
  private released: Transfer[] | null = null
  private launched: Transfer[] | null = null
  private isScheduled = false
  /** Stands in for the handle that a transfer does not have yet: whoever asks gets it one. */
  private readonly unbegun: InfoSource = {
    readInfo: (id, asker) => {
      this.launchAll()
      return (asker.source as InfoSource).readInfo(id, asker)
    },
  }

  /** What is to be done with those that have been put off. */
  constructor(
    private readonly release: (transfer: Transfer) => void,
    private readonly launch: (transfer: Transfer) => void,
  ) {}

  /** Puts off that a transfer is no longer held. */
  releaseLater(transfer: Transfer): void {
    if (this.released === null) this.released = [transfer]
    else this.released.push(transfer)
    this.schedule()
  }

  /** Puts off that a transfer goes on the wire. */
  launchLater(transfer: Transfer): void {
    transfer.source = this.unbegun
    // One alone is the rule where one waits for the other: a list that has been empty makes room for 17.
    if (this.launched === null) this.launched = [transfer]
    else this.launched.push(transfer)
    this.schedule()
  }

  /** Takes a transfer back that has not been launched yet. False where it has been. */
  takeBack(transfer: Transfer): boolean {
    if (transfer.source !== this.unbegun) return false
    transfer.source = null
    return true
  }

  private launchAll(): void {
    const { launched } = this
    this.launched = null
    if (launched === null) return
    for (const transfer of launched) if (transfer.source === this.unbegun) this.launch(transfer)
  }

  private schedule(): void {
    if (this.isScheduled) return
    this.isScheduled = true
    // Ticks come before promises, but for those that promises have asked for.
    void SETTLED.then(this.awaitOthers)
  }

  private readonly awaitOthers = (): void => {
    process.nextTick(this.end)
  }

  private readonly end = (): void => {
    this.isScheduled = false
    const { released } = this
    this.released = null
    if (released !== null) for (const transfer of released) this.release(transfer)
    this.launchAll()
  }
}
