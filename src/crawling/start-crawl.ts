/** The beginning of `crawl()`: checks and compiles what was given. Does not run the crawl. */
import { compileOptions } from '../options/compile-options.js'
import { checkedAs, over } from '../running/make/compile-request.js'
import { CRAWL_NAMES } from '../running/options/options-of-calls.js'
import type { InputSource } from '../running/entry/request-stream.js'
import type { StreamOwner } from '../running/entry/start-stream.js'
import { Crawl } from './crawl.js'
import { checkCrawl, refuseStream, type CrawlFunction, type CrawlOptions } from './options/crawl-options.js'
import type { CrawlResult, CrawlSeed } from './options/crawl-options.js'
import { AskedOrigins, OriginOrders } from './options/origin-orders.js'
import { readSeeds } from './seeds.js'

/** Runs a crawl. Throws `OptionError` if an argument is wrong. */
export function startCrawl(
  seeds: InputSource<CrawlSeed> | CrawlSeed,
  handler: CrawlFunction,
  options: CrawlOptions,
  owner: StreamOwner,
): Promise<CrawlResult> {
  const checked = checkCrawl(handler, options)
  // Checked as options of a request first: among shared options, limits would be accepted and then ignored.
  compileOptions(checked.request, checkedAs('request', 'crawl', CRAWL_NAMES))
  const entries = over(owner.sharedEntries, { ...checked.request, FOLLOWLOCATION: false })
  // It may be among the options of the instance, too.
  refuseStream(entries.get('responseType'))
  const asked = new AskedOrigins()
  const orders = new OriginOrders(entries, asked)
  // Before the crawl, which opens the frontier: a mistake leaves no file behind.
  const given = readSeeds(seeds)
  return new Crawl(handler, checked, orders, owner, asked).run(given)
}
