/**
 * The proxies of a request by libcurl's rules: options first, then the environment (curl(1), ENVIRONMENT).
 * They are named in errors and attempts: builds before 8.7 have no info for them. Does not know whether a
 * proxy responds.
 */
import { shownProxy } from '../../shown-proxy.js'
import { hostOf, schemeOf } from '../../url/url-parts.js'
import { OPTION } from '../node-libcurl/binding.js'
import type { EffectiveOptions } from './effective-options.js'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Returns the proxy that libcurl connects to, as it is spelled, with credentials; null if there is none.
 */
export function firstProxyOf(
  options: EffectiveOptions,
  url: string,
  environment: Environment,
): string | null {
  const { before, proxy } = proxiesOf(options, url, environment)
  return before || proxy || null
}

/** Returns the proxy that connects to the server, without credentials; null if there is none. */
export function shownProxyOf(options: EffectiveOptions, url: string): string | null {
  const { before, proxy } = proxiesOf(options, url, process.env)
  const last = proxy || before
  return last === '' ? null : shownProxy(last)
}

/** Returns all proxies of a request as they are spelled, with credentials. */
export function allProxiesOf(options: EffectiveOptions, url: string): string[] {
  const { before, proxy } = proxiesOf(options, url, process.env)
  return [before, proxy].filter((text) => text !== '')
}

/** Returns the proxies as they are spelled, with credentials; `''` where there is none. */
function proxiesOf(
  options: EffectiveOptions,
  url: string,
  environment: Environment,
): { readonly before: string; readonly proxy: string } {
  const text = (name: 'PROXY' | 'PRE_PROXY' | 'NOPROXY'): string | null => {
    const value = options.value(OPTION[name] as number) ?? null
    return typeof value === 'string' ? value : null
  }
  const exceptions = text('NOPROXY') ?? environment['no_proxy'] ?? environment['NO_PROXY'] ?? ''
  if (isException(hostOf(url), exceptions)) return { before: '', proxy: '' }
  return { before: text('PRE_PROXY') ?? '', proxy: text('PROXY') ?? ofEnvironment(url, environment) }
}

/**
 * Returns the proxy from the environment. `HTTP_PROXY` in capitals is ignored: in a CGI program it holds a
 * header of a request. Source: lib/url.c, detect_proxy.
 */
function ofEnvironment(url: string, environment: Environment): string {
  const scheme = schemeOf(url).replace(/^ws/, 'http')
  const names = [`${scheme}_proxy`, ...(scheme === 'http' ? [] : [`${scheme.toUpperCase()}_PROXY`])]
  for (const name of [...names, 'all_proxy', 'ALL_PROXY']) {
    const value = environment[name]
    if (value !== undefined && value !== '') return value
  }
  return ''
}

/** Returns true if the host is excepted from proxies. Source: lib/noproxy.c. */
function isException(host: string, exceptions: string): boolean {
  const name = host
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase()
  const list = exceptions
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((item) => item !== '')
  if (list.length === 1 && list[0] === '*') return true
  const { isIP } = process.getBuiltinModule('node:net')
  return list.some((item) => (isIP(name) === 0 ? coversName(item, name) : coversAddress(item, name)))
}

function coversName(item: string, name: string): boolean {
  const domain = item.replace(/^\./, '').replace(/\.$/, '')
  return domain !== '' && (name === domain || name.endsWith(`.${domain}`))
}

function coversAddress(item: string, address: string): boolean {
  const [network = '', bits] = item.replace(/[[\]]/g, '').split('/')
  if (bits === undefined) return network === address
  const { BlockList, isIP } = process.getBuiltinModule('node:net')
  const [family, most] = isIP(network) === 6 ? (['ipv6', 128] as const) : (['ipv4', 32] as const)
  const length = Number(bits)
  if (isIP(network) !== isIP(address) || !(length >= 0 && length <= most)) return false
  const block = new BlockList()
  block.addSubnet(network, length, family)
  return block.check(address, family)
}
