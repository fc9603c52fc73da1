/**
 * Which proxy a request goes to first, by libcurl's rules: options, then the environment (curl(1),
 * ENVIRONMENT). Used to name it in errors: builds before 8.7 do not say whether there was one. Does not know
 * whether it answers.
 */
import { BlockList, isIP } from 'node:net'
import { hostOf, schemeOf } from '../../url/url-parts.js'
import { OPTION } from '../node-libcurl/binding.js'
import type { EffectiveOptions } from './effective-options.js'

type Environment = Readonly<Record<string, string | undefined>>

/** As it is spelled, with credentials; null: none. */
export function firstProxyOf(
  options: EffectiveOptions,
  url: string,
  environment: Environment,
): string | null {
  const text = (name: 'PROXY' | 'PRE_PROXY' | 'NOPROXY'): string | null => {
    const value = options.value(OPTION[name] as number) ?? null
    return typeof value === 'string' ? value : null
  }
  const exceptions = text('NOPROXY') ?? environment['no_proxy'] ?? environment['NO_PROXY'] ?? ''
  if (isException(hostOf(url), exceptions)) return null
  const proxy = text('PROXY') ?? ofEnvironment(url, environment)
  return (text('PRE_PROXY') ?? '') || proxy || null
}

/**
 * `HTTP_PROXY` in capitals counts for nothing: a CGI program has a header of a request there. Source:
 * lib/url.c, detect_proxy.
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

/** Source: lib/noproxy.c. */
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
  return list.some((item) => (isIP(name) === 0 ? coversName(item, name) : coversAddress(item, name)))
}

function coversName(item: string, name: string): boolean {
  const domain = item.replace(/^\./, '').replace(/\.$/, '')
  return domain !== '' && (name === domain || name.endsWith(`.${domain}`))
}

function coversAddress(item: string, address: string): boolean {
  const [network = '', bits] = item.replace(/[[\]]/g, '').split('/')
  if (bits === undefined) return network === address
  const [family, most] = isIP(network) === 6 ? (['ipv6', 128] as const) : (['ipv4', 32] as const)
  const length = Number(bits)
  if (isIP(network) !== isIP(address) || !(length >= 0 && length <= most)) return false
  const block = new BlockList()
  block.addSubnet(network, length, family)
  return block.check(address, family)
}
