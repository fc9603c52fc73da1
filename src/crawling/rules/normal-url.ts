/**
 * The normal form of a URL, in which a crawl compares and fetches it. Does not know which URLs are wanted.
 */

/**
 * An escape. Not one behind a percent sign that begins none itself (`%%36`, `%6%31`): with its character, that
 * sign would begin an escape that was not there.
 */
const ESCAPE = /(?<!%[0-9a-f]?)%([0-9a-f]{2})/gi
/** A letter, a digit, or one of `-._~`: RFC 3986 (6.2.2.2) counts its escape as equal to the character. */
export const UNRESERVED = /^[\w.~-]$/

/**
 * Returns the URL in its normal form: absolute, as browsers resolve it (WHATWG URL: scheme and host in lower
 * case, no default port, no `..`), without its fragment and an empty query; escapes in capitals, and none of
 * characters that need none (RFC 3986, 6.2.2). The order of the query stays. Returns null for what is no URL,
 * for other schemes than http and https, and for URLs with credentials.
 */
export function normalUrl(url: string | URL, base?: string): URL | null {
  const parsed = parsedUrl(url, base)
  if (parsed === null) return null
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') return null
  if (parsed.username !== '' || parsed.password !== '') return null
  // To set a part of a URL costs as much as to parse it.
  if (parsed.href.includes('#')) parsed.hash = ''
  if (parsed.href.endsWith('?') && parsed.search === '') parsed.search = ''
  if (parsed.href.includes('%')) {
    parsed.pathname = normalEscapes(parsed.pathname)
    parsed.search = normalEscapes(parsed.search)
  }
  return parsed
}

/** Returns a URL as browsers resolve it; null for what is none. */
export function parsedUrl(url: string | URL, base?: string): URL | null {
  try {
    // `URL.parse()` is not in Node.js 20; to ask `URL.canParse()` before takes half as long again.
    return new URL(url, base)
  } catch {
    return null
  }
}

/** Returns a text with its escapes in capitals, and without those of characters that need none. */
export function normalEscapes(text: string): string {
  return text.replace(ESCAPE, (escape, digits: string) => {
    const character = String.fromCharCode(parseInt(digits, 16))
    return UNRESERVED.test(character) ? character : escape.toUpperCase()
  })
}
