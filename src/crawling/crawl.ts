/**
 * `crawl()`: fetches URLs, gives each page to a function, and fetches what it adds. Does not decide when a
 * request starts, and does not keep URLs: the scheduler and the frontier do.
 */
import { orderOver } from '../running/make/compile-request.js'
import { mustBe } from '../wrong-value.js'
import type { StreamOwner } from '../running/entry/start-stream.js'
import type { RunSettings } from '../running/options/run-options.js'
import type { TransferRecord } from '../running/record/transfer-record.js'
import { callerContext, inContext } from '../transfer/caller-context.js'
import type { Transfer } from '../transfer/transfer.js'
import {
  refuseOfPages,
  type CheckedCrawl,
  type CrawlFunction,
  type CrawlResult,
} from './options/crawl-options.js'
import type { AskedOrigins, OriginOrders } from './options/origin-orders.js'
import { openFrontier } from './frontier/open-frontier.js'
import type { Entry, Frontier, PageEnding } from './frontier/frontier.js'
import { Lanes, type Lane } from './lanes.js'
import { normalUrl } from './rules/normal-url.js'
import { Page, type PageOwner } from './page.js'
import { hopOf, leadsBack } from './redirects.js'
import { RobotsClient } from './robots/robots-client.js'
import type { Seed } from './seeds.js'

/** The URLs that are looked at before the event loop goes on. */
const BATCH = 500
const UNLIMITED_WINDOW = 1000

/** A crawl, from its seeds to its result. */
export class Crawl implements PageOwner {
  readonly robotNames: ReadonlySet<string>
  readonly obeysRobots: boolean
  private readonly frontier: Frontier
  private readonly robots: RobotsClient | null
  private readonly lanes: Lanes
  private readonly window: number
  private readonly signal: AbortSignal | undefined
  private readonly skipped = { seen: 0, tooDeep: 0, outside: 0, invalid: 0 }
  private readonly caller = callerContext()
  private running = 0
  private isReading = true
  private isStopped = false
  private isOver = false
  private failure: { readonly error: unknown } | null = null
  private pumpingSoon: (() => void) | null = null
  private flushing = false
  private onOver: () => void = () => undefined

  /** Throws `OptionError` if an option is wrong, or the frontier is no journal. */
  constructor(
    private readonly handler: CrawlFunction,
    private readonly options: CheckedCrawl,
    private readonly orders: OriginOrders,
    private readonly owner: StreamOwner,
    private readonly asked: AskedOrigins,
  ) {
    const { dispatcher, maxRequests } = owner
    this.window =
      options.window ?? (maxRequests === Infinity ? UNLIMITED_WINDOW : Math.max(2, 2 * maxRequests))
    this.signal = (orders.full.options.settings as RunSettings).signal
    this.lanes = new Lanes(() => dispatcher.scheduler.current.host)
    this.robots = RobotsClient.make(options, owner, asked, this.window, {
      arrived: (origin) => {
        this.lanes.rulesArrived(origin)
        this.pump()
      },
      failed: this.fail,
      isNeeded: (origin) => this.lanes.hasParked(origin),
      mayFetch: () => !this.isStopped,
    })
    this.obeysRobots = this.robots !== null
    this.robotNames = new Set(['robots', ...(this.robots === null ? [] : [this.robots.agent.toLowerCase()])])
    this.frontier = openFrontier(options, asked)
  }

  async run(seeds: AsyncIterable<Seed> | Iterable<Seed>): Promise<CrawlResult> {
    const release = this.owner.dispatcher.callbacks.hold()
    this.signal?.addEventListener('abort', this.onAbort, { once: true })
    if (this.signal?.aborted === true) this.onAbort()
    this.options.stopSignal?.addEventListener('abort', this.stop, { once: true })
    if (this.options.stopSignal?.aborted === true) this.stop()
    const over = new Promise<void>((resolve) => {
      this.onOver = resolve
    })
    const reading = this.readSeeds(seeds).catch((error: unknown) => {
      this.fail(error)
    })
    // A source that waits for its next seed does not keep a crawl from ending that was stopped.
    await Promise.race([reading, over])
    this.isReading = false
    this.pump()
    release()
    await over
    this.signal?.removeEventListener('abort', this.onAbort)
    this.options.stopSignal?.removeEventListener('abort', this.stop)
    this.robots?.end()
    return this.result()
  }

