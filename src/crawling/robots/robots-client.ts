/**
 * Fetches the robots.txt of each origin with the options of a crawl, and sets its delays. Does not know what the
 * files say.
 */
import { OPTION } from '../../engine/node-libcurl/binding.js'
import { orderOver, over } from '../../running/make/compile-request.js'
import type { StreamOwner } from '../../running/entry/start-stream.js'
import type { TransferRecord } from '../../running/record/transfer-record.js'
import type { Transfer } from '../../transfer/transfer.js'
import { ABORTED_BY_CALLBACK, HTTP_RETURNED_ERROR, OK, TOO_MANY_REDIRECTS } from '../../curl-codes.js'
import { withoutBodies } from '../options/checks.js'
import type { CheckedCrawl } from '../options/crawl-options.js'
import { OriginOrders, type AskedOrigins } from '../options/origin-orders.js'
import { HostDelays } from './host-delays.js'
import { isUnreachable, RobotsCache, type RobotsOwner, type RobotsResponse } from './robots-cache.js'
import { MAX_ROBOTS_BYTES, productToken, type RobotsRules } from '../rules/robots-rules.js'

const USERAGENT = OPTION['USERAGENT'] as number
/** RFC 9309, 2.3.1.2: at least five. */
const MAX_REDIRECTS = 5
/** Pages wait for the rules of their host. */
const PRIORITY = 1e9

/** The outcomes of transfers whose status counts: `FAILONERROR` is the user's. */
const WITH_STATUS: ReadonlySet<number> = new Set([OK, HTTP_RETURNED_ERROR])

/** Thrown to end a transfer of which enough has come. */
const ENOUGH = new Error('robots.txt is cut at 500 KiB')
/** The reason of a transfer whose crawl is over. */
const OVER = new Error('the crawl is over')

/** What the client needs of its crawl. */
export type RobotsCrawl = Omit<RobotsOwner, 'now' | 'fetch' | 'arrived'> & {
  /** Called when a page of this origin may be looked at again. */
  arrived(origin: string): void
  /** Called with the transfer of a robots.txt that could not be fetched. Its error goes to `failed`. */
  unreachable(transfer: Transfer): Promise<void>
}

/** The rules of all origins of a crawl. */
export class RobotsClient {
  private readonly cache: RobotsCache
  private readonly delayed = new Set<string>()
  private readonly inFlight = new Set<TransferRecord>()
  /** The files whose requests were aborted. */
  private readonly aborted = new Set<string>()
  private readonly delays: HostDelays
  private isOver = false

  /** Returns the client of a crawl, with at most `window` requests in flight; null if it does not obey robots.txt. */
  static make(
    { robots, request }: CheckedCrawl,
    owner: StreamOwner,
    asked: AskedOrigins,
    window: number,
    crawl: RobotsCrawl,
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
      window,
      crawl,
    )
  }

  private constructor(
    readonly agent: string,
    private readonly orders: OriginOrders,
    private readonly owner: StreamOwner,
    window: number,
    private readonly crawl: RobotsCrawl,
  ) {
    this.delays = HostDelays.of(owner.dispatcher)
    this.cache = new RobotsCache(agent, window, {
      now: () => owner.dispatcher.clock.now(),
      fetch: (url) => this.fetch(url),
      arrived: (origin, rules) => {
        if (this.isOver) return
        if (rules !== null) this.setDelay(origin, rules)
        crawl.arrived(origin)
      },
      mayFetch: () => !this.isOver && crawl.mayFetch(),
      isNeeded: (origin) => crawl.isNeeded(origin),
      failed: (error) => {
        crawl.failed(error)
      },
    })
  }

  /** Returns the rules of an origin; null if they are being fetched. */
  of(origin: string): RobotsRules | null {
    return this.cache.of(origin)
  }

  /** Takes the delays back, and ends what nobody waits for any more. */
  end(): void {
    this.isOver = true
    const { dispatcher } = this.owner
    for (const transfer of [...this.inFlight]) dispatcher.abort(transfer, OVER)
    for (const origin of this.delayed) this.delays.set(this, origin, 0)
    // Whatever waited for them may start.
    if (this.delayed.size > 0) dispatcher.setLimits({})
  }

  private setDelay(origin: string, { delayMs }: RobotsRules): void {
    if (delayMs === 0 && !this.delayed.has(origin)) return
    this.delayed.add(origin)
    this.delays.set(this, origin, delayMs)
  }

  private async fetch(url: string): Promise<RobotsResponse | null> {
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
    try {
      const done = await new Promise<Transfer>((resolve) => {
        transfer.callback = (_content: unknown, _url: string, ended: Transfer) => {
          this.inFlight.delete(transfer)
          resolve(ended)
        }
        this.inFlight.add(transfer)
        this.owner.requests.submit(transfer)
      })
      if (this.isToBeAskedAgain(url, done)) return null
      const response = responseOf(done, chunks)
      if (isUnreachable(response)) await this.crawl.unreachable(done)
      return response
    } finally {
      // The pages that have waited for it are started in between.
      setImmediate(release)
    }
  }

  /**
   * True if a request was aborted, which says nothing about the server. Once for each file: what aborts all of them
   * (a mock or an archive without a reply) would do so forever.
   */
  private isToBeAskedAgain(url: string, { errno, cause }: Transfer): boolean {
    if (errno !== ABORTED_BY_CALLBACK || cause === ENOUGH) return false
    if (this.isOver || !this.crawl.mayFetch()) return true
    if (this.aborted.has(url)) return false
    this.aborted.add(url)
    return true
  }
}

/** Returns what came back for a robots.txt. */
function responseOf({ errno, cause, responseCode }: Transfer, chunks: readonly Buffer[]): RobotsResponse {
  const hasStatus = WITH_STATUS.has(errno) || cause === ENOUGH
  const status = hasStatus ? responseCode : 0
  return { status, isLost: errno === TOO_MANY_REDIRECTS, body: Buffer.concat(chunks) }
}
