/**
 * Which cookies a URL gets, by the rules that libcurl sends them by (lib/cookie.c, Curl_cookie_getlist): it
 * has no call that tells. Does not know where cookies are kept; what is stored at all is libcurl's decision.
 */
import { cookieRules } from '../../engine/node-libcurl/header-cookie.js'
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

/** libcurl's MAX_COOKIE_SEND_AMOUNT, and MAX_COOKIE_HEADER_LEN in bytes. */
const MAX_SENT = 150
const MAX_HEADER = 8190

/**
 * Those of the matching ones, oldest first, that libcurl sends, in its order: the most special ones first, of
 * equals the newest one. It takes the oldest 150, then stops at the first one that makes the header too long.
 */
export function asSent(matching: readonly Cookie[]): Cookie[] {
  const sent = matching.slice(0, MAX_SENT).reverse()
  const bytes = (text: string): number => Buffer.byteLength(text)
  sent.sort(
    (a, b) =>
      bytes(b.path) - bytes(a.path) || bytes(b.domain) - bytes(a.domain) || bytes(b.name) - bytes(a.name),
  )
  let length = 'Cookie: '.length
  const tooLong = sent.findIndex(({ name, value }) => {
    const added = bytes(name) + bytes(value) + 1
    if (length + added >= MAX_HEADER) return true
    length += added + '; '.length
    return false
  })
  return tooLong < 0 ? sent : sent.slice(0, tooLong)
}

/** Whether a host is a domain, or below it. Of addresses only the very same. */
export function isBelow(host: string, domain: string): boolean {
  if (domain === host) return true
  return domain !== '' && host.endsWith(`.${domain}`) && process.getBuiltinModule('node:net').isIP(host) === 0
}

/** A secure cookie that this one, set without TLS, may not cover. */
export function secureOneBelow(cookie: Cookie, all: readonly Cookie[]): Cookie | undefined {
  const { foldsNames, guardsRelatedDomains } = cookieRules
  const fold = (text: string): string => (foldsNames ? text.toLowerCase() : text)
  return all.find(
    (other) =>
      other.secure &&
      fold(other.name) === fold(cookie.name) &&
      (other.domain === cookie.domain ||
        (guardsRelatedDomains &&
          (isBelow(other.domain, cookie.domain) || isBelow(cookie.domain, other.domain)))) &&
      fold(plainPath(cookie.path)).startsWith(fold(firstOf(plainPath(other.path)))),
  )
}

/** Without the "/" at its end. */
function plainPath(path: string): string {
  return path.length > 1 ? path.replace(/\/$/, '') : path
}

/** `/a` of `/a/b`. */
function firstOf(path: string): string {
  const end = path.indexOf('/', 1)
  return end < 0 ? path : path.slice(0, end)
}

function matchesHost({ domain, includeSubdomains }: Cookie, host: string): boolean {
  return domain === host || (includeSubdomains && isBelow(host, domain))
}

function matchesPath(cookiePath: string, path: string): boolean {
  const prefix = plainPath(cookiePath)
  if (prefix.length === 1) return true
  return path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/')
}
