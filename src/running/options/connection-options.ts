/** The options of sockets and WebSockets. Does not apply them. */
import type { SocketOptions } from '../../bodies/sockets/curl-socket.js'
import type { WebSocketOptions } from '../../bodies/sockets/web-socket.js'
import { OptionError } from '../../errors.js'
import { isToken } from '../../http-semantics.js'

/** Checks the options of a socket and returns them. Throws `OptionError`. */
export function socketOptions({ allowHalfOpen, highWaterMark, idleTimeoutMs }: SocketOptions): SocketOptions {
  if (allowHalfOpen !== undefined && typeof allowHalfOpen !== 'boolean')
    throw new OptionError('connect: allowHalfOpen must be true or false', 'allowHalfOpen')
  if (highWaterMark !== undefined && !isSize(highWaterMark))
    throw new OptionError('connect: highWaterMark must be a whole number of bytes', 'highWaterMark')
  if (
    idleTimeoutMs !== undefined &&
    !(typeof idleTimeoutMs === 'number' && idleTimeoutMs > 0 && idleTimeoutMs < 2 ** 31)
  )
    throw new OptionError('connect: idleTimeoutMs must be milliseconds, more than 0', 'idleTimeoutMs')
  return { allowHalfOpen, highWaterMark, idleTimeoutMs }
}

/** Checks the options of a WebSocket and returns them. Throws `OptionError`. */
export function webSocketOptions({
  maxMessageSize,
  protocols,
}: WebSocketOptions): WebSocketOptions & { readonly offered: readonly string[] } {
  if (maxMessageSize !== undefined && maxMessageSize !== Infinity && !isSize(maxMessageSize))
    throw new OptionError('webSocket: maxMessageSize must be a whole number of bytes', 'maxMessageSize')
  const offered: readonly unknown[] =
    protocols === undefined ? [] : Array.isArray(protocols) ? (protocols as unknown[]) : [protocols]
  // Subprotocols are tokens: RFC 9110, 5.6.2.
  const isRight = offered.every((name) => typeof name === 'string' && isToken(name))
  if (!isRight)
    throw new OptionError('webSocket: protocols must be a token, or a list of tokens', 'protocols')
  return { maxMessageSize, offered: offered as readonly string[] }
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
