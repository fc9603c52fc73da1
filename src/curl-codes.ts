/**
 * libcurl's codes (`CURLE_*` in curl/curl.h) that several parts go by. Does not know what is done about them.
 */

export const COULDNT_CONNECT = 7
/** With `FAILONERROR`: a status. */
export const HTTP_RETURNED_ERROR = 22
export const WRITE_ERROR = 23
export const READ_ERROR = 26
export const OPERATION_TIMEDOUT = 28
export const ABORTED_BY_CALLBACK = 42
export const BAD_FUNCTION_ARGUMENT = 43
/** A connection that ends without an answer; of a WebSocket, without a close. */
export const GOT_NOTHING = 52
export const RECV_ERROR = 56
/** What libcurl's own `MAXFILESIZE` fails with. */
export const FILESIZE_EXCEEDED = 63
export const PROXY = 97
/** What libcurl fails with where headers are beyond 300 kB. */
export const TOO_LARGE = 100
