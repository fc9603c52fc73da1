/**
 * What sockets need of an open connection. Does not know who has made it, nor how it is looked after.
 */
import type { Transfer } from '../../transfer/transfer.js'

/** Nothing has arrived, or nothing more can be sent now: libcurl's code, negative. */
export const AGAIN = -81

/** libcurl's codes that sockets give themselves. */
export const OPERATION_TIMEDOUT = 28
export const ABORTED_BY_CALLBACK = 42

/** A piece of a WebSocket frame. Its length is a code of libcurl's where it is negative. */
export interface FramePiece {
  readonly length: number
  readonly flags: number
  readonly isLast: boolean
}

/** Bytes in and out, without waiting. Lengths are bytes; a negative one is a code of libcurl's. */
export interface Wire {
  receive(into: Buffer): number
  send(bytes: Buffer): number
  receiveFrame(into: Buffer): FramePiece
  sendFrame(bytes: Buffer, flags: number): number
  /** Sends the answers to pings that have come, where no frame is half sent. */
  sendAnswers(): void
}

/** One open connection. */
export interface Connection {
  readonly wire: Wire
  /** The transfer that has made it: held as long as the connection is open. */
  readonly transfer: Transfer
  /** A failure as an error, where it has a reason, with that. */
  failure(errno: number, reason?: unknown): Error
  /** Closes it, soon: this may be on libcurl's stack. */
  close(): void
}
