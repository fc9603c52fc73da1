/**
 * Joins the frame pieces that libcurl delivers to whole messages and control frames. Does not depend on the
 * reader of the messages.
 */
import { isUtf8 } from 'node:buffer'
import { FLAG, MESSAGE_TOO_BIG, NOT_UTF8 } from './web-socket-frames.js'
import type { WebSocketMessage } from './web-socket-inbox.js'
import { RECV_ERROR, TOO_LARGE } from '../../curl-codes.js'

/**
 * After this many pieces of a message, they are joined into one buffer. Each piece costs memory of its own,
 * and the peer chooses the size of the pieces.
 */
const JOINED_PIECES = 1024
const EMPTY = Buffer.alloc(0)

/** The callbacks of an {@link Assembly}. */
export interface Assembled {
  onMessage(message: WebSocketMessage): void
  onClose(payload: Buffer): void
  onPong(payload: Buffer): void
  /** Called when the peer has broken a rule. `code` is the close code to send, `errno` is libcurl's code. */
  onRefused(code: number, errno: number, rule: string): void
}

export class Assembly {
  /** The pieces of a control frame that is not complete yet. */
  private control: Buffer[] = []
  private parts: Buffer[] = []
  private partBytes = 0
  /** The number of pieces at the end of `parts` that have not been joined. */
  private looseParts = 0
  /** True if a message has begun and not ended. */
  isWithinMessage = false

  constructor(
    private readonly maxBytes: number,
    private readonly assembled: Assembled,
  ) {}

  /** The number of pieces in memory. */
  get pieceCount(): number {
    return this.parts.length + this.control.length
  }

  /** @param piece the bytes; copied if they are kept */
  takeControl(piece: Buffer, flags: number, isLast: boolean): void {
    // libcurl answers pings itself. It also delivers fragments of a ping that arrives in pieces, without the
    // last piece.
    if (flags & FLAG.ping) return
    if (piece.length > 0) this.control.push(Buffer.from(piece))
    if (!isLast) return
    const payload = Buffer.concat(this.control)
    this.control = []
    if (flags & FLAG.close) this.assembled.onClose(payload)
    else if (flags & FLAG.pong) this.assembled.onPong(payload)
  }

  /** @param piece the bytes; copied if they are kept */
  takeData(piece: Buffer, flags: number, isLast: boolean): void {
    this.partBytes += piece.length
    if (this.partBytes > this.maxBytes) {
      const rule = `the message is longer than maxMessageSize (${String(this.maxBytes)} bytes)`
      this.assembled.onRefused(MESSAGE_TOO_BIG, TOO_LARGE, rule)
      return
    }
    if (piece.length > 0) this.keep(Buffer.from(piece))
    this.isWithinMessage = !isLast || (flags & FLAG.more) !== 0
    if (this.isWithinMessage) return
    const [first = EMPTY] = this.parts
    const whole = this.parts.length < 2 ? first : Buffer.concat(this.parts)
    this.parts = []
    this.partBytes = this.looseParts = 0
    if (!(flags & FLAG.text)) this.assembled.onMessage(whole)
    else if (isUtf8(whole)) this.assembled.onMessage(whole.toString())
    else this.assembled.onRefused(NOT_UTF8, RECV_ERROR, 'a text message is not UTF-8')
  }

  private keep(part: Buffer): void {
    this.parts.push(part)
    if (++this.looseParts < JOINED_PIECES) return
    this.parts.push(Buffer.concat(this.parts.splice(-JOINED_PIECES)))
    this.looseParts = 0
  }
}
