/**
 * Recognizes a response that came before the whole request body was sent, which libcurl reports as a failure.
 * Does not know the content of the response.
 *
 * RFC 9113, 8.1: a server may respond early, and then reset the stream with NO_ERROR to stop the request
 * body. libcurl 7.88 receives the response completely, goes on sending (or waits for ever until it may), and
 * fails with 92, the same code as for a stream that is reset in the middle of a response. Only the length
 * distinguishes them, if the response gives one. Otherwise the status decides: for an error status, part of a
 * response is better than sending everything again.
 */
import type { InfoValue } from '../../transfer/transfer-types.js'
import { INFO } from '../node-libcurl/binding.js'
import { hasFault } from '../node-libcurl/faults.js'

const losesAnswers = hasFault('early-response-lost')
/** libcurl's code for a stream that was reset. */
export const HTTP2_STREAM = 92

/** True if a transfer that ended with this code has received a complete response all the same. */
export function hasEarlyAnswer(
  code: number,
  status: number,
  followsRedirects: boolean,
  readInfo: (id: number) => InfoValue,
): boolean {
  if (!losesAnswers || code !== HTTP2_STREAM || status < 200) return false
  // libcurl would have sent another request: to the target of the redirect, or for the next round of an
  // authentication.
  if (status === 401 || status === 407 || (status < 400 && status >= 300 && followsRedirects)) return false
  const length = Number(readInfo(INFO.CONTENT_LENGTH_DOWNLOAD_T as number))
  const has = Number(readInfo(INFO.SIZE_DOWNLOAD_T as number))
  return length >= 0 ? has === length : status >= 400
}
