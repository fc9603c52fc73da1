/**
 * Constants that PHP's curl extension has had since 8.3, with PHP's values. Source: ext/curl/curl.stub.php of
 * PHP 8.5 for their names, libcurl's curl.h for their values. Does not depend on the installed libcurl.
 *
 * `CURLFOLLOW_*` are not among them: here `CURLOPT_FOLLOWLOCATION` is on or off, as in PHP 8.2.
 */

/** Seconds. Needs node-libcurl 5. */
export const CURLOPT_CA_CACHE_TIMEOUT = 321
export const CURLOPT_DEBUGFUNCTION = 20094
export const CURLOPT_INFILESIZE_LARGE = 30115
export const CURLOPT_MIME_OPTIONS = 315
export const CURLOPT_PREREQFUNCTION = 20312
export const CURLOPT_PROTOCOLS_STR = 10318
export const CURLOPT_QUICK_EXIT = 322
export const CURLOPT_REDIR_PROTOCOLS_STR = 10319
export const CURLOPT_SERVER_RESPONSE_TIMEOUT = 112
export const CURLOPT_SSH_HOSTKEYFUNCTION = 20316
/** Needs node-libcurl 5 with libcurl 8.14. */
export const CURLOPT_SSL_SIGNATURE_ALGORITHMS = 10328
/** Needs node-libcurl 5 with libcurl 8.9. */
export const CURLOPT_TCP_KEEPCNT = 326
export const CURLOPT_WS_OPTIONS = 320

export const CURLKHMATCH_OK = 0
export const CURLKHMATCH_MISMATCH = 1
export const CURLKHMATCH_MISSING = 2
export const CURLKHMATCH_LAST = 3
export const CURLMIMEOPT_FORMESCAPE = 1
export const CURLWS_RAW_MODE = 1
export const CURL_HTTP_VERSION_3 = 30
export const CURL_HTTP_VERSION_3ONLY = 31

export const CURLINFO_CAINFO = 1048637
export const CURLINFO_CAPATH = 1048638
export const CURLINFO_CONN_ID = 6291520
export const CURLINFO_HTTPAUTH_USED = 2097221
export const CURLINFO_POSTTRANSFER_TIME_T = 6291523
export const CURLINFO_PROXYAUTH_USED = 2097222
export const CURLINFO_QUEUE_TIME_T = 6291521
export const CURLINFO_USED_PROXY = 2097218

/** Results of a `CURLOPT_PREREQFUNCTION`: the request is sent, or the transfer fails with errno 42. */
export const CURL_PREREQFUNC_OK = 0
export const CURL_PREREQFUNC_ABORT = 1

/** Kinds that a `CURLOPT_DEBUGFUNCTION` is told of; outgoing headers are `CURLINFO_HEADER_OUT`. */
export const CURLINFO_TEXT = 0
export const CURLINFO_HEADER_IN = 1
export const CURLINFO_DATA_IN = 3
export const CURLINFO_DATA_OUT = 4
export const CURLINFO_SSL_DATA_IN = 5
export const CURLINFO_SSL_DATA_OUT = 6
