/**
 * The header lines of a response that libcurl has not handed over one by one: it may be from a cache. Does not know
 * what is done with them.
 */
import type { Transfer } from '../../../transfer/transfer.js'

/** Hears header lines. */
interface Hearer {
  readonly headers: { readonly isWanted: boolean }
  /** Returns the length of the line, or another number if the transfer has to end. */
  onHeader(line: Buffer, transfer: Transfer): number
}

/** The lines of one transfer. */
export class LateHead {
  private heard = 0

  /** An attempt begins. */
  begin(): void {
    this.heard = 0
  }

  /** Passes on the lines that have come since. Returns false if the transfer has to end. */
  hear(hearer: Hearer, transfer: Transfer): boolean {
    const { headerLines } = transfer
    if (headerLines === null || !hearer.headers.isWanted) return true
    const lines = headerLines.lines()
    // This is called for each chunk of a body.
    if (this.heard === lines.length) return true
    const ends = headerLines.lineEnds()
    while (this.heard < lines.length) {
      const at = this.heard++
      const line = Buffer.from(`${lines[at] ?? ''}${ends[at] ?? ''}`, 'latin1')
      if (hearer.onHeader(line, transfer) !== line.length) return false
    }
    return true
  }
}
