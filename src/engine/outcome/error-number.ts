/**
 * The number of a failure: libcurl's code, except for codes that differ between builds or that libcurl uses
 * for something else. Does not know texts.
 *
 * docs/errors.md has all of them as a table.
 */
import type { FailureFacts } from './error-facts.js'
import { hasFault } from '../node-libcurl/faults.js'
import {
  BAD_CONTENT_ENCODING,
  BAD_FUNCTION_ARGUMENT,
  COULDNT_CONNECT,
  HTTP_RETURNED_ERROR,
  OUT_OF_MEMORY,
  PROXY,
  RECV_ERROR,
  SEND_ERROR,
  TOO_LARGE,
  WRITE_ERROR,
} from '../../curl-codes.js'

const SSL_CERTPROBLEM = 58
const SSL_CACERT_BADFILE = 77

/**
 * libcurl's codes for a proxy that refuses a tunnel: 56 before 8.0, 7 since then, and 22 with `FAILONERROR`.
 */
const REFUSED_TUNNEL = new Set([COULDNT_CONNECT, HTTP_RETURNED_ERROR, RECV_ERROR, PROXY])
/** `MAX_HTTP_RESP_HEADER_SIZE`. */
const MAX_HEAD = 300 * 1024
/**
 * The length from which options are the cause: libcurl 7.88 sends a head of up to 1 MiB, with all it adds.
 */
const LARGE_HEAD = 700 * 1024
const knowsTooLarge = !hasFault('large-head-out-of-memory')

/** Returns the number for a failure. */
export function errnoOf(facts: FailureFacts): number {
  const { code } = facts
  if (REFUSED_TUNNEL.has(code) && facts.number('HTTP_CONNECTCODE') >= 300) return PROXY
  if (code === WRITE_ERROR && couldNotDecode(facts)) return BAD_CONTENT_ENCODING
  if ((code === RECV_ERROR || code === OUT_OF_MEMORY) && isHeadTooLarge(facts)) return TOO_LARGE
  if (code === BAD_FUNCTION_ARGUMENT && isCertificateUnusable(facts)) return SSL_CERTPROBLEM
  if (code === OUT_OF_MEMORY && isDeadConnection(facts)) return SEND_ERROR
  // libcurl opens the file of certificates after the socket.
  if (code === SSL_CACERT_BADFILE && facts.files().isFull) return COULDNT_CONNECT
  return code
}

/**
 * True if the body could not be decoded: libcurl reports that as "write error". No other cause is possible
 * here, because an exception of a write callback is already known.
 */
function couldNotDecode(facts: FailureFacts): boolean {
  const decodes = facts.isSet('ACCEPT_ENCODING') || facts.isSet('TRANSFER_ENCODING')
  return decodes && !facts.hasFunction('WRITEFUNCTION') && !facts.hasFunction('HEADERFUNCTION')
}

function isHeadTooLarge(facts: FailureFacts): boolean {
  const size = facts.number('HEADER_SIZE')
  if (facts.number('SIZE_DOWNLOAD_T') > 0 || facts.number('OS_ERRNO') !== 0) return false
  if (facts.code === RECV_ERROR) return size > MAX_HEAD
  return !knowsTooLarge && (size > 0 || hasBeenAnswered(facts) || isOwnHeadTooLarge(facts))
}

/**
 * True if a response has begun although no line of it is complete. libcurl notes the first byte of a
 * response, but not if a body was sent before it. A body that was sent is proof enough: all ways to this code
 * that are left then are in the response head.
 */
function hasBeenAnswered(facts: FailureFacts): boolean {
  return facts.number('STARTTRANSFER_TIME_T') > 0 || facts.number('SIZE_UPLOAD_T') > 0
}

/** True if the request head has more bytes than libcurl 7.88 sends. Cookies are not counted. */
export function isOwnHeadTooLarge({ url, options }: FailureFacts): boolean {
  const lines = options?.headers ?? []
  return lines.reduce((sum, line) => sum + line.length, url.length) > LARGE_HEAD
}

/**
 * True if a kept-alive connection was dead. For some of them that the server has reset, libcurl 7.88 reports
 * "out of memory" (27 of 180,839 requests in a run against a faulty server), while other builds report a
 * failure to send. Nothing was sent or received, and no connection was opened. Its source shows no way to
 * that; the ways that it shows are those of {@link isHeadTooLarge}.
 */
function isDeadConnection(facts: FailureFacts): boolean {
  if (knowsTooLarge || !/^https?:/i.test(facts.target)) return false
  return ['NUM_CONNECTS', 'HEADER_SIZE', 'SIZE_DOWNLOAD_T'].every((info) => facts.number(info) === 0)
}

/** True if the key does not match its certificate or cannot be read: 8.22 reports that as "bad argument". */
function isCertificateUnusable(facts: FailureFacts): boolean {
  const has = (option: string): boolean => facts.isSet(option) || facts.isSet(`${option}_BLOB`)
  return facts.number('NUM_CONNECTS') > 0 && (has('SSLCERT') || has('SSLKEY'))
}
