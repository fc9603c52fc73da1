/** The public face of parallelcurl: exports, nothing else. */
export { CurlError, OptionError } from './errors.js'
export type { FormFields, PostFieldsInput as PostFields } from './options/post-fields.js'
export type { ParallelCurlOptions, RequestOptions } from './options/request-options.js'
export { ParallelCurl } from './parallel-curl.js'
export type { ResponseHeaders } from './response-headers.js'
export type { Attempt, InfoValue, RequestCallback, Timings, Transfer, TransferState } from './transfer.js'
