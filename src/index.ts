/** The public entry point of parallelcurl: exports, nothing else. */
export {
  capabilities,
  type Capabilities,
  type Decoder,
  type HttpVersion,
  type ProxyScheme,
} from './engine/installed/capabilities.js'
export { CurlError, OptionError, type CurlErrorDetails } from './errors.js'
export { CookieJar, type CookieFilter, type CookieJarJson } from './sessions/cookies/cookie-jar.js'
export type { CookieFileOptions } from './sessions/cookies/cookie-file.js'
export type { Cookie, CookieInit } from './sessions/cookies/cookie.js'
export type { ProxyOutcome, ProxyStats, ProxyView } from './sessions/proxies/pooled-proxy.js'
export type {
  CoolDownOptions,
  ProxyEntry,
  ProxyPoolOptions,
  ProxyRequest,
  ProxyStrategy,
} from './sessions/proxies/proxy-options.js'
export { ProxyPool, type ProxyLease, type ProxyWait } from './sessions/proxies/proxy-pool.js'
export { SessionPool, type SessionClient, type SessionPoolOptions } from './sessions/session-pool.js'
export {
  Session,
  type SessionData,
  type SessionLimits,
  type SessionOptions,
  type SessionStats,
} from './sessions/session.js'
export { HttpCache } from './caching/http-cache.js'
export type { HttpCacheOptions } from './caching/cache-options.js'
export type { PruneOptions, PruneOutcome } from './caching/prune.js'
export type { CacheOptions } from './running/options/cache-options.js'
export type { AccessOptions } from './running/options/access-options.js'
export type { RequestedHttpVersion } from './options/values/http-version.js'
export type { FormFields, FormValue, PostFieldsInput as PostFields } from './options/values/post-fields.js'
export type {
  SocketEnds,
  SocketEvent,
  SocketEventDetails,
  SocketListener,
} from './options/values/socket-event.js'
export type { MultiOptions, OptionsMap } from './options/request-options.js'
export { ParallelCurl } from './parallel-curl.js'
export type {
  AddOptions,
  AddToCrawl,
  CrawlFunction,
  CrawlOptions,
  CrawlPage,
  CrawlResult,
  CrawlSeed,
  RobotsOptions,
} from './crawling/options/crawl-options.js'
export type { SitemapEntry, SitemapOptions } from './crawling/options/sitemap-options.js'
export { SitemapError } from './crawling/sitemaps/sitemap-error.js'
export type { LinkOptions } from './crawling/rules/links.js'
export type { CrawlStrategy, ScopeOptions, UrlPattern } from './crawling/rules/scope.js'
export type { StreamInput, StreamOptions } from './running/entry/start-stream.js'
export type { InputSource, RequestStream } from './running/entry/request-stream.js'
export type { ResponseHeaders } from './transfer/response-headers.js'
export type { ConnectOptions, WebSocketConnectOptions } from './running/entry/connections.js'
export type { ParallelCurlOptions, RequestOptions, RunOptions } from './running/options/run-options.js'
export type { WaitReason } from './scheduling/gates/gate.js'
export type { Limits, RateLimit } from './scheduling/gates/limits.js'
export type { Rate } from './scheduling/time/rate-window.js'
export type { RetryOptions } from './scheduling/retry.js'
export type { Waiting } from './running/dispatch/why-waiting.js'
export type {
  AttemptEndMessage,
  AttemptErrorMessage,
  AttemptStartMessage,
  RequestEndMessage,
  RequestErrorMessage,
  RequestHeadersMessage,
  RequestStartMessage,
  TracedAttempt,
  TracedFailure,
  TracedRequest,
} from './running/dispatch/trace.js'
export type { HostStats, Stats, StatsOptions } from './running/dispatch/stats.js'
export type { ArrivingBodies } from './engine/handle/handle-counts.js'
export type { CurlSocket, SocketOptions } from './bodies/sockets/curl-socket.js'
export type { CurlWebSocket, WebSocketMessage, WebSocketOptions } from './bodies/sockets/web-socket.js'
export type { CloseInfo } from './bodies/sockets/web-socket-frames.js'
export type { DataFunction } from './bodies/streams/data-handover.js'
export { FormFile, type FileSource } from './options/values/form-file.js'
export type { BodyOptions, UploadContent, UploadInput } from './running/options/body-options.js'
export type { RequestCallback, Transfer } from './transfer/transfer.js'
export type {
  Attempt,
  CacheOutcome,
  InfoValue,
  OutputFile,
  Timings,
  TransferSession,
  TransferState,
} from './transfer/transfer-types.js'
