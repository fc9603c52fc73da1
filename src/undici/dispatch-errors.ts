/**
 * Turns failed transfers into the errors that undici gives for the same failures, with the `CurlError` as
 * `cause`. Does not know how they are delivered.
 */
import { constants } from 'node:os'
import { errors } from 'undici'
import {
  ABORTED_BY_CALLBACK,
  COULDNT_CONNECT,
  COULDNT_RESOLVE_HOST,
  COULDNT_RESOLVE_PROXY,
  FILESIZE_EXCEEDED,
  GOT_NOTHING,
  OPERATION_TIMEDOUT,
  PARTIAL_FILE,
  READ_ERROR,
  RECV_ERROR,
  SEND_ERROR,
  TOO_LARGE,
  UNSUPPORTED_PROTOCOL,
  WEIRD_SERVER_REPLY,
} from '../curl-codes.js'
import { OptionError, type CurlError } from '../errors.js'
import type { Transfer } from '../transfer/transfer.js'

const HTTP2 = 16
const HTTP2_STREAM = 92

/** Codes of a connection that ended or broke after it was made. */
const BROKEN = new Set([HTTP2, PARTIAL_FILE, GOT_NOTHING, SEND_ERROR, RECV_ERROR, HTTP2_STREAM])

/** Returns the error for a failed transfer. `hasHead`: the headers of the response have arrived. */
export function undiciError(transfer: Transfer, hasHead: boolean): Error {
  const failure = transfer.toError() as CurlError
  const { errno, message, cause } = failure
  // The reason of an abort and the exception of a body's source are the errors themselves, as in undici.
  if ((errno === ABORTED_BY_CALLBACK || errno === READ_ERROR) && cause instanceof Error) {
    if (cause instanceof LengthMismatch) return withCause(mismatch(cause), failure)
    return cause
  }
  return withCause(errorFor(transfer, errno, message, hasHead), failure)
}

/** Thrown where a body has another length than its header announced. */
export class LengthMismatch extends Error {}

/** Returns undici's error for options that are refused. */
export function asArgumentError(error: unknown): Error {
  if (!(error instanceof OptionError)) return error instanceof Error ? error : new Error(String(error))
  return withCause(new errors.InvalidArgumentError(error.message), error)
}

function errorFor(transfer: Transfer, errno: number, message: string, hasHead: boolean): Error {
  switch (errno) {
    case COULDNT_CONNECT:
      return connectError(message, systemCode(transfer))
    case COULDNT_RESOLVE_HOST:
    case COULDNT_RESOLVE_PROXY:
      return systemError(message, 'ENOTFOUND', 'getaddrinfo')
    case OPERATION_TIMEDOUT:
      if (hasHead) return new errors.BodyTimeoutError(message)
      if (isConnecting(transfer)) return new errors.ConnectTimeoutError(message)
      return new errors.HeadersTimeoutError(message)
    case UNSUPPORTED_PROTOCOL:
      // Before a connection is made, an option forbids the protocol. Afterwards the server speaks no HTTP.
      if (infoOf(transfer, 'PRIMARY_PORT') <= 0) break
      return notHttp(message)
    case WEIRD_SERVER_REPLY:
      return notHttp(message)
    case FILESIZE_EXCEEDED:
      return new errors.ResponseExceededMaxSizeError(message)
    case TOO_LARGE:
      return new errors.HeadersOverflowError(message)
  }
  if (BROKEN.has(errno)) return new errors.SocketError(message)
  const error = new errors.UndiciError(message)
  // A failure without a class of undici must not look like one that is worth another attempt.
  error.code = transfer.toError()?.code ?? error.code
  return error
}

const notHttp = (message: string): Error =>
  Object.assign(new errors.HTTPParserError(message), { code: 'HPE_INVALID_RESPONSE' })

const connectError = (message: string, code: string | null): Error =>
  code === null ? new errors.SocketError(message) : systemError(message, code, 'connect')

function mismatch(cause: LengthMismatch): Error {
  return new errors.RequestContentLengthMismatchError(cause.message)
}

function withCause<T extends Error>(error: T, cause: unknown): T {
  error.cause = cause
  return error
}

/** An error as Node.js gives it for a socket: its `code` is what libraries look at. */
function systemError(message: string, code: string, syscall: string): Error {
  return Object.assign(new Error(message), { code, syscall })
}

/** Returns the name of the operating system's code, e.g. `ECONNREFUSED`; null if there is none. */
function systemCode(transfer: Transfer): string | null {
  const number = infoOf(transfer, 'OS_ERRNO')
  for (const [name, value] of Object.entries(constants.errno)) if (value === number) return name
  return null
}

const isConnecting = (transfer: Transfer): boolean => infoOf(transfer, 'PRETRANSFER_TIME') === 0

/** Returns an info as a number; 0 if the transfer was never launched. */
function infoOf(transfer: Transfer, name: string): number {
  return transfer.source === null ? 0 : Number(transfer.getInfo(name) ?? 0)
}
