/**
 * Public suffixes (https://publicsuffix.org): domains under which anybody may register one. Does not know
 * cookies.
 */

interface Suffixes {
  getPublicSuffix(host: string, options: { allowPrivateDomains: boolean }): string | null
}

let suffixes: Suffixes | undefined

/** The longest public suffix that a host is under, or is: `co.uk` of `www.example.co.uk`. */
export function publicSuffixOf(host: string): string | null {
  // The list is large, and few processes need it: it is loaded with the first question.
  suffixes ??= process.getBuiltinModule('node:module').createRequire(import.meta.url)('tldts') as Suffixes
  return suffixes.getPublicSuffix(host, { allowPrivateDomains: true })
}
