/**
 * What is added to a crawl: seeds, URLs that were found, and the targets of redirects. Decides which of them belong
 * to the crawl, and counts the others. Does not fetch.
 */
import { mustBe } from '../wrong-value.js'
import type { Entry, Frontier } from './frontier/frontier.js'
import type { PageFacts } from './frontier/url-line.js'
import type { CheckedCrawl } from './options/crawl-options.js'
import type { AskedOrigins } from './options/origin-orders.js'
import { leadsBack, type Hop } from './redirects.js'
import { normalUrl } from './rules/normal-url.js'
import type { Seed } from './seeds.js'

/** No redirect has led to it. */
const DIRECT = { via: [], cookies: '' }
const SECRET = { where: 'crawl', isSecret: true } as const

/** The entrance of one crawl. */
export class Intake {
  /** What added nothing, by its reason. */
  readonly skipped = { seen: 0, tooDeep: 0, outside: 0, invalid: 0 }

  constructor(
    private readonly options: CheckedCrawl,
    private readonly frontier: Frontier,
    private readonly asked: AskedOrigins,
  ) {}

  addSeed({ url, userData, isAsked }: Seed): void {
    const target = this.hooked(url)
    if (target === null) return
    this.options.scope.addSeed(target)
    if (isAsked) this.asked.add(target)
    this.add(target, { depth: 0, ...DIRECT, isSeed: true, isAsked, userData })
  }

  /** Adds a URL that a page has named; null: what it has named is none. Returns true if it was added. */
  addFound(url: URL | null, depth: number, userData: unknown): boolean {
    const target = this.wanted(url)
    return target !== null && this.add(target, { depth, ...DIRECT, isSeed: false, userData })
  }

  /** Adds the target of a redirect. Returns how its URL ended; `'reopened'`: it waits again. */
  follow(entry: Entry, { target: given, facts }: Hop): 'redirected' | 'reopened' {
    const target = entry.isSeed ? this.hooked(given) : this.wanted(given)
    if (target === null) return 'redirected'
    if (entry.isSeed) this.options.scope.addSeed(target)
    if (leadsBack(target, facts) && this.frontier.reopen(target.href, facts, entry))
      return target.href === entry.url ? 'reopened' : 'redirected'
    this.add(target, facts)
    return 'redirected'
  }

  /** Returns a URL if it belongs to the crawl, in the form in which it is fetched; else null, and counts why. */
  private wanted(parsed: URL | null): URL | null {
    const target = this.hooked(parsed)
    if (target === null || this.options.scope.has(target)) return target
    this.skipped.outside++
    return null
  }

  private hooked(parsed: URL | null): URL | null {
    const { normalizeUrl } = this.options
    if (parsed === null) this.skipped.invalid++
    if (parsed === null || normalizeUrl === null) return parsed
    const given = normalizeUrl(new URL(parsed))
    if (given === null || given === undefined) {
      this.skipped.outside++
      return null
    }
    const isUrl = typeof (given as unknown) === 'string' || given instanceof URL
    const target = isUrl ? normalUrl(given, parsed.href) : null
    if (target === null) throw mustBe('normalizeUrl', 'a function that returns a URL or null', given, SECRET)
    return target
  }

  private add({ href }: URL, facts: PageFacts): boolean {
    if (facts.depth > this.options.maxDepth) {
      this.skipped.tooDeep++
      return false
    }
    const isNew = this.frontier.add(href, facts)
    if (!isNew) this.skipped.seen++
    return isNew
  }
}
