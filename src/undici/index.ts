/** `parallelcurl/undici`: undici's dispatcher over ParallelCurl. Only exports. */
export { CurlDispatcher, type DispatcherOptions } from './curl-dispatcher.js'
