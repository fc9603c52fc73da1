/** The beginning of `sitemap()`: checks what was given. Loads the rest only if it is used. */
import { OptionError } from '../../errors.js'
import { compileOptions } from '../../options/compile-options.js'
import type { StreamOwner } from '../../running/entry/start-stream.js'
import { checkedAs } from '../../running/make/compile-request.js'
import { mustBe } from '../../wrong-value.js'
import { checkSitemap, type SitemapEntry, type SitemapOptions } from '../options/sitemap-options.js'

/** Returns the entries of a sitemap. Throws `OptionError` if an argument is wrong. */
export function openSitemap(
  url: unknown,
  options: SitemapOptions,
  owner: StreamOwner,
): AsyncGenerator<SitemapEntry, undefined> {
  if (typeof url !== 'string' && !(url instanceof URL))
    throw mustBe('url', 'a string or a URL', url, { where: 'sitemap', isSecret: true })
  const target = String(url)
  if (!/^https?:\/\//i.test(target) || !URL.canParse(target))
    throw new OptionError('sitemap: url must be an absolute URL of http or https', 'url')
  const checked = checkSitemap(options)
  compileOptions(checked.request, checkedAs('request', 'sitemap'))
  return (async function* () {
    const { SitemapReader } = await import('./read-sitemap.js')
    yield* new SitemapReader(checked, owner).read(target)
    return undefined
  })()
}
