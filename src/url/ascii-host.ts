/**
 * International host names in ASCII. libcurl itself converts them only in a UTF-8 locale, which a process of
 * Node.js never has. Does not know whether a name is valid: libcurl checks that.
 */
import { domainToASCII } from 'node:url'
import { hostOf, withHost } from './url-parts.js'

/**
 * Returns the URL with its host in ASCII. It may be the URL of a request or a proxy, with or without a
 * scheme.
 */
export function withAsciiHost(url: string): string {
  const ascii = asciiOf(hostOf(url))
  return ascii === null ? url : withHost(url, ascii)
}

/** Returns the URL with its host spelled as in `given`, if both name the same host. */
export function withHostAsIn(url: string, given: string): string {
  const wanted = hostOf(given)
  return asciiOf(wanted) === hostOf(url).toLowerCase() ? withHost(url, wanted) : url
}

/** Returns null if the host stays as it is, as an address in brackets does. */
function asciiOf(host: string): string | null {
  return /^[\x20-\x7e]*$|[[\]]/.test(host) ? null : domainToASCII(host) || null
}
