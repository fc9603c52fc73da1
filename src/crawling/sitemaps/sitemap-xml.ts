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

/** No sitemap nests deeper. The parser keeps all open elements, so a small file could take much memory. */
const MAX_NESTING = 64
/** The most attributes of an element, for the same reason. */
const MAX_ATTRIBUTES = 256

/** Thrown out of the parser to end it. */
const REFUSED = new Error('refused')

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
  private attributes = 0

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
    parser.on('opentagstart', () => {
      this.attributes = 0
      if (this.path.length >= MAX_NESTING)
        this.fail(`nests elements deeper than ${String(MAX_NESTING)}: refused`)
    })
    parser.on('attribute', () => {
      if (++this.attributes > MAX_ATTRIBUTES)
        this.fail(`has an element of more than ${String(MAX_ATTRIBUTES)} attributes: refused`)
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
    this.parse(() => this.parser.write(part))
    return this.taken()
  }

  /** The file ends here. Returns what is wrong with it. */
  end(): string | null {
    this.parse(() => this.parser.close())
    return this.problem
  }

  /** Lets the parser go on, unless something is wrong with the file. */
  private parse(step: () => unknown): void {
    if (this.problem !== null) return
    try {
      step()
    } catch (error) {
      if (error !== REFUSED) throw error
    }
  }

  private taken(): { found: readonly SitemapFields[]; problem: string | null } {
    const { found, problem } = this
    this.found = []
    return { found, problem }
  }

  /** Ends the parser at once: the rest of a part may be large. */
  private fail(problem: string): never {
    this.problem ??= problem
    throw REFUSED
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
    if (RECORDS[root] !== record) return
    if (this.path.length === 2 && FIELDS.has(name)) this.record[name] ??= this.text.trim()
    if (this.path.length === 1) this.found.push(this.record)
  }

  private readonly add = (text: string): void => {
    if (this.path.length === 3) this.text += text
  }
}
