/**
 * Translates cookie jars, proxies and sessions to libcurl options. Does not depend on transfers, and does not
 * choose proxies.
 */
import { OPTION } from '../../engine/node-libcurl/binding.js'
import { OptionError } from '../../errors.js'
import { ownLayer } from '../../options/compile-options.js'
import type { CompiledOptions, OptionValue } from '../../options/values/compiled-options.js'
import { layered } from '../../options/layers.js'
import { linesUnlike } from '../../http-semantics.js'
import type { CookieJar } from '../../sessions/cookies/cookie-jar.js'
import type { PooledProxy } from '../../sessions/proxies/pooled-proxy.js'
import type { ProxyPool } from '../../sessions/proxies/proxy-pool.js'
import type { Session } from '../../sessions/session.js'
import type { AccessSettings } from '../options/access-options.js'

const { SHARE, COOKIEFILE, PROXY, PRE_PROXY, USERAGENT, HTTPHEADER } = OPTION as Readonly<
  Record<'SHARE' | 'COOKIEFILE' | 'PROXY' | 'PRE_PROXY' | 'USERAGENT' | 'HTTPHEADER', number>
>

/** Compiles the libcurl options that were given together with a proxy. */
export type CompileProxyOptions = (options: object, where: string) => CompiledOptions

const complete = new WeakMap<CompiledOptions, CompiledOptions>()

/**
 * Returns the options, with the libcurl options added that `cookieJar` and `proxies: null` stand for. Throws
 * `OptionError` if SHARE or PROXY is set in the same options.
 */
export function withAccess(options: CompiledOptions, where: string): CompiledOptions {
  const { cookieJar, proxies } = options.settings as AccessSettings
  if (cookieJar === undefined && proxies === undefined) return options
  let result = complete.get(options)
  if (result !== undefined) return result
  refuseBoth(options, cookieJar, SHARE, `${where}: cookieJar and SHARE exclude each other`)
  refuseBoth(options, proxies, PROXY, `${where}: proxies and PROXY exclude each other`)
  result = options
  if (cookieJar !== undefined) result = layered(result, cookieLayer(cookieJar))
  // An empty PROXY switches off the proxies of the environment, too.
  if (proxies === null) result = layered(result, ownLayer([PROXY, ''], [PRE_PROXY, null]))
  complete.set(options, result)
  return result
}

/** True if the options decide which proxy is used. */
export function namesProxy({ ids, settings }: CompiledOptions): boolean {
  return (settings as AccessSettings).proxies !== undefined || ids.includes(PROXY)
}

/**
 * Returns the options of a session. They apply over the shared options and under the options of a request.
 */
export function sessionLayer(session: Session, shared: CompiledOptions): CompiledOptions {
  const pairs: [number, OptionValue][] = []
  if (session.userAgent !== undefined) pairs.push([USERAGENT, session.userAgent])
  if (session.proxyUrl !== undefined) pairs.push([PROXY, session.proxyUrl])
  const base = layered(ownLayer(...pairs), cookieLayer(session.cookieJar ?? false))
  const headers = withHeaders(shared.headers ?? [], linesOf(session, shared), 'session')
  return headers === null ? base : layered(base, headerLayer(headers))
}

/**
 * Returns a request's own options applied over those of its session. For headers, the request's lines win,
 * and the session's other lines stay.
 */
export function overSession(
  below: CompiledOptions,
  own: CompiledOptions,
  session: Session,
  shared: CompiledOptions,
): CompiledOptions {
  const both = layered(below, own)
  const headers =
    own.headers === undefined ? null : withHeaders(own.headers ?? [], linesOf(session, shared), 'own')
  return headers === null ? both : layered(both, headerLayer(headers))
}

const proxyLayers = new WeakMap<PooledProxy, CompiledOptions>()

/**
 * Returns the options of a proxy, which apply over all others. Throws `OptionError` if the options given with
 * the proxy are invalid.
 */
export function proxyLayer(proxy: PooledProxy, compile: CompileProxyOptions): CompiledOptions {
  let result = proxyLayers.get(proxy)
  if (result !== undefined) return result
  const url = ownLayer([PROXY, proxy.address?.url ?? ''])
  const isPlain = Object.keys(proxy.options).length === 0
  result = isPlain ? url : layered(compile(proxy.options, `proxy ${proxy.name}`), url)
  proxyLayers.set(proxy, result)
  return result
}

/** Throws `OptionError` if a proxy of the pool has invalid options. */
export function checkProxies(pool: ProxyPool, compile: CompileProxyOptions): void {
  for (const proxy of pool.list() as PooledProxy[])
    if (Object.keys(proxy.options).length > 0) proxyLayer(proxy, compile)
}

function cookieLayer(jar: CookieJar | false): CompiledOptions {
  // libcurl stores cookies only if a cookie file is set, even an empty one. Without a jar, null switches off
  // what other options have switched on.
  return jar === false
    ? ownLayer([SHARE, null], [COOKIEFILE, null])
    : ownLayer([SHARE, jar.share], [COOKIEFILE, ''])
}

function headerLayer(headers: readonly string[]): CompiledOptions {
  return { ...ownLayer([HTTPHEADER, headers]), headers }
}

/** Returns the header lines of a session, without those that the shared options keep away. */
function linesOf({ headers }: Session, { settings }: CompiledOptions): string[] {
  const { withoutHeaders } = settings as AccessSettings
  return Object.entries(headers)
    .filter(([name]) => withoutHeaders?.has(name.toLowerCase()) !== true)
    .map(([name, value]) => (value === '' ? `${name};` : `${name}: ${value}`))
}

/**
 * Returns `list` together with the session's header lines, or null if the session has none. If both have a
 * header, the line of `winner` stays.
 */
function withHeaders(
  list: readonly string[],
  lines: readonly string[],
  winner: 'session' | 'own',
): readonly string[] | null {
  if (lines.length === 0) return null
  return winner === 'own' ? [...list, ...linesUnlike(lines, list)] : [...linesUnlike(list, lines), ...lines]
}

function refuseBoth(options: CompiledOptions, setting: unknown, id: number, message: string): void {
  if (setting !== undefined && options.ids.includes(id)) throw new OptionError(message)
}
