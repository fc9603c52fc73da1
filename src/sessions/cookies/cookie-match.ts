/**
 * Finds the cookies for a URL by libcurl's rules (lib/cookie.c, Curl_cookie_getlist), because libcurl has no
 * call for it. Does not know where cookies are stored, nor the rules for storing them.
 */
import { cookieRules } from '../../engine/node-libcurl/header-cookie.js'
import type { Cookie } from './cookie.js'

/** libcurl treats these hosts like https. */
const LOCAL_HOSTS = new Set(['localhost', '127.0.0.1', '::1'])

/** The parts of a URL that decide on its cookies. */
export interface CookieTarget {
  readonly host: string
  readonly path: string
  readonly isSecure: boolean
}

/** Returns these parts of a URL. */
export function cookieTarget(url: URL): CookieTarget {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  const isSecure = /^(https|wss):$/.test(url.protocol) || LOCAL_HOSTS.has(host)
  return { host, path: url.pathname, isSecure }
}

/** True if a cookie is sent to this target. */
export function matches(cookie: Cookie, { host, path, isSecure }: CookieTarget): boolean {
  if (cookie.secure && !isSecure) return false
  return matchesHost(cookie, host) && matchesPath(cookie.path, path)
}

/** libcurl's MAX_COOKIE_SEND_AMOUNT, and MAX_COOKIE_HEADER_LEN in bytes. */
const MAX_SENT = 150
const MAX_HEADER = 8190

/**
 * Returns the matching cookies that libcurl sends, in its order: the longest path first, then the longest
 * domain, then the longest name, and of equals the newest one. `matching` has the oldest first. libcurl takes
 * the oldest 150, and stops at the first one that makes the header too long.
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

/** True if a host is a domain, or below it. An address only matches itself. */
export function isBelow(host: string, domain: string): boolean {
  if (domain === host) return true
  return domain !== '' && host.endsWith(`.${domain}`) && process.getBuiltinModule('node:net').isIP(host) === 0
}

/** Returns a secure cookie that this cookie, set without TLS, must not cover. */
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

/** Returns a path without a "/" at its end. */
function plainPath(path: string): string {
  return path.length > 1 ? path.replace(/\/$/, '') : path
}

/** Returns `/a` for `/a/b`. */
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
