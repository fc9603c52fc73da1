/**
 * URLs in the form that libcurl accepts. Does not validate them: libcurl does, and its errno reaches the
 * callback.
 */
import { withAsciiHost } from '../../url/ascii-host.js'

const COLON = 58
const SMALL_S = 115

/**
 * Returns the URL with the parts corrected that libcurl would misread. Nearly all URLs are returned
 * unchanged.
 */
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

/** True if a URL is fetched over TLS. Two comparisons: every request is checked. */
export function isHttps(url: string): boolean {
  return url.charCodeAt(5) === COLON && (url.charCodeAt(4) | 32) === SMALL_S
}

/**
 * True if a URL begins with `http://`, or with `https://` if `orTls` is true. Other spellings may mean the
 * same.
 */
export function isPlainHttp(url: string, orTls = false): boolean {
  return url.startsWith('http://') || (orTls && url.startsWith('https://'))
}

/** True if a URL has a user and a password; each may be empty. */
export function namesPassword(url: string): boolean {
  return /^(?:[a-z][a-z0-9+.-]*:\/+)?[^/?#@:]*:[^/?#]*@/i.test(url)
}

/**
 * Returns `http://host:port` or `https://host:port` as it is spelled. A URL without a slash after the host is
 * returned as a whole: it counts as an origin of its own.
 */
export function originOf(url: string): string {
  const end = url.indexOf('/', 'https://'.length)
  return end < 0 ? url : url.slice(0, end)
}

function unusual(url: string): string {
  // node-libcurl cuts strings at a NUL, so another URL would be fetched. libcurl refuses a space as malformed
  // (3).
  if (url.includes('\0')) return ' '
  return withAsciiHost(url)
}

/**
 * Returns the URL for libcurl to connect to. `tcp://` and `tls://` are this library's names for the
 * connection that libcurl opens before an http or https request.
 */
export function connectionUrl(url: string): string {
  return url.replace(/^tcp:/i, 'http:').replace(/^tls:/i, 'https:')
}
