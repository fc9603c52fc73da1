/**
 * International host names in ASCII. libcurl itself converts them only in a UTF-8 locale, and LC_ALL=C is
 * common in scripts. Does not know whether a name is valid: libcurl checks that.
 */
import { domainToASCII } from 'node:url'

/**
 * Returns the URL with its host in ASCII. It may be the URL of a request or a proxy, with or without a
 * scheme.
 */
export function withAsciiHost(url: string): string {
  const match = /^([a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?|(?:[^/?#@]*@)?)([^/?#:[\]]+)(.*)$/is.exec(url)
  if (match === null) return url
  const [, before, host, after] = match as unknown as [string, string, string, string]
  const ascii = /^[\x20-\x7e]*$/.test(host) ? host : domainToASCII(host)
  return ascii === '' ? url : before + ascii + after
}
