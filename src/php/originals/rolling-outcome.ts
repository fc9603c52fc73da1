/**
 * The results that RollingCurlX passes to callbacks: the response, and PHP's infos with additional ones. Does
 * not depend on the queue.
 */
import { decodeContent } from '../../transfer/content.js'
import type { Transfer } from '../../transfer/transfer.js'
import { CURLINFO_CONTENT_TYPE } from '../values/constants.js'
import { curl_getinfo, curl_strerror } from '../functions/functions.js'
import type { CurlInfo } from '../handles/getinfo.js'

/** The infos that a callback gets: the result of `curl_getinfo()`, and the following. */
export interface RollingInfo extends CurlInfo {
  /** libcurl's code. */
  curle: number
  /** The name of the code without `CURLE_`, as RollingCurlX spells it; libcurl's text if it has no name. */
  curle_msg: string
  /** The transfer, in place of PHP's handle. */
  handle: Transfer
  /** The duration in milliseconds. */
  time: number
  /** The URL as it was given. */
  url_raw: string
  user_data: unknown
  /** The response headers. Only with `CURLOPT_HEADER`; the response then comes without them. */
  response_header?: string
}

/**
 * @param response - the content; false if the transfer failed, and for every status but 200
 * @param time - the duration of the request in milliseconds
 */
export type RollingCallback = (
  response: string | false,
  url: string,
  requestInfo: RollingInfo,
  userData: unknown,
  time: number,
) => unknown

const OK = 200

/** RollingCurlX's names for libcurl's codes, by number; `-` for none. libcurl no longer uses some of them. */
const CODE_NAMES = `OK UNSUPPORTED_PROTOCOL FAILED_INIT URL_MALFORMAT URL_MALFORMAT_USER COULDNT_RESOLVE_PROXY
COULDNT_RESOLVE_HOST COULDNT_CONNECT FTP_WEIRD_SERVER_REPLY FTP_ACCESS_DENIED FTP_USER_PASSWORD_INCORRECT FTP_WEIRD_PASS_REPLY
FTP_WEIRD_USER_REPLY FTP_WEIRD_PASV_REPLY FTP_WEIRD_227_FORMAT FTP_CANT_GET_HOST FTP_CANT_RECONNECT FTP_COULDNT_SET_BINARY
PARTIAL_FILE FTP_COULDNT_RETR_FILE FTP_WRITE_ERROR FTP_QUOTE_ERROR HTTP_NOT_FOUND WRITE_ERROR MALFORMAT_USER
FTP_COULDNT_STOR_FILE READ_ERROR OUT_OF_MEMORY OPERATION_TIMEOUTED FTP_COULDNT_SET_ASCII FTP_PORT_FAILED FTP_COULDNT_USE_REST
FTP_COULDNT_GET_SIZE HTTP_RANGE_ERROR HTTP_POST_ERROR SSL_CONNECT_ERROR FTP_BAD_DOWNLOAD_RESUME FILE_COULDNT_READ_FILE
LDAP_CANNOT_BIND LDAP_SEARCH_FAILED LIBRARY_NOT_FOUND FUNCTION_NOT_FOUND ABORTED_BY_CALLBACK BAD_FUNCTION_ARGUMENT
BAD_CALLING_ORDER HTTP_PORT_FAILED BAD_PASSWORD_ENTERED TOO_MANY_REDIRECTS UNKNOWN_TELNET_OPTION TELNET_OPTION_SYNTAX OBSOLETE -
GOT_NOTHING SSL_ENGINE_NOTFOUND SSL_ENGINE_SETFAILED SEND_ERROR RECV_ERROR SHARE_IN_USE SSL_CERTPROBLEM SSL_CIPHER SSL_CACERT
BAD_CONTENT_ENCODING LDAP_INVALID_URL FILESIZE_EXCEEDED FTP_SSL_FAILED - - - - - - - - - - - - - - SSH`.split(
  /\s+/,
)

/**
 * Returns the response and the infos of a transfer that is done. `hasHeader`: true if `CURLOPT_HEADER` was
 * on.
 */
export function outcomeOf(
  transfer: Transfer,
  content: string | null,
  userData: unknown,
  hasHeader: boolean,
): { response: string | false; info: RollingInfo } {
  const { errno } = transfer
  const name = CODE_NAMES[errno]
  const info: RollingInfo = {
    ...curl_getinfo(transfer),
    curle: errno,
    curle_msg: name === undefined || name === '-' ? curl_strerror(errno) : name,
    handle: transfer,
    time: transfer.settledAt - transfer.launchedAt,
    url_raw: transfer.url,
    user_data: userData,
  }
  if (errno !== 0 || info.http_code !== OK || content === null) return { response: false, info }
  if (!hasHeader || content === '') return { response: content, info }
  const header = transfer.body.subarray(0, info.header_size)
  info.response_header = header.toString('latin1')
  const { encoding } = transfer.settings
  const type = (): string | null => transfer.getInfo(CURLINFO_CONTENT_TYPE) as string | null
  return { response: decodeContent(transfer.body.subarray(info.header_size), encoding, type), info }
}
