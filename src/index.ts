/** The public face of parallelcurl: exports, nothing else. */
export { CurlError, OptionError } from './errors.js'
export type { FormFields, PostFieldsInput as PostFields } from './options/post-fields.js'
export type { OptionsMap } from './options/request-options.js'
export { ParallelCurl, type StreamInput, type StreamOptions } from './parallel-curl.js'
export type { InputSource, RequestStream } from './running/request-stream.js'
export type { ResponseHeaders } from './response-headers.js'
export type { ParallelCurlOptions, RequestOptions, RunOptions } from './running/run-options.js'
export type { WaitReason } from './scheduling/gate.js'
export type { Limits, RateLimit } from './scheduling/limits.js'
export type { RetryOptions } from './scheduling/retry.js'
export type { HostStats, Stats } from './running/stats.js'
export type { DataFunction } from './bodies/data-handover.js'
export { FormFile, type FileSource } from './options/form-file.js'
export type { BodyOptions, UploadInput } from './running/body-options.js'
export type {
  Attempt,
  InfoValue,
  OutputFile,
  RequestCallback,
  Timings,
  Transfer,
  TransferState,
} from './transfer.js'
