/**
 * Who a proxy takes a request for, and whether its connection is marked: all that options say of it, in one
 * text. Two requests may share a connection only where it is the same. Does not know connections. The text
 * holds credentials: it is compared, and never shown.
 */
import type { CompiledOptions } from '../../options/values/compiled-options.js'
import { EffectiveOptions } from './effective-options.js'
import { OPTION } from '../node-libcurl/binding.js'
import { hasFault } from '../node-libcurl/faults.js'

const PROXY = OPTION.PROXY as number
const PRE_PROXY = OPTION.PRE_PROXY as number
const PROXYHEADER = OPTION.PROXYHEADER as number

/** What is sent to a proxy, or shown to it, to say who one is. What this build lacks is not there. */
const CREDENTIALS = [
  'PROXYUSERPWD',
  'PROXYUSERNAME',
  'PROXYPASSWORD',
  'PROXYAUTH',
  'PROXY_TLSAUTH_USERNAME',
  'PROXY_TLSAUTH_PASSWORD',
  'PROXY_SSLCERT',
  'PROXY_SSLCERT_BLOB',
  'PROXY_SSLKEY',
  'PROXY_SSLKEY_BLOB',
  'PROXY_KEYPASSWD',
  // Said once, when a connection is made, to whatever proxy stands before the server (HAPROXYPROTOCOL).
  'HAPROXY_CLIENT_IP',
]
  .map((name) => OPTION[name])
  .filter((id) => id !== undefined)

const NETRC = OPTION.NETRC as number
const NETRC_FILE = OPTION.NETRC_FILE as number
const USERS = [OPTION.USERPWD as number, OPTION.USERNAME as number]
/** Whether such connections are for requests of their own. */
export const marksNetrcConnections = hasFault('netrc-connections-marked')

const RELEVANT: ReadonlySet<number | string> = new Set([
  PROXY,
  PRE_PROXY,
  PROXYHEADER,
  ...CREDENTIALS,
  ...(marksNetrcConnections ? [NETRC, NETRC_FILE, ...USERS] : []),
])

/** What the environment may say of proxies (curl(1), ENVIRONMENT), for requests that say nothing. */
const VARIABLES = [
  'http_proxy',
  'https_proxy',
  'HTTPS_PROXY',
  'ftp_proxy',
  'FTP_PROXY',
  'all_proxy',
  'ALL_PROXY',
]

/** Who a request is at a proxy. */
export interface ProxyIdentity {
  /** `''`: nobody. */
  readonly text: string
  /** Whether the environment may have a say: no option names a proxy. */
  readonly usesEnvironment: boolean
  /** Whether an option names a proxy, of either kind. */
  readonly hasProxy: boolean
}

/** What the environment says of proxies. */
export interface ProxyEnvironment {
  /** The credentials that it names. */
  readonly identity: string
  readonly hasProxy: boolean
}

const known = new WeakMap<CompiledOptions, ProxyIdentity>()

/** The identity that options lead to. */
export function proxyIdentity(options: EffectiveOptions): ProxyIdentity {
  const { shared, own } = options
  if (own !== null && concernsProxies(shared, own)) return identityOf(options)
  // One for all requests that have nothing of their own to say.
  let identity = known.get(shared)
  if (identity === undefined) known.set(shared, (identity = identityOf(new EffectiveOptions(shared, null))))
  return identity
}

function concernsProxies(shared: CompiledOptions, own: CompiledOptions): boolean {
  if (own.ids.some((id) => RELEVANT.has(id))) return true
  return own.headers !== undefined && [...(own.headers ?? []), ...(shared.headers ?? [])].some(isForProxy)
}

function identityOf(options: EffectiveOptions): ProxyIdentity {
  const proxy = options.value(PROXY) ?? null
  const parts: string[] = []
  const add = (id: number | string, value: unknown): void => {
    if (value !== null && value !== undefined && value !== '' && value !== 0)
      parts.push(`${String(id)}=${asText(value)}`)
  }
  add(PROXY, credentialsIn(proxy))
  add(PRE_PROXY, credentialsIn(options.value(PRE_PROXY)))
  // Headers may hold anything that a proxy goes by: a session, a country.
  add(PROXYHEADER, options.value(PROXYHEADER))
  for (const id of CREDENTIALS) add(id, options.value(id))
  parts.push(...options.headers.filter(isForProxy))
  if (marksNetrcConnections && readsNetrc(options)) {
    add(NETRC, options.value(NETRC))
    add(NETRC_FILE, options.value(NETRC_FILE))
  }
  const hasProxy = [proxy, options.value(PRE_PROXY)].some((url) => (url ?? '') !== '')
  return { text: parts.join('\n'), usesEnvironment: proxy === null, hasProxy }
}

/** Whether libcurl looks into a `.netrc` file: not where the options name a user. */
function readsNetrc(options: EffectiveOptions): boolean {
  const isUser = (id: number): boolean => (options.value(id) ?? null) !== null
  return Number(options.value(NETRC) ?? 0) !== 0 && !USERS.some(isUser)
}

/**
 * Whether a request goes through a proxy, as far as is known: the environment may make exceptions
 * (`no_proxy`).
 */
export function isProxied(
  { hasProxy, usesEnvironment }: ProxyIdentity,
  environment: ProxyEnvironment,
): boolean {
  return hasProxy || (usesEnvironment && environment.hasProxy)
}

/** The environment as it is now. */
export function readEnvironment(): ProxyEnvironment {
  const named = VARIABLES.map((name) => process.env[name] ?? '')
  return { identity: named.map(credentialsIn).join('\n').trim(), hasProxy: named.some((url) => url !== '') }
}

/** `Proxy-Authorization`, and whatever else calls itself so. */
function isForProxy(line: string): boolean {
  return /^proxy-/i.test(line)
}

function credentialsIn(url: unknown): string {
  if (typeof url !== 'string') return ''
  const end = url.lastIndexOf('@')
  return end < 0 ? '' : url.slice(url.indexOf('://') + 1, end)
}

function asText(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  return Array.isArray(value) ? value.join('\n') : String(value)
}
