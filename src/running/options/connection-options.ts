/** The options of sockets and WebSockets. Does not apply them. */
import type { SocketOptions } from '../../bodies/sockets/curl-socket.js'
import type { WebSocketOptions } from '../../bodies/sockets/web-socket.js'
import { isToken } from '../../http-semantics.js'
import { mustBe } from '../../wrong-value.js'

const CONNECT = { where: 'connect' } as const
const WEB_SOCKET = { where: 'webSocket' } as const

/** Checks the options of a socket and returns them. Throws `OptionError`. */
export function socketOptions({ allowHalfOpen, highWaterMark, idleTimeoutMs }: SocketOptions): SocketOptions {
  if (allowHalfOpen !== undefined && typeof allowHalfOpen !== 'boolean')
    throw mustBe('allowHalfOpen', 'true or false', allowHalfOpen, CONNECT)
  if (highWaterMark !== undefined && !isSize(highWaterMark))
    throw mustBe('highWaterMark', 'a whole number of bytes', highWaterMark, CONNECT)
  if (
    idleTimeoutMs !== undefined &&
    !(typeof idleTimeoutMs === 'number' && idleTimeoutMs > 0 && idleTimeoutMs < 2 ** 31)
  )
    throw mustBe('idleTimeoutMs', 'milliseconds, more than 0', idleTimeoutMs, CONNECT)
  return { allowHalfOpen, highWaterMark, idleTimeoutMs }
}

/** Checks the options of a WebSocket and returns them. Throws `OptionError`. */
export function webSocketOptions({
  maxMessageSize,
  protocols,
}: WebSocketOptions): WebSocketOptions & { readonly offered: readonly string[] } {
  if (maxMessageSize !== undefined && maxMessageSize !== Infinity && !isSize(maxMessageSize))
    throw mustBe('maxMessageSize', 'a whole number of bytes', maxMessageSize, WEB_SOCKET)
  const offered: readonly unknown[] =
    protocols === undefined ? [] : Array.isArray(protocols) ? (protocols as unknown[]) : [protocols]
  // Subprotocols are tokens: RFC 9110, 5.6.2.
  const isRight = (name: unknown): boolean => typeof name === 'string' && isToken(name)
  if (!offered.every(isRight)) {
    const wrong = offered.find((name) => !isRight(name))
    throw mustBe('protocols', 'a token, or a list of tokens', wrong, WEB_SOCKET)
  }
  return { maxMessageSize, offered: offered as readonly string[] }
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
