/**
 * A response body in memory, as bytes and as text. Does not know where the bytes came from.
 */
import { constants } from 'node:buffer'
import type { CurlError } from '../errors.js'
import { giveSpare, joinChunks, LARGE_PLACE } from '../memory/buffer-pool.js'
import { decodeContent, isPlainAscii } from './content.js'
import type { LaterBody, OutcomeSettings } from './transfer-types.js'

const NO_BODY = Buffer.alloc(0)

/**
 * The body of a transfer. It is a base class of {@link Transfer} instead of an object of its own, because
 * most bodies are small.
 */
export abstract class TransferBody {
  /** libcurl's code (`CURLE_*`), 0 for a success. */
  abstract readonly errno: number
  /** @internal */ abstract readonly settings: OutcomeSettings
  /** @internal The body in chunks, as it arrived. */
  chunks: Buffer | Buffer[] | null = null
  /** @internal False if the body is not in memory: it went to stdout or a WRITEFUNCTION. */
  hasContent = true
  /** @internal Bytes of the body that were received, decoded. */
  receivedBytes = 0
  /** @internal True if the text has one character for each byte. */
  isBinary = false
  private decoded: string | null = null
  /** True once the caller has received the buffer, and may have kept it. */
  private isBodyTaken = false

  /**
   * The bytes of the body; of a failed transfer the part that was received. Empty if the body is not in
   * memory (`output`, `onData`, a stream, stdout, a `WRITEFUNCTION`).
   */
  get body(): Buffer {
    this.isBodyTaken = true
    return this.inOnePiece()
  }

  /**
   * The body as the callback receives it: a string, decoded by the charset that the response declares.
   * Without a declared charset it is decoded as UTF-8 if the bytes are valid UTF-8, else as a binary string
   * (one character for each byte: `Buffer.from(content, 'latin1')` returns the bytes). `null` if the transfer
   * failed, or the body is not in memory. With `encoding: 'buffer'` the callback receives {@link body}.
   *
   * A body that is longer than V8's longest string (about 512 Mi characters) throws a `CurlError` (63); a
   * callback receives `null`, and the transfer has failed. {@link body} has its bytes.
   *
   * Differs from PHP: PHP never decodes, and gives `''` or the partial body on failure (as with
   * `failedContent: 'partial'`).
   */
  get content(): string | null {
    const wanted = this.hasContent && (this.errno === 0 || this.settings.failedContent === 'partial')
    if (!wanted) return null
    // The cast gives the type of the common case: a caller that sets `encoding: 'buffer'` expects bytes.
    return this.settings.encoding === 'buffer' ? (this.body as unknown as string) : this.text()
  }

  /**
   * Returns the body as a string, also of a failed transfer. Throws `CurlError` (63) if it is longer than a
   * string can be.
   */
  text(): string {
    return (this.decoded ??= this.decode())
  }

  /**
   * Returns the body parsed as JSON. Throws `SyntaxError` if it is not JSON, and the errors of {@link text}.
   */
  json(): unknown {
    return JSON.parse(this.text()) as unknown
  }

  /** @internal True if the body can only be decoded with its charset. */
  protected get needsCharset(): boolean {
    return this.chunks !== null && this.decoded === null && !this.isSurelyAscii()
  }

  /** @internal The body, if it is still in a file. */
  abstract readonly laterBody: LaterBody | null

  /** @internal The `Content-Type` of the response; null if there is none, or it can no longer be read. */
  protected abstract contentType(): string | null

  /** @internal Returns the error for a body that is too long for a string or a buffer. */
  protected abstract tooLong(bytes: number, limit: string, cause: unknown): CurlError

  /** @internal Takes the body of the transfer that was sent for several equal requests. */
  protected shareBody(other: TransferBody): void {
    // One buffer for all of them: joining the chunks frees the chunks.
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

  /** @internal Clears the body for another attempt. */
  protected restartBody(): void {
    this.chunks = this.decoded = null
    this.receivedBytes = 0
    this.isBodyTaken = this.isBinary = false
    this.hasContent = true
  }

  /** @internal The length of {@link body}, even if it is too long for one buffer. Bytes. */
  get keptBytes(): number {
    const { chunks, decoded } = this
    if (chunks === null) return decoded === null ? (this.laterBody?.size ?? 0) : decoded.length
    return Array.isArray(chunks) ? lengthOf(chunks) : chunks.length
  }

  private decode(): string {
    const bytes = this.inOnePiece()
    try {
      return decodeContent(bytes, this.settings.encoding, () => this.contentType(), this)
    } catch (cause) {
      // Nothing else can throw here: invalid text is decoded with another charset.
      throw this.tooLong(
        bytes.length,
        `a string can be (${String(constants.MAX_STRING_LENGTH)} characters): transfer.body and encoding: 'buffer' give its bytes`,
        cause,
      )
    }
  }

  /**
   * True if the text is the same in every charset. A body that is too long for one buffer has no text either.
   */
  private isSurelyAscii(): boolean {
    try {
      return isPlainAscii(this.inOnePiece())
    } catch {
      return true
    }
  }

  /** Returns the body in one buffer, without marking it as taken. */
  private inOnePiece(): Buffer {
    const { chunks, decoded } = this
    if (chunks === null) {
      if (decoded === null) return this.laterBody === null ? NO_BODY : (this.chunks = this.laterBody.read())
      this.decoded = null
      return (this.chunks = Buffer.from(decoded, 'latin1'))
    }
    if (!Array.isArray(chunks)) return chunks
    try {
      return (this.chunks = joinChunks(chunks))
    } catch (cause) {
      throw this.tooLong(lengthOf(chunks), 'one buffer can be', cause)
    }
  }

  /** @internal Drops the bytes or the text, if each can be made from the other again. */
  protected leaveOne(): void {
    const { chunks, decoded } = this
    if (chunks === null || decoded === null) return
    if (!this.isBinary || this.isBodyTaken || chunks.length < LARGE_PLACE) {
      // The text would be kept alive by an old object that is not collected yet, and every collection would
      // copy it.
      this.decoded = null
      return
    }
    // Decoding has joined the chunks into one buffer.
    giveSpare(chunks as Buffer)
    this.chunks = null
  }
}

function lengthOf(chunks: readonly Buffer[]): number {
  return chunks.reduce((sum, { length }) => sum + length, 0)
}
