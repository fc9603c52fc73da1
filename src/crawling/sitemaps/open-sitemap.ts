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
  const signal = checked.request.signal ?? owner.sharedEntries.get('signal')
  const left = new AbortController()
  const request = {
    ...checked.request,
    signal: signal instanceof AbortSignal ? AbortSignal.any([signal, left.signal]) : left.signal,
  }
  const entries = (async function* () {
    const { SitemapReader } = await import('./read-sitemap.js')
    yield* new SitemapReader({ ...checked, request }, owner).read(target)
    return undefined
  })()
  const end = entries.return.bind(entries)
  // A generator that waits for a server would not notice before the server goes on.
  return Object.assign(entries, {
    return: (value: undefined): ReturnType<typeof end> => {
      left.abort(new Error('nobody reads the sitemap any more'))
      return end(value)
    },
  })
}
