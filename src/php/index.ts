/** The exports of `parallelcurl/php`, the migration kit. Only exports. */
export { CurlError, OptionError } from '../errors.js'
export type { Transfer } from '../transfer/transfer.js'
export * from './values/constants.js'
export * from './values/newer-constants.js'
export { CURLFile, curl_file_create, CURLStringFile } from './values/curl-file.js'
export { CurlHandle } from './handles/curl-handle.js'
export {
  curl_close,
  curl_copy_handle,
  curl_exec,
  curl_init,
  curl_pause,
  curl_reset,
  curl_setopt,
  curl_setopt_array,
  curl_upkeep,
} from './easy/easy.js'
export {
  curl_errno,
  curl_error,
  curl_getinfo,
  curl_multi_getcontent,
  curl_strerror,
  curl_version,
  type AnyHandle,
  type CurlVersion,
} from './functions/functions.js'
export { CurlMultiHandle } from './multi/curl-multi-handle.js'
export {
  curl_multi_add_handle,
  curl_multi_close,
  curl_multi_errno,
  curl_multi_exec,
  curl_multi_get_handles,
  curl_multi_info_read,
  curl_multi_init,
  curl_multi_remove_handle,
  curl_multi_select,
  curl_multi_setopt,
  curl_multi_strerror,
  type MultiMessage,
  type Reference,
} from './multi/curl-multi.js'
export {
  curl_share_close,
  curl_share_errno,
  curl_share_init,
  curl_share_init_persistent,
  curl_share_setopt,
  curl_share_strerror,
  CurlShareHandle,
  CurlSharePersistentHandle,
} from './share/curl-share.js'
export type { CertificateInfo, CurlInfo } from './handles/getinfo.js'
export {
  http_build_query,
  PHP_QUERY_RFC1738,
  PHP_QUERY_RFC3986,
  type QueryData,
} from './values/http-build-query.js'
export type { PhpOptions } from './options/options.js'
export {
  ParallelCurl,
  type PhpCallback,
  type PhpFormValue,
  type PhpPostFields,
} from './originals/parallel-curl.js'
export { PyParallelCurl, pyparallelcurl } from './originals/pyparallelcurl.js'
export { RollingCurl, RollingCurlException, type RollingCurlCallback } from './originals/rolling-curl.js'
export { RollingCurlRequest } from './originals/rolling-curl-request.js'
export {
  GroupRollingCurl,
  RollingCurlGroup,
  RollingCurlGroupException,
  RollingCurlGroupRequest,
} from './originals/rolling-curl-group.js'
export { RollingCurlX, type RollingRequest } from './originals/rolling-curl-x.js'
export type { RollingHeaders } from './originals/rolling-headers.js'
export type { RollingCallback, RollingInfo } from './originals/rolling-outcome.js'
export {
  curl_escape,
  curl_unescape,
  rawurldecode,
  rawurlencode,
  urldecode,
  urlencode,
  type PhpStringLike,
} from './values/url.js'
