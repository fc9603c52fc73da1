/**
 * The identity of a request at its proxies: all options that tell a proxy who the client is, in one text, and
 * on some builds the use of a `.netrc` file. Two requests may share a connection only if their texts are
 * equal. Does not know connections. The text holds credentials: it is compared, and never shown.
 */
import type { CompiledOptions } from '../../options/values/compiled-options.js'
import { EffectiveOptions } from './effective-options.js'
import { OPTION } from '../node-libcurl/binding.js'
import { hasFault } from '../node-libcurl/faults.js'

const PROXY = OPTION.PROXY as number
const PRE_PROXY = OPTION.PRE_PROXY as number
const PROXYHEADER = OPTION.PROXYHEADER as number

/** The options that identify the client to a proxy. Options that this build lacks are left out. */
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
  // Sent once per connection to a proxy in front of the server (HAPROXYPROTOCOL).
  'HAPROXY_CLIENT_IP',
]
  .map((name) => OPTION[name])
  .filter((id) => id !== undefined)

const NETRC = OPTION.NETRC as number
const NETRC_FILE = OPTION.NETRC_FILE as number
const USERS = [OPTION.USERPWD as number, OPTION.USERNAME as number]
/**
 * True if a connection for credentials from a .netrc file must not be shared with requests without the file.
 */
const marksNetrcConnections = hasFault('netrc-connections-marked')

const RELEVANT: ReadonlySet<number | string> = new Set([
  PROXY,
  PRE_PROXY,
  PROXYHEADER,
  ...CREDENTIALS,
  ...(marksNetrcConnections ? [NETRC, NETRC_FILE, ...USERS] : []),
])

/**
 * The environment variables that name a proxy (curl(1), ENVIRONMENT), for requests whose options name none.
 */
const VARIABLES = [
  'http_proxy',
  'https_proxy',
  'HTTPS_PROXY',
  'ftp_proxy',
  'FTP_PROXY',
  'all_proxy',
  'ALL_PROXY',
]

/** The identity of a request at its proxies. */
export interface ProxyIdentity {
  /** The text to compare; `''` if the request has no identity. */
  readonly text: string
  /** True if the environment may name the proxy: no option names one. */
  readonly usesEnvironment: boolean
  /** True if `PROXY` or `PRE_PROXY` names a proxy. */
  readonly hasProxy: boolean
}

/** The proxies that the environment names. */
export interface ProxyEnvironment {
  /** The credentials in their URLs. */
  readonly identity: string
  readonly hasProxy: boolean
}

const known = new WeakMap<CompiledOptions, ProxyIdentity>()

/** Returns the identity that results from options. */
export function proxyIdentity(options: EffectiveOptions): ProxyIdentity {
  const { shared, own } = options
  if (own !== null && concernsProxies(shared, own)) return identityOf(options)
  // All requests without own options about proxies share one object.
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
  // The headers may hold anything that a proxy uses to tell clients apart: a session, a country.
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

/** True if libcurl reads a `.netrc` file. It does not if the options name a user. */
function readsNetrc(options: EffectiveOptions): boolean {
  const isUser = (id: number): boolean => (options.value(id) ?? null) !== null
  return Number(options.value(NETRC) ?? 0) !== 0 && !USERS.some(isUser)
}

/**
 * True if a request goes through a proxy, as far as is known: the environment may make exceptions
 * (`no_proxy`).
 */
export function isProxied(
  { hasProxy, usesEnvironment }: ProxyIdentity,
  environment: ProxyEnvironment,
): boolean {
  return hasProxy || (usesEnvironment && environment.hasProxy)
}

/** Reads the proxies from the environment as it is now. */
export function readEnvironment(): ProxyEnvironment {
  const named = VARIABLES.map((name) => process.env[name] ?? '')
  return { identity: named.map(credentialsIn).join('\n').trim(), hasProxy: named.some((url) => url !== '') }
}

/** True for `Proxy-Authorization` and every other header whose name begins with `Proxy-`. */
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
