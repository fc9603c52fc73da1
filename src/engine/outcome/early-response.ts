/**
 * Tells an answer that came before all of the body was sent from a failure, where libcurl does not. Does not
 * know what the answer says.
 *
 * RFC 9113, 8.1: a server may answer at once, and then reset the stream with NO_ERROR so that no more of the
 * body is sent. libcurl 7.88 takes the answer to its end, goes on sending (or waits for ever until it may),
 * and fails with 92, as it does where a stream is reset in the middle of an answer. Which of them it was,
 * only the length says, if the answer has told it; or its status, of which a part is better than to send all
 * again.
 */
import type { InfoValue } from '../../transfer/transfer-types.js'
import { INFO } from '../node-libcurl/binding.js'
import { hasFault } from '../node-libcurl/faults.js'

const losesAnswers = hasFault('early-response-lost')
/** What it ends with. */
export const HTTP2_STREAM = 92

/** Whether a transfer that ended with this code has its answer all the same. */
export function hasEarlyAnswer(
  code: number,
  status: number,
  followsRedirects: boolean,
  readInfo: (id: number) => InfoValue,
): boolean {
  if (!losesAnswers || code !== HTTP2_STREAM || status < 200) return false
  // libcurl would have gone on: to where it leads, or to the next round of an authentication.
  if (status === 401 || status === 407 || (status < 400 && status >= 300 && followsRedirects)) return false
  const length = Number(readInfo(INFO.CONTENT_LENGTH_DOWNLOAD_T as number))
  const has = Number(readInfo(INFO.SIZE_DOWNLOAD_T as number))
  return length >= 0 ? has === length : status >= 400
}
