/**
 * The number of a failure: libcurl's, but where its builds differ, or where it means something else. Does not
 * know texts.
 *
 * docs/errors.md has all of it as a table.
 */
import type { FailureFacts } from './error-facts.js'
import { hasFault } from '../node-libcurl/faults.js'
import {
  BAD_FUNCTION_ARGUMENT,
  COULDNT_CONNECT,
  HTTP_RETURNED_ERROR,
  PROXY,
  RECV_ERROR,
  TOO_LARGE,
  WRITE_ERROR,
} from '../../curl-codes.js'

const OUT_OF_MEMORY = 27
const SEND_ERROR = 55
const SSL_CERTPROBLEM = 58
const BAD_CONTENT_ENCODING = 61
const SSL_CACERT_BADFILE = 77

/** What libcurl says where a proxy has refused a tunnel: 56 before 8, 7 since, and 22 with `FAILONERROR`. */
const REFUSED_TUNNEL = new Set([COULDNT_CONNECT, HTTP_RETURNED_ERROR, RECV_ERROR, PROXY])
/** `MAX_HTTP_RESP_HEADER_SIZE`. */
const MAX_HEAD = 300 * 1024
const knowsTooLarge = !hasFault('large-head-out-of-memory')

/** libcurl's number for what happened. */
export function errnoOf(facts: FailureFacts): number {
  const { code } = facts
  if (REFUSED_TUNNEL.has(code) && facts.number('HTTP_CONNECTCODE') >= 300) return PROXY
  if (code === WRITE_ERROR && couldNotDecode(facts)) return BAD_CONTENT_ENCODING
  if ((code === RECV_ERROR || code === OUT_OF_MEMORY) && isHeadTooLarge(facts)) return TOO_LARGE
  if (code === BAD_FUNCTION_ARGUMENT && isCertificateUnusable(facts)) return SSL_CERTPROBLEM
  if (code === OUT_OF_MEMORY && isDeadConnection(facts)) return SEND_ERROR
  // The file of certificates is opened after the socket.
  if (code === SSL_CACERT_BADFILE && facts.files().isFull) return COULDNT_CONNECT
  return code
}

/**
 * libcurl says "write error" where its decoder is at a loss. Nobody else can have said so: what throws is
 * known.
 */
function couldNotDecode(facts: FailureFacts): boolean {
  const decodes = facts.isSet('ACCEPT_ENCODING') || facts.isSet('TRANSFER_ENCODING')
  return decodes && !facts.hasFunction('WRITEFUNCTION') && !facts.hasFunction('HEADERFUNCTION')
}

function isHeadTooLarge(facts: FailureFacts): boolean {
  const size = facts.number('HEADER_SIZE')
  if (facts.number('SIZE_DOWNLOAD_T') > 0 || facts.number('OS_ERRNO') !== 0) return false
  return facts.code === RECV_ERROR ? size > MAX_HEAD : !knowsTooLarge && size > 0
}

/**
 * libcurl 7.88 says "out of memory" of some requests on a kept connection that the server has reset (27 of
 * 180,839 in a run against a faulty server), where other builds say that it could not send. Nothing was
 * received, and no connection was made for it.
 */
function isDeadConnection(facts: FailureFacts): boolean {
  if (knowsTooLarge || !/^https?:/i.test(facts.target)) return false
  return ['NUM_CONNECTS', 'HEADER_SIZE', 'SIZE_DOWNLOAD_T'].every((info) => facts.number(info) === 0)
}

/** 8.22 says "bad argument" where the key does not fit its certificate, or cannot be read. */
function isCertificateUnusable(facts: FailureFacts): boolean {
  const has = (option: string): boolean => facts.isSet(option) || facts.isSet(`${option}_BLOB`)
  return facts.number('NUM_CONNECTS') > 0 && (has('SSLCERT') || has('SSLKEY'))
}
