/**
 * The parts of a URL that has not been validated: the scheme, host and port that libcurl would use, found in
 * one pass. Does not know whether the URL is valid: libcurl checks that.
 */

/** The ports of URLs without one, by scheme. */
export const DEFAULT_PORTS: Readonly<Record<string, string>> = {
  http: '80',
  https: '443',
  ftp: '21',
  ftps: '990',
}

/** The position of host and port in a URL, without credentials. */
interface Place {
  /** In lower case; `http` if the URL has none. */
  readonly scheme: string
  readonly start: number
  readonly end: number
}

function placeOf(url: string): Place {
  const colon = url.indexOf(':')
  let start = 0
  let scheme = 'http'
  // libcurl accepts one to three slashes.
  if (colon > 0 && url.charCodeAt(colon + 1) === 47 && isScheme(url, colon)) {
    scheme = url.slice(0, colon).toLowerCase()
    start = colon + 2
    while (start < colon + 4 && url.charCodeAt(start) === 47) start++
  }
  let end = start
  for (; end < url.length; end++) {
    const unit = url.charCodeAt(end)
    // "/", "?" and "#" end the authority. The text before an "@" is credentials.
    if (unit === 47 || unit === 63 || unit === 35) break
    if (unit === 64) start = end + 1
  }
  return { scheme, start, end }
}

function isScheme(url: string, end: number): boolean {
  for (let i = 0; i < end; i++) {
    const unit = url.charCodeAt(i)
    const lower = unit | 32
    const isOther = (unit >= 48 && unit <= 57) || unit === 43 || unit === 45 || unit === 46
    if (!(lower >= 97 && lower <= 122) && !isOther) return false
  }
  return true
}

/** Returns the scheme in lower case; `http` if the URL has none. */
export function schemeOf(url: string): string {
  return placeOf(url).scheme
}

/** Returns host and port as they are spelled. */
export function authorityOf(url: string): string {
  const { start, end } = placeOf(url)
  return url.slice(start, end)
}

/** Returns the host as it is spelled: without a port, and an IPv6 address in brackets. */
export function hostOf(url: string): string {
  return split(authorityOf(url))[0]
}

/** Returns the URL with another host, of the same credentials and port. */
export function withHost(url: string, host: string): string {
  const { start, end } = placeOf(url)
  const [before] = split(url.slice(start, end))
  return url.slice(0, start) + host + url.slice(start + before.length)
}

/** Returns the port, or the default port of the scheme; 0 if neither is known. */
export function portOf(url: string): number {
  const port = split(authorityOf(url))[1]
  return Number(port === '' ? (DEFAULT_PORTS[schemeOf(url)] ?? 0) : port) || 0
}

/**
 * Returns scheme, host and port of a URL in a normal form, as a key. An invalid URL gets a key of its own:
 * libcurl will report the error.
 */
export function hostKeyOf(url: string): string {
  const { scheme, start, end } = placeOf(url)
  const [host, port] = split(url.slice(start, end).toLowerCase())
  const plain = host.endsWith('.') ? host.slice(0, -1) : host
  return `${scheme}://${plain}:${port === '' ? (DEFAULT_PORTS[scheme] ?? '') : port}`
}

function split(authority: string): [host: string, port: string] {
  const colon = authority.lastIndexOf(':')
  if (colon <= authority.lastIndexOf(']')) return [authority, '']
  return [authority.slice(0, colon), authority.slice(colon + 1)]
}
