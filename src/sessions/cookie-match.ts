/**
 * Which cookies a URL gets, by the rules that libcurl sends them by (lib/cookie.c, Curl_cookie_getlist): it has no call that
 * tells. Does not know where cookies are kept; what is stored at all is libcurl's decision.
 */
import type { Cookie } from './cookie.js'

/** libcurl trusts these like https. */
const LOCAL_HOSTS = new Set(['localhost', '127.0.0.1', '::1'])

/** What of a URL decides on its cookies. */
export interface CookieTarget {
  readonly host: string
  readonly path: string
  readonly isSecure: boolean
}

/** Takes a URL apart. */
export function cookieTarget(url: URL): CookieTarget {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  const isSecure = /^(https|wss):$/.test(url.protocol) || LOCAL_HOSTS.has(host)
  return { host, path: url.pathname, isSecure }
}

/** Whether a cookie is sent there. */
export function matches(cookie: Cookie, { host, path, isSecure }: CookieTarget): boolean {
  if (cookie.secure && !isSecure) return false
  return matchesHost(cookie, host) && matchesPath(cookie.path, path)
}

/** In the order in which they are sent: the most special ones first. */
export function inSendingOrder(cookies: readonly Cookie[]): Cookie[] {
  return [...cookies].sort(
    (a, b) =>
      b.path.length - a.path.length || b.domain.length - a.domain.length || b.name.length - a.name.length,
  )
}

function matchesHost({ domain, includeSubdomains }: Cookie, host: string): boolean {
  if (domain === host) return true
  return (
    includeSubdomains && host.endsWith(`.${domain}`) && process.getBuiltinModule('node:net').isIP(host) === 0
  )
}

function matchesPath(cookiePath: string, path: string): boolean {
  const prefix = cookiePath.length > 1 ? cookiePath.replace(/\/$/, '') : cookiePath
  if (prefix.length === 1) return true
  return path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/')
}
