/**
 * What a cache needs to know of a request: may it be answered from a cache, who asks, and which fields are sent. Most
 * requests share an order, so this is found once for each order. Does not look into the cache.
 */
import type { CacheRequest, HttpCache } from '../../caching/http-cache.js'
import type { ConnectionSettings } from '../../engine/handle/easy-handle.js'
import { OPTION } from '../../engine/node-libcurl/binding.js'
import { methodOf, type LaunchOrder } from '../../engine/request/wire-request.js'
import { headerName, linesUnlike } from '../../http-semantics.js'
import { isSecretHeader } from '../../redaction.js'
import { CookieJar } from '../../sessions/cookies/cookie-jar.js'
import { SessionPool } from '../../sessions/session-pool.js'
import type { RecordSettings } from '../record/transfer-record.js'

/**
 * The options that change neither who asks nor what the response is: all others are part of the key. Responses are
 * told apart by redirects in other ways.
 */
const NEUTRAL = new RegExp(
  [
    '^(.*TIMEOUT(_MS)?|TCP_.*|DNS_.*|DOH_.*|PROXY.*|PRE_PROXY|NOPROXY|SOCKS5_.*|HTTPPROXYTUNNEL|HAPROXY.*)$',
    '^(LOW_SPEED_.*|MAX_(SEND|RECV)_SPEED_LARGE|.*BUFFERSIZE|VERBOSE|NOPROGRESS|NOSIGNAL|STDERR|FAILONERROR)$',
    '^(MAXREDIRS|MAXCONNECTS|FORBID_REUSE|FRESH_CONNECT|MAXAGE_CONN|MAXLIFETIME_CONN|UPKEEP_INTERVAL_MS)$',
    '^(SSL_(VERIFY.*|CIPHER_LIST|OPTIONS|EC_CURVES|ENABLE.*|FALSESTART|SESSIONID_CACHE)|SSLVERSION|TLS13_CIPHERS)$',
    '^(CAINFO(_BLOB)?|CAPATH|CRLFILE|ISSUERCERT(_BLOB)?|PINNEDPUBLICKEY|CERTINFO|HTTP_VERSION|PIPEWAIT|STREAM_.*)$',
    '^(INTERFACE|LOCALPORT(RANGE)?|IPRESOLVE|HSTS.*|ALTSVC.*|USERAGENT|REFERER|AUTOREFERER|HTTPHEADER|HEADEROPT)$',
    '^(FOLLOWLOCATION|PROTOCOLS(_STR)?|REDIR_PROTOCOLS(_STR)?|HTTPGET|NOBODY|MAXFILESIZE(_LARGE)?|SUPPRESS_CONNECT_HEADERS)$',
    '^(CUSTOMREQUEST|SHARE|COOKIESESSION|FILETIME|EXPECT_100_TIMEOUT_MS|HTTP09_ALLOWED|RETURNTRANSFER|CONNECT_ONLY)$',
  ].join('|'),
)
/** Made on first use: few processes have a cache. Some options have several names. */
let neutralIds: ReadonlySet<number | string> | null = null
/** Fields that make it another request: its response is no whole one, or the user's own business. */
const CONDITIONAL = new Set([
  'range',
  'if-range',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
])
/** Options that make it such a request, or whose response is not the server's. */
const OUTSIDE = [
  'RANGE',
  'RESUME_FROM',
  'RESUME_FROM_LARGE',
  'TIMECONDITION',
  'TIMEVALUE',
  'TIMEVALUE_LARGE',
  'HEADER',
  'TRANSFER_ENCODING',
  'CONNECT_ONLY',
].map((name) => OPTION[name])

/** Functions that only look on: they see nothing of a response from the cache. */
const OBSERVERS = new Set(['DEBUGFUNCTION', 'PREREQFUNCTION', 'PROGRESSFUNCTION', 'XFERINFOFUNCTION'])

