/**
 * Session: requests that look like one visitor to a server, with the same cookies, proxy, user agent and
 * headers. Counts its uses and errors against its limits. Does not know which requests use it, nor other
 * sessions.
 */
import { inspect } from 'node:util'
import { OptionError } from '../errors.js'
import { assertNames, mustBe } from '../wrong-value.js'
import { isToken } from '../http-semantics.js'
import { CookieJar } from './cookies/cookie-jar.js'
import type { Cookie } from './cookies/cookie.js'
import { parseProxyUrl } from './proxies/proxy-url.js'
import { ABORTED_BY_CALLBACK, HTTP_RETURNED_ERROR } from '../curl-codes.js'

/** The limits after which a session is no longer used. */
export interface SessionLimits {
  /** The maximum number of attempts. Default: no limit. */
  maxUses?: number | null | undefined
  /** The maximum age. Milliseconds. Default: no limit. */
  maxAgeMs?: number | null | undefined
  /**
   * The error score at which the session is no longer used: a bad outcome adds 1, a good one subtracts 0.5.
   * Default: 3.
   */
  maxErrors?: number | null | undefined
  /** Statuses that are bad outcomes. Default: 401, 403, 429. */
  badStatusCodes?: readonly number[] | undefined
}

/** The options of a session. */
export interface SessionOptions extends SessionLimits {
  /** The name, also in `transfer.session.name`. Default: `session-1` and so on. */
  name?: string | undefined
  /** The cookies. Default: a new jar in memory; false for none. */
  cookieJar?: CookieJar | false | undefined
  /**
   * The session's own proxy, null for a direct connection. Default: one of the instance's `proxies`, the same
   * for all its requests while it works; without `proxies`, the request's options decide.
   */
  proxy?: string | null | undefined
  /** The user agent. Default: the one in the request's options. */
  userAgent?: string | undefined
  /** Headers of all its requests, by name. A request's own `HTTPHEADER` of the same name wins. */
  headers?: Readonly<Record<string, string>> | undefined
}

/** A session as it is stored in a file. It holds cookies and the proxy's password. */
export interface SessionData {
  readonly name: string
  readonly cookies: readonly Cookie[] | null
  /** Its own proxy, with credentials. null: a direct connection. Missing: it has none of its own. */
  readonly proxy?: string | null
  /** A digest of the proxy that it had from a pool. */
  readonly proxyFingerprint?: string
  readonly userAgent?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly createdAt: number
  readonly uses: number
  readonly errorScore: number
}

/** The statistics of a session. They hold no cookies and no credentials. */
export interface SessionStats {
  readonly name: string
  readonly uses: number
  readonly errorScore: number
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  readonly isUsable: boolean
  readonly cookies: number
}

const DEFAULT_MAX_ERRORS = 3
const DEFAULT_BAD_STATUSES = [401, 403, 429]
const RECOVERY = 0.5
const KEYS = [
  'name',
  'cookieJar',
  'proxy',
  'userAgent',
  'headers',
  'maxUses',
  'maxAgeMs',
  'maxErrors',
  'badStatusCodes',
]
let made = 0

/**
 * A session. Pass it to a request or an instance (`session: session`), or let a {@link SessionPool} hand
 * sessions out. A retired session that you pass yourself still works: check {@link isUsable}.
 */
export class Session {
  readonly name: string
  /** The cookies; null for none. */
  readonly cookieJar: CookieJar | null
  readonly userAgent: string | undefined
  readonly headers: Readonly<Record<string, string>>
  /** The time of its creation, in milliseconds since the epoch. */
  readonly createdAt: number
  /** The number of attempts that have used it. */
  uses = 0
  /** Grows with bad outcomes and shrinks with good ones; never below 0. */
  errorScore = 0
  /**
   * @internal The session's own proxy for libcurl: a URL with credentials, `''` for a direct connection,
   * undefined if it has none.
   */
  readonly proxyUrl: string | undefined
  /** @internal The fingerprint of the last proxy that it had from a pool. */
  proxyFingerprint: string | undefined
  /** @internal The name by which a cache knows it in other processes, too; null: it was given none. */
  readonly lastingName: string | null
  private readonly maxUses: number
  private readonly maxAgeMs: number
  private readonly maxErrors: number
  private readonly badStatusCodes: ReadonlySet<number>
  private hasRetired = false

  /** Throws `OptionError` for an invalid option; the message shows no credentials. */
  constructor(options: SessionOptions = {}, createdBefore?: number) {
    checkKeys(options)
    const createdAt = createdBefore ?? Date.now()
    const { name = `session-${String(++made)}`, cookieJar, proxy, userAgent, headers = {} } = options
    this.name = line('name', name)
    // Names that are made up are the same in each process: a session of a file has its time besides.
    this.lastingName =
      createdBefore !== undefined ? `${name} ${String(createdBefore)}` : (options.name ?? null)
    if (cookieJar !== undefined && cookieJar !== false && !(cookieJar instanceof CookieJar))
      throw wrong('cookieJar', 'a CookieJar or false', cookieJar)
    this.cookieJar = cookieJar === false ? null : (cookieJar ?? new CookieJar())
    this.userAgent = userAgent === undefined ? undefined : line('userAgent', userAgent)
    this.headers = checkHeaders(headers)
    this.createdAt = createdAt
    if (proxy === null) this.proxyUrl = ''
    else if (proxy !== undefined) this.proxyUrl = parseProxyUrl(proxy, 'Session').url
    this.maxUses = limit('maxUses', options.maxUses)
    this.maxAgeMs = limit('maxAgeMs', options.maxAgeMs)
    this.maxErrors = limit(
      'maxErrors',
      options.maxErrors === undefined ? DEFAULT_MAX_ERRORS : options.maxErrors,
    )
    const codes = options.badStatusCodes ?? DEFAULT_BAD_STATUSES
    if (!Array.isArray(codes) || !codes.every((code) => Number.isInteger(code)))
      throw wrong('badStatusCodes', 'an array of status codes', codes)
    this.badStatusCodes = new Set(codes as number[])
  }