  addFound(url: string, base: string, depth: number, userData: unknown): boolean {
    const target = this.wanted(normalUrl(url, base))
    if (target === null) return false
    return this.addTo({ url: target, depth, ...DIRECT, isSeed: false, userData })
  }

  /** Starts nothing else. */
  readonly stop = (): void => {
    this.isStopped = true
    this.pumpSoon()
  }

  private result(): CrawlResult {
    const { pending, ended } = this.frontier
    try {
      this.frontier.close()
    } catch (error) {
      this.failure ??= { error }
    }
    if (this.failure !== null) throw this.failure.error
    return { ...ended, pending, skipped: this.skipped }
  }

  private readonly onAbort = (): void => {
    this.fail(this.signal?.reason)
  }

  private readonly fail = (error: unknown): void => {
    this.failure ??= { error }
    this.stop()
  }

  private async readSeeds(seeds: AsyncIterable<Seed> | Iterable<Seed>): Promise<void> {
    let read = 0
    for await (const { url, userData, isAsked } of seeds) {
      if (this.isStopped) return
      const target = this.hooked(url)
      if (target !== null) {
        this.options.scope.addSeed(target)
        if (isAsked) this.asked.add(target)
        this.addTo({ url: target, depth: 0, ...DIRECT, isSeed: true, isAsked, userData })
      }
      if (++read % BATCH === 0) await new Promise(setImmediate)
    }
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
    const target = normalUrl(given, parsed.href)
    if (target === null) throw mustBe('normalizeUrl', 'a function that returns a URL or null', given, SECRET)
    return target
  }

  private addTo(found: Omit<Entry, 'url' | 'key' | 'position' | 'isAgain'> & { url: URL }): boolean {
    if (found.depth > this.options.maxDepth) {
      this.skipped.tooDeep++
      return false
    }
    const isNew = this.frontier.add(found.url.href, found)
    if (!isNew) this.skipped.seen++
    this.pumpSoon()
    return isNew
  }

  /** True if another URL may be fetched, as far as their number goes. */
  private get mayStart(): boolean {
    const { done, failed, redirected } = this.frontier.ended
    return !this.isStopped && done + failed + redirected + this.running < this.options.maxRequests
  }

  private pumpSoon(): void {
    if (this.pumpingSoon !== null || this.isOver) return
    this.pumpingSoon = this.owner.dispatcher.callbacks.hold()
    setImmediate(() => {
      const release = this.pumpingSoon
      this.pumpingSoon = null
      this.pump()
      release?.()
    })
  }

  private pump(): void {
    if (this.isOver) return
    try {
      let looked = 0
      while (this.mayStart && this.running < this.window) {
        const entry = this.nextEntry()
        if (entry === undefined) break
        this.consider(entry)
        if (++looked < BATCH) continue
        this.pumpSoon()
        break
      }
    } catch (error) {
      this.fail(error)
    }
    this.flushSoon()
    if (this.running > 0 || this.pumpingSoon !== null) return
    if (this.mayStart && (this.isReading || this.frontier.pending > 0)) return
    this.isOver = this.isStopped = true
    this.onOver()
  }

  private nextEntry(): Entry | undefined {
    for (let position = this.lanes.next(); position !== undefined; position = this.lanes.next()) {
      const entry = this.frontier.claim(position)
      if (entry !== null) return entry
    }
    return this.lanes.isFull ? undefined : this.frontier.next()
  }

