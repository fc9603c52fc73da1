/**
 * Two proxies in a row, each with credentials. libcurl 7.88 tells the HTTP proxy those of the `PRE_PROXY` before it (seen; 8.22 does
 * not): what it is to be told is said in a header instead, on every build. Does not know what a proxy makes of it.
 */
import type { CompiledOptions, OptionValue } from '../options/compiled-options.js'
import { libcurlVersionNumber, OPTION } from './binding.js'

const PROXY = OPTION.PROXY as number
const PRE_PROXY = OPTION.PRE_PROXY as number
const PROXYHEADER = OPTION.PROXYHEADER as number
/** With other kinds than Basic, nothing but libcurl can say it. */
const BASIC = 1

/** What the options say last. */
type Last = (id: number) => OptionValue | undefined

/** Reads options, `own` ones above the shared ones. */
function lastOf(shared: CompiledOptions, own: CompiledOptions | null): Last {
  return (id) => {
    for (const layer of [own, shared]) {
      const at = layer?.ids.lastIndexOf(id) ?? -1
      if (at >= 0) return layer?.values[at]
    }
    return undefined
  }
}

/** The `PROXYHEADER` list that keeps credentials apart; null where there is nothing to keep apart. */
export function separateProxyHeaders(
  shared: CompiledOptions,
  own: CompiledOptions | null,
): readonly string[] | null {
  if (!shared.ids.includes(PRE_PROXY) && !own?.ids.includes(PRE_PROXY)) return null
  const last = lastOf(shared, own)
  const [pre, proxy] = [last(PRE_PROXY), last(PROXY)]
  if (typeof pre !== 'string' || !pre.includes('@') || typeof proxy !== 'string' || !isHttp(proxy))
    return null
  if (authOf(last) !== BASIC) return null
  const given = last(PROXYHEADER)
  const headers = Array.isArray(given) ? (given as readonly string[]) : []
  if (headers.some((line) => /^proxy-authorization\s*[:;]/i.test(line))) return null
  const user = credentialsOf(last, proxy)
  // Without a value: libcurl sends none.
  const value = user === null ? '' : ` Basic ${Buffer.from(user).toString('base64')}`
  return [...headers, `Proxy-Authorization:${value}`]
}

/** Why these options must not be used with this build; null where they may. */
export function preProxyLimit(shared: CompiledOptions, own: CompiledOptions | null): string | null {
  if (libcurlVersionNumber >= 0x081300) return null
  const last = lastOf(shared, own)
  const [pre, proxy] = [last(PRE_PROXY), last(PROXY)]
  if (typeof pre !== 'string' || !pre.includes('@') || typeof proxy !== 'string' || !isHttp(proxy))
    return null
  if (authOf(last) === BASIC) return null
  return 'PRE_PROXY with credentials and a PROXYAUTH other than Basic: this libcurl would tell the second proxy the credentials of the first'
}

function isHttp(proxy: string): boolean {
  return proxy !== '' && !/^socks/i.test(proxy)
}

function authOf(last: Last): number {
  return Number(last(OPTION.PROXYAUTH as number) ?? BASIC)
}

function credentialsOf(last: Last, proxy: string): string | null {
  const inUrl = /^(?:[a-z0-9+.-]+:\/\/)?(.*)@/i.exec(proxy)?.[1]
  if (inUrl !== undefined) {
    const [user = '', ...password] = inUrl.split(':')
    return `${decode(user)}:${decode(password.join(':'))}`
  }
  const pair = last(OPTION.PROXYUSERPWD as number)
  if (typeof pair === 'string') return pair.includes(':') ? pair : `${pair}:`
  const [user, password] = [last(OPTION.PROXYUSERNAME as number), last(OPTION.PROXYPASSWORD as number)]
  return typeof user === 'string' ? `${user}:${typeof password === 'string' ? password : ''}` : null
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
