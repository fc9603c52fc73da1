/** The options of a crawl, and their checks. Does not act on them. */
import { OptionError } from '../../errors.js'
import type { PostFieldsInput } from '../../options/values/post-fields.js'
import type { RequestOptions } from '../../running/options/run-options.js'
import { optionName } from '../../running/make/compile-request.js'
import type { Transfer } from '../../transfer/transfer.js'
import { assertOptionsObject, mustBe } from '../../wrong-value.js'
import { count } from './checks.js'
import type { SitemapEntry } from './sitemap-options.js'
import type { LinkOptions } from '../rules/links.js'
import { productToken } from '../rules/robots-rules.js'
import { Scope, type ScopeOptions } from '../rules/scope.js'

/** A URL of a crawl, while it is fetched. */
export interface CrawlPage {
  /** The URL in its normal form, as it is fetched. */
  readonly url: string
  /** The number of links from a seed to it, by the shortest way that is known. Redirects do not count. */
  readonly depth: number
  /** What {@link AddToCrawl} was given; undefined if nothing was. */
  readonly userData: unknown
  /**
   * Returns the absolute URLs that the page links to, each once: `<a>`, `<area>`, frames, and `<meta
   * http-equiv="refresh">`, relative to its `<base>`. Empty unless it is HTML with a status below 300, in memory
   * or in the file of `output`.
   */
  links(options?: LinkOptions): string[]
  /** Ends the crawl early: nothing else is started, and the crawl resolves when what is in flight is done. */
  stop(): void
}

/** Options of {@link AddToCrawl}. */
export interface AddOptions {
  /** The depth of the URL. Default: one more than that of the page. */
  depth?: number | undefined
  /** A value of JSON for the page. Default: none. */
  userData?: unknown
}

/**
 * Adds a URL to the crawl, relative to the page's. Returns true if it was added: it was not seen, and belongs to
 * the crawl. A robots.txt may still forbid it. Throws `OptionError` for a value of another type, and once the
 * page's function has settled.
 */
export type AddToCrawl = (url: string | URL, options?: AddOptions) => boolean

/** The function that gets each page of a crawl. */
export type CrawlFunction = (transfer: Transfer, add: AddToCrawl, page: CrawlPage) => unknown

/** A URL that a crawl begins with, an object with it and a value for its page, or an entry of a sitemap. */
export type CrawlSeed = string | URL | { url: string | URL; userData?: unknown } | SitemapEntry

/** Options about robots.txt. */
export interface RobotsOptions {
  /**
   * The name by which robots.txt knows the crawler. Default: the first word of `USERAGENT`, without its version;
   * without one `*`.
   */
  userAgent?: string | undefined
}

/**
 * Options of {@link ParallelCurl.crawl}: those of requests, and these. Options with credentials hold for the origins
 * of the seeds, and for others with `UNRESTRICTED_AUTH`.
 */
export interface CrawlOptions extends Omit<RequestOptions, 'responseType'>, ScopeOptions {
  /** Pages further from the seeds are not fetched. Default: no limit. */
  maxDepth?: number | undefined
  /**
   * The most URLs that are fetched, with those of earlier runs of the same `frontier`. Retries and robots.txt do
   * not count. The number in flight is `maxRequests` of the instance. Default: no limit.
   */
  maxRequests?: number | undefined
  /**
   * The most redirects from one URL. The crawl follows them itself, so that each hop obeys its rules. A URL that
   * redirects is not given to the function. Default: 20; 0: what redirects is given to the function.
   */
  maxRedirects?: number | undefined
  /** True, or an object: obeys robots.txt (RFC 9309) and its Crawl-delay. Default: false. */
  robots?: boolean | RobotsOptions | undefined
  /**
   * The path of a file that records which URLs were found and how they ended. A later crawl with the same file
   * goes on with it, also after the process was killed. It holds URLs, and only its owner can read it. Default:
   * none.
   */
  frontier?: string | undefined
  /** True to fetch again what failed in an earlier run with the same `frontier`. Default: false. */
  retryFailed?: boolean | undefined
  /** The most pages in flight or in the function. Default: twice `maxRequests` of the instance, or 1000. */
  window?: number | undefined
  /** `'none'` drops bodies. Default: `'content'`. */
  responseType?: 'content' | 'none' | undefined
  /** Returns another URL for one that was found, or null to leave it out. Default: none. */
  normalizeUrl?: ((url: URL) => URL | string | null | undefined) | undefined
  /**
   * Ends the crawl early once it aborts, as {@link CrawlPage.stop} does: nothing else is started, what is in flight
   * is finished, and the crawl resolves. (`signal` aborts what is in flight, and the crawl rejects.) Default: none.
   */
  stopSignal?: AbortSignal | undefined
  /** Returns options for one page. Default: none. */
  prepare?:
    | ((page: CrawlPage) => (RequestOptions & { postFields?: PostFieldsInput | null }) | null | undefined)
    | undefined
  /**
   * Called if the page's function throws, and awaited. The page counts as failed, and the crawl goes on; what
   * this function throws itself ends the crawl. Default: the crawl ends, and rejects with the error.
   */
  onError?: ((error: unknown, transfer: Transfer, page: CrawlPage) => unknown) | undefined
  /**
   * Called with the transfer of each robots.txt that could not be fetched (`errno`, or a status of 500 or more):
   * the URLs of its origin count as {@link CrawlResult.unreachable}. It is awaited; what it throws ends the crawl.
   * Default: none.
   */
  onUnreachable?: ((transfer: Transfer) => unknown) | undefined
}

