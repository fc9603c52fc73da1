/**
 * The limits of what one transfer may receive: `maxBodySize` and `maxHeaderSize`. Does not know where the
 * bytes go.
 */
import { FILESIZE_EXCEEDED, TOO_LARGE } from '../../curl-codes.js'

/** Counts the bytes that arrive. */
export class SizeLimits {
  private maxBytes = Infinity
  private maxHeaderBytes = Infinity
  private headerBytes = 0

  /**
   * @param exceeded receives the error and the code with which the transfer is to fail; only its first call
   * counts
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

  /** Starts counting for a new transfer. */
  restart(): void {
    this.headerBytes = 0
  }

  /**
   * Takes the total of decoded bytes, so the limit also stops a small response that decodes to a huge one.
   */
  admitsBody(bytes: number): boolean {
    if (bytes <= this.maxBytes) return true
    const error = new Error(`the body is longer than maxBodySize (${String(this.maxBytes)} bytes)`)
    this.exceeded(error, FILESIZE_EXCEEDED)
    return false
  }

  /** Takes the next header line. Each block of headers is counted from zero. */
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
