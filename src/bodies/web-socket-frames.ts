/**
 * What libcurl says of WebSocket frames, and what a close frame holds. Does not know connections.
 *
 * curl/websockets.h; RFC 6455, 5.5 and 7.4.
 */
import { OptionError } from '../errors.js'

/** `CURLWS_*`. */
export const FLAG = { text: 1, binary: 2, more: 4, close: 8, ping: 16, pong: 64 } as const

/** How a connection was closed. */
export interface CloseInfo {
  readonly code: number
  readonly reason: string
}

/** The most bytes that a control frame may have. */
const MAX_CONTROL = 125
const NO_CODE = 1005

/** Whether a frame may stand between the fragments of a message. */
export function isControl(flags: number): boolean {
  return (flags & (FLAG.close | FLAG.ping | FLAG.pong)) !== 0
}

/** The payload of a ping, checked. */
export function pingPayload(payload: string | Uint8Array): Buffer {
  const bytes = Buffer.from(payload as string)
  if (bytes.length <= MAX_CONTROL) return bytes
  throw new OptionError(`ping: a payload has up to 125 bytes, not ${String(bytes.length)}`, 'payload')
}

/** The payload of a close, checked: code and reason are the caller's. */
export function checkedClose(code: number, reason: string): Buffer {
  if (code !== 1000 && !(Number.isInteger(code) && code >= 3000 && code <= 4999))
    throw new OptionError(`close: code must be 1000, or 3000 to 4999; got ${String(code)}`, 'code')
  const payload = closePayload(code, reason)
  if (payload.length <= MAX_CONTROL) return payload
  throw new OptionError(`close: a reason has up to 123 bytes, not ${String(payload.length - 2)}`, 'reason')
}

export function closePayload(code: number, reason = ''): Buffer {
  const payload = Buffer.alloc(2 + Buffer.byteLength(reason))
  payload.writeUInt16BE(code)
  payload.write(reason, 2)
  return payload
}

/** What a peer's close says. */
export function closeInfo(payload: Buffer): CloseInfo {
  if (payload.length < 2) return { code: NO_CODE, reason: '' }
  return { code: payload.readUInt16BE(), reason: payload.toString('utf8', 2) }
}
