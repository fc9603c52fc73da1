/** The URLs that a crawl begins with, in the forms in which they may be given. Does not know what belongs to it. */
import { OptionError } from '../errors.js'
import type { InputSource } from '../running/entry/request-stream.js'
import { mustBe } from '../wrong-value.js'
import type { CrawlSeed } from './options/crawl-options.js'
import { entriesOfAskedOrigin } from './options/origin-orders.js'
import { normalUrl } from './rules/normal-url.js'
import { asJson } from './page.js'

const OVER = { done: true, value: undefined } as const

/** A checked seed. */
export interface Seed {
  /** Null if it is none that may be fetched. */
  readonly url: URL | null
  readonly userData: unknown
  /** True if the user has named it, not a server. */
  readonly isAsked: boolean
}

/**
 * Returns the seeds, checked: those of a list at once, others as they are read. Throws `OptionError` if one is
 * wrong. One URL of many that are read does not end a crawl: it is no seed then.
 */
export function readSeeds(given: InputSource<CrawlSeed> | CrawlSeed): Iterable<Seed> | AsyncIterable<Seed> {
  const seeds: unknown = given
  if (typeof seeds === 'string' || seeds instanceof URL) return [wholeSeedOf(seeds, 1)]
  if (Array.isArray(seeds)) return seeds.map((seed, i) => wholeSeedOf(seed, i + 1))
  if (typeof seeds === 'object' && seeds !== null) {
    if (Symbol.iterator in seeds || Symbol.asyncIterator in seeds)
      return checked(seeds as InputSource<unknown>)
    if ('url' in seeds) return [wholeSeedOf(seeds, 1)]
  }
  const expected = 'a URL, or an iterable or async iterable of URLs or objects'
  throw mustBe('seeds', expected, seeds, { where: 'crawl', isSecret: true })
}

/** A generator would not pass `return()` on while the source waits for its next seed. */
function checked(seeds: InputSource<unknown>): AsyncIterable<Seed> {
  const source: AsyncIterator<unknown> | Iterator<unknown> =
    Symbol.asyncIterator in seeds ? seeds[Symbol.asyncIterator]() : seeds[Symbol.iterator]()
  let number = 0
  const iterator: AsyncIterator<Seed, undefined> = {
    async next() {
      const result = await source.next()
      if (result.done === true) return OVER
      try {
        return { done: false, value: seedOf(await result.value, ++number) }
      } catch (error) {
        await source.return?.()
        throw error
      }
    },
    async return() {
      await source.return?.()
      return OVER
    },
  }
  return { [Symbol.asyncIterator]: () => iterator }
}

/** Returns a seed with a URL. Throws `OptionError` if it has none. */
function wholeSeedOf(given: unknown, number: number): Seed {
  const seed = seedOf(given, number)
  if (seed.url !== null) return seed
  const rule = 'an absolute URL of http or https, without credentials (USERPWD is an option)'
  throw new OptionError(`crawl: seed ${String(number)} must be ${rule}`, 'seeds')
}

/** An entry of a sitemap is a seed, too. */
function seedOf(given: unknown, number: number): Seed {
  const isObject = typeof given === 'object' && given !== null && !(given instanceof URL)
  const { url, loc, userData } = (isObject ? given : { url: given }) as Record<string, unknown>
  const target = url ?? loc
  if (typeof target !== 'string' && !(target instanceof URL)) {
    const expected = 'a URL or an object with a url'
    throw mustBe(`seed ${String(number)}`, expected, given, {
      where: 'crawl',
      option: 'seeds',
      isSecret: true,
    })
  }
  const isAsked = url !== undefined || loc === undefined || entriesOfAskedOrigin.has(given as object)
  return { url: normalUrl(target), userData: asJson('crawl', userData), isAsked }
}
