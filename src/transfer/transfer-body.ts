/**
 * The body of a transfer that is kept in memory: the bytes, and the text that they are. Does not know where
 * they came from.
 */
import { constants } from 'node:buffer'
import type { CurlError } from '../errors.js'
import { giveSpare, joinChunks, LARGE_PLACE } from '../memory/buffer-pool.js'
import { decodeContent, isPlainAscii } from './content.js'
import type { OutcomeSettings } from './transfer-types.js'

const NO_BODY = Buffer.alloc(0)

/**
 * What a transfer has of its body. A part of {@link Transfer}, which has no object of its own: most bodies
 * are small.
 */
export abstract class TransferBody {
  /** libcurl's code (`CURLE_*`), 0 when all went well. */
  abstract readonly errno: number
  /** @internal */ abstract readonly settings: OutcomeSettings
  /** @internal The body as it came. */
  chunks: Buffer | Buffer[] | null = null
  /** @internal False where the body went elsewhere: to stdout or a WRITEFUNCTION. */
  hasContent = true
  /** @internal Bytes of the body so far, as far as they are kept here. */
  receivedBytes = 0
  /** @internal Its text has one character for each byte. */
  isBinary = false
  private decoded: string | null = null
  /** Somebody else has got it, and may have kept it. */
  private isBodyTaken = false

  /**
   * The bytes that were received: partial ones too, when the transfer failed. Empty where the body went
   * elsewhere.
   */
  get body(): Buffer {
    this.isBodyTaken = true
    return this.inOnePiece()
  }

  /**
   * The body as the callback gets it: a string, decoded by the charset that the response declares;
   * undeclared, as UTF-8 where the bytes are valid UTF-8, else as a binary string (one character a byte:
   * `Buffer.from(content, 'latin1')` gives them back). `null` where the transfer failed, or the body went
   * elsewhere. With `encoding: 'buffer'` the callback gets {@link body}.
   *
   * A body that is longer than V8's longest string (some 512 Mi characters) throws a `CurlError` (63); a
   * callback gets `null`, and the transfer has failed. {@link body} has its bytes.
   *
   * Differs from PHP: PHP never decodes, and gives `''` or the partial body on failure (`failedContent:
   * 'partial'` does, too).
   */
  get content(): string | null {
    const wanted = this.hasContent && (this.errno === 0 || this.settings.failedContent === 'partial')
    if (!wanted) return null
    // The type of the common case: who asks for bytes knows it.
    return this.settings.encoding === 'buffer' ? (this.body as unknown as string) : this.text()
  }

  /**
   * The body as a string, whatever became of the transfer. Throws `CurlError` (63) where it is longer than a
   * string can be.
   */
  text(): string {
    return (this.decoded ??= this.decode())
  }

  /** The body parsed as JSON. Throws `SyntaxError` where it is none, and what {@link text} throws. */
  json(): unknown {
    return JSON.parse(this.text()) as unknown
  }

  /** @internal Whether its text cannot be known without its charset. */
  protected get needsCharset(): boolean {
    return this.chunks !== null && this.decoded === null && !this.isSurelyAscii()
  }

  /** @internal What the response says of its type; null: nothing, or it is too late to ask. */
  protected abstract contentType(): string | null

  /** @internal The error of a body that is longer than something can be. */
  protected abstract tooLong(bytes: number, limit: string, cause: unknown): CurlError

  /** @internal Takes over the body of a transfer that it shared with others. */
  protected shareBody(other: TransferBody): void {
    // In one piece for all of them: making it gives the pieces away.
    this.chunks = other.chunks === null ? null : other.body
    this.isBodyTaken = true
    this.hasContent = other.hasContent
  }

  /** @internal */
  protected copyBodyTo(young: TransferBody): void {
    young.chunks = this.chunks
    young.decoded = this.decoded
    young.isBodyTaken = this.isBodyTaken
    young.isBinary = this.isBinary
    young.hasContent = this.hasContent
    young.receivedBytes = this.receivedBytes
  }

  /** @internal There will be another attempt. */
  protected restartBody(): void {
    this.chunks = this.decoded = null
    this.receivedBytes = 0
    this.isBodyTaken = this.isBinary = false
    this.hasContent = true
  }

  /** @internal How long {@link body} is: also where it is longer than one piece can be. */
  get keptBytes(): number {
    const { chunks, decoded } = this
    if (chunks === null) return decoded === null ? 0 : decoded.length
    return Array.isArray(chunks) ? lengthOf(chunks) : chunks.length
  }

  private decode(): string {
    const bytes = this.inOnePiece()
    try {
      return decodeContent(bytes, this.settings.encoding, () => this.contentType(), this)
    } catch (cause) {
      // Nothing else can go wrong there: what is no valid text of its charset is read as another one.
      throw this.tooLong(
        bytes.length,
        `a string can be (${String(constants.MAX_STRING_LENGTH)} characters): transfer.body and encoding: 'buffer' give its bytes`,
        cause,
      )
    }
  }

  /** Whether its charset makes no difference. What cannot be in one piece is no text either. */
  private isSurelyAscii(): boolean {
    try {
      return isPlainAscii(this.inOnePiece())
    } catch {
      return true
    }
  }

  /** The body, for nobody outside. */
  private inOnePiece(): Buffer {
    const { chunks, decoded } = this
    if (chunks === null) {
      if (decoded === null) return NO_BODY
      this.decoded = null
      return (this.chunks = Buffer.from(decoded, 'latin1'))
    }
    if (!Array.isArray(chunks)) return chunks
    try {
      return (this.chunks = joinChunks(chunks))
    } catch (cause) {
      throw this.tooLong(lengthOf(chunks), 'memory gives in one piece', cause)
    }
  }

  /** @internal Of bytes and text, one makes the other again. */
  protected leaveOne(): void {
    const { chunks, decoded } = this
    if (chunks === null || decoded === null) return
    if (!this.isBinary || this.isBodyTaken || chunks.length < LARGE_PLACE) {
      // An old object that is not collected yet would keep it alive, and every collection would copy it.
      this.decoded = null
      return
    }
    // Who has decoded it has made it one piece.
    giveSpare(chunks as Buffer)
    this.chunks = null
  }
}

function lengthOf(chunks: readonly Buffer[]): number {
  return chunks.reduce((sum, { length }) => sum + length, 0)
}
