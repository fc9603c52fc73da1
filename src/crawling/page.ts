/** A URL of a crawl as its function gets it. Does not fetch, and does not decide what belongs to the crawl. */
import { readFileSync } from 'node:fs'
import { OptionError } from '../errors.js'
import { decodeContent } from '../transfer/content.js'
import type { Transfer } from '../transfer/transfer.js'
import { assertOptionsObject, mustBe } from '../wrong-value.js'
import { count } from './options/checks.js'
import type { AddOptions, CrawlPage } from './options/crawl-options.js'
import type { Entry } from './frontier/frontier.js'
import { isHtml, linksOf, nofollowOf, type LinkOptions } from './rules/links.js'

/** What a page needs of its crawl. */
export interface PageOwner {
  /** The names by which `<meta>` may forbid to follow links, in lower case. */
  readonly robotNames: ReadonlySet<string>
  /** The default of `nofollow`. */
  readonly obeysRobots: boolean
  /** Adds a URL that was found on a page. */
  addFound(url: string, base: string, depth: number, userData: unknown): boolean
  stop(): void
}

/** The page of one URL. */
export class Page implements CrawlPage {
  readonly url: string
  readonly depth: number
  readonly userData: unknown
  /** The transfer, once it is done. */
  transfer: Transfer | null = null
  private isOver = false

  constructor(
    { url, depth, userData }: Pick<Entry, 'url' | 'depth' | 'userData'>,
    private readonly owner: PageOwner,
  ) {
    this.url = url
    this.depth = depth
    this.userData = userData
  }

  links(options: LinkOptions = {}): string[] {
    const nofollow = nofollowOf(options, this.owner.obeysRobots)
    const { transfer } = this
    if (transfer === null || transfer.errno !== 0 || transfer.responseCode >= 300) return []
    const type = transfer.getInfo('CONTENT_TYPE')
    if (!isHtml(type)) return []
    const html = textOf(transfer, typeof type === 'string' ? type : null)
    return linksOf(html, this.url, nofollow, this.owner.robotNames)
  }

  stop(): void {
    this.owner.stop()
  }

  /** The function with which the page's function adds URLs. */
  readonly add = (url: string | URL, options: AddOptions = {}): boolean => {
    if (this.isOver) {
      throw new OptionError('add: the function of this page has settled: await in it what adds URLs')
    }
    if (typeof url !== 'string' && !(url instanceof URL))
      throw mustBe('url', 'a string or a URL', url, { where: 'add', isSecret: true })
    assertOptionsObject('add', options)
    const { depth, userData, ...others } = options
    const unknown = Object.keys(others)[0]
    if (unknown !== undefined)
      throw new OptionError(`add: there is no option ${unknown}; there are depth and userData`, unknown)
    const level = count('depth', depth, 0, this.depth + 1, 'add')
    return this.owner.addFound(String(url), this.url, level, asJson('add', userData))
  }

  /** Nothing can be added any more. */
  end(): void {
    this.isOver = true
  }
}

/** Returns a value as it comes back from a frontier. Throws `OptionError` if JSON cannot hold it. */
export function asJson(where: string, value: unknown): unknown {
  if (value === undefined) return undefined
  try {
    const text = JSON.stringify(value) as string | undefined
    if (text !== undefined) return JSON.parse(text)
  } catch {
    // A circle, or a BigInt.
  }
  throw mustBe('userData', 'a value of JSON', value, { where, isSecret: true })
}

/** Returns the text of a page, in the charset that browsers would take unless another one was asked for. */
function textOf(transfer: Transfer, type: string | null): string {
  const { output } = transfer
  if (output !== null) return decodeContent(readFileSync(output.path), 'html', () => type)
  const { encoding = 'auto' } = transfer.settings
  if (encoding !== 'auto' && encoding !== 'buffer') return transfer.text()
  return decodeContent(transfer.body, 'html', () => type)
}
