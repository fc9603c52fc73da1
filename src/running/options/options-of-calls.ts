/** Options that belong to one call only, for messages about them in other places. Does not check them. */

/** The options of `crawl()` that are not of requests. */
export const CRAWL_NAMES = [
  ...['strategy', 'include', 'exclude', 'maxDepth', 'maxRequests', 'maxRedirects', 'robots', 'frontier'],
  ...['retryFailed', 'window', 'normalizeUrl', 'prepare', 'onError', 'onUnreachable'],
]

/** The calls that options belong to, which are no options of requests. */
export const OPTIONS_OF_CALLS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    CRAWL_NAMES.filter((name) => name !== 'maxRequests').map((name) => [name, 'crawl()']),
  ),
  window: 'stream() and crawl()',
  maxRequests: 'setLimits(), and the first argument of new ParallelCurl()',
}
