/**
 * One cookie, and its line in Netscape format, which libcurl reads and writes. Does not know where cookies
 * are stored.
 *
 * The fields of a line are separated by tabs: domain, TRUE if subdomains are included, path, TRUE if it is
 * for https only, the expiry in seconds since the epoch (0: the end of the session), name, value.
 * `#HttpOnly_` may stand before the domain. https://curl.se/docs/http-cookies.html
 */
import { foldsPrefixes, listsPathsAsGiven } from '../../engine/node-libcurl/header-cookie.js'
import { OptionError } from '../../errors.js'
import { describe } from '../../wrong-value.js'

/** A cookie of a jar. */
export interface Cookie {
  readonly name: string
  readonly value: string
  /** The host of the cookie, in lower case and without a dot in front. */
  readonly domain: string
  /** True if all hosts below {@link domain} receive it, too. */
  readonly includeSubdomains: boolean
  readonly path: string
  /** True if it is sent over https only (and to the local host). */
  readonly secure: boolean
  /** True if scripts of pages may not read it. It is sent all the same. */
  readonly httpOnly: boolean
  /**
   * The time at which it expires, as an ISO date. null: at the end of the session; files and JSON keep such a
   * cookie all the same, as those of libcurl do.
   */
  readonly expires: string | null
}

/** A cookie for a jar. Properties may be left out if they have a default. */
export interface CookieInit {
  name: string
  value: string
  /**
   * Default: the host of the URL that is passed with it; one of both is needed. A dot in front means
   * `includeSubdomains`.
   */
  domain?: string | undefined
  /** Default: false. */
  includeSubdomains?: boolean | undefined
  /** Default: `/`. */
  path?: string | undefined
  /** Default: false. */
  secure?: boolean | undefined
  /** Default: false. */
  httpOnly?: boolean | undefined
  /** Milliseconds since the epoch, a `Date`, or a date as text. Default: null, the end of the session. */
  expires?: number | string | Date | null | undefined
}

const HTTP_ONLY = '#HttpOnly_'
/** Characters for which libcurl drops a cookie silently, or which end a field. */
const FORBIDDEN = /[\u0000-\u001f\u007f]/
/** libcurl's MAX_NAME, for name and value together (lib/cookie.h). Bytes. */
const MAX_BYTES = 4096

/** Returns the error for a cookie that cannot be stored. It names the cookie, and never its value. */
function refuse(where: string, why: string): OptionError {
  return new OptionError(`${where}: ${why}`, 'cookieJar')
}

/** Checks a user's cookie, and fills in the defaults. */
export function checkCookie(init: CookieInit, host: string | undefined, where: string): Cookie {
  const cookie = checkStored(init, host, where)
  const { name, value, path } = cookie
  if (FORBIDDEN.test(path)) throw refuse(where, 'the path of a cookie has a control character in it')
  if (Buffer.byteLength(name) + Buffer.byteLength(value) > MAX_BYTES)
    throw refuse(where, `cookie "${name}" is longer than the ${String(MAX_BYTES)} bytes that libcurl keeps`)
  return cookie
}

