/**
 * Constants that PHP's curl extension has had since 8.3, as far as they do something here, with PHP's values.
 * Source: UPGRADING of PHP 8.3 to 8.5 for their names, libcurl's curl.h for their values. Does not depend on the
 * installed libcurl.
 */

export const CURLOPT_DEBUGFUNCTION = 20094
export const CURLOPT_INFILESIZE_LARGE = 30115
export const CURLOPT_PREREQFUNCTION = 20312
export const CURLOPT_PROTOCOLS_STR = 10318
export const CURLOPT_REDIR_PROTOCOLS_STR = 10319
export const CURLOPT_SERVER_RESPONSE_TIMEOUT = 112

/** What a `CURLOPT_PREREQFUNCTION` returns: the request is sent, or the transfer fails with errno 42. */
export const CURL_PREREQFUNC_OK = 0
export const CURL_PREREQFUNC_ABORT = 1

/** What a `CURLOPT_DEBUGFUNCTION` is told of; outgoing headers are `CURLINFO_HEADER_OUT`. */
export const CURLINFO_TEXT = 0
export const CURLINFO_HEADER_IN = 1
export const CURLINFO_DATA_IN = 3
export const CURLINFO_DATA_OUT = 4
export const CURLINFO_SSL_DATA_IN = 5
export const CURLINFO_SSL_DATA_OUT = 6
