/** The public face of parallelcurl: exports, nothing else. */
export {
  capabilities,
  type Capabilities,
  type Decoder,
  type HttpVersion,
  type ProxyScheme,
} from './engine/capabilities.js'
export { CurlError, OptionError } from './errors.js'
export { CookieJar, type CookieFilter, type CookieJarJson } from './sessions/cookie-jar.js'
export type { Cookie, CookieInit } from './sessions/cookie.js'
export type { ProxyOutcome, ProxyStats, ProxyView } from './sessions/pooled-proxy.js'
export type {
  CoolDownOptions,
  ProxyEntry,
  ProxyPoolOptions,
  ProxyRequest,
  ProxyStrategy,
} from './sessions/proxy-options.js'
export { ProxyPool, type ProxyLease, type ProxyWait } from './sessions/proxy-pool.js'
export { SessionPool, type SessionClient, type SessionPoolOptions } from './sessions/session-pool.js'
export {
  Session,
  type SessionData,
  type SessionLimits,
  type SessionOptions,
  type SessionStats,
} from './sessions/session.js'
export type { AccessOptions } from './running/access-options.js'
export type { FormFields, PostFieldsInput as PostFields } from './options/post-fields.js'
export type { SocketEnds, SocketEvent, SocketEventDetails, SocketListener } from './options/socket-event.js'
export type { OptionsMap } from './options/request-options.js'
export { ParallelCurl, type StreamInput, type StreamOptions } from './parallel-curl.js'
export type { InputSource, RequestStream } from './running/request-stream.js'
export type { ResponseHeaders } from './response-headers.js'
export type { ConnectOptions, WebSocketConnectOptions } from './running/connections.js'
export type { ParallelCurlOptions, RequestOptions, RunOptions } from './running/run-options.js'
export type { WaitReason } from './scheduling/gate.js'
export type { Limits, RateLimit } from './scheduling/limits.js'
export type { RetryOptions } from './scheduling/retry.js'
export type { HostStats, Stats } from './running/stats.js'
export type { CurlSocket, SocketOptions } from './bodies/curl-socket.js'
export type { CurlWebSocket, WebSocketMessage, WebSocketOptions } from './bodies/web-socket.js'
export type { CloseInfo } from './bodies/web-socket-frames.js'
export type { DataFunction } from './bodies/data-handover.js'
export { FormFile, type FileSource } from './options/form-file.js'
export type { BodyOptions, UploadInput } from './running/body-options.js'
export type { RequestCallback, Transfer } from './transfer.js'
export type {
  Attempt,
  InfoValue,
  OutputFile,
  Timings,
  TransferSession,
  TransferState,
} from './transfer-types.js'
