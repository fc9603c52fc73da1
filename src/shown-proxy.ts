/**
 * The text that stands for a proxy in messages, and texts of libcurl about one. Only what cannot be a credential
 * is shown: lists of proxies have the user and password in any place. Does not know which forms are right.
 */

/** The replacement of a secret. */
export const MASK = '***'
/** The longest scheme that is shown: "socks5h" and mistyped ones. Characters. */
const SCHEME = /^[a-z][a-z0-9+.-]{0,9}:\/\//i
/** The rest behind the credentials: a host or an address, a port, and a path. */
const SERVER =
  /^(\[[0-9a-f:.]+(?:%[\w.~-]{1,40})?\]|[^\s\p{C}\p{Z}[\]\\^`{|}<>"%&=;,!$'()*+:@/?#]{1,253})(:\w{0,10})?(?:([/?#].*))?$/isu
/** libcurl's SOCKS proxy on a unix socket: its path is no secret, and says which one it is. */
const SOCKET_PATH = /^\/[\w. /-]{1,200}$/
/**
 * Text before an "@" that may be no user with a password: `host:port:user:password`, `host:port`, or one of these
 * with other signs between them. The text after the "@" may be of the password then.
 */
const MAY_BEGIN_WITH_HOST = /^(?:\[[^\]]*\]|[^:@]*):(?:\d+(?!\w)|\d*[:/?#@])|[\s;|,]/
/** A shorter part of a password is in too many words. */
const LEAST_PART = 3

/**
 * Returns a proxy for a message: `http://***@host:8080` for `http://user:password@host:8080`, `***` in place of
 * everything that is or may be a credential, as in `host:port:user:password`.
 */
export function shownProxy(text: string): string {
  const scheme = SCHEME.exec(text)?.[0] ?? ''
  const rest = text.slice(scheme.length)
  const at = rest.lastIndexOf('@')
  if (at >= 0 && MAY_BEGIN_WITH_HOST.test(rest.slice(0, at))) return scheme + MASK
  const [, host, port = '', path = ''] = SERVER.exec(rest.slice(at + 1)) ?? []
  // A word in the place of a port is a mistake behind `user:password@`, and may be a password elsewhere.
  const isPort = /^:?\d{0,5}$/.test(port) || /:./.test(rest.slice(0, Math.max(at, 0)))
  if (host === undefined || !isPort) return scheme + MASK
  const isSocket = /^socks/i.test(scheme) && /^localhost$/i.test(host) && SOCKET_PATH.test(path)
  const shownPath = path === '' || path === '/' || isSocket ? path : `/${MASK}`
  return `${scheme}${at < 0 ? '' : `${MASK}@`}${host}${port}${shownPath}`
}

/** libcurl's lines with the whole text of a proxy in them. Source: lib/url.c, parse_proxy and detect_proxy. */
const QUOTED = /^(Uses proxy env variable \S+ == '|Unsupported proxy(?: syntax in| scheme for)? ')(.*)'/s

/** Returns a line of libcurl without the credentials of the proxy that it quotes. */
export function withoutQuotedProxy(line: string): string {
  return line.replace(QUOTED, (_, start: string, proxy: string) => `${start}${shownProxy(proxy)}'`)
}

/**
 * Returns a text of libcurl without the credentials of these proxies. Where it takes a part of them for a host, the
 * text names that part.
 */
export function withoutProxies(text: string, proxies: readonly string[]): string {
  let done = withoutQuotedProxy(text)
  for (const proxy of proxies) {
    const shown = shownProxy(proxy)
    if (!shown.includes(MASK)) continue
    done = done.replaceAll(proxy, () => shown)
    const parts = proxy.split(/[:@/?#\\]+/).filter((part) => part.length >= LEAST_PART)
    const secrets = [...parts, ...parts.map(decoded)].filter((part) => part !== '' && !shown.includes(part))
    // The longest first: one may be within another.
    for (const secret of secrets.sort((a, b) => b.length - a.length)) done = done.replaceAll(secret, MASK)
  }
  return done
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
