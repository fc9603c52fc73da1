/** A run with `--crawl`: fetches what pages link to. Does not write outcomes. */
import { ABORTED_BY_CALLBACK } from '../curl-codes.js'
import type { CrawlPage, ParallelCurl, Transfer } from '../index.js'
import { checkResumed } from './output/journal.js'
import { KEPT, type Requests, type Running } from './requests.js'
import type { Settings } from './settings/settings.js'

/** What a crawl needs of its run. */
export interface CrawlRun {
  readonly settings: Settings
  readonly requests: Requests
  /** True once a signal has come. */
  isInterrupted(): boolean
  /** Takes the outcome of a page. Resolves with true if it failed. */
  take(transfer: Transfer, running: Running): Promise<boolean>
  /** Reports a request that was no page's, and failed. */
  complainOf(transfer: Transfer, what: string): void
}

/** The reason why a page is given back that a signal has ended. */
const INTERRUPTED = new Error('interrupted')

/** The crawl of one run. */
export class CrawlOfRun {
  /** The number of robots.txt that could not be fetched. */
  unreachable = 0
  private readonly pages = new WeakMap<CrawlPage, Running>()
  private readonly stopping = new AbortController()
  /** Outcomes are written one after the other, as those of other runs. */
  private turn: Promise<unknown> = Promise.resolve()

  /** Throws `UsageError` if there is a journal already, and nobody wants to go on with it. */
  constructor(private readonly run: CrawlRun) {
    const { journal, resume } = run.settings
    if (journal !== undefined) checkResumed(journal, resume)
  }

  /** Runs the crawl. */
  async crawl(curl: ParallelCurl): Promise<void> {
    const { settings, requests } = this.run
    const { crawlDepth: maxDepth, crawlLimit: maxRequests, crawlHosts: strategy, robots } = settings
    const { journal: frontier, retryFailed, acceptRegex: include, rejectRegex: exclude } = settings
    try {
      await curl.crawl(requests.seeds(), (transfer, add, page) => this.onPage(transfer, add, page), {
        ...{ maxDepth, maxRequests, strategy, robots, frontier, retryFailed, include, exclude },
        stopSignal: this.stopping.signal,
        onUnreachable: (transfer) => {
          this.unreachable++
          this.run.complainOf(transfer, 'without its robots.txt, nothing of this host is fetched')
          if (settings.failEarly) this.stop()
        },
        prepare: (page) => {
          const made = requests.page(page.url)
          // What is not to be written may have links all the same.
          if (typeof made !== 'object' || made instanceof URL) return KEPT
          const { url: _url, userData, ...options } = made
          this.pages.set(page, userData as Running)
          return options.output === undefined ? { ...options, ...KEPT } : options
        },
      })
    } catch (error) {
      if (error !== INTERRUPTED) throw error
    } finally {
      // A sitemap that is still being read is not needed any more.
      requests.stop()
    }
  }

  /** Starts no further page. */
  stop(): void {
    this.stopping.abort()
  }

  private async onPage(transfer: Transfer, add: (url: string) => boolean, page: CrawlPage): Promise<void> {
    const isInterrupted = this.run.isInterrupted()
    // It is fetched again by the run that goes on.
    if (isInterrupted && transfer.errno === ABORTED_BY_CALLBACK) throw INTERRUPTED
    const links = page.links()
    const running = this.pages.get(page)
    if (running !== undefined) {
      const taken = this.turn.then(() => this.run.take(transfer, running))
      this.turn = taken.catch(() => undefined)
      if ((await taken) && this.run.settings.failEarly) page.stop()
    }
    for (const link of links) add(link)
  }
}
