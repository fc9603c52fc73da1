/**
 * International host names as libcurl can take them whatever the locale is: it converts them only where that
 * is UTF-8, and LC_ALL=C is common in scripts. Does not judge them: libcurl does.
 */
import { domainToASCII } from 'node:url'

/** The same URL (of a request or a proxy, its scheme may be left out) with its host in ASCII. */
export function withAsciiHost(url: string): string {
  const match = /^([a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?|(?:[^/?#@]*@)?)([^/?#:[\]]+)(.*)$/is.exec(url)
  if (match === null) return url
  const [, before, host, after] = match as unknown as [string, string, string, string]
  const ascii = /^[\x20-\x7e]*$/.test(host) ? host : domainToASCII(host)
  return ascii === '' ? url : before + ascii + after
}
