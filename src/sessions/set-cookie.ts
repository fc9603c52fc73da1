/**
 * The text of a `Set-Cookie` header, for cookies that come from elsewhere than a response of libcurl's. Does not know a jar.
 * RFC 6265, 5.2 and 5.3.
 */
import { OptionError } from '../errors.js'
import { matches, cookieTarget } from './cookie-match.js'
import { checkCookie, type Cookie } from './cookie.js'

/** The cookie that a server at this URL sets with this text. Errors name the cookie, never its value. */
export function fromSetCookie(text: string, url: URL, where: string, now: number): Cookie {
  const [pair = '', ...attributes] = text.split(';')
  const equals = pair.indexOf('=')
  const name = (equals < 0 ? pair : pair.slice(0, equals)).trim()
  const value = equals < 0 ? '' : pair.slice(equals + 1).trim()
  const given = new Map<string, string>()
  for (const attribute of attributes) {
    const [key = '', ...rest] = attribute.split('=')
    given.set(key.trim().toLowerCase(), rest.join('=').trim())
  }
  const { host } = cookieTarget(url)
  const domain = (given.get('domain') ?? '').replace(/^\./, '').toLowerCase()
  const path = given.get('path')
  const cookie = checkCookie(
    {
      name,
      value,
      domain: domain === '' ? host : domain,
      includeSubdomains: domain !== '',
      path: path?.startsWith('/') ? path : defaultPath(url),
      secure: given.has('secure'),
      httpOnly: given.has('httponly'),
      expires: expiry(given, now),
    },
    undefined,
    where,
  )
  if (!matches({ ...cookie, path: '/', secure: false }, cookieTarget(url)))
    throw new OptionError(`${where}: ${host} may not set cookie "${name}" for ${domain}`, 'cookieJar')
  return cookie
}

function expiry(given: ReadonlyMap<string, string>, now: number): number | null {
  const maxAge = given.get('max-age')
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return Math.min(now + Number(maxAge) * 1000, 8.64e15)
  const date = Date.parse(given.get('expires') ?? '')
  return Number.isNaN(date) ? null : date
}

function defaultPath({ pathname }: URL): string {
  const end = pathname.lastIndexOf('/')
  return end <= 0 ? '/' : pathname.slice(0, end)
}
