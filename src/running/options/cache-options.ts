/** The option about caching. Does not apply it. */
import { HttpCache } from '../../caching/http-cache.js'
import { mustBe } from '../../wrong-value.js'
import type { ExtraSetting } from '../../options/settings.js'

/** The option for a cache. */
export interface CacheOptions {
  /**
   * The cache that answers the request, or keeps its response. `transfer.cache` says what it did. false: none,
   * whatever the shared options say. Default: none.
   */
  cache?: HttpCache | false | undefined
}

/** The checked option, among the settings of compiled options. */
export interface CacheSettings {
  readonly cache?: HttpCache | false
}

/** The check of the option. */
export const CACHE_SETTINGS: Readonly<Record<string, ExtraSetting>> = {
  cache: {
    check(value) {
      if (value === false || value instanceof HttpCache) return value
      const example = typeof value === 'string' ? "new HttpCache({ dir: 'cache' })" : 'an HttpCache'
      throw mustBe('cache', `${example}, or false`, value)
    },
  },
}
