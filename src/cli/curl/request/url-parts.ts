/**
 * URLs taken apart as curl does, which takes more than the URL class of JavaScript does and changes less.
 * Does not know what is fetched.
 */

import { DEFAULT_PORTS } from '../../../url/url-parts.js'

export type UrlPart =
  'scheme' | 'user' | 'password' | 'options' | 'host' | 'port' | 'path' | 'query' | 'fragment' | 'zoneid'

/** A URL in its parts, as they stand in it; what is not there is undefined. */
export interface UrlParts {
  /** Lower case; guessed from the name of the host where the URL has none. */
  readonly scheme: string
  readonly user?: string | undefined
  readonly password?: string | undefined
  readonly options?: string | undefined
  readonly host: string
  readonly zoneid?: string | undefined
  readonly port?: string | undefined
  /** Begins with a slash; dot segments are taken out. */
  readonly path: string
  readonly query?: string | undefined
  readonly fragment?: string | undefined
}

const PORTS: Readonly<Record<string, string>> = {
  ...DEFAULT_PORTS,
  ws: '80',
  wss: '443',
  dict: '2628',
  gopher: '70',
  gophers: '70',
  imap: '143',
  imaps: '993',
  ldap: '389',
  ldaps: '636',
  mqtt: '1883',
  pop3: '110',
  pop3s: '995',
  rtsp: '554',
  scp: '22',
  sftp: '22',
  smb: '445',
  smbs: '445',
  smtp: '25',
  smtps: '465',
  telnet: '23',
  tftp: '69',
}
/** Schemes that the name of a host tells, where nothing else does. */
const GUESSED = ['ftp', 'dict', 'ldap', 'imap', 'smtp', 'pop3']
/** Only their user part may end in options. */
const WITH_OPTIONS = new Set(['imap', 'imaps', 'pop3', 'pop3s', 'smtp', 'smtps'])

/** Characters that no name of a host has. */
const NOT_IN_NAMES = /[\s/:#?!@{}[\]\\$'"^`*<>=;,+&()|]/

/** Takes a URL apart; undefined: it is none. */
export function splitUrl(url: string, keepsDots = false): UrlParts | undefined {
  const whole = /^(?:([a-z][a-z\d+.-]*):\/{1,3})?([^/?#]*)([^?#]*)(\?[^#]*)?(#[^]*)?$/i.exec(url)
  if (whole === null) return undefined
  const [, named, authority = '', rawPath = '', query, fragment] = whole
  if (/[\0- \x7f]/.test(url)) return undefined
  const isFile = named?.toLowerCase() === 'file'
  const at = authority.lastIndexOf('@')
  const hostAndPort = isFile ? '' : authority.slice(at + 1)
  const place = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(hostAndPort)
  if (place === null || (place[1] === '' && !isFile)) return undefined
  const [, rawHost = '', port] = place
  const name = decoded(rawHost)
  if (!rawHost.startsWith('[') && NOT_IN_NAMES.test(name)) return undefined
  const zone = /^\[(.*?)%(?:25)?(.*)\]$/.exec(rawHost)
  const host = zone === null ? rawHost : `[${String(zone[1])}]`
  const scheme = named?.toLowerCase() ?? guessed(host)
  const login = at < 0 ? undefined : loginOf(authority.slice(0, at), scheme)
  const path = isFile ? `/${authority}${rawPath}` : rawPath === '' ? '/' : rawPath
  return {
    scheme,
    ...login,
    host: zone === null ? name : host,
    zoneid: zone?.[2],
    port: port === undefined || port === '' ? undefined : port.replace(/^0+(?=\d)/, ''),
    path: keepsDots ? path : withoutDots(path),
    query: query?.slice(1),
    fragment: fragment?.slice(1),
  }
}

function guessed(host: string): string {
  const lower = host.toLowerCase()
  return GUESSED.find((scheme) => lower.startsWith(`${scheme}.`)) ?? 'http'
}

function loginOf(text: string, scheme: string): Pick<UrlParts, 'user' | 'password' | 'options'> {
  const colon = text.indexOf(':')
  let user = colon < 0 ? text : text.slice(0, colon)
  let password = colon < 0 ? undefined : text.slice(colon + 1)
  let options: string | undefined
  if (WITH_OPTIONS.has(scheme)) {
    const [last, semicolon] =
      password === undefined ? [user, user.indexOf(';')] : [password, password.indexOf(';')]
    if (semicolon >= 0) {
      options = last.slice(semicolon + 1)
      if (password === undefined) user = last.slice(0, semicolon)
      else password = last.slice(0, semicolon)
    }
  }
  return { user, password, options }
}

/** RFC 3986, 5.2.4, with `%2e` for a dot, too. */
function withoutDots(path: string): string {
  if (!/(^|\/)(\.|%2e){1,2}(\/|$)/i.test(path)) return path
  const kept: string[] = []
  const segments = path.split('/').slice(1)
  for (const [i, segment] of segments.entries()) {
    const dots = segment.replace(/%2e/gi, '.')
    const isLast = i === segments.length - 1
    if (dots === '..') kept.pop()
    else if (dots !== '.') kept.push(segment)
    if ((dots === '.' || dots === '..') && isLast) kept.push('')
  }
  return `/${kept.join('/')}`
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Puts the parts together again. */
export function joinUrl(parts: UrlParts): string {
  const { scheme, user, password, options, host, zoneid, port, path, query, fragment } = parts
  const login =
    user === undefined
      ? ''
      : `${user}${password === undefined ? '' : `:${password}`}${options === undefined ? '' : `;${options}`}@`
  const shown = zoneid === undefined ? host : `${host.slice(0, -1)}%25${zoneid}]`
  const end = `${path}${query === undefined ? '' : `?${query}`}${fragment === undefined ? '' : `#${fragment}`}`
  return `${scheme}://${login}${shown}${port === undefined ? '' : `:${port}`}${end}`
}

/** One part of a URL as `-w` prints it: the port is there in any case, names are decoded no further. */
export function urlPart(url: string, part: UrlPart): string | undefined {
  const parts = splitUrl(url)
  if (parts === undefined) return undefined
  return part === 'port' ? (parts.port ?? PORTS[parts.scheme]) : parts[part]
}

/** The last part of a URL's path, for `-O`; `''`: it has none, undefined: it is no URL. */
export function remoteFileName(url: string): string | undefined {
  const path = splitUrl(url)?.path.replace(/[/\\]+$/, '')
  if (path === undefined) return undefined
  return /[^/\\]*$/.exec(path)?.[0] ?? ''
}
