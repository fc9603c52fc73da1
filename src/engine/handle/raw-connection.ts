/**
 * A connection that libcurl has made and leaves to its user (`CONNECT_ONLY`): bytes, or WebSocket frames, in
 * and out. Nothing here waits. Does not know when something may have arrived.
 *
 * Its handle stays in its multi handle: removing it closes the connection (curl_multi_remove_handle(3)).
 * Source: curl_easy_recv(3), curl_easy_send(3), curl_ws_recv(3), curl_ws_send(3).
 */
import type { InfoValue } from '../../transfer/transfer-types.js'
import type { NativeEasy } from '../node-libcurl/binding.js'
import { failureOf } from '../outcome/error-message.js'
import type { FailedHandle } from '../outcome/error-facts.js'

/** `CURLE_AGAIN`, as all codes negative: nothing has arrived, or nothing more can be sent now. */
export const AGAIN = -81
/** What asking on libcurl's stack gives on both majors: a continuation of a promise may run there. */
const RECURSIVE_API_CALL = 93

/** What `curl_easy_recv(3)` says where there is no connection any longer. */
const UNSUPPORTED_PROTOCOL = 1
const GONE = new Error('libcurl has closed this connection')

const NO_BYTES = Buffer.alloc(0)

/** What both majors have, and what only node-libcurl 5 has. */
interface NativeConnection {
  recv(into: Buffer): { code: number; bytesReceived: number }
  send(bytes: Buffer): { code: number; bytesSent: number }
  wsRecv(into: Buffer): { code: number; bytesReceived: number; meta: FrameMeta | null }
  wsSend(bytes: Buffer, flags: number): { code: number; bytesSent: number }
}

/** What libcurl says of a piece of a frame: curl_ws_meta(3). */
interface FrameMeta {
  readonly flags: number
  /** How much of the frame has yet to come. Bytes. */
  readonly bytesleft: number
}

/** A piece of a WebSocket frame. */
export interface FramePiece {
  /** Bytes; or a code of libcurl's as a negative number. */
  length: number
  /** `CURLWS_*`. */
  flags: number
  isLast: boolean
}

/** One open connection. All lengths are bytes; a negative one is a code of libcurl's. */
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

  /** 0: the end. */
  receive(into: Buffer): number {
    const { code, bytesReceived } = this.native.recv(into)
    return code === 0 ? bytesReceived : failed(code)
  }

  /** How much of it has been taken. */
  send(bytes: Buffer): number {
    const { code, bytesSent } = this.native.send(bytes)
    return code === 0 ? bytesSent : failed(code)
  }

  /** The same object each time. */
  receiveFrame(into: Buffer): FramePiece {
    const { code, bytesReceived, meta } = this.native.wsRecv(into)
    const { piece } = this
    piece.length = code === 0 ? bytesReceived : failed(code)
    piece.flags = meta?.flags ?? 0
    piece.isLast = meta !== null && meta.bytesleft === 0
    return piece
  }

  /**
   * How much of it has been taken: the rest has to be given again, with the same flags, before anything else.
   */
  sendFrame(bytes: Buffer, flags: number): number {
    const { code, bytesSent } = this.native.wsSend(bytes, flags)
    return code === 0 ? bytesSent : failed(code)
  }

  /**
   * Sends the answers to pings that have come, where no frame is half sent. libcurl only notes them while it
   * receives, and sends them with the next frame, in or out: on a quiet connection never (8.22, lib/ws.c,
   * curl_ws_recv). Asking it to send a frame of no kind makes it send what is due, and then it refuses that
   * frame.
   */
  sendAnswers(): void {
    this.native.wsSend(NO_BYTES, 0)
  }

  /** libcurl's text for a code, with the reason that is known, or with details. */
  describe(code: number, given?: unknown): string {
    const { handle } = this
    const reason = given ?? (code === UNSUPPORTED_PROTOCOL ? GONE : undefined)
    const thrown = reason === undefined ? null : { error: reason }
    const readInfo = (id: number): InfoValue => handle.readInfo(id)
    return failureOf(code, { lastInfoText: '', thrown, readInfo }, this.url, null).error
  }
}

function failed(code: number): number {
  return code === RECURSIVE_API_CALL ? AGAIN : -code
}

/** Whether a transfer of which only the connection is wanted has got it, and has not been aborted since. */
export function isConnected(handle: {
  readonly isAdded: boolean
  readonly code: number
  readonly thrown: unknown
}): boolean {
  return handle.isAdded && handle.code === 0 && handle.thrown === null
}
