/**
 * A sitemap in XML, or an index of sitemaps, read chunk by chunk (https://www.sitemaps.org/protocol.html). Does
 * not fetch, and expands no entities but XML's own.
 */
import type { SaxesParser } from 'saxes'
import { ownRequire } from '../../own-require.js'

/** What stands in one `<url>` or `<sitemap>`, by element. */
export type SitemapFields = Readonly<Partial<Record<string, string>>>

const FIELDS: ReadonlySet<string> = new Set(['loc', 'lastmod', 'changefreq', 'priority'])
const RECORDS: Readonly<Record<string, string>> = { urlset: 'url', sitemapindex: 'sitemap' }
const FEEDS: ReadonlySet<string> = new Set(['rss', 'feed', 'rdf:RDF'])

/** Reads one file. */
export class SitemapXml {
  /** True if it is an index: its records are sitemaps. Known with the first record. */
  isIndex = false
  private readonly parser: SaxesParser
  private found: SitemapFields[] = []
  private problem: string | null = null
  private readonly path: string[] = []
  private prefix = ''
  private record: Record<string, string> = {}
  private text = ''

  constructor() {
    const { SaxesParser: Parser } = ownRequire()('saxes') as { SaxesParser: new () => SaxesParser }
    const parser = new Parser()
    this.parser = parser
    parser.on('error', ({ message }) => {
      this.fail(`is no XML, line ${message}`)
    })
    parser.on('doctype', (doctype) => {
      // Entities may grow without end; external ones would be files and URLs.
      if (doctype.includes('[')) this.fail('declares entities in its document type: refused')
    })
    parser.on('opentag', ({ name }) => {
      this.open(name)
    })
    parser.on('closetag', () => {
      this.close()
    })
    parser.on('text', this.add)
    parser.on('cdata', this.add)
  }

  /**
   * Takes a part of the file. Returns the records that end in it, and what is wrong with the file from there on;
   * null if nothing is.
   */
  write(part: string): { found: readonly SitemapFields[]; problem: string | null } {
    if (this.problem === null) this.parser.write(part)
    return this.taken()
  }

  /** The file ends here. Returns what is wrong with it. */
  end(): string | null {
    if (this.problem === null) this.parser.close()
    return this.problem
  }

  private taken(): { found: readonly SitemapFields[]; problem: string | null } {
    const { found, problem } = this
    this.found = []
    return { found, problem }
  }

  private fail(problem: string): void {
    this.problem ??= problem
  }

  private open(name: string): void {
    if (this.path.length === 0) this.openRoot(name)
    // Elements of other vocabularies (images, videos) have another prefix.
    const local = name.startsWith(this.prefix) ? name.slice(this.prefix.length) : name
    this.path.push(local)
    this.text = ''
    if (this.path.length === 2) this.record = {}
  }

  private openRoot(name: string): void {
    const colon = name.indexOf(':')
    const local = name.slice(colon + 1)
    if (!Object.hasOwn(RECORDS, local)) {
      const what = FEEDS.has(name) ? ' (feeds are not read)' : ''
      this.fail(`is no sitemap: its root element is <${name.slice(0, 40)}>${what}`)
    }
    this.prefix = name.slice(0, colon + 1)
    this.isIndex = local === 'sitemapindex'
  }

  private close(): void {
    const [root = '', record] = this.path
    const name = this.path.pop() ?? ''
    if (this.problem !== null || RECORDS[root] !== record) return
    if (this.path.length === 2 && FIELDS.has(name)) this.record[name] ??= this.text.trim()
    if (this.path.length === 1) this.found.push(this.record)
  }

  private readonly add = (text: string): void => {
    if (this.path.length === 3) this.text += text
  }
}