/** The facts of an order. */
interface CacheFacts {
  readonly method: string
  /** Who asks, and how: the text of the key beside the URL. null: no cache can serve such a request. */
  readonly who: string | null
  /** The values of `Cache-Control` and `Pragma` of the request. */
  readonly control: string
  readonly pragma: string
  /** Returns the value of a field; undefined if it is not sent. */
  readonly header: (name: string, url: string) => string | undefined
}

const known = new WeakMap<LaunchOrder, CacheFacts>()
const digests = new WeakMap<HttpCache, WeakMap<CacheFacts, string>>()
const jars = new WeakMap<object, string>()

/** Returns the facts of an order. */
function cacheFactsOf(order: LaunchOrder): CacheFacts {
  let facts = known.get(order)
  if (facts === undefined) known.set(order, (facts = factsOf(order)))
  return facts
}

/** Returns the request as a cache sees it; null if no cache can serve it. */
export function cacheRequestOf(cache: HttpCache, order: LaunchOrder, target: string): CacheRequest | null {
  const facts = cacheFactsOf(order)
  const { method, control, pragma } = facts
  if (facts.who === null || (method !== 'GET' && method !== 'HEAD')) return null
  const { url, user } = siteOf(target)
  if (!/^https?:\/\//i.test(url)) return null
  return {
    method,
    control,
    pragma,
    url,
    followsRedirects: order.followsRedirects,
    who: user === '' ? digestOf(cache, facts, facts.who) : cache.digest(`${user}\n${facts.who}`),
    header: (name) => facts.header(name, target),
  }
}

/** Returns a URL without user, password and fragment. */
export function siteOf(target: string): { readonly url: string; readonly user: string } {
  const hash = target.indexOf('#')
  const url = hash < 0 ? target : target.slice(0, hash)
  const start = url.indexOf('://') + 3
  const rest = url.slice(start)
  const end = rest.search(/[/?]/)
  const at = (end < 0 ? rest : rest.slice(0, end)).lastIndexOf('@')
  return { url: url.slice(0, start) + rest.slice(at + 1), user: at < 0 ? '' : rest.slice(0, at) }
}

function digestOf(cache: HttpCache, facts: CacheFacts, who: string): string {
  let ofCache = digests.get(cache)
  if (ofCache === undefined) digests.set(cache, (ofCache = new WeakMap()))
  let digest = ofCache.get(facts)
  if (digest === undefined) ofCache.set(facts, (digest = cache.digest(who)))
  return digest
}

function factsOf(order: LaunchOrder): CacheFacts {
  const method = methodOf(order)
  const { options } = order
  const settings = options.settings as RecordSettings
  const lines = [...options.headers, ...sessionLines(settings, options.headers)]
  const control = lines.filter((line) => !line.includes(';') || line.includes(':'))
  const valueOf = (name: string): string | undefined => fieldIn(control, name)
  return {
    method,
    who: isServed(order, settings, lines) ? whoOf(order, settings, lines) : null,
    control: valueOf('cache-control') ?? '',
    pragma: valueOf('pragma') ?? '',
    header: (name, url) => valueOf(name) ?? ownField(order, settings, name, url),
  }
}

function isServed(order: LaunchOrder, settings: RecordSettings, lines: readonly string[]): boolean {
  const { options, body } = order
  const { shared, own } = options
  if (body !== null || settings.upload !== undefined || options.bodyTarget !== 'content') return false
  if (settings.session instanceof SessionPool || settings.resume === true) return false
  if (settings.segments !== undefined) return false
  if ((settings as ConnectionSettings).connection !== undefined) return false
  if (OUTSIDE.some((id) => id !== undefined && options.isOn(id))) return false
  // A body that is not decoded is not what the stored one is.
  if (['HTTP_TRANSFER_DECODING', 'HTTP_CONTENT_DECODING'].some((name) => isOff(order, name))) return false
  if (lines.some((line) => CONDITIONAL.has(headerName(line)))) return false
  if (![...shared.functions, ...(own?.functions ?? [])].every(({ name }) => OBSERVERS.has(name))) return false
  const isOwnShare = options.isSet(OPTION['SHARE'] as number) && !(settings.cookieJar instanceof CookieJar)
  return !isOwnShare && [...options.entries()].every(([id, value]) => isNeutral(id) || isText(value))
}

function isNeutral(id: number | string): boolean {
  neutralIds ??= new Set(
    Object.entries(OPTION)
      .filter(([name]) => NEUTRAL.test(name))
      .map(([, ofName]) => ofName),
  )
  return neutralIds.has(id)
}

function isOff(order: LaunchOrder, name: string): boolean {
  const value = order.options.value(OPTION[name] as number)
  return value === 0
}

function isText(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return true
  return (
    value instanceof Uint8Array || (Array.isArray(value) && value.every((item) => typeof item === 'string'))
  )
}

/** Everything that decides who asks and what for. It holds secrets: only a digest of it gets to the disk. */
function whoOf(order: LaunchOrder, settings: RecordSettings, lines: readonly string[]): string {
  const { options } = order
  const given = [...options.entries()]
    .filter(([id]) => !isNeutral(id))
    .map(([id, value]) => [id, value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value])
  const fields = lines.filter((line) => isPersonal(headerName(line)))
  return JSON.stringify([given, fields, visitorOf(settings)])
}

/** True for a field that says who asks, or which of several sites of one address is meant. */
function isPersonal(name: string): boolean {
  return name === 'host' || isSecretHeader(name)
}

/** Sessions and jars without a name that lasts are known to this process only. */
function visitorOf({ session, cookieJar }: RecordSettings): unknown {
  if (session !== null && session !== undefined && !(session instanceof SessionPool))
    return ['session', session.lastingName ?? nameOf(session)]
  if (!(cookieJar instanceof CookieJar)) return null
  return ['jar', cookieJar.lastingName ?? nameOf(cookieJar)]
}

function nameOf(visitor: object): string {
  let name = jars.get(visitor)
  if (name === undefined) jars.set(visitor, (name = process.getBuiltinModule('node:crypto').randomUUID()))
  return name
}

/** The lines of a session, as they are added below those of the request. */
function sessionLines({ session }: RecordSettings, own: readonly string[]): readonly string[] {
  if (session === null || session === undefined || session instanceof SessionPool) return []
  const lines = Object.entries(session.headers).map(([name, value]) => `${name}: ${value}`)
  return linesUnlike(lines, own)
}

function fieldIn(lines: readonly string[], name: string): string | undefined {
  const values = lines
    .filter((line) => headerName(line) === name)
    .map((line) => line.slice(line.indexOf(':') + 1).trim())
  return values.length === 0 ? undefined : values.join(', ')
}

/** Returns the value of a field that libcurl makes. */
function ownField(
  { options }: LaunchOrder,
  { session, cookieJar }: RecordSettings,
  name: string,
  url: string,
): string | undefined {
  const text = (option: string): string | undefined => {
    const value = options.value(OPTION[option] as number)
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const visitor = session instanceof SessionPool ? null : session
  switch (name) {
    case 'accept':
      return '*/*'
    case 'user-agent':
      return visitor?.userAgent ?? text('USERAGENT')
    case 'referer':
      return text('REFERER')
    case 'accept-encoding':
      return text('ACCEPT_ENCODING')
    case 'cookie': {
      const jar = visitor === null || visitor === undefined ? cookieJar : visitor.cookieJar
      if (!(jar instanceof CookieJar)) return text('COOKIE')
      const cookies = URL.canParse(url) ? jar.get(url) : []
      return [...cookies.map((cookie) => `${cookie.name}=${cookie.value}`), text('COOKIE') ?? ''].join('; ')
    }
    default:
      return undefined
  }
}
