/**
 * Puts the pieces of frames together that libcurl hands out: messages of many fragments, control frames. Does
 * not know who reads.
 */
import { isUtf8 } from 'node:buffer'
import { FLAG, MESSAGE_TOO_BIG, NOT_UTF8 } from './web-socket-frames.js'
import type { WebSocketMessage } from './web-socket-inbox.js'
import { RECV_ERROR, TOO_LARGE } from '../../curl-codes.js'

/**
 * So many pieces of a message are made one: each costs memory of its own, and the peer chooses their size.
 */
const JOINED_PIECES = 1024
const EMPTY = Buffer.alloc(0)

/** What becomes of the pieces. */
export interface Assembled {
  onMessage(message: WebSocketMessage): void
  onClose(payload: Buffer): void
  onPong(payload: Buffer): void
  /** The peer has broken a rule: what it is told, libcurl's code, and the rule. */
  onRefused(code: number, errno: number, rule: string): void
}

export class Assembly {
  /** Of a control frame that comes in pieces. */
  private control: Buffer[] = []
  private parts: Buffer[] = []
  private partBytes = 0
  /** How many of the last parts have not been joined. */
  private looseParts = 0
  /** Whether a message has begun that has not ended. */
  isWithinMessage = false

  constructor(
    private readonly maxBytes: number,
    private readonly assembled: Assembled,
  ) {}

  /** How many pieces are kept now. */
  get pieceCount(): number {
    return this.parts.length + this.control.length
  }

  /** @param piece is copied, where it is kept */
  takeControl(piece: Buffer, flags: number, isLast: boolean): void {
    // libcurl answers pings. One that comes in pieces it also shows in part: without its last piece.
    if (flags & FLAG.ping) return
    if (piece.length > 0) this.control.push(Buffer.from(piece))
    if (!isLast) return
    const payload = Buffer.concat(this.control)
    this.control = []
    if (flags & FLAG.close) this.assembled.onClose(payload)
    else if (flags & FLAG.pong) this.assembled.onPong(payload)
  }

  /** @param piece is copied, where it is kept */
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
