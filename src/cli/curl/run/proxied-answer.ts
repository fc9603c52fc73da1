/**
 * An answer that may be that of a proxy which refuses. The library asks another proxy then, and the answer
 * must not be written. Does not choose proxies.
 */
import type { Transfer } from '../../../transfer/transfer.js'

/** A longer answer is written as it arrives. Bytes. */
const MAX_HELD = 1024 ** 2

/** The answers to one request that may go through several proxies. */
export class ProxiedAnswer {
  private attempts = 0
  private held: Buffer[] = []
  private size = 0

  /** @param statuses those for which the library may ask another proxy */
  constructor(private readonly statuses: ReadonlySet<number>) {}

  /** A new transfer begins, for a retry of the command's. */
  begin(): void {
    this.attempts = 0
    this.release()
  }

  /** True once for each further attempt. What was held of the attempt before is dropped. */
  isAnother(transfer: Transfer): boolean {
    const { length } = transfer.attempts
    if (length === this.attempts) return false
    this.attempts = length
    this.release()
    return true
  }

  /** Keeps a chunk if the answer may be that of a proxy. Returns true if it was kept. */
  holds(chunk: Buffer, transfer: Transfer): boolean {
    if (!this.statuses.has(Number(transfer.getInfo('RESPONSE_CODE')))) return false
    if (this.size + chunk.length > MAX_HELD) return false
    this.held.push(chunk)
    this.size += chunk.length
    return true
  }

  /** Returns what was kept. */
  release(): Buffer[] {
    const { held } = this
    this.held = []
    this.size = 0
    return held
  }
}
