/** `parallelcurl/crawlee`: an HTTP client for crawlee over ParallelCurl. Only exports. */
export { CurlHttpClient } from './curl-http-client.js'
export type {
  CrawleeBodies,
  CrawleeCookieJar,
  CrawleeHead,
  CrawleeHeaders,
  CrawleeProgress,
  CrawleeRedirect,
  CrawleeRequest,
  CrawleeResponse,
  CrawleeStream,
} from './crawlee-types.js'
export type { ResponseOptions } from '../running/entry/response-options.js'
