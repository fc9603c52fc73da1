/**
 * URLs as libcurl can take them. Does not judge them: libcurl does, and its errno reaches the callback.
 */
import { domainToASCII } from 'node:url'

const COLON = 58
const SMALL_S = 115

/** The same URL with what libcurl would get wrong put right. Nearly all URLs pass untouched. */
export function wireUrl(url: string): string {
  let isPlain = true
  for (let i = 0; i < url.length; i++) {
    const unit = url.charCodeAt(i)
    if (unit === 0 || unit > 127) {
      isPlain = false
      break
    }
  }
  return isPlain ? url : unusual(url)
}

/** Whether a URL is to be fetched over TLS. Two comparisons: it is asked of each request. */
export function isHttps(url: string): boolean {
  return url.charCodeAt(5) === COLON && (url.charCodeAt(4) | 32) === SMALL_S
}

function unusual(url: string): string {
  // node-libcurl cuts strings at a NUL: another URL would be fetched. A space is what libcurl refuses as malformed (3).
  if (url.includes('\0')) return ' '
  // libcurl converts international names only where the locale is UTF-8; LC_ALL=C is common in scripts.
  const match = /^([a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?|(?:[^/?#@:]*@)?)([^/?#:[\]]+)(.*)$/is.exec(url)
  if (match === null) return url
  const [, before, host, after] = match as unknown as [string, string, string, string]
  const ascii = /^[\x20-\x7e]*$/.test(host) ? host : domainToASCII(host)
  return ascii === '' ? url : before + ascii + after
}

/** What libcurl is to connect to: `tcp://` and `tls://` are our names for what it does for http and https before any request. */
export function connectionUrl(url: string): string {
  return url.replace(/^tcp:/i, 'http:').replace(/^tls:/i, 'https:')
}
