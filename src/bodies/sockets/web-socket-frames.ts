/**
 * The flags that libcurl gives to WebSocket frames, and the payload of close frames. Does not depend on
 * connections.
 *
 * Source: curl/websockets.h; RFC 6455, 5.5 and 7.4.
 */
import { isUtf8 } from 'node:buffer'
import { isArrayBuffer } from 'node:util/types'
import { OptionError } from '../../errors.js'

/** The values of `CURLWS_*`. */
export const FLAG = { text: 1, binary: 2, more: 4, close: 8, ping: 16, pong: 64 } as const

/** The code and the reason with which a WebSocket was closed. */
export interface CloseInfo {
  readonly code: number
  readonly reason: string
}

/** The most payload bytes of a control frame. */
const MAX_CONTROL = 125
const NO_CODE = 1005
/**
 * The close codes sent to a peer that broke a rule, sent text that is not UTF-8, or sent a message that is
 * too long.
 */
export const PROTOCOL_ERROR = 1002
export const NOT_UTF8 = 1007
export const MESSAGE_TOO_BIG = 1009
/** Codes that must not appear in a close frame: reserved, no code given, connection cut. */
const NEVER_SENT: ReadonlySet<number> = new Set([1004, 1005, 1006])

/** True if the frame is a control frame, which may stand between the fragments of a message. */
export function isControl(flags: number): boolean {
  return (flags & (FLAG.close | FLAG.ping | FLAG.pong)) !== 0
}

/** Checks a message and returns its payload. Bytes are not copied. */
export function messagePayload(message: unknown): Buffer {
  if (typeof message === 'string') return Buffer.from(message)
  if (isArrayBuffer(message)) return Buffer.from(message)
  if (ArrayBuffer.isView(message)) return Buffer.from(message.buffer, message.byteOffset, message.byteLength)
  throw new OptionError(
    `send: a message is a string, an ArrayBuffer or a view of bytes, not ${nameOf(message)}`,
    'message',
  )
}

/** Checks the payload of a ping and returns it as bytes. */
export function pingPayload(payload: unknown): Buffer {
  if (typeof payload !== 'string' && !(payload instanceof Uint8Array))
    throw new OptionError(`ping: a payload is a string or a Uint8Array, not ${nameOf(payload)}`, 'payload')
  const bytes = Buffer.from(payload as string)
  if (bytes.length <= MAX_CONTROL) return bytes
  throw new OptionError(`ping: a payload has up to 125 bytes, not ${String(bytes.length)}`, 'payload')
}

/** Checks the close code and reason that the user gave, and returns the payload of the close frame. */
export function checkedClose(code: number, reason: unknown): Buffer {
  if (code !== 1000 && !(Number.isInteger(code) && code >= 3000 && code <= 4999))
    throw new OptionError(`close: code must be 1000, or 3000 to 4999; got ${String(code)}`, 'code')
  if (typeof reason !== 'string')
    throw new OptionError(`close: a reason is a string, not ${nameOf(reason)}`, 'reason')
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

/** Reads the payload of the peer's close frame. */
export function closeInfo(payload: Buffer): CloseInfo {
  if (payload.length < 2) return { code: NO_CODE, reason: '' }
  return { code: payload.readUInt16BE(), reason: payload.toString('utf8', 2) }
}

/**
 * Returns the rule that the peer's close frame breaks, and the close code to answer with; null if the frame
 * is valid (RFC 6455, 5.5.1, 7.4 and 8.1).
 */
export function closeProblem(payload: Buffer): { readonly code: number; readonly text: string } | null {
  if (payload.length === 0) return null
  if (payload.length === 1) return { code: PROTOCOL_ERROR, text: 'half of a close code was received' }
  const code = payload.readUInt16BE()
  const isProper = code >= 1000 && code <= 1014 && !NEVER_SENT.has(code)
  if (!isProper && !(code >= 3000 && code <= 4999))
    return { code: PROTOCOL_ERROR, text: `the received close code ${String(code)} is invalid` }
  if (isUtf8(payload.subarray(2))) return null
  return { code: NOT_UTF8, text: 'the reason of a close is not UTF-8' }
}

function nameOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (typeof value !== 'object') return `a ${typeof value}`
  const { constructor } = value as { constructor?: { name?: unknown } }
  return typeof constructor?.name === 'string' && constructor.name !== '' ? constructor.name : 'an object'
}
