/**
 * Reads the text of a `Set-Cookie` header that does not come from a response of libcurl's. libcurl reads the
 * text, and this file adds the checks that libcurl makes for responses only. Does not know jars. Source:
 * lib/cookie.c (Curl_cookie_add).
 */
import {
  cookieRules,
  defaultsEmptyPath,
  readSetCookie,
  stopsAtNamelessAttribute,
} from '../../engine/node-libcurl/header-cookie.js'
import { OptionError } from '../../errors.js'
import { cookieTarget, isBelow } from './cookie-match.js'
import { fromLibcurl, type Cookie } from './cookie.js'
import { publicSuffixOf } from './public-suffix.js'

/** libcurl's MAX_COOKIE_LINE. Bytes. */
const MAX_LINE = 5000
/** The domain for a text without one. Because it is an address, libcurl makes a cookie for one host of it. */
const NO_DOMAIN = '0.0.0.0'

/**
 * Returns the cookie that a server at this URL sets with this text. Errors name the cookie, and never its
 * value.
 */
export function fromSetCookie(text: string, url: URL, where: string): Cookie {
  const refuse = (why: string): OptionError => new OptionError(`${where}: ${why}`, 'cookieJar')
  if (/[\r\n\0]/.test(text)) throw refuse('the text of a Set-Cookie header has no CR, LF and NUL')
  const target = cookieTarget(url)
  const { host } = target
  const defaultPath = url.pathname.slice(0, url.pathname.lastIndexOf('/') + 1) || '/'
  // A path that does not occur in the text shows whether the text sets one. `__Host-` requires the path "/",
  // so it is the default there.
  const noPath = defaultPath === '/' ? '/' : unusedPath('/*', text)
  const parts = partsOf(text)
  const isTooLong = Buffer.byteLength(text) > MAX_LINE
  const read = parts === null || isTooLong ? null : readBy(withDefaults(narrowed(parts, host), noPath))
  if (parts === null || read === null) throw refuse(whyNone(text, target.isSecure))
  const { name } = read
  if (read.secure && !target.isSecure)
    throw refuse(`${host} may not set a secure cookie without TLS ("${name}")`)
  for (const domain of parts.domains)
    if (!isBelow(host, domain)) throw refuse(`${host} may not set cookie "${name}" for ${domain}`)
  const isForHost = parts.domains.length === 0
  const cookie: Cookie = {
    ...read,
    domain: parts.domains.at(-1) ?? host,
    path: read.path === noPath ? defaultPath : read.path,
  }
  return isForHost ? cookie : { ...cookie, includeSubdomains: includesSubdomains(cookie, host, refuse) }
}

/**
 * Leaves the domain out if it is the host and a public suffix: newer versions then make a cookie for this host alone,
 * before they check that a cookie of `__Host-` is one.
 */
function narrowed(parts: Parts, host: string): Parts {
  const { narrowsPublicSuffixes, hasPublicSuffixes } = cookieRules
  const isNarrowed =
    narrowsPublicSuffixes &&
    hasPublicSuffixes &&
    parts.domains.at(-1) === host &&
    publicSuffixOf(host) === host
  return isNarrowed ? { ...parts, domains: [] } : parts
}

/**
 * Reads a text with libcurl. Newer versions do not list an expired cookie, so such a text is read again with
 * a longer life.
 */
function readBy(text: string): Cookie | null {
  const line = readSetCookie(text)
  if (line !== null) return fromLibcurl(line)
  const longer = readSetCookie(text.replace(/;domain=[^;]*$/, ';max-age=1000$&'))
  return longer === null ? null : { ...fromLibcurl(longer), expires: new Date(1000).toISOString() }
}

/**
 * Returns true if hosts below the domain receive the cookie, too. Throws for a domain below which anybody can
 * have hosts.
 */
function includesSubdomains(cookie: Cookie, host: string, refuse: (why: string) => OptionError): boolean {
  const { name, domain, includeSubdomains } = cookie
  if (process.getBuiltinModule('node:net').isIP(host) !== 0) return false
  if (!cookieRules.hasPublicSuffixes) {
    // This is all that libcurl checks without a list of public suffixes.
    if (domain !== 'localhost' && !/\../.test(domain))
      throw refuse(`cookie "${name}" would be for all of .${domain}`)
    return includeSubdomains
  }
  const suffix = publicSuffixOf(host)
  if (domain === host) return includeSubdomains
  if (suffix !== null && domain.length <= suffix.length)
    throw refuse(`cookie "${name}" would be for all of .${domain}, which is a public suffix`)
  return includeSubdomains
}

interface Parts {
  /** The text up to the end of the pair of name and value. */
  readonly pair: string
  /** The attributes that libcurl reads, except domains. */
  readonly rest: readonly string[]
  /** True if the last path is empty, and with that the default one. */
  readonly isPathEmpty: boolean
  /** In lower case, without a dot in front. */
  readonly domains: readonly string[]
}

/** Splits a text as libcurl does. The cookie is the first part with a name; null if there is none. */
function partsOf(text: string): Parts | null {
  const parts = text.split(';')
  const at = parts.findIndex((part) => /^[ \t]*[^ \t=]/.test(part))
  if (at < 0) return null
  const rest = parts.slice(at + 1)
  const nameless = stopsAtNamelessAttribute() ? rest.findIndex((part) => part.startsWith('=')) : -1
  if (nameless >= 0) rest.length = nameless
  const domains = valuesOf(rest, 'domain').filter((domain) => domain !== '')
  return {
    pair: parts.slice(0, at + 1).join(';'),
    rest: rest.filter((part) => nameOf(part) !== 'domain'),
    isPathEmpty: defaultsEmptyPath() && valuesOf(rest, 'path').at(-1) === '',
    domains: domains.map((domain) => domain.replace(/^\./, '').toLowerCase()),
  }
}

function nameOf(part: string): string {
  return trimBlanks(part.split('=', 1)[0] as string).toLowerCase()
}

function valuesOf(parts: readonly string[], name: string): string[] {
  return parts
    .filter((part) => part.includes('=') && nameOf(part) === name)
    .map((part) => trimBlanks(part.slice(part.indexOf('=') + 1)))
}

/**
 * Returns the text with a path and a domain, which libcurl needs. The last path wins, and none is left out:
 * libcurl checks each one. The domain comes last: only there libcurl 8.22 recognizes an address.
 */
function withDefaults({ pair, rest, isPathEmpty, domains }: Parts, path: string): string {
  const byDefault = `path=${path}`
  const paths = isPathEmpty ? [...rest, byDefault] : [byDefault, ...rest]
  return [pair, ...paths, `domain=${domains.at(-1) ?? NO_DOMAIN}`].join(';')
}

/** Returns a path that does not occur in the text. */
function unusedPath(path: string, text: string): string {
  return text.includes(path) ? unusedPath(`${path}*`, text) : path
}

function trimBlanks(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '')
}

function whyNone(text: string, isSecure: boolean): string {
  const [pair = ''] = text.split(';')
  if (!/^[ \t]*[^ \t=;][^;]*=/.test(pair)) return 'a cookie needs a name, and "=" after it'
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(text)) return 'a cookie has a control character in it'
  if (Buffer.byteLength(text) > MAX_LINE)
    return `a cookie is longer than the ${String(MAX_LINE)} bytes that libcurl reads`
  return `libcurl takes no cookie from this text${isSecure ? '' : ' (__Secure- and __Host- need "Secure", and TLS)'}`
}
