/**
 * Public suffixes (https://publicsuffix.org): domains below which anybody can register a domain. Does not
 * know cookies.
 */
import { ownRequire } from '../../own-require.js'

interface Suffixes {
  getPublicSuffix(host: string, options: { allowPrivateDomains: boolean }): string | null
}

let suffixes: Suffixes | undefined

/**
 * Returns the longest public suffix that contains a host, or is the host: `co.uk` for `www.example.co.uk`.
 */
export function publicSuffixOf(host: string): string | null {
  // The list is large, and few processes need it, so it is loaded on first use.
  suffixes ??= ownRequire()('tldts') as Suffixes
  return suffixes.getPublicSuffix(host, { allowPrivateDomains: true })
}