/** What came of a crawl. Each URL that was added counts once among the first six. */
export interface CrawlResult {
  /** Pages that were fetched, whatever their status, and whose function has settled. */
  readonly done: number
  /** URLs that could not be fetched, or whose function threw. */
  readonly failed: number
  /** URLs that redirect. */
  readonly redirected: number
  /** URLs that robots.txt forbids. */
  readonly disallowed: number
  /** URLs that were not fetched because the robots.txt of their origin could not be. */
  readonly unreachable: number
  /** URLs that were not fetched, because the crawl ended before (`maxRequests`, `stop()`). */
  readonly pending: number
  /** Calls of `add`, and seeds, that added nothing. Only those of this run. */
  readonly skipped: {
    /** The URL was seen. */
    readonly seen: number
    /** Deeper than `maxDepth`. */
    readonly tooDeep: number
    /** Another host, `include`, `exclude`, or `normalizeUrl`. */
    readonly outside: number
    /** No URL, another scheme than http and https, or credentials in it. */
    readonly invalid: number
  }
}

/** Checked options. */
export interface CheckedCrawl {
  readonly request: RequestOptions
  readonly scope: Scope
  readonly maxDepth: number
  readonly maxRequests: number
  readonly maxRedirects: number
  /** Null: robots.txt is not obeyed. An empty name: that of the user agent. */
  readonly robots: { readonly agent: string } | null
  readonly frontier: string | undefined
  readonly retryFailed: boolean
  readonly window: number | undefined
  readonly normalizeUrl: NonNullable<CrawlOptions['normalizeUrl']> | null
  readonly stopSignal: AbortSignal | undefined
  readonly prepare: NonNullable<CrawlOptions['prepare']> | null
  readonly onError: NonNullable<CrawlOptions['onError']> | null
  readonly onUnreachable: NonNullable<CrawlOptions['onUnreachable']> | null
}

const WHERE = { where: 'crawl' } as const

/** Checks the options of a crawl, but for those of its requests. Throws `OptionError`. */
export function checkCrawl(handler: unknown, options: CrawlOptions): CheckedCrawl {
  if (typeof handler !== 'function')
    throw mustBe('the second argument', 'a function', handler, { ...WHERE, isSecret: true })
  assertOptionsObject('crawl', options)
  const {
    strategy,
    include,
    exclude,
    maxDepth,
    maxRequests,
    maxRedirects,
    robots,
    frontier,
    retryFailed = false,
    window,
    normalizeUrl,
    stopSignal,
    prepare,
    onError,
    onUnreachable,
    ...request
  } = options
  refuseOfPages(request)
  const path: unknown = frontier
  if (path !== undefined && (typeof path !== 'string' || path === ''))
    throw mustBe('frontier', 'the path of a file', path, WHERE)
  if (typeof (retryFailed as unknown) !== 'boolean')
    throw mustBe('retryFailed', 'true or false', retryFailed, WHERE)
  if (retryFailed && frontier === undefined)
    throw new OptionError('crawl: retryFailed goes with frontier, the file of an earlier run', 'retryFailed')
  if (typeof request.output === 'string')
    throw new OptionError(
      'crawl: output as a text is one file for all pages; prepare: (page) => ({ output }) names one for each',
      'output',
    )
  if (stopSignal !== undefined && !((stopSignal as unknown) instanceof AbortSignal))
    throw mustBe('stopSignal', 'an AbortSignal', stopSignal, { ...WHERE, isSecret: true })
  return {
    request,
    scope: new Scope('crawl', { strategy, include, exclude }),
    maxDepth: count('maxDepth', maxDepth, 0, Infinity),
    maxRequests: count('maxRequests', maxRequests, 1, Infinity),
    maxRedirects: count('maxRedirects', maxRedirects, 0, 20),
    robots: robotsOf(robots),
    frontier,
    retryFailed,
    window: window === undefined ? undefined : count('window', window, 1, 1),
    normalizeUrl: functionOf('normalizeUrl', normalizeUrl),
    stopSignal,
    prepare: functionOf('prepare', prepare),
    onError: functionOf('onError', onError),
    onUnreachable: functionOf('onUnreachable', onUnreachable),
  }
}

function robotsOf(robots: unknown): { agent: string } | null {
  if (robots === undefined || robots === false) return null
  if (robots === true) return { agent: '' }
  if (typeof robots !== 'object' || robots === null)
    throw mustBe('robots', 'true, false or { userAgent }', robots, WHERE)
  const { userAgent = '', ...others } = robots as { userAgent?: unknown }
  const unknown = Object.keys(others)[0]
  if (unknown !== undefined) throw new OptionError(`crawl: there is no robots.${unknown}`, 'robots')
  if (typeof userAgent !== 'string') throw mustBe('robots.userAgent', 'a name', userAgent, WHERE)
  return { agent: productToken(userAgent) }
}

function functionOf<T>(name: string, value: T | undefined): T | null {
  if (value === undefined) return null
  if (typeof value === 'function') return value
  throw mustBe(name, 'a function', value, { ...WHERE, isSecret: true })
}

/** Throws `OptionError` for a stream as body of pages: it would wait for its reader, and the crawl for it. */
export function refuseStream(responseType: unknown): void {
  if (responseType === 'stream') throw mustBe('responseType', "'content' or 'none'", responseType, WHERE)
}

/** Throws `OptionError` for what a page may not have: a stream as body, and `FOLLOWLOCATION`, in any spelling. */
export function refuseOfPages(options: object): void {
  if ('responseType' in options) refuseStream(options.responseType)
  const own = Object.keys(options).find(
    (name) => optionName(/^\d+$/.test(name) ? Number(name) : name) === 'FOLLOWLOCATION',
  )
  if (own === undefined) return
  throw new OptionError(
    'crawl: it follows redirects itself: maxRedirects in the place of FOLLOWLOCATION',
    own,
  )
}
