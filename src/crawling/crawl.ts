/**
 * `crawl()`: fetches URLs, gives each page to a function, and fetches what it adds. Does not decide when a
 * request starts, and does not keep URLs: the scheduler and the frontier do.
 */
import { orderOver } from '../running/make/compile-request.js'
import type { StreamOwner } from '../running/entry/start-stream.js'
import type { RunSettings } from '../running/options/run-options.js'
import type { TransferRecord } from '../running/record/transfer-record.js'
import { callerContext, inContext } from '../transfer/caller-context.js'
import type { Transfer } from '../transfer/transfer.js'
import { mustBe } from '../wrong-value.js'
import {
  refuseOfPages,
  type CheckedCrawl,
  type CrawlFunction,
  type CrawlResult,
} from './options/crawl-options.js'
import type { AskedOrigins, OriginOrders } from './options/origin-orders.js'
import { openFrontier } from './frontier/open-frontier.js'
import type { Entry, Frontier, PageEnding } from './frontier/frontier.js'
import { Intake } from './intake.js'
import { Lanes, type Lane } from './lanes.js'
import { normalUrl } from './rules/normal-url.js'
import { Page, type PageOwner } from './page.js'
import { hopOf } from './redirects.js'
import { RobotsClient } from './robots/robots-client.js'
import type { Seed } from './seeds.js'

/** The options of a page. */
type PageOptions = NonNullable<ReturnType<NonNullable<CheckedCrawl['prepare']>>>

const SECRET = { where: 'crawl', isSecret: true } as const
/** The URLs that are looked at before the event loop goes on. */
const BATCH = 500
const UNLIMITED_WINDOW = 1000

/** A crawl, from its seeds to its result. */
export class Crawl implements PageOwner {
  readonly robotNames: ReadonlySet<string>
  readonly obeysRobots: boolean
  private readonly frontier: Frontier
  private readonly intake: Intake
  private readonly robots: RobotsClient | null
  private readonly lanes: Lanes
  private readonly window: number
  private readonly signal: AbortSignal | undefined
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
    asked: AskedOrigins,
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
      unreachable: (transfer) => this.reportUnreachable(transfer),
    })
    this.obeysRobots = this.robots !== null
    this.robotNames = new Set(['robots', ...(this.robots === null ? [] : [this.robots.agent.toLowerCase()])])
    this.frontier = openFrontier(options, asked)
    this.intake = new Intake(options, this.frontier, asked)
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
    const source = Symbol.asyncIterator in seeds ? seeds[Symbol.asyncIterator]() : seeds[Symbol.iterator]()
    const state = { isRead: false }
    const reading = this.readSeeds(source)
      .catch((error: unknown) => {
        this.fail(error)
      })
      .finally(() => {
        state.isRead = true
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
    // The request of a sitemap ends then, too. What a source says to it does not matter any more.
    if (!state.isRead) void Promise.resolve(source.return?.()).catch(() => undefined)
    return this.result()
  }

  addFound(url: string, base: string, depth: number, userData: unknown): boolean {
    const isNew = this.intake.addFound(normalUrl(url, base), depth, userData)
    this.pumpSoon()
    return isNew
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
    return { ...ended, pending, skipped: this.intake.skipped }
  }

  private readonly onAbort = (): void => {
    this.fail(this.signal?.reason)
  }

  private readonly fail = (error: unknown): void => {
    this.failure ??= { error }
    this.stop()
  }

  private async readSeeds(source: AsyncIterator<Seed> | Iterator<Seed>): Promise<void> {
    let read = 0
    for await (const seed of { [Symbol.asyncIterator]: () => source as AsyncIterator<Seed> }) {
      if (this.isStopped) return
      this.intake.addSeed(seed)
      this.pumpSoon()
      if (++read % BATCH === 0) await new Promise(setImmediate)
    }
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
      this.frontier.end(entry, rules.isUnreachable ? 'unreachable' : 'disallowed')
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
      transfer = inContext(this.caller, () => this.make(entry, page, lane.origin), undefined)
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

  private make(entry: Entry, page: Page, origin: string): TransferRecord {
    const { prepare } = this.options
    const given: unknown = prepare?.(page) ?? {}
    if (typeof given !== 'object' || given instanceof Promise || given instanceof Map || Array.isArray(given))
      throw mustBe('prepare', 'a function that returns an object at once', given, SECRET)
    const { postFields = null, ...own } = given as PageOptions
    refuseOfPages(own)
    const base = this.orders.of(origin)
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
      const hop = hopOf(entry, transfer, this.options.maxRedirects)
      if (hop !== null) return this.intake.follow(entry, hop)
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

  private async reportUnreachable(transfer: Transfer): Promise<void> {
    // The crawl waits for it as for the function of a page.
    this.running++
    try {
      await inContext(this.caller, () => this.options.onUnreachable?.(transfer), undefined)
    } finally {
      this.running--
    }
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
