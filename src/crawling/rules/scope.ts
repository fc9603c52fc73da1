/** Which URLs belong to a crawl, by their host and by patterns. Does not know depths, nor robots.txt. */
import { publicSuffixOf } from '../../sessions/cookies/public-suffix.js'
import { mustBe } from '../../wrong-value.js'

/** Hosts that belong to a crawl, compared with those of its seeds. */
export type CrawlStrategy = 'same-hostname' | 'same-origin' | 'same-domain' | 'all'

/** A rule for URLs in their normal form: an expression, the beginning of a URL, or a function. */
export type UrlPattern = RegExp | string | ((url: URL) => boolean)

/** The options of a crawl about which URLs belong to it. */
export interface ScopeOptions {
  /**
   * Which hosts belong to the crawl: those of the seeds (`'same-hostname'`, whatever the scheme and port), their
   * origins (scheme, host and port), their domains (`example.com` with all that is below it), or all. Where a
   * seed redirects to another host, that host counts as a seed's. Default: `'same-hostname'`.
   */
  strategy?: CrawlStrategy | undefined
  /**
   * Only URLs that match one of these belong to the crawl: expressions, beginnings of URLs, functions. Seeds
   * are not asked. Default: all.
   */
  include?: UrlPattern | readonly UrlPattern[] | undefined
  /** URLs that match one of these do not belong to the crawl. Seeds are not asked. Default: none. */
  exclude?: UrlPattern | readonly UrlPattern[] | undefined
}

const PLACE: Readonly<Record<CrawlStrategy, ((url: URL) => string) | null>> = {
  'same-hostname': (url) => url.hostname,
  'same-origin': (url) => url.origin,
  'same-domain': (url) => domainOf(url.hostname),
  all: null,
}

/** The URLs that belong to one crawl. */
export class Scope {
  private readonly placeOf: ((url: URL) => string) | null
  private readonly places = new Set<string>()
  private readonly include: readonly ((url: URL) => boolean)[]
  private readonly exclude: readonly ((url: URL) => boolean)[]

  /** Throws `OptionError` if an option is wrong. */
  constructor(where: string, { strategy = 'same-hostname', include = [], exclude = [] }: ScopeOptions) {
    if (typeof strategy !== 'string' || !Object.hasOwn(PLACE, strategy)) {
      const names = Object.keys(PLACE).map((name) => `'${name}'`)
      throw mustBe('strategy', `one of ${names.join(', ')}`, strategy, { where })
    }
    this.placeOf = PLACE[strategy]
    this.include = patternsOf(where, 'include', include)
    this.exclude = patternsOf(where, 'exclude', exclude)
  }

  /** Adds the place of a seed. */
  addSeed(url: URL): void {
    if (this.placeOf !== null) this.places.add(this.placeOf(url))
  }

  /** True if a URL that was found belongs to the crawl. */
  has(url: URL): boolean {
    if (this.placeOf !== null && !this.places.has(this.placeOf(url))) return false
    if (this.include.length > 0 && !this.include.some((matches) => matches(url))) return false
    return !this.exclude.some((matches) => matches(url))
  }
}

/** Returns the domain that somebody has registered: `example.co.uk` for `www.example.co.uk`. */
function domainOf(host: string): string {
  const suffix = publicSuffixOf(host)
  if (suffix === null || suffix === host) return host
  const below = host.slice(0, -suffix.length - 1)
  return `${below.slice(below.lastIndexOf('.') + 1)}.${suffix}`
}

function patternsOf(where: string, name: string, given: unknown): ((url: URL) => boolean)[] {
  const patterns: unknown[] = Array.isArray(given) ? given : [given]
  return patterns.map((pattern) => {
    if (typeof pattern === 'function') {
      return (url) => {
        const verdict = (pattern as (url: URL) => unknown)(url)
        if (verdict instanceof Promise)
          throw mustBe(name, 'functions that return true or false at once', verdict, {
            where,
            isSecret: true,
          })
        return Boolean(verdict)
      }
    }
    if (typeof pattern === 'string' && !/^[a-z][a-z0-9+.-]*:/i.test(pattern)) {
      const expected = 'the beginning of an absolute URL (https://host/docs), or a RegExp (/docs/)'
      throw mustBe(name, expected, pattern, { where })
    }
    if (typeof pattern === 'string') return ({ href }) => href.startsWith(pattern)
    if (pattern instanceof RegExp) {
      // An expression with the flag g or y would remember where it matched last.
      const own = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''))
      return ({ href }) => own.test(href)
    }
    const expected = 'expressions, beginnings of URLs or functions'
    throw mustBe(name, expected, pattern, { where })
  })
}
