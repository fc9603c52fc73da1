/** Reads a sitemap, and all that its indexes name. Does not parse. */
import { outcomeOf } from '../../running/entry/promise-sink.js'
import type { StreamOwner } from '../../running/entry/start-stream.js'
import { over } from '../../running/make/compile-request.js'
import { withoutBodies } from '../options/checks.js'
import { AskedOrigins, entriesOfAskedOrigin, OriginOrders } from '../options/origin-orders.js'
import type { CheckedSitemap, SitemapEntry } from '../options/sitemap-options.js'
import { MAX_ROBOTS_BYTES, sitemapsOf } from '../rules/robots-rules.js'
import { textOf } from './sitemap-bytes.js'
import { SitemapError } from './sitemap-error.js'
import { SitemapText } from './sitemap-text.js'
import { SitemapXml, type SitemapFields } from './sitemap-xml.js'

/** The redirects that are followed. */
const MAX_REDIRECTS = 5

/** A file that has to be read. */
interface Listed {
  readonly url: string
  readonly depth: number
}

/** Reads one sitemap with all that it names. */
export class SitemapReader {
  private readonly asked = new AskedOrigins()
  private readonly orders: OriginOrders
  private readonly waiting: Listed[] = []
  private readonly seen = new Set<string>()
  private readonly errors: unknown[] = []
  /** What is wrong with files that were named, and was not reported yet. */
  private readonly problems: { readonly error: unknown; readonly url: string }[] = []
  /** What was reported of entries of an index. */
  private readonly told = new Set<string>()

  constructor(
    private readonly options: CheckedSitemap,
    private readonly owner: StreamOwner,
  ) {
    const entries = withoutBodies(owner.sharedEntries, options.request)
    this.orders = new OriginOrders(
      over(entries, { FOLLOWLOCATION: true, MAXREDIRS: MAX_REDIRECTS, responseType: 'stream' }),
      this.asked,
    )
  }

  /** Yields all entries. What is wrong with a file that an index names is thrown at the end. */
  async *read(url: string): AsyncGenerator<SitemapEntry, undefined> {
    const root = { url, depth: 0 }
    this.seen.add(url)
    this.asked.add(new URL(url))
    try {
      if (isRobots(url)) await this.readRobots(url)
      else yield* this.readOne(root)
    } catch (error) {
      // What it has named before is read.
      this.errors.push(error)
    }
    await this.report()
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
      try {
        yield* this.readOne(next)
      } catch (error) {
        this.problems.push({ error, url: next.url })
      }
      await this.report()
    }
    const [first] = this.errors
    if (this.errors.length > 1) {
      const count = String(this.errors.length)
      throw new AggregateError(
        this.errors,
        `${count} sitemaps could not be read; the first: ${String(first)}`,
      )
    }
    if (this.errors.length === 1) throw first
    return undefined
  }

  private async *readOne({ url, depth }: Listed): AsyncGenerator<SitemapEntry> {
    let reader: SitemapXml | SitemapText | null = null
    for await (const text of this.textAt(url, this.options.maxBytes)) {
      // XML allows nothing before its declaration, and many servers send blank lines.
      const part: string = reader === null ? text.trimStart() : text
      if (part === '') continue
      reader ??= part.startsWith('<') ? new SitemapXml() : new SitemapText()
      const { found, problem } = reader.write(part)
      yield* this.entriesOf(found, url, depth, reader.isIndex)
      if (problem !== null) throw new SitemapError(url, problem)
    }
    if (reader === null) return
    if (reader instanceof SitemapText) yield* this.entriesOf(reader.write('\n').found, url, depth, false)
    const problem = reader.end()
    if (problem !== null) throw new SitemapError(url, problem)
  }

  private *entriesOf(
    found: readonly SitemapFields[],
    url: string,
    depth: number,
    isIndex: boolean,
  ): Generator<SitemapEntry> {
    for (const { loc = '', lastmod, changefreq, priority } of found) {
      const target = loc !== '' && URL.canParse(loc, url) ? new URL(loc, url).href : null
      if (target === null) continue
      if (isIndex) {
        this.list(target, url, depth + 1)
        continue
      }
      const number = Number(priority)
      const entry: SitemapEntry = {
        loc: URL.canParse(loc) ? loc : target,
        ...(lastmod !== undefined && { lastmod }),
        ...(changefreq !== undefined && { changefreq }),
        ...(priority !== undefined && priority !== '' && !Number.isNaN(number) && { priority: number }),
        sitemap: url,
      }
      if (this.asked.has(new URL(target).origin)) entriesOfAskedOrigin.add(entry)
      yield entry
    }
  }

  /** Adds a file that an index names. */
  private list(target: string, index: string, depth: number): void {
    const { maxDepth, maxSitemaps } = this.options
    if (this.seen.has(target)) return
    const problem = !/^https?:/.test(target)
      ? 'names a sitemap that is neither http nor https'
      : depth > maxDepth
        ? `names indexes deeper than ${String(maxDepth)}: maxDepth`
        : this.seen.size >= maxSitemaps
          ? `names more than ${String(maxSitemaps)} files: maxSitemaps`
          : null
    if (problem === null) {
      this.seen.add(target)
      this.waiting.push({ url: target, depth })
      return
    }
    // An index may have thousands of them.
    const told = `${index} ${problem}`
    if (this.told.has(told)) return
    this.told.add(told)
    this.problems.push({ error: new SitemapError(index, problem), url: index })
  }

  private async report(): Promise<void> {
    const { onError } = this.options
    for (const { error, url } of this.problems.splice(0)) {
      if (onError === null) this.errors.push(error)
      else await onError(error, url)
    }
  }

  private async readRobots(url: string): Promise<void> {
    let text = ''
    try {
      for await (const part of this.textAt(url, MAX_ROBOTS_BYTES)) text += part
    } catch (error) {
      // Whatever comes after the first 500 KiB does not count.
      if (!(error instanceof SitemapError) || text === '') throw error
    }
    for (const sitemap of sitemapsOf(Buffer.from(text))) {
      if (URL.canParse(sitemap, url)) this.list(new URL(sitemap, url).href, url, 0)
    }
  }

  /** Yields the text at a URL. Throws `CurlError`, and `SitemapError` for a status that is none of success. */
  private async *textAt(url: string, maxBytes: number): AsyncGenerator<string> {
    const { requests, dispatcher, assertOpen } = this.owner
    assertOpen()
    const plainOrder = this.orders.of(new URL(url).origin)
    const transfer = await outcomeOf(url, undefined, { requests, dispatcher, plainOrder })
    const error = transfer.toError()
    if (error !== null) throw error
    const { stream, responseCode } = transfer
    try {
      if (responseCode >= 300) throw new SitemapError(url, `status ${String(responseCode)}`)
      yield* textOf(url, stream, maxBytes)
    } finally {
      stream.destroy()
    }
  }
}

function isRobots(url: string): boolean {
  return new URL(url).pathname === '/robots.txt'
}