/** Checks a cookie that a jar has written. Every cookie that libcurl has stored is accepted. */
export function checkStored(init: CookieInit, host: string | undefined, where: string): Cookie {
  const own = checkTypes(init, where)
  const { name, value, path = '/', secure = false, httpOnly = false } = own
  const given = own.domain ?? host
  for (const [key, text] of Object.entries({ name, value, domain: given ?? '' }))
    if (FORBIDDEN.test(text)) throw refuse(where, `the ${key} of a cookie has a control character in it`)
  if (/[\t\r\n\0;]/.test(path))
    throw refuse(where, 'the path of a cookie has a tab, a line end or a ";" in it')
  if (name === '' || /[=;]/.test(name)) throw refuse(where, 'a cookie needs a name, without "=" and ";"')
  if (/^ | $/.test(name) || /^ | $/.test(value))
    throw refuse(where, `cookie "${name}" begins or ends with a space`)
  if (value.includes(';')) throw refuse(where, `the value of cookie "${name}" has a ";" in it`)
  if (given === undefined || given === '' || given === '.')
    throw refuse(where, `cookie "${name}" needs a domain, or a URL that it is for`)
  if (!path.startsWith('/')) throw refuse(where, `the path of cookie "${name}" does not begin with "/"`)
  const includeSubdomains = (own.includeSubdomains ?? false) || given.startsWith('.')
  // libcurl stores IPv6 addresses without brackets.
  const domain = given
    .replace(/^\./, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase()
  if (!/^[^\s/:@#]+$/.test(domain) && process.getBuiltinModule('node:net').isIP(domain) !== 6)
    throw refuse(where, `the domain of cookie "${name}" is no host name (a cookie is not for a port)`)
  checkPrefix(name, { domain, includeSubdomains, path, secure }, where)
  const expires = checkExpiry(own.expires ?? null, name, where)
  return { name, value, domain, includeSubdomains, path, secure, httpOnly, expires }
}

const TYPES = {
  name: 'string',
  value: 'string',
  domain: 'string',
  path: 'string',
  includeSubdomains: 'boolean',
  secure: 'boolean',
  httpOnly: 'boolean',
} as const

/** Returns the cookie's own properties, after a check of their types. */
function checkTypes(init: unknown, where: string): CookieInit {
  if (typeof init !== 'object' || init === null || Array.isArray(init))
    throw refuse(where, 'a cookie is an object, or the text of a Set-Cookie header')
  const own = { ...init } as CookieInit
  for (const [key, type] of Object.entries(TYPES)) {
    const value = Object.hasOwn(own, key) ? own[key as keyof CookieInit] : undefined
    const isNeeded = key === 'name' || key === 'value'
    if (typeof value !== type && (isNeeded || value !== undefined))
      throw refuse(where, `the ${key} of a cookie is a ${type}, got ${describe(value, true)}`)
  }
  return { ...(NOTHING_INHERITED as object), ...own }
}

/** A missing property is undefined, even if Object.prototype has been extended. */
const NOTHING_INHERITED = {
  domain: undefined,
  path: undefined,
  includeSubdomains: undefined,
  secure: undefined,
  httpOnly: undefined,
  expires: undefined,
}

/**
 * Checks the name prefixes. libcurl checks them, too, but drops the cookie silently.
 * draft-ietf-httpbis-rfc6265bis, 4.1.3.
 */
function checkPrefix(
  name: string,
  cookie: Pick<Cookie, 'includeSubdomains' | 'path' | 'secure' | 'domain'>,
  where: string,
): void {
  if (!/^__(host|secure)-/i.test(name)) return
  const has = (prefix: string): boolean =>
    name.startsWith(prefix) || (foldsPrefixes() && name.toLowerCase().startsWith(prefix.toLowerCase()))
  const isHost = has('__Host-')
  if ((isHost || has('__Secure-')) && !cookie.secure) throw refuse(where, `cookie "${name}" has to be secure`)
  if (isHost && (cookie.includeSubdomains || cookie.path !== '/'))
    throw refuse(where, `cookie "${name}" has to be for one host, and its path "/"`)
}

function checkExpiry(given: number | string | Date | null, name: string, where: string): string | null {
  if (given === null) return null
  if (!['number', 'string'].includes(typeof given) && !(given instanceof Date))
    throw refuse(
      where,
      `cookie "${name}" expires at milliseconds, a date or null, got ${describe(given, true)}`,
    )
  const time = new Date(given)
  if (Number.isNaN(time.getTime())) throw refuse(where, `cookie "${name}" expires at no time that there is`)
  return time.toISOString()
}

/** Returns the line of a cookie. */
export function toLine(cookie: Cookie): string {
  const { name, value, domain, includeSubdomains, path, secure, httpOnly, expires } = cookie
  // 0 means the end of the session, so the first second of 1970 becomes 1. Fractions are rounded down, as in
  // libcurl.
  const seconds = expires === null ? 0 : Math.max(1, Math.floor(Date.parse(expires) / 1000))
  return [
    `${httpOnly ? HTTP_ONLY : ''}${includeSubdomains ? '.' : ''}${domain}`,
    includeSubdomains ? 'TRUE' : 'FALSE',
    // libcurl removes quotes, so a path that ends with one needs another pair.
    path.endsWith('"') ? `"${path}"` : path,
    secure ? 'TRUE' : 'FALSE',
    String(seconds),
    name,
    value,
  ].join('\t')
}

/** Returns the lines that delete a cookie: the same cookie, expired long ago. */
export function toDeletingLines(cookie: Cookie): string[] {
  const line = toLine({ ...cookie, value: '', expires: new Date(1000).toISOString() })
  // Older libcurl stores "/" and an invalid path as two paths, but both are read as "/" here.
  const isTwofold = cookie.path === '/' && listsPathsAsGiven()
  return isTwofold ? [line, line.replace('\t/\t', '\t""\t')] : [line]
}

/**
 * Returns the cookie of a line, null for a comment or an empty line. It accepts the variants of other
 * programs: no value, no expiry, fractions of seconds, both kinds of line ends.
 *
 * @param where - file and line for the error, which never holds a value.
 */
export function fromLine(line: string, where: string): Cookie | null {
  const text = line.replace(/\r?\n?$/, '')
  const httpOnly = text.startsWith(HTTP_ONLY)
  if (!httpOnly && /^\s*(?:#|$)/.test(text)) return null
  const fields = (httpOnly ? text.slice(HTTP_ONLY.length) : text).split('\t')
  // Tabs behind the value, which libcurl ignores, too.
  while (fields.length > 7 && fields.at(-1) === '') fields.pop()
  if (fields.length < 6 || fields.length > 7)
    throw refuse(where, `expected 7 fields with tabs between them, got ${String(fields.length)}`)
  const [host, tail, path, secure, expiry, name, value = ''] = fields as [
    string,
    string,
    string,
    string,
    string,
    string,
    string?,
  ]
  for (const [place, flag] of [
    ['second', tail],
    ['fourth', secure],
  ]) {
    if (!/^(true|false)$/i.test(flag as string))
      throw refuse(where, `the ${place as string} field must be TRUE or FALSE`)
  }
  if (!/^(\d+(\.\d*)?|-1|)$/.test(expiry))
    throw refuse(where, 'the fifth field must be a time in seconds since the epoch')
  const seconds = Math.floor(Number(expiry === '' || expiry === '-1' ? 0 : expiry))
  // 8.64e15 is the latest time of a Date; some programs write the largest number of their integers.
  const expires = seconds === 0 ? null : Math.min(seconds * 1000, 8.64e15)
  return checkStored(
    {
      name,
      value,
      // Some programs, such as Python, write a dot that does not agree with the flag.
      domain: withoutPort(host.replace(/^\./, '')),
      includeSubdomains: tail.toUpperCase() === 'TRUE',
      path: unquoted(path, false),
      secure: secure.toUpperCase() === 'TRUE',
      httpOnly,
      expires,
    },
    undefined,
    where,
  )
}

/** Removes a port, which wget writes if it is not the default one. A cookie is for all ports. */
function withoutPort(host: string): string {
  return host.replace(/^(\[[^\]]*\]|[^:]+):\d+$/, '$1')
}

/**
 * Returns a path as libcurl compares it, except for a "/" at its end. Older versions also remove a single
 * quote at the end (`takesLastOff`).
 */
function unquoted(path: string, takesLastOff: boolean): string {
  const isQuoted = path.startsWith('"')
  const inner = isQuoted ? path.slice(1) : path
  const bare = (isQuoted || takesLastOff) && inner.endsWith('"') ? inner.slice(0, -1) : inner
  return bare.startsWith('/') ? bare : '/'
}

/** Returns the cookie of a line from libcurl, without checks. */
export function fromLibcurl(line: string): Cookie {
  const httpOnly = line.startsWith(HTTP_ONLY)
  const fields = (httpOnly ? line.slice(HTTP_ONLY.length) : line).split('\t')
  const [domain = '', tail, path = '/', secure, expiry, name = '', value = ''] = fields
  const seconds = Number(expiry)
  return {
    name,
    value,
    domain: domain.replace(/^\./, '').toLowerCase(),
    includeSubdomains: tail === 'TRUE',
    path: unquoted(path, listsPathsAsGiven()),
    secure: secure === 'TRUE',
    httpOnly,
    expires: seconds === 0 ? null : new Date(Math.min(seconds * 1000, 8.64e15)).toISOString(),
  }
}

/**
 * True if a cookie has expired. libcurl counts in seconds, and still sends a cookie within its last second.
 */
export function isExpired({ expires }: Cookie, now: number): boolean {
  return expires !== null && Math.floor(Date.parse(expires) / 1000) < Math.floor(now / 1000)
}
