/**
 * libcurl's codes (`CURLE_*` in curl/curl.h) that several parts use. Does not know what is done about them.
 */

export const OK = 0
/** The protocol is not supported or not allowed, or the response is not HTTP. */
export const UNSUPPORTED_PROTOCOL = 1
export const FAILED_INIT = 2
export const URL_MALFORMED = 3
/** This libcurl cannot do it. */
export const NOT_BUILT_IN = 4
export const COULDNT_RESOLVE_PROXY = 5
export const COULDNT_RESOLVE_HOST = 6
export const COULDNT_CONNECT = 7
export const WEIRD_SERVER_REPLY = 8
export const FTP_ACCEPT_TIMEOUT = 12
export const PARTIAL_FILE = 18
/** With `FAILONERROR`: the status is 400 or more. */
export const HTTP_RETURNED_ERROR = 22
export const WRITE_ERROR = 23
export const READ_ERROR = 26
export const OUT_OF_MEMORY = 27
export const OPERATION_TIMEDOUT = 28
export const RANGE_ERROR = 33
export const ABORTED_BY_CALLBACK = 42
export const BAD_FUNCTION_ARGUMENT = 43
export const TOO_MANY_REDIRECTS = 47
export const UNKNOWN_OPTION = 48
/** The connection ended without a response, or a WebSocket without a close frame. */
export const GOT_NOTHING = 52
export const SEND_ERROR = 55
export const RECV_ERROR = 56
export const PEER_FAILED_VERIFICATION = 60
export const BAD_CONTENT_ENCODING = 61
/** The code with which libcurl's own `MAXFILESIZE` fails. */
export const FILESIZE_EXCEEDED = 63
/** A server refuses TLS for ftp, or this libcurl would go on without it. */
export const USE_SSL_FAILED = 64
export const RECURSIVE_API_CALL = 93
export const PROXY = 97
/** The code with which libcurl fails if the headers exceed 300 kB. */
export const TOO_LARGE = 100
/**
 * Temporary errors: name look-up, connecting, HTTP/2 and 3, partial file, timeouts, TLS handshake, no response,
 * broken connections.
 */
export const TRANSIENT_CODES: readonly number[] = [5, 6, 7, 16, 18, 28, 35, 52, 55, 56, 92, 95, 96]
