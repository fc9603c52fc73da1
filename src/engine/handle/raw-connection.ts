/**
 * A connection that libcurl has opened and leaves to the user (`CONNECT_ONLY`): bytes or WebSocket frames, in
 * and out. No call waits. Does not know when data may have arrived.
 *
 * Its handle stays in its multi handle: removing it would close the connection (curl_multi_remove_handle(3)).
 * Source: curl_easy_recv(3), curl_easy_send(3), curl_ws_recv(3), curl_ws_send(3).
 */
import type { InfoValue } from '../../transfer/transfer-types.js'
import type { NativeEasy } from '../node-libcurl/binding.js'
import { failureOf } from '../outcome/error-message.js'
import type { FailedHandle } from '../outcome/error-facts.js'
import { RECURSIVE_API_CALL, UNSUPPORTED_PROTOCOL } from '../../curl-codes.js'

/** `CURLE_AGAIN`, negative like all codes here: no data have arrived, or no more can be sent now. */
export const AGAIN = -81
const GONE = new Error('libcurl has closed this connection')

const NO_BYTES = Buffer.alloc(0)

/** The functions of both majors, and the two that only node-libcurl 5 has. */
interface NativeConnection {
  recv(into: Buffer): { code: number; bytesReceived: number }
  send(bytes: Buffer): { code: number; bytesSent: number }
  wsRecv(into: Buffer): { code: number; bytesReceived: number; meta: FrameMeta | null }
  wsSend(bytes: Buffer, flags: number): { code: number; bytesSent: number }
}

/** libcurl's description of a piece of a frame: curl_ws_meta(3). */
interface FrameMeta {
  readonly flags: number
  /** The rest of the frame that has not arrived yet. Bytes. */
  readonly bytesleft: number
}

/** A piece of a WebSocket frame. */
export interface FramePiece {
  /** Bytes, or one of libcurl's codes as a negative number. */
  length: number
  /** `CURLWS_*`. */
  flags: number
  isLast: boolean
}

/** One open connection. All lengths are bytes; a negative length is one of libcurl's codes. */
export class RawConnection {
  private readonly native: NativeConnection
  private readonly piece: FramePiece = { length: 0, flags: 0, isLast: false }

  constructor(
    easy: NativeEasy,
    private readonly handle: FailedHandle,
    private readonly url: string,
  ) {
    this.native = easy as unknown as NativeConnection
  }

  /** Reads into a buffer. Returns the number of bytes, 0 at the end of the stream. */
  receive(into: Buffer): number {
    const { code, bytesReceived } = this.native.recv(into)
    return code === 0 ? bytesReceived : failed(code)
  }

  /** Returns the number of bytes that were sent. */
  send(bytes: Buffer): number {
    const { code, bytesSent } = this.native.send(bytes)
    return code === 0 ? bytesSent : failed(code)
  }

  /** Reads a piece of a frame. Returns the same object each time. */
  receiveFrame(into: Buffer): FramePiece {
    const { code, bytesReceived, meta } = this.native.wsRecv(into)
    const { piece } = this
    piece.length = code === 0 ? bytesReceived : failed(code)
    piece.flags = meta?.flags ?? 0
    piece.isLast = meta !== null && meta.bytesleft === 0
    return piece
  }

  /** Returns the number of bytes that were sent. The rest has to be sent next, with the same flags. */
  sendFrame(bytes: Buffer, flags: number): number {
    const { code, bytesSent } = this.native.wsSend(bytes, flags)
    return code === 0 ? bytesSent : failed(code)
  }

  /**
   * Sends the pending replies to pings, unless a frame is half sent. libcurl only notes a reply while it
   * receives, and sends it with the next frame, in or out: on a quiet connection never (8.22, lib/ws.c,
   * curl_ws_recv). A call for a frame without a type makes libcurl send what is pending before it refuses the
   * frame.
   */
  sendAnswers(): void {
    this.native.wsSend(NO_BYTES, 0)
  }

  /** Returns libcurl's text for a code, with the known reason or with details. */
  describe(code: number, given?: unknown): string {
    const { handle } = this
    // curl_easy_recv(3) gives this code when the connection is closed.
    const reason = given ?? (code === UNSUPPORTED_PROTOCOL ? GONE : undefined)
    const thrown = reason === undefined ? null : { error: reason }
    const readInfo = (id: number): InfoValue => handle.readInfo(id)
    return failureOf(code, { errorLines: null, thrown, readInfo }, this.url, null).error
  }
}

function failed(code: number): number {
  // On libcurl's stack, on both majors: a continuation of a promise may run there.
  return code === RECURSIVE_API_CALL ? AGAIN : -code
}

/** True if a transfer that only opens a connection has got it, and has not been aborted since. */
export function isConnected(handle: {
  readonly isAdded: boolean
  readonly code: number
  readonly thrown: unknown
}): boolean {
  return handle.isAdded && handle.code === 0 && handle.thrown === null
}
