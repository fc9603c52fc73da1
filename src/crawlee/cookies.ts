/**
 * The cookies of a jar that crawlee gives with a request. Does not know libcurl's jars.
 */
import type { CrawleeCookieJar, CrawleeHeaders } from './crawlee-types.js'
import { valueOf } from './outgoing-request.js'

/**
 * Returns the headers with the cookies of the jar beside their own. Where both have a name, `wins` says whose
 * value is sent: crawlee has put the cookies of its session into the header already, but a redirect may have
 * changed the jar.
 */
export async function withCookies(
  headers: CrawleeHeaders,
  jar: CrawleeCookieJar | undefined,
  url: URL,
  wins: 'header' | 'jar',
): Promise<CrawleeHeaders> {
  if (jar === undefined) return headers
  const kept = pairsOf(await jar.getCookieString(url.href))
  const own = pairsOf(valueOf(headers, 'cookie') ?? '')
  const all = wins === 'jar' ? new Map([...own, ...kept]) : new Map([...kept, ...own])
  if (all.size === 0) return headers
  const others = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'cookie')
  return { ...Object.fromEntries(others), Cookie: [...all.values()].join('; ') }
}

/** Puts the cookies of a response into the jar. One that the jar refuses is left out, as in browsers. */
export async function keepCookies(
  headers: CrawleeHeaders,
  jar: CrawleeCookieJar | undefined,
  url: URL,
): Promise<void> {
  if (jar === undefined) return
  for (const cookie of headers['set-cookie'] ?? []) {
    try {
      await jar.setCookie(cookie, url.href)
    } catch {
      continue
    }
  }
}

/** Returns the cookies of a header by their names. */
function pairsOf(header: string): Map<string, string> {
  const pairs = header.split(';').map((pair) => pair.trim())
  return new Map(pairs.filter((pair) => pair !== '').map((pair) => [pair.split('=', 1)[0] as string, pair]))
}
