/**
 * Session: a name under which requests look like one visitor: cookies, proxy, user agent, headers. Knows how
 * well it does and when it has had its time. Does not know who uses it, nor other sessions.
 */
import { inspect } from 'node:util'
import { OptionError } from '../errors.js'
import { CookieJar } from './cookies/cookie-jar.js'
import type { Cookie } from './cookies/cookie.js'
import { parseProxyUrl } from './proxies/proxy-url.js'
import { ABORTED_BY_CALLBACK, HTTP_RETURNED_ERROR } from '../curl-codes.js'

/** When a session has had its time. */
export interface SessionLimits {
  /** Attempts that it is used for. Default: no limit. */
  maxUses?: number | null | undefined
  /** Milliseconds since it was made. Default: no limit. */
  maxAgeMs?: number | null | undefined
  /** The error score at which it retires: a bad outcome adds 1, a good one takes 0.5 away. Default: 3. */
  maxErrors?: number | null | undefined
  /** Statuses that are bad outcomes. Default: 401, 403, 429. */
  badStatusCodes?: readonly number[] | undefined
}

/** What a session is made of. */
export interface SessionOptions extends SessionLimits {
  /** Its name in `transfer.session.name`. Default: `session-1` and so on. */
  name?: string | undefined
  /** Its cookies. Default: a new jar in memory; false: none. */
  cookieJar?: CookieJar | false | undefined
  /**
   * Its own proxy, null: none. Default: one of the instance's `proxies`, the same for all its requests while
   * it works; where there are none, whatever the request's options say.
   */
  proxy?: string | null | undefined
  /** Default: whatever the request's options say. */
  userAgent?: string | undefined
  /** Headers of all its requests, by name. A request's own `HTTPHEADER` of the same name wins. */
  headers?: Readonly<Record<string, string>> | undefined
}

/** A session as it is kept in a file. Cookies and the proxy's password are in it. */
export interface SessionData {
  readonly name: string
  readonly cookies: readonly Cookie[] | null
  readonly proxy?: string | null
  readonly proxyFingerprint?: string
  readonly userAgent?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly createdAt: number
  readonly uses: number
  readonly errorScore: number
}

/** A session in numbers. Holds no cookie and no credentials. */
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
 * A session. Give it to a request or an instance (`session: session`), or let a {@link SessionPool} hand them
 * out. A session of one's own that has retired still works: look at {@link isUsable}.
 */
export class Session {
  readonly name: string
  /** Its cookies; null: none. */
  readonly cookieJar: CookieJar | null
  readonly userAgent: string | undefined
  readonly headers: Readonly<Record<string, string>>
  /** When it was made, in milliseconds since the epoch. */
  readonly createdAt: number
  /** Attempts that it has been used for. */
  uses = 0
  /** Grows with bad outcomes and shrinks with good ones; never below 0. */
  errorScore = 0
  /**
   * @internal Its own proxy for libcurl: with credentials, `''` for none, undefined where it has none of its
   * own.
   */
  readonly proxyUrl: string | undefined
  /** @internal Which proxy of a pool it had last. */
  proxyFingerprint: string | undefined
  private readonly maxUses: number
  private readonly maxAgeMs: number
  private readonly maxErrors: number
  private readonly badStatusCodes: ReadonlySet<number>
  private hasRetired = false

  /** Throws `OptionError` for what makes no sense; it shows no credentials. */
  constructor(options: SessionOptions = {}, createdAt = Date.now()) {
    checkKeys(options)
    const { name = `session-${String(++made)}`, cookieJar, proxy, userAgent, headers = {} } = options
    this.name = line('name', name)
    if (cookieJar !== undefined && cookieJar !== false && !(cookieJar instanceof CookieJar))
      throw wrong('cookieJar', 'a CookieJar or false')
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
      throw wrong('badStatusCodes', 'an array of status codes')
    this.badStatusCodes = new Set(codes as number[])
  }

  /** Whether it may be used on: not retired, and within its limits. */
  get isUsable(): boolean {
    if (this.hasRetired || this.uses >= this.maxUses || this.errorScore >= this.maxErrors) return false
    return Date.now() - this.createdAt < this.maxAgeMs
  }

