/** `parallelcurl/fetch`: `fetch` over ParallelCurl. Only exports. */
export { createFetch, type CurlFetch, type CurlRequestInit } from './create-fetch.js'
export type { DispatcherOptions } from '../undici/curl-dispatcher.js'
