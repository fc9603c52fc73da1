/**
 * The interface between sockets and an open libcurl connection. Does not depend on how the connection was
 * made or polled.
 */
import type { Transfer } from '../../transfer/transfer.js'

/** libcurl's code 81 (CURLE_AGAIN), negative: nothing has arrived, or nothing can be sent now. */
export const AGAIN = -81

/** A piece of a WebSocket frame. A negative length is a libcurl code. */
export interface FramePiece {
  readonly length: number
  readonly flags: number
  readonly isLast: boolean
}

/** Non-blocking input and output. Lengths are in bytes; a negative length is a libcurl code. */
export interface Wire {
  receive(into: Buffer): number
  send(bytes: Buffer): number
  receiveFrame(into: Buffer): FramePiece
  sendFrame(bytes: Buffer, flags: number): number
  /** Sends the pongs for received pings, unless a frame is half sent. */
  sendAnswers(): void
}

/** One open connection. */
export interface Connection {
  readonly wire: Wire
  /** The transfer that opened the connection. Its handle is kept as long as the connection is open. */
  readonly transfer: Transfer
  /** Returns an error for a libcurl code, with `reason` in its message if given. */
  failure(errno: number, reason?: unknown): Error
  /**
   * Closes the connection in a later turn of the event loop, because the caller may be on libcurl's stack.
   */
  close(): void
}
