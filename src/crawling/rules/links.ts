/** The links of an HTML page. Does not know which of them are wanted. */
import type { Handler, Parser, ParserOptions } from 'htmlparser2'
import { ownRequire } from '../../own-require.js'
import { assertOptionsObject, mustBe } from '../../wrong-value.js'
import { parsedUrl } from './normal-url.js'

/** Options of {@link CrawlPage.links}. */
export interface LinkOptions {
  /**
   * True to leave out links with `rel="nofollow"`, and all links of a page whose `<meta name="robots">` says
   * `nofollow` or `none`. Default: the same as `robots` of the crawl.
   */
  nofollow?: boolean | undefined
}

/** The attribute that holds the URL, by element. */
const ATTRIBUTES: Readonly<Record<string, string>> = { a: 'href', area: 'href', frame: 'src', iframe: 'src' }
const REFRESH = /^\s*[\d.]*\s*[;,\s]\s*(?:url\s*=\s*)?["']?([^"']+)/i
const HTML = /^\s*(?:text\/html|application\/xhtml\+xml)\s*(?:;|$)/i

/** True if a `Content-Type` is that of a page with links. A response without one may be a page, too. */
export function isHtml(contentType: unknown): boolean {
  return typeof contentType !== 'string' || contentType === '' || HTML.test(contentType)
}

/**
 * Returns the absolute URLs that a page links to, each once, in their order: `<a>`, `<area>`, frames, and
 * `<meta http-equiv="refresh">`. They are relative to its `<base>`, or to its own URL. What is no URL is left
 * out.
 *
 * @param robots names whose `<meta>` may forbid to follow links, in lower case
 */
export function linksOf(html: string, url: string, isObeyed: boolean, robots: ReadonlySet<string>): string[] {
  const found: string[] = []
  const page: { base: string | null; isForbidden: boolean } = { base: null, isForbidden: false }
  const onMeta = (attributes: Record<string, string>): void => {
    const { content = '' } = attributes
    const name = (attributes['name'] ?? '').trim().toLowerCase()
    if (robots.has(name)) page.isForbidden ||= /(?:^|[\s,])(?:nofollow|none)(?:$|[\s,])/i.test(content)
    if (attributes['http-equiv']?.trim().toLowerCase() !== 'refresh') return
    const target = REFRESH.exec(content)?.[1]
    if (target !== undefined) found.push(target)
  }
  const handler: Partial<Handler> = {
    onopentag(name, attributes) {
      if (name === 'meta') onMeta(attributes)
      // Only the first one with a URL counts.
      else if (name === 'base') page.base ??= attributes['href'] ?? null
      const target = attributes[ATTRIBUTES[name] ?? '']
      if (target === undefined) return
      if (isObeyed && /(?:^|\s)nofollow(?:$|\s)/i.test(attributes['rel'] ?? '')) return
      found.push(target)
    },
  }
  const parser = new (parserClass())(handler)
  parser.write(html)
  parser.end()
  if (isObeyed && page.isForbidden) return []
  return absolute(found, page.base === null ? url : (parsedUrl(page.base, url)?.href ?? url))
}

/** Checks {@link LinkOptions}, and returns `nofollow`. */
export function nofollowOf(options: LinkOptions, byDefault: boolean): boolean {
  assertOptionsObject('links', options)
  const { nofollow = byDefault } = options
  if (typeof nofollow === 'boolean') return nofollow
  throw mustBe('nofollow', 'true or false', nofollow, { where: 'links' })
}

function absolute(links: readonly string[], base: string): string[] {
  const all = new Set<string>()
  for (const link of links) {
    const url = parsedUrl(link, base)
    if (url !== null) all.add(url.href)
  }
  return [...all]
}

let loaded: (new (handler: Partial<Handler>, options?: ParserOptions) => Parser) | undefined

/** Loads the package on first use: few processes need it. */
function parserClass(): NonNullable<typeof loaded> {
  return (loaded ??= (ownRequire()('htmlparser2') as { Parser: NonNullable<typeof loaded> }).Parser)
}
