/**
 * URLs as libcurl can take them. Does not judge them: libcurl does, and its errno reaches the callback.
 */
import { withAsciiHost } from '../../url/ascii-host.js'

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

/** Whether a URL is spelled `http://`, or `https://` where that will do, too. Others may mean the same. */
export function isPlainHttp(url: string, orTls = false): boolean {
  return url.startsWith('http://') || (orTls && url.startsWith('https://'))
}

/**
 * `http://host:port` or `https://host:port`, as it was spelled; more than that where no slash follows: such a
 * URL is an origin of its own.
 */
export function originOf(url: string): string {
  const end = url.indexOf('/', 'https://'.length)
  return end < 0 ? url : url.slice(0, end)
}

function unusual(url: string): string {
  // node-libcurl cuts strings at a NUL: another URL would be fetched. A space is what libcurl refuses as
  // malformed (3).
  if (url.includes('\0')) return ' '
  return withAsciiHost(url)
}

/**
 * What libcurl is to connect to: `tcp://` and `tls://` are our names for what it does for http and https
 * before any request.
 */
export function connectionUrl(url: string): string {
  return url.replace(/^tcp:/i, 'http:').replace(/^tls:/i, 'https:')
}
