/**
 * A site of linked pages with what crawls stumble over: loops, traps, other spellings, redirects and circles of
 * them, 404s, and pages that are busy at first. Knows which URLs a crawl has to fetch.
 */
import type { Handler } from './http/http-exchange.js'
import type { HttpServer } from './http/http-server.js'

/** A page of the site: its links, or where it redirects to. */
interface SitePage {
  readonly links?: readonly string[]
  readonly to?: string
  readonly status?: number
}

/** The last `n` of the trap's endless URLs that belongs to the crawl. */
const TRAP_END = 25

/** The URLs that a crawl of the site has to leave out: the trap has no end. */
export const TRAP = /\/trap\?n=(?:2[6-9]|[3-9]\d|\d{3,})/

/** A site of `count` pages and some more. */
export class LinkedSite {
  /** The number of requests for each path. */
  readonly asked = new Map<string, number>()

  constructor(readonly count: number) {}

  /** Returns the page at a path. */
  pageAt(path: string): SitePage {
    const [, kind = '', given = ''] = /^\/(\w*)[/?]?(?:n=)?(.*)$/.exec(path) ?? []
    const i = parseInt(given, 10)
    switch (kind) {
      case 'p':
        return { links: this.linksOf(i) }
      case 'r':
        return { to: `/p/${i}` }
      case 'circle':
        return { to: `/circle/${i}/${given.endsWith('a') ? 'b' : 'a'}` }
      case 'trap':
        return { links: [`/trap?n=${i + 1}`] }
      case 'busy':
        return { links: [`/p/${i}`] }
      default:
        return { status: 404, links: [] }
    }
  }

  /** Returns the paths that a crawl from `/p/0` fetches, without those of {@link TRAP}. */
  expected(): Set<string> {
    const all = new Set<string>()
    const waiting = ['/p/0']
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (all.has(path) || TRAP.test(path)) continue
      all.add(path)
      const { links = [], to } = this.pageAt(path)
      waiting.push(...[...links, ...(to === undefined ? [] : [to])].map(plain))
    }
    return all
  }

  /** Serves the site. */
  serveOn(server: HttpServer): this {
    server.route(/^\/(p|r|circle|trap|busy|missing)\b/, this.handler)
    return this
  }

  private readonly handler: Handler = ({ url: path }, response) => {
    const times = (this.asked.get(path) ?? 0) + 1
    this.asked.set(path, times)
    const { links = [], to, status = 200 } = this.pageAt(path)
    if (path.startsWith('/busy') && times === 1) response.writeHead(429, { 'retry-after': '0' }).end()
    else if (to !== undefined) response.writeHead(302, { location: to, 'content-length': 0 }).end()
    else {
      response.writeHead(status, { 'content-type': 'text/html' })
      response.end(links.map((link) => `<a href="${link}">x</a>\n`).join(''))
    }
  }

  private linksOf(i: number): string[] {
    const next = [2 * i + 1, 2 * i + 2].filter((n) => n < this.count)
    const links = next.flatMap((n) => (n % 10 === 3 ? [`/r/${n}`] : [`/p/${n}`]))
    // Loops, and the same pages in other spellings.
    links.push(`/p/${i >> 1}`, `/p/../p/${i}#here`, `/%70/${i}`, 'mailto:x@example.com', 'http://[bad')
    if (i % 17 === 0) links.push(`/missing/${i}`)
    if (i % 23 === 0) links.push(`/busy/${i}`)
    if (i % 29 === 0) links.push(`/circle/${i}/a`)
    if (i % 31 === 0) links.push(`/trap?n=${TRAP_END - (i % 7)}`)
    return links
  }
}

/** Returns a link of the site in the spelling in which it is fetched; those to elsewhere become one page. */
function plain(link: string): string {
  if (!link.startsWith('/')) return '/p/0'
  return link.replace('/p/..', '').replace('%70', 'p').replace(/#.*/, '')
}
