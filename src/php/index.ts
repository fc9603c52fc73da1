/** The exports of `parallelcurl/php`, the migration kit. Only exports. */
export { CurlError, OptionError } from '../errors.js'
export type { Transfer } from '../transfer/transfer.js'
export * from './values/constants.js'
export { CURLFile, curl_file_create, CURLStringFile } from './values/curl-file.js'
export {
  curl_errno,
  curl_error,
  curl_getinfo,
  curl_multi_getcontent,
  curl_strerror,
  curl_version,
  type CurlVersion,
} from './functions/functions.js'
export type { CertificateInfo, CurlInfo } from './functions/getinfo.js'
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
export { RollingCurlX, type RollingHeaders, type RollingRequest } from './originals/rolling-curl-x.js'
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
