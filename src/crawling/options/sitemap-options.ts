/** The options of `sitemap()`, and its entries. Does not read sitemaps. */
import type { RequestOptions } from '../../running/options/run-options.js'
import { OptionError } from '../../errors.js'
import { assertOptionsObject, mustBe } from '../../wrong-value.js'
import { count } from './checks.js'

/** A URL of a sitemap, with what the sitemap says of it. */
export interface SitemapEntry {
  /** The absolute URL. */
  readonly loc: string
  /** The date of the last change, as it is spelled (`2005-01-01`, `2004-12-23T18:00:15+00:00`). */
  readonly lastmod?: string
  /** `always`, `hourly`, `daily`, `weekly`, `monthly`, `yearly` or `never`, as it is spelled. */
  readonly changefreq?: string
  /** From 0 to 1; left out if it is no number. */
  readonly priority?: number
  /** The URL of the file that it stands in. */
  readonly sitemap: string
}

/**
 * Options of {@link ParallelCurl.sitemap}: those of requests, and these. Options with credentials hold for the origin
 * of its URL, and for others with `UNRESTRICTED_AUTH`.
 */
export interface SitemapOptions extends Omit<
  RequestOptions,
  'output' | 'onData' | 'responseType' | 'upload' | 'uploadSize'
> {
  /** The most levels of indexes. Default: 3. */
  maxDepth?: number | undefined
  /** The most bytes of one file, decompressed. Default: 52,428,800, as the protocol says. */
  maxBytes?: number | undefined
  /** The most files that are read. Default: 50,000. */
  maxSitemaps?: number | undefined
  /**
   * Called with the error of a file that an index names, and its URL; for a wrong entry of an index, with the
   * URL of the index, and once for each kind of error. It is awaited; what it throws ends the iterator. Default:
   * the rest is read, and the iterator ends with the error (with an `AggregateError`, if there are several).
   */
  onError?: ((error: unknown, url: string) => unknown) | undefined
}

/** Checked options. */
export interface CheckedSitemap {
  readonly request: RequestOptions
  readonly maxDepth: number
  readonly maxBytes: number
  readonly maxSitemaps: number
  readonly onError: ((error: unknown, url: string) => unknown) | null
}

/** Options about bodies. Those of the instance are left out, and these would have no effect. */
const OF_BODIES = ['output', 'onData', 'responseType', 'upload', 'uploadSize']
const MAX_BYTES = 52_428_800
const MAX_SITEMAPS = 50_000
const MAX_DEPTH = 3
const WHERE = 'sitemap'

/** Checks the options of `sitemap()`, but for those of its requests. Throws `OptionError`. */
export function checkSitemap(options: SitemapOptions): CheckedSitemap {
  assertOptionsObject(WHERE, options)
  const { maxDepth, maxBytes, maxSitemaps, onError, ...request } = options
  const ofBody = OF_BODIES.find((name) => (request as Record<string, unknown>)[name] !== undefined)
  if (ofBody !== undefined)
    throw new OptionError(`sitemap: ${ofBody} is not for sitemaps: they are read by GET`, ofBody)
  if (onError !== undefined && typeof onError !== 'function')
    throw mustBe('onError', 'a function', onError, { where: WHERE, isSecret: true })
  return {
    request,
    maxDepth: count('maxDepth', maxDepth, 0, MAX_DEPTH, WHERE),
    maxBytes: count('maxBytes', maxBytes, 1, MAX_BYTES, WHERE),
    maxSitemaps: count('maxSitemaps', maxSitemaps, 1, MAX_SITEMAPS, WHERE),
    onError: onError ?? null,
  }
}
