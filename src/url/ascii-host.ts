/**
 * International host names in ASCII. libcurl itself converts them only in a UTF-8 locale, which a process of
 * Node.js never has. Does not know whether a name is valid: libcurl checks that.
 */
import { domainToASCII } from 'node:url'

/** A URL, or a proxy: with or without a scheme, which libcurl lets one to three slashes follow. */
const PARTS = /^((?:[a-z][a-z0-9+.-]*:\/{1,3})?(?:[^/?#]*@)?)([^/?#:@[\]]+)([^]*)$/i

/**
 * Returns the URL with its host in ASCII. It may be the URL of a request or a proxy, with or without a
 * scheme.
 */
export function withAsciiHost(url: string): string {
  const [, before, host, after] = PARTS.exec(url) ?? []
  const ascii = host === undefined ? null : asciiOf(host)
  return ascii === null ? url : `${before ?? ''}${ascii}${after ?? ''}`
}

/** Returns the URL with its host spelled as in `given`, if both name the same host. */
export function withHostAsIn(url: string, given: string): string {
  const [, before, host, after] = PARTS.exec(url) ?? []
  const wanted = PARTS.exec(given)?.[2]
  const isSame = wanted !== undefined && host !== undefined && asciiOf(wanted) === host.toLowerCase()
  return isSame ? `${before ?? ''}${wanted}${after ?? ''}` : url
}

/** Returns null if the host stays as it is. */
function asciiOf(host: string): string | null {
  return /^[\x20-\x7e]*$/.test(host) ? null : domainToASCII(host) || null
}
