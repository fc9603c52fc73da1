/**
 * Checks the URLs of proxies, and the lines of sellers' lists, and converts them to the one form for libcurl.
 * Does not know pools. Its labels and errors never hold credentials.
 */
import { OptionError } from '../../errors.js'
import { describe } from '../../wrong-value.js'
import { shownProxy } from '../../shown-proxy.js'

/** A proxy's URL. */
export interface ProxyAddress {
  /** The value of `CURLOPT_PROXY`, with credentials, percent-encoded for libcurl. */
  readonly url: string
  /** The same URL with `***` in place of the credentials. */
  readonly label: string
}

/** The kinds of proxies, with their default ports. Source: curl(1), --proxy; lib/url.c, parse_proxy. */
const SCHEMES: Readonly<Record<string, string>> = {
  http: '1080',
  https: '443',
  socks: '1080',
  socks4: '1080',
  socks4a: '1080',
  socks5: '1080',
  socks5h: '1080',
}

/** `host:port:user:password`: the password is the whole rest. */
const FOUR_PARTS = /^(\[[^\]]*\]|[^:@/?#[\]]+):(\d+):([^:]*):(.*)$/s
/** `user:password:host:port`, in other lists. */
const FOUR_PARTS_REVERSED = /^[^:@/?#[\]]+:[^@]*:[^:@/?#[\]]+:\d+$/
/** A written IPv6 address has at most this number of groups between its colons. */
const MOST_GROUPS = 9
const ENDS_WITH_PORT = /^(\[[^\]]*\]|[^:]*):\d{1,5}\/?$/

/**
 * Checks `http://user:password@host:port`, as curl accepts it, and `host:port:user:password`, as sellers of
 * proxies write it. Without a scheme it is http; the others are https, socks4, socks4a, socks5 and socks5h.
 * Credentials before an "@" may be percent-encoded; those after the port are taken as they are.
 *
 * @param where the place for error messages.
 */
export function parseProxyUrl(text: unknown, where: string): ProxyAddress {
  if (typeof text !== 'string') {
    throw new OptionError(
      `${where}: a proxy is a URL as text, or null (no proxy); got ${describe(text, true)}`,
      'proxies',
    )
  }
  const refuse = (why: string): OptionError =>
    new OptionError(`${where}: "${shownProxy(text)}" is not the URL of a proxy: ${why}`, 'proxies')
  if (/[\s\u0000-\u001f\u007f]/.test(text)) throw refuse('it has spaces or control characters in it')
  // A later "://" is part of a password.
  const schemeEnd = /^[^:]*(?=:\/\/)/.exec(text)?.[0].length ?? -1
  const scheme = schemeEnd < 0 ? 'http' : text.slice(0, schemeEnd).toLowerCase()
  const defaultPort = SCHEMES[scheme]
  if (defaultPort === undefined) throw refuse(`its scheme is not one of ${Object.keys(SCHEMES).join(', ')}`)
  const rest = schemeEnd < 0 ? text : text.slice(schemeEnd + 3)
  const parts = fourParts(rest, schemeEnd >= 0, refuse)
  if (parts !== null) {
    const { host, port, user, password } = parts
    checkHost(host, refuse)
    if (!isPort(port)) throw refuse(WRONG_PORT)
    if (user === '') throw refuse('its user is empty (host:port:user:password)')
    const target = `${host.toLowerCase()}:${port}`
    return {
      url: `${scheme}://${encode(user, refuse)}:${encode(password, refuse)}@${target}`,
      label: `${scheme}://***@${target}`,
    }
  }
  // Passwords may hold any character, even "@" and "/", but hosts may not.
  const at = rest.lastIndexOf('@')
  const [authority = '', path = ''] = rest.slice(at + 1).split(/(?=[/?#])(.*)/s)
  const socket =
    scheme.startsWith('socks') && authority.toLowerCase() === 'localhost' && /^\/[^?#]+$/.test(path)
  if (path !== '' && path !== '/' && !socket) throw refuse('something comes after its host and port')
  refuseBareIPv6(authority, refuse)
  const match = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(authority)
  if (match === null)
    throw refuse(
      'its host and port are malformed (http://user:password@host:port or host:port:user:password)',
    )
  const [, host = '', port] = match
  checkHost(host, refuse)
  if (port !== undefined && port !== '' && !isPort(port)) throw refuse(WRONG_PORT)
  const target = socket ? `localhost${path}` : `${host.toLowerCase()}:${port || defaultPort}`
  const credentials = at < 0 ? '' : `${encodeCredentials(rest.slice(0, at), refuse)}@`
  return {
    url: `${scheme}://${credentials}${target}`,
    label: `${scheme}://${credentials === '' ? '' : '***@'}${target}`,
  }
}

/** True for the text of a seller's list, which is no URL: libcurl fails with it. */
export function isOfSellersList(text: string): boolean {
  const rest = text.replace(/^[^:]*:\/\//, '')
  const at = rest.lastIndexOf('@')
  const mayBeUrl = at >= 0 && (rest !== text || ENDS_WITH_PORT.test(rest.slice(at + 1)))
  if (mayBeUrl || process.getBuiltinModule('node:net').isIPv6(rest)) return false
  return FOUR_PARTS.test(rest) || FOUR_PARTS_REVERSED.test(rest)
}

const WRONG_PORT = 'its port is not from 1 to 65535'
const isPort = (port: string): boolean => Number(port) >= 1 && Number(port) <= 65535

/**
 * Returns the parts of `host:port:user:password`; null for a text in another form. A text that can be read
 * in both forms is refused: the wrong reading would give the credentials to another host.
 */
function fourParts(
  rest: string,
  hasScheme: boolean,
  refuse: (why: string) => OptionError,
): { host: string; port: string; user: string; password: string } | null {
  const match = FOUR_PARTS.exec(rest)
  if (match === null) return null
  refuseBareIPv6(rest, refuse)
  const [, host = '', port = '', user = '', password = ''] = match
  const at = rest.lastIndexOf('@')
  if (at >= 0) {
    if (hasScheme) return null
    if (ENDS_WITH_PORT.test(rest.slice(at + 1)))
      throw refuse(
        'it can be read as host:port:user:password and as user:password@host:port; write http://user:password@host:port, with %3A for ":" and %40 for "@" in user and password',
      )
  }
  return { host, port, user, password }
}

/** Refuses an IPv6 address without brackets: its first two groups would be taken for a host and a port. */
function refuseBareIPv6(text: string, refuse: (why: string) => OptionError): void {
  if (text.startsWith('[')) return
  const groups = text.split(':', MOST_GROUPS)
  const { isIPv6 } = process.getBuiltinModule('node:net')
  for (let count = 3; count <= groups.length; count++)
    if (isIPv6(groups.slice(0, count).join(':')))
      throw refuse('an IPv6 address has to stand in brackets ([2001:db8::1]:port)')
}

function checkHost(host: string, refuse: (why: string) => OptionError): void {
  if (host === '') throw refuse('it has no host')
  const isBracketed = host.startsWith('[')
  if (
    isBracketed
      ? !process.getBuiltinModule('node:net').isIPv6(host.slice(1, -1).replace(/%25/, '%'))
      : !/^[^[\]\\^`{|}<>"%&=;,!$'()*+]+$/.test(host)
  )
    throw refuse('its host is malformed')
}

/**
 * Encodes user and password with `encodeURIComponent`: libcurl finds the "@" after them, and decodes them.
 */
function encodeCredentials(text: string, refuse: (why: string) => OptionError): string {
  const colon = text.indexOf(':')
  const parts = colon < 0 ? [text] : [text.slice(0, colon), text.slice(colon + 1)]
  return parts.map((part) => encode(decode(part, refuse), refuse)).join(':')
}

function encode(part: string, refuse: (why: string) => OptionError): string {
  try {
    return encodeURIComponent(part)
  } catch {
    throw refuse('its credentials are not UTF-8')
  }
}

function decode(part: string, refuse: (why: string) => OptionError): string {
  // A "%" that begins no escape stands for itself, as in curl.
  const bytes = part.replace(/%(?![0-9a-f]{2})/gi, '%25')
  let decoded: string
  try {
    decoded = decodeURIComponent(bytes)
  } catch {
    throw refuse('its credentials are not UTF-8')
  }
  if (/[\u0000-\u001f\u007f]/.test(decoded)) throw refuse('its credentials have control characters in them')
  return decoded
}