  /** It did what it should. Happens by itself with each attempt that goes well. */
  markGood(): void {
    this.errorScore = Math.max(0, this.errorScore - RECOVERY)
  }

  /**
   * It did not: it has been blocked, say. Happens by itself with `badStatusCodes`, and where its own proxy
   * fails.
   */
  markBad(): void {
    this.errorScore++
  }

  /** Ends it: a pool hands it out no more. */
  retire(): void {
    this.hasRetired = true
  }

  /** @internal What an attempt says of it. */
  learn(errno: number, responseCode: number): void {
    if (errno === 0 || errno === HTTP_RETURNED_ERROR) {
      if (this.badStatusCodes.has(responseCode)) this.markBad()
      else this.markGood()
    } else if (this.proxyUrl !== undefined && this.proxyUrl !== '' && errno !== ABORTED_BY_CALLBACK)
      this.markBad()
  }

  stats(): SessionStats {
    const { name, uses, errorScore, createdAt, isUsable } = this
    return { name, uses, errorScore, createdAt, isUsable, cookies: this.cookieJar?.all().length ?? 0 }
  }

  /** For a log: no cookie, no credentials. {@link serialize} has everything. */
  toJSON(): Omit<SessionStats, 'cookies'> {
    const { name, uses, errorScore, createdAt, isUsable } = this
    return { name, uses, errorScore, createdAt, isUsable }
  }

  /**
   * All that is needed to go on with it later. Cookies, and the password of a proxy of its own, are in it.
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

  /** The session of {@link serialize}, with limits of its own. Throws `OptionError` for what is none. */
  static restore(data: SessionData, limits: SessionLimits = {}): Session {
    const isObject = typeof data === 'object' && (data as unknown) !== null
    const { cookies, proxyFingerprint, createdAt, uses, errorScore, ...rest } = isObject
      ? data
      : ({} as SessionData)
    const isNumber = (value: unknown): boolean =>
      typeof value === 'number' && Number.isFinite(value) && value >= 0
    if (typeof rest.name !== 'string' || ![createdAt, uses, errorScore].every(isNumber))
      throw new OptionError('Session.restore: this is no session', 'session')
    if (!['string', 'undefined'].includes(typeof proxyFingerprint))
      throw new OptionError('Session.restore: proxyFingerprint must be a string', 'session')
    const cookieJar = cookies === null ? false : CookieJar.fromJSON({ cookies })
    const session = new Session({ ...limits, ...rest, cookieJar }, createdAt)
    session.uses = uses
    session.errorScore = errorScore
    session.proxyFingerprint = proxyFingerprint
    return session
  }

  /** What `console.log` shows: no cookie, no credentials. */
  [inspect.custom](): string {
    return `Session ${inspect(this.toJSON())}`
  }
}

function checkKeys(options: unknown): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new OptionError(`Session: expected an object of ${KEYS.join(', ')}`, 'session')
  const stray = Object.keys(options).find((key) => !KEYS.includes(key))
  if (stray !== undefined)
    throw new OptionError(
      `Session: ${JSON.stringify(stray.slice(0, 40))} is none of ${KEYS.join(', ')}`,
      'session',
    )
}

function checkHeaders(headers: unknown): Readonly<Record<string, string>> {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers))
    throw wrong('headers', 'an object of names and values')
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(name)) throw wrong('headers', 'an object of names and values')
    line(`headers: ${name}`, value)
  }
  return Object.freeze({ ...(headers as Record<string, string>) })
}

function line(name: string, value: unknown): string {
  if (typeof value === 'string' && !/[\r\n\0]/.test(value)) return value
  throw wrong(name, 'a string without CR, LF and NUL')
}

function limit(name: string, value: number | null | undefined): number {
  if (value === null || value === undefined || value === Infinity) return Infinity
  if (typeof value === 'number' && value > 0) return value
  throw wrong(name, 'a number above 0 (null: no limit)')
}

function wrong(name: string, expected: string): OptionError {
  return new OptionError(`Session: ${name} must be ${expected}`, 'session')
}