  /** True if the session is not retired, and within its limits. */
  get isUsable(): boolean {
    if (this.hasRetired || this.uses >= this.maxUses || this.errorScore >= this.maxErrors) return false
    return Date.now() - this.createdAt < this.maxAgeMs
  }

  /** Reports a success: the error score decreases by 0.5. Called for each successful attempt. */
  markGood(): void {
    this.errorScore = Math.max(0, this.errorScore - RECOVERY)
  }

  /**
   * Reports a failure, such as a block by the server: the error score increases by 1. Called for a response
   * with one of `badStatusCodes`, and if the session's own proxy fails.
   */
  markBad(): void {
    this.errorScore++
  }

  /** Ends the session: a pool no longer hands it out. */
  retire(): void {
    this.hasRetired = true
  }

  /** @internal Counts the outcome of an attempt. */
  learn(errno: number, responseCode: number): void {
    if (errno === 0 || errno === HTTP_RETURNED_ERROR) {
      if (this.badStatusCodes.has(responseCode)) this.markBad()
      else this.markGood()
    } else if (this.proxyUrl !== undefined && this.proxyUrl !== '' && errno !== ABORTED_BY_CALLBACK)
      this.markBad()
  }

  /** Returns its statistics, as a snapshot. */
  stats(): SessionStats {
    const { name, uses, errorScore, createdAt, isUsable } = this
    return { name, uses, errorScore, createdAt, isUsable, cookies: this.cookieJar?.all().length ?? 0 }
  }

  /** Returns a record for logs, without cookies and credentials. {@link serialize} returns everything. */
  toJSON(): Omit<SessionStats, 'cookies'> {
    const { name, uses, errorScore, createdAt, isUsable } = this
    return { name, uses, errorScore, createdAt, isUsable }
  }

  /**
   * Returns all data that are needed to continue the session later. They include cookies, and the password of
   * the session's own proxy.
   */
  serialize(): SessionData {
    const { name, cookieJar, proxyUrl, proxyFingerprint, userAgent, headers, createdAt, uses, errorScore } =
      this
    return {
      name,
      cookies: cookieJar?.all() ?? null,
      ...(proxyUrl === undefined ? {} : { proxy: proxyUrl === '' ? null : proxyUrl }),
      ...(proxyFingerprint === undefined ? {} : { proxyFingerprint }),
      ...(userAgent === undefined ? {} : { userAgent }),
      ...(Object.keys(headers).length === 0 ? {} : { headers }),
      createdAt,
      uses,
      errorScore,
    }
  }

  /** Returns the session of {@link serialize}, with new limits. Throws `OptionError` for any other value. */
  static restore(data: SessionData, limits: SessionLimits = {}): Session {
    const isObject = typeof data === 'object' && (data as unknown) !== null
    const { cookies, proxyFingerprint, createdAt, uses, errorScore, ...rest } = isObject
      ? data
      : ({} as SessionData)
    const isNumber = (value: unknown): boolean =>
      typeof value === 'number' && Number.isFinite(value) && value >= 0
    if (typeof rest.name !== 'string' || ![createdAt, uses, errorScore].every(isNumber))
      throw new OptionError('Session.restore: the data are not those of a session', 'session')
    if (!['string', 'undefined'].includes(typeof proxyFingerprint))
      throw wrong('proxyFingerprint', 'a string', proxyFingerprint)
    const cookieJar = cookies === null ? false : CookieJar.fromJSON({ cookies })
    const session = new Session({ ...limits, ...rest, cookieJar }, createdAt)
    session.uses = uses
    session.errorScore = errorScore
    session.proxyFingerprint = proxyFingerprint
    return session
  }

  /** Returns the text for `console.log`, without cookies and credentials. */
  [inspect.custom](): string {
    return `Session ${inspect(this.toJSON())}`
  }
}

function checkKeys(options: unknown): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw wrong('options', `an object of ${KEYS.join(', ')}`, options)
  assertNames('Session', options, KEYS, { option: 'session' })
}

function checkHeaders(headers: unknown): Readonly<Record<string, string>> {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers))
    throw wrong('headers', 'an object of names and values', headers)
  for (const [name, value] of Object.entries(headers)) {
    if (!isToken(name)) throw wrong('a name in headers', 'a token, such as X-Name', name)
    line(`headers: ${name}`, value)
  }
  return Object.freeze({ ...(headers as Record<string, string>) })
}

function line(name: string, value: unknown): string {
  if (typeof value === 'string' && !/[\r\n\0]/.test(value)) return value
  throw wrong(name, 'a string without CR, LF and NUL', value)
}

function limit(name: string, value: number | null | undefined): number {
  if (value === null || value === undefined || value === Infinity) return Infinity
  if (typeof value === 'number' && value > 0) return value
  throw wrong(name, 'a number above 0 (null: no limit)', value)
}

function wrong(name: string, expected: string, value: unknown): OptionError {
  return mustBe(name, expected, value, { where: 'Session', option: 'session', isSecret: true })
}
