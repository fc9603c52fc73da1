/**
 * How much one transfer may receive: `maxBodySize` and `maxHeaderSize`. Does not know where it goes.
 */
import { FILESIZE_EXCEEDED, TOO_LARGE } from '../../curl-codes.js'

/** Counts what arrives. */
export class SizeLimits {
  private maxBytes = Infinity
  private maxHeaderBytes = Infinity
  private headerBytes = 0

  /**
   * @param exceeded hears of what came too much, and the code that the transfer is to fail with; what it
   * heard first counts
   */
  constructor(private readonly exceeded: (error: Error, code: number) => void) {}

  get limitsBody(): boolean {
    return this.maxBytes !== Infinity
  }

  get limitsHeaders(): boolean {
    return this.maxHeaderBytes !== Infinity
  }

  set(maxBytes: number | undefined, maxHeaderBytes: number | undefined): void {
    this.maxBytes = maxBytes ?? Infinity
    this.maxHeaderBytes = maxHeaderBytes ?? Infinity
  }

  /** A transfer begins. */
  restart(): void {
    this.headerBytes = 0
  }

  /** Decoded bytes, in all: a small answer that unpacks to a huge one ends here. */
  admitsBody(bytes: number): boolean {
    if (bytes <= this.maxBytes) return true
    const error = new Error(`the body is longer than maxBodySize (${String(this.maxBytes)} bytes)`)
    this.exceeded(error, FILESIZE_EXCEEDED)
    return false
  }

  /** The next line; each block of them counts for itself. */
  admitsHeader(line: Buffer): boolean {
    if (line.toString('latin1', 0, 5) === 'HTTP/') this.headerBytes = 0
    this.headerBytes += line.length
    if (this.headerBytes <= this.maxHeaderBytes) return true
    const error = new Error(
      `the headers are longer than maxHeaderSize (${String(this.maxHeaderBytes)} bytes)`,
    )
    this.exceeded(error, TOO_LARGE)
    return false
  }
}
