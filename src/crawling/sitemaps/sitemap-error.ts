/** The error of a sitemap that cannot be read. Does not know what is wrong with it. */
import { shownUrl } from '../../redaction.js'

/** A sitemap that is none, or is too large, or was refused. `url` is that of the file, without credentials. */
export class SitemapError extends Error {
  override readonly name = 'SitemapError'
  readonly url: string

  constructor(url: string, problem: string) {
    super(`${shownUrl(url)}: ${problem}`)
    this.url = shownUrl(url)
  }
}
