/**
 * Fetches the robots.txt of each origin with the options of a crawl, and sets its delays. Does not know what the
 * files say.
 */
import { OPTION } from '../../engine/node-libcurl/binding.js'
import { orderOver, over } from '../../running/make/compile-request.js'
import type { StreamOwner } from '../../running/entry/start-stream.js'
import type { Transfer } from '../../transfer/transfer.js'
import { FILESIZE_EXCEEDED, HTTP_RETURNED_ERROR, OK, TOO_MANY_REDIRECTS } from '../../curl-codes.js'
import { withoutBodies } from '../options/checks.js'
import type { CheckedCrawl } from '../options/crawl-options.js'
import { OriginOrders, type AskedOrigins } from '../options/origin-orders.js'
import { RobotsCache, type RobotsResponse } from './robots-cache.js'
import { MAX_ROBOTS_BYTES, productToken, type RobotsRules } from '../rules/robots-rules.js'

const USERAGENT = OPTION['USERAGENT'] as number
/** RFC 9309, 2.3.1.2: at least five. */
const MAX_REDIRECTS = 5
/** Pages wait for the rules of their host. */
const PRIORITY = 1e9

/** The outcomes of transfers whose status counts: `FAILONERROR` and `maxBodySize` are the user's. */
const WITH_STATUS: ReadonlySet<number> = new Set([OK, HTTP_RETURNED_ERROR, FILESIZE_EXCEEDED])

/** Thrown to end a transfer of which enough has come. */
const ENOUGH = new Error('robots.txt is cut at 500 KiB')

/** The rules of all origins of a crawl. */
export class RobotsClient {
  private readonly cache: RobotsCache
  private readonly delayed = new Set<string>()
  private isOver = false

  /** Returns the client of a crawl; null if it does not obey robots.txt. */
  static make(
    { robots, request }: CheckedCrawl,
    owner: StreamOwner,
    asked: AskedOrigins,
    arrived: (origin: string) => void,
  ): RobotsClient | null {
    if (robots === null) return null
    const entries = withoutBodies(owner.sharedEntries, request)
    const orders = new OriginOrders(
      over(entries, {
        HTTPGET: true,
        FOLLOWLOCATION: true,
        MAXREDIRS: MAX_REDIRECTS,
        RANGE: null,
        priority: PRIORITY,
      }),
      asked,
    )
    const { agent } = robots
    const sent = orders.full.options.value(USERAGENT)
    return new RobotsClient(
      agent || productToken(typeof sent === 'string' ? sent : '') || '*',
      orders,
      owner,
      arrived,
    )
  }

  private constructor(
    readonly agent: string,
    private readonly orders: OriginOrders,
    private readonly owner: StreamOwner,
    arrived: (origin: string) => void,
  ) {
    this.cache = new RobotsCache(agent, {
      now: () => owner.dispatcher.clock.now(),
      fetch: (url) => this.fetch(url),
      arrived: (origin, rules) => {
        if (this.isOver) return
        this.setDelay(origin, rules)
        arrived(origin)
      },
    })
  }

  /** Returns the rules of an origin; null if they are being fetched. */
  of(origin: string): RobotsRules | null {
    return this.cache.of(origin)
  }

  /** Takes the delays back. */
  end(): void {
    this.isOver = true
    const { scheduler, clock } = this.owner.dispatcher
    for (const origin of this.delayed) scheduler.setHostDelay(`${origin}/`, 0, clock.now())
    // Whatever waited for them may start.
    if (this.delayed.size > 0) this.owner.dispatcher.setLimits({})
  }

  private setDelay(origin: string, { delayMs }: RobotsRules): void {
    if (delayMs === 0 && !this.delayed.has(origin)) return
    this.delayed.add(origin)
    const { scheduler, clock } = this.owner.dispatcher
    scheduler.setHostDelay(`${origin}/`, delayMs, clock.now())
  }

  private fetch(url: string): Promise<RobotsResponse> {
    const chunks: Buffer[] = []
    let bytes = 0
    const order = orderOver('crawl', this.orders.of(new URL(url).origin), null, {
      onData: (chunk) => {
        chunks.push(chunk)
        bytes += chunk.length
        if (bytes > MAX_ROBOTS_BYTES) throw ENOUGH
      },
    })
    const transfer = this.owner.requests.make('crawl', url, order)
    const release = this.owner.dispatcher.callbacks.hold()
    return new Promise((resolve) => {
      transfer.callback = (_content: unknown, _url: string, done: Transfer) => {
        const hasStatus = WITH_STATUS.has(done.errno) || done.cause === ENOUGH
        const isLost = done.errno === TOO_MANY_REDIRECTS
        resolve({ status: hasStatus ? done.responseCode : 0, isLost, body: Buffer.concat(chunks) })
        // The pages that have waited for it are started in between.
        setImmediate(release)
      }
      this.owner.requests.submit(transfer)
    })
  }
}
