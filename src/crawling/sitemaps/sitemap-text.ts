/** A sitemap that is a list of URLs, one a line, read chunk by chunk. Does not fetch. */
import type { SitemapFields } from './sitemap-xml.js'

/** Longer lines are no URLs. */
const MAX_LINE = 65_536

/** Reads one file. */
export class SitemapText {
  readonly isIndex = false
  private rest = ''
  private isFirst = true
  private problem: string | null = null

  /** Takes a part of the file. Returns its URLs, and what is wrong with the file; null if nothing is. */
  write(part: string): { found: readonly SitemapFields[]; problem: string | null } {
    const lines = (this.rest + part).split(/\r\n|\r|\n/)
    this.rest = lines.pop() ?? ''
    if (this.rest.length > MAX_LINE) {
      lines.push(this.rest)
      this.rest = ''
    }
    const found = lines.flatMap((line) => this.take(line))
    return { found: this.problem === null ? found : [], problem: this.problem }
  }

  private take(line: string): SitemapFields[] {
    const loc = line.trim()
    if (loc === '' || this.problem !== null) return []
    if (/^https?:\/\/\S+$/i.test(loc) && loc.length <= MAX_LINE) {
      this.isFirst = false
      return [{ loc }]
    }
    // One wrong line among URLs is left out.
    if (this.isFirst) this.problem = 'is neither XML nor a list of URLs'
    return []
  }

  /** The file ends here. Returns what is wrong with it. */
  end(): string | null {
    return this.problem
  }
}
