/**
 * A crawl by many machines: what the function of a page adds becomes jobs of the same queues. Does not fetch,
 * and keeps nothing of what was seen: the queues do.
 */
import type { Queue as BullQueue } from 'bullmq'
import { OptionError } from '../../errors.js'
import { mustBe } from '../../wrong-value.js'
import type { CrawlFunction, ScopeOptions } from '../../index.js'
import { Page } from '../../crawling/page.js'
import { redirectOf } from '../../crawling/redirects.js'
import { count } from '../../crawling/options/checks.js'
import { normalUrl } from '../../crawling/rules/normal-url.js'
import { Scope } from '../../crawling/rules/scope.js'
import type { Store } from '../jobs/folder-store.js'
import type { RequestData } from '../jobs/request-data.js'
import { enqueue, type EnqueueOptions } from './enqueue.js'

/** Options of {@link crawlPages}: those of `enqueue()` for the jobs that are added, and these. */
export interface CrawlPagesOptions extends ScopeOptions, EnqueueOptions {
  /** Pages further from the seeds are not added. Default: no limit. */
  maxDepth?: number | undefined
}

/** What the user data of an added job holds. */
interface CrawlData {
  readonly crawlDepth: number
  readonly userData?: unknown
}

const WHERE = 'crawlPages'
const ROBOTS = new Set(['robots'])

/**
 * Returns a `store` for a worker that calls `handler` with each page, as `crawl()` does, and adds what it adds
 * to the queues, before the job completes. A URL that was added by any machine is not added again: the id of a
 * job is made of its URL in the normal form. Add seeds in that form: `new URL(url).href`.
 *
 * Hosts are compared with that of the page. The depth of a page is that of the way that was found first. A
 * response that redirects adds its target, at the same depth, and is not given to `handler`. `add()` returns
 * true if the URL belongs to the crawl, also if it is in the queue already. If `handler` throws, the job fails,
 * and may be tried again. robots.txt is not read.
 *
 * @throws OptionError if an option is invalid
 */
export function crawlPages(
  queue: BullQueue | readonly BullQueue[],
  handler: CrawlFunction,
  options: CrawlPagesOptions = {},
): Store {
  if (typeof handler !== 'function')
    throw mustBe('the second argument', 'a function', handler, { where: WHERE, isSecret: true })
  const { maxDepth: most, strategy, include, exclude, ...others } = options
  const maxDepth = count('maxDepth', most, 0, Infinity, WHERE)
  const rules = { strategy, include, exclude }
  // Checked at the call, and not with the first page.
  new Scope(WHERE, rules)
  return async (transfer, { data }) => {
    const url = normalUrl(transfer.url) ?? new URL(transfer.url)
    // A transfer without user data has an empty array.
    const hasData = (data as RequestData).userData !== undefined
    const { crawlDepth: depth, userData } = crawlDataOf(hasData ? transfer.userData : undefined)
    const scope = new Scope(WHERE, rules)
    scope.addSeed(url)
    const found = new Map<string, { url: string; userData: CrawlData }>()
    const add = (target: URL | null, level: number, value: unknown): boolean => {
      if (target === null || level > maxDepth || !scope.has(target) || found.has(target.href)) return false
      found.set(target.href, { url: target.href, userData: { crawlDepth: level, userData: value } })
      return true
    }
    const redirect = redirectOf(transfer)
    if (redirect === null) {
      const page = new Page(
        { url: url.href, depth, userData },
        {
          robotNames: ROBOTS,
          obeysRobots: false,
          addFound: (target, base, level, value) => add(normalUrl(target, base), level, value),
          stop: () => {
            throw new OptionError('stop(): a crawl of many machines is ended by its workers: close() them')
          },
        },
      )
      page.transfer = transfer
      try {
        await handler(transfer, page.add, page)
      } finally {
        page.end()
      }
    } else add(normalUrl(redirect, url.href), depth, userData)
    if (found.size > 0) await enqueue(queue, found.values(), others)
  }
}

/** A seed has user data of its own, and no depth. */
function crawlDataOf(given: unknown): CrawlData {
  const { crawlDepth, userData } = (given ?? {}) as Partial<CrawlData>
  return typeof crawlDepth === 'number' ? { crawlDepth, userData } : { crawlDepth: 0, userData: given }
}