  /** Starts a URL, sets it aside, or ends it: its host decides. */
  private consider(entry: Entry): void {
    const { origin } = new URL(entry.url)
    const lane = this.lanes.of(origin)
    const rules = this.robots?.of(origin)
    if (rules === null) lane.waitsForRules = true
    if (rules === null || !this.lanes.hasRoom(lane)) {
      this.frontier.putBack(entry)
      this.lanes.park(lane, entry.position)
      return
    }
    if (rules?.allows(entry.url) === false) {
      this.frontier.end(entry, 'disallowed', rules.isUnreachable)
      this.lanes.opened(lane)
      return
    }
    lane.delayMs = rules?.delayMs ?? 0
    this.start(entry, lane)
  }

  private start(entry: Entry, lane: Lane): void {
    const page = new Page(entry, this)
    let transfer: TransferRecord
    try {
      transfer = inContext(this.caller, () => this.make(entry, page), undefined)
    } catch (error) {
      this.frontier.putBack(entry)
      throw error
    }
    if (entry.userData !== undefined) transfer.give(entry.userData)
    this.running++
    lane.running++
    transfer.callback = async (_content: unknown, _url: string, done: Transfer) => {
      page.transfer = done
      const ending = await this.deliver(entry, page, done)
      page.end()
      this.running--
      lane.running--
      this.lanes.opened(lane)
      try {
        if (ending === null) this.frontier.putBack(entry)
        else if (ending !== 'reopened') this.frontier.end(entry, ending)
      } catch (error) {
        this.fail(error)
      }
      this.pump()
    }
    this.owner.requests.submit(transfer)
  }

  private make(entry: Entry, page: Page): TransferRecord {
    const { prepare } = this.options
    const { postFields = null, ...own } = prepare?.(page) ?? {}
    refuseOfPages(own)
    const base = this.orders.of(new URL(entry.url).origin)
    const order = prepare === null ? base : orderOver('crawl', base, postFields, own)
    return this.owner.requests.make('crawl', entry.url, order)
  }

  /**
   * Gives a page to the function. Returns how its URL ended; null if it has to be fetched again, `'reopened'` if
   * it waits for that already.
   */
  private async deliver(
    entry: Entry,
    page: Page,
    transfer: Transfer,
  ): Promise<PageEnding | 'reopened' | null> {
    try {
      // Aborted: nobody has seen this page.
      if (this.signal?.aborted === true && transfer.errno !== 0) return null
      const redirected = this.followed(entry, transfer)
      if (redirected !== null) return redirected
      this.frontier.answered(entry)
      this.pumpSoon()
      await this.handler(transfer, page.add, page)
      return transfer.errno === 0 ? 'done' : 'failed'
    } catch (error) {
      if (this.options.onError === null) {
        this.fail(error)
        return null
      }
      try {
        await this.options.onError(error, transfer, page)
      } catch (again) {
        this.fail(again)
      }
      return 'failed'
    }
  }

  /** Adds the target of a redirect. Returns how the URL ended; null if it does not redirect. */
  private followed(entry: Entry, transfer: Transfer): 'redirected' | 'reopened' | null {
    const hop = hopOf(entry, transfer, this.options.maxRedirects)
    if (hop === null) return null
    const target = entry.isSeed ? this.hooked(hop.target) : this.wanted(hop.target)
    if (target === null) return 'redirected'
    if (entry.isSeed) this.options.scope.addSeed(target)
    if (leadsBack(target, hop.facts) && this.frontier.reopen(target.href, hop.facts, entry))
      return target.href === entry.url ? 'reopened' : 'redirected'
    this.addTo({ url: target, ...hop.facts })
    return 'redirected'
  }

  private flushSoon(): void {
    if (this.flushing) return
    this.flushing = true
    setImmediate(() => {
      this.flushing = false
      if (this.isOver) return
      try {
        this.frontier.flush()
      } catch (error) {
        this.fail(error)
      }
    })
  }
}

/** No redirect has led to it. */
const DIRECT = { via: [], cookies: '' }
const SECRET = { where: 'crawl', isSecret: true } as const
