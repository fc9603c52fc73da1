/**
 * Credentials for two proxies in a row. libcurl 7.88 sends the credentials of the `PRE_PROXY` to the HTTP
 * proxy behind it (seen; 8.22 does not). So the credentials for the HTTP proxy are sent in a header instead,
 * on every build. Does not know what a proxy does with them.
 */
import type { EffectiveOptions } from './effective-options.js'
import { OPTION } from '../node-libcurl/binding.js'
import { hasFault } from '../node-libcurl/faults.js'

const PROXY = OPTION.PROXY as number
const PRE_PROXY = OPTION.PRE_PROXY as number
const PROXYHEADER = OPTION.PROXYHEADER as number
/** Only for Basic the header can be made here: the other methods need libcurl. */
const BASIC = 1

/** Returns the `PROXYHEADER` list that keeps the credentials apart, null if no list is needed. */
export function separateProxyHeaders(options: EffectiveOptions): readonly string[] | null {
  const pre = options.value(PRE_PROXY)
  if (pre === undefined) return null
  const proxy = options.value(PROXY)
  if (typeof pre !== 'string' || !pre.includes('@') || typeof proxy !== 'string' || !isHttp(proxy))
    return null
  if (authOf(options) !== BASIC) return null
  const given = options.value(PROXYHEADER)
  const headers = Array.isArray(given) ? (given as readonly string[]) : []
  if (headers.some((line) => /^proxy-authorization\s*[:;]/i.test(line))) return null
  const user = credentialsOf(options, proxy)
  // A header without a value makes libcurl send none.
  const value = user === null ? '' : ` Basic ${Buffer.from(user).toString('base64')}`
  return [...headers, `Proxy-Authorization:${value}`]
}

/** Returns the reason why these options must not be used with this build, null if they may be used. */
export function preProxyLimit(options: EffectiveOptions): string | null {
  if (!hasFault('pre-proxy-credentials-told')) return null
  const [pre, proxy] = [options.value(PRE_PROXY), options.value(PROXY)]
  if (typeof pre !== 'string' || !pre.includes('@') || typeof proxy !== 'string' || !isHttp(proxy))
    return null
  if (authOf(options) === BASIC) return null
  return 'PRE_PROXY with credentials and a PROXYAUTH other than Basic: this libcurl would send the credentials of the first proxy to the second'
}

function isHttp(proxy: string): boolean {
  return proxy !== '' && !/^socks/i.test(proxy)
}

function authOf(options: EffectiveOptions): number {
  return Number(options.value(OPTION.PROXYAUTH as number) ?? BASIC)
}

function credentialsOf(options: EffectiveOptions, proxy: string): string | null {
  const inUrl = /^(?:[a-z0-9+.-]+:\/\/)?(.*)@/i.exec(proxy)?.[1]
  if (inUrl !== undefined) {
    const [user = '', ...password] = inUrl.split(':')
    return `${decode(user)}:${decode(password.join(':'))}`
  }
  const pair = options.value(OPTION.PROXYUSERPWD as number)
  if (typeof pair === 'string') return pair.includes(':') ? pair : `${pair}:`
  const [user, password] = [
    options.value(OPTION.PROXYUSERNAME as number),
    options.value(OPTION.PROXYPASSWORD as number),
  ]
  return typeof user === 'string' ? `${user}:${typeof password === 'string' ? password : ''}` : null
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
