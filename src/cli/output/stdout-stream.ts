/**
 * The body of the only request of a run, printed as it arrives. Does not know when the transfer is over, nor
 * what becomes of it.
 */
import type { Transfer } from '../../index.js'
import { writeAll } from '../files/files.js'
import { headerBlock } from './header-block.js'

/** A body on its way to stdout. */
export class StdoutStream {
  /** The error of stdout; null as long as it has not failed. */
  failure: { readonly error: unknown } | null = null
  private hasBegun = false

  /**
   * @param includesHeaders true if header lines are printed, too
   * @param signal ends the wait for a slow reader
   */
  constructor(
    private readonly includesHeaders: boolean,
    private readonly signal: AbortSignal,
  ) {}

  /** Prints a chunk. The transfer waits until the operating system has taken it. */
  readonly onData = async (chunk: Buffer, transfer: Transfer): Promise<void> => {
    try {
      const isFirst = !this.hasBegun
      this.hasBegun = true
      const bytes =
        isFirst && this.includesHeaders ? Buffer.concat([headerBlock(transfer).head, chunk]) : chunk
      await writeAll(process.stdout, bytes, 'stdout', this.signal)
    } catch (error) {
      this.failure ??= { error }
      throw error
    }
  }

  /** Returns what is to be printed after the body. */
  rest(transfer: Transfer): Uint8Array {
    if (!this.includesHeaders) return new Uint8Array()
    const { head, trailers } = headerBlock(transfer)
    return this.hasBegun ? trailers : Buffer.concat([head, trailers])
  }
}
