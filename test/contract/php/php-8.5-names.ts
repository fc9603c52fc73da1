/**
 * The names of PHP 8.5's curl extension, without PHP 8.2's constants, which the installed PHP tells. Source:
 * ext/curl/curl.stub.php and curl_file.stub.php of php/php-src at be926075b321 (8.5, in development). Those
 * of 8.3 are in the stub at 34a2b6b0105f; which of the others came with 8.4 is not in a stub, and no test
 * depends on it. Does not know what this library has.
 */

const words = (text: string): readonly string[] => text.trim().split(/\s+/)

/** Functions by the version that they came with. */
export const FUNCTIONS: Readonly<Record<string, readonly string[]>> = {
  'before 8.2': words(`
    curl_close curl_copy_handle curl_errno curl_error curl_escape curl_exec curl_file_create curl_getinfo curl_init
    curl_multi_add_handle curl_multi_close curl_multi_errno curl_multi_exec curl_multi_getcontent curl_multi_info_read
    curl_multi_init curl_multi_remove_handle curl_multi_select curl_multi_setopt curl_multi_strerror curl_pause
    curl_reset curl_setopt curl_setopt_array curl_share_close curl_share_errno curl_share_init curl_share_setopt
    curl_share_strerror curl_strerror curl_unescape curl_version`),
  '8.2': ['curl_upkeep'],
  '8.5': ['curl_multi_get_handles', 'curl_share_init_persistent'],
}

export const CLASSES: readonly string[] = words(`
  CURLFile CURLStringFile CurlHandle CurlMultiHandle CurlShareHandle CurlSharePersistentHandle`)

/** Constants that came after 8.2, by version. */
export const NEWER_CONSTANTS: Readonly<Record<string, readonly string[]>> = {
  '8.3': words(`
    CURLINFO_CAINFO CURLINFO_CAPATH CURLKHMATCH_LAST CURLKHMATCH_MISMATCH CURLKHMATCH_MISSING CURLKHMATCH_OK
    CURLMIMEOPT_FORMESCAPE CURLOPT_CA_CACHE_TIMEOUT CURLOPT_MIME_OPTIONS CURLOPT_PROTOCOLS_STR CURLOPT_QUICK_EXIT
    CURLOPT_REDIR_PROTOCOLS_STR CURLOPT_SSH_HOSTKEYFUNCTION CURLOPT_WS_OPTIONS CURLWS_RAW_MODE`),
  '8.4': words(`
    CURLINFO_DATA_IN CURLINFO_DATA_OUT CURLINFO_HEADER_IN CURLINFO_POSTTRANSFER_TIME_T CURLINFO_SSL_DATA_IN
    CURLINFO_SSL_DATA_OUT CURLINFO_TEXT CURLOPT_DEBUGFUNCTION CURLOPT_PREREQFUNCTION CURLOPT_SERVER_RESPONSE_TIMEOUT
    CURLOPT_TCP_KEEPCNT CURL_HTTP_VERSION_3 CURL_HTTP_VERSION_3ONLY CURL_PREREQFUNC_ABORT CURL_PREREQFUNC_OK`),
  '8.5': words(`
    CURLFOLLOW_ALL CURLFOLLOW_FIRSTONLY CURLFOLLOW_OBEYCODE CURLINFO_CONN_ID CURLINFO_HTTPAUTH_USED
    CURLINFO_PROXYAUTH_USED CURLINFO_QUEUE_TIME_T CURLINFO_USED_PROXY CURLOPT_INFILESIZE_LARGE
    CURLOPT_SSL_SIGNATURE_ALGORITHMS`),
}

/** The options of multi handles and of share handles: all of them came before 8.2. */
export const MULTI_OPTIONS: readonly string[] = words(`
  CURLMOPT_CHUNK_LENGTH_PENALTY_SIZE CURLMOPT_CONTENT_LENGTH_PENALTY_SIZE CURLMOPT_MAXCONNECTS
  CURLMOPT_MAX_CONCURRENT_STREAMS CURLMOPT_MAX_HOST_CONNECTIONS CURLMOPT_MAX_PIPELINE_LENGTH
  CURLMOPT_MAX_TOTAL_CONNECTIONS CURLMOPT_PIPELINING CURLMOPT_PUSHFUNCTION`)
export const SHARE_OPTIONS: readonly string[] = ['CURLSHOPT_NONE', 'CURLSHOPT_SHARE', 'CURLSHOPT_UNSHARE']
