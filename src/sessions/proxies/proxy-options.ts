/**
 * The options of a proxy pool, and their checks. Does not know how the pool uses them.
 */
import { OptionError } from '../../errors.js'
import { assertNames, mustBe } from '../../wrong-value.js'
import { parseRate, type RateLimit } from '../../scheduling/gates/limits.js'
import type { CoolDownPolicy, PooledProxy, ProxyParts, ProxyView } from './pooled-proxy.js'
import { parseProxyUrl } from './proxy-url.js'

/** A request for a proxy. */
export interface ProxyRequest {
  /** The URL of the request. */
  readonly url?: string
  /** Scheme, host and port of {@link url}: the key of `'sticky'`, unless `stickyBy` gives another one. */
  readonly host?: string
  /**
   * Requests with the same key keep their proxy while it works. Each session has a key. Default: none, except
   * with `'sticky'`.
   */
  readonly key?: unknown
  /** Proxies that have been tried. Another one is chosen, unless there is no other. */
  readonly exclude?: readonly ProxyView[]
}

/**
 * Chooses among the proxies that may be used now. It returns one of them, or undefined to use none of them
 * and be called again after a change. It is called for each request, and again while the request waits, so it
 * has to be fast and free of side effects.
 */
export type ProxyStrategy = (request: ProxyRequest, available: readonly ProxyView[]) => ProxyView | undefined

/** One proxy with its own settings. */
export interface ProxyEntry {
  /** `http://user:password@host:port`, or `host:port:user:password`; null for a direct connection. */
  url: string | null
  /** The name in statistics. Default: the number in the pool, such as `#1`. */
  name?: string | undefined
  /** The maximum number of requests in flight through it. Default: the pool's `maxRequestsPerProxy`. */
  maxRequests?: number | null | undefined
  /** The maximum number of starts in any span of time. Default: the pool's `rateLimitPerProxy`. */
  rateLimit?: RateLimit | null | undefined
  /**
   * libcurl's options for requests through this proxy: `PROXYAUTH`, `PRE_PROXY`, `PROXYHEADER`,
   * `HTTPPROXYTUNNEL`, ...
   */
  options?: Readonly<Record<string, unknown>> | undefined
}

/** The cool-down of a proxy after failures. */
export interface CoolDownOptions {
  /** The pause after the first failure. Milliseconds. Default: 1000. */
  baseMs?: number
  /** The factor by which each further pause is longer. Default: 2. */
  factor?: number
  /** The longest pause. Milliseconds. Default: 300000 (5 minutes). */
  maxMs?: number
  /**
   * The number of failures in a row that begin a pause, for failures whose cause may be the server: timeouts,
   * broken connections, tunnels that the proxy could not open. Default: 1.
   */
  tolerance?: number
}

/** The options of a pool. */
export interface ProxyPoolOptions {
  /**
   * The choice of the next proxy. `'round-robin'`: in turn. `'random'`: at random. `'least-used'`: the proxy
   * with the fewest requests in flight. `'sticky'`: requests with the same key keep their proxy while it
   * works. Or a function. Default: `'round-robin'`.
   */
  strategy?: 'round-robin' | 'random' | 'least-used' | 'sticky' | ProxyStrategy | undefined
  /** Returns the key for `'sticky'`. Default: scheme, host and port of the request. */
  stickyBy?: ((request: ProxyRequest) => unknown) | undefined
  /** The maximum number of requests in flight through each proxy. Default: no limit. */
  maxRequestsPerProxy?: number | null | undefined
  /**
   * The maximum number of starts through each proxy in any span of time, such as `'60/1m'`. Default: no
   * limit.
   */
  rateLimitPerProxy?: RateLimit | null | undefined
  /** The pauses of a proxy that has failed. Default: those of {@link CoolDownOptions}. */
  coolDown?: CoolDownOptions | undefined
  /**
   * Statuses of responses that count as a failure of the proxy: 403, 429, ... Default: 407, which always
   * counts.
   */
  statusCodes?: readonly number[] | undefined
  /**
   * The number of other proxies that are tried for a request after one has failed before any part of the
   * request reached the server. These attempts do not count as the request's `retry`. Default: 3.
   */
  retries?: number | undefined
  /** Returns a number from 0 to less than 1, for `'random'`. Default: `Math.random`. */
  random?: (() => number) | undefined
  /** Returns the time in milliseconds, which never goes back. Default: `performance.now`. */
  clock?: (() => number) | undefined
}

/** The checked options of a pool. */
export interface PoolSettings {
  readonly strategy: 'round-robin' | 'random' | 'least-used' | 'sticky' | ProxyStrategy
  readonly stickyBy: (request: ProxyRequest) => unknown
  readonly maxRequests: number
  readonly rateLimit: RateLimit | null
  readonly coolDown: CoolDownPolicy
  readonly statusCodes: ReadonlySet<number>
  readonly retries: number
  readonly random: () => number
  readonly clock: () => number
}

const STRATEGIES = ['round-robin', 'random', 'least-used', 'sticky'] as const
const POOL_KEYS = [
  'strategy',
  'stickyBy',
  'maxRequestsPerProxy',
  'rateLimitPerProxy',
  'coolDown',
  'statusCodes',
  'retries',
  'random',
  'clock',
]
const ENTRY_KEYS = ['url', 'name', 'maxRequests', 'rateLimit', 'options']
const COOL_DOWN_KEYS = ['baseMs', 'factor', 'maxMs', 'tolerance']

/** Checks the options of a pool. Throws `OptionError` for an invalid one. */
export function checkPool(given: ProxyPoolOptions): PoolSettings {
  checkKeys('ProxyPool', given, POOL_KEYS)
  const {
    strategy = 'round-robin',
    rateLimitPerProxy: rateLimit = null,
    statusCodes = [],
    coolDown = {},
  } = given
  const isKnown = typeof strategy === 'function' || (STRATEGIES as readonly unknown[]).includes(strategy)
  if (!isKnown) throw wrong('strategy', `one of ${STRATEGIES.join(', ')}, or a function`, strategy)
  if (!Array.isArray(statusCodes) || !statusCodes.every((code) => Number.isInteger(code)))
    throw wrong('statusCodes', 'an array of status codes', statusCodes)
  checkKeys('ProxyPool: coolDown', coolDown, COOL_DOWN_KEYS)
  const { baseMs = 1000, factor = 2, maxMs = 300_000, tolerance = 1 } = coolDown
  parseRate(rateLimit, 'rateLimitPerProxy')
  return {
    strategy,
    stickyBy: fn('stickyBy', given.stickyBy) ?? (({ host }) => host),
    maxRequests: count('maxRequestsPerProxy', given.maxRequestsPerProxy ?? null),
    rateLimit,
    coolDown: {
      baseMs: atLeast('coolDown.baseMs', baseMs, 0),
      factor: atLeast('coolDown.factor', factor, 1),
      maxMs: atLeast('coolDown.maxMs', maxMs, 0),
      tolerance: count('coolDown.tolerance', tolerance),
    },
    statusCodes: new Set([407, ...(statusCodes as number[])]),
    retries: given.retries === 0 ? 0 : count('retries', given.retries ?? 3),
    random: fn('random', given.random) ?? Math.random,
    clock: fn('clock', given.clock) ?? (() => performance.now()),
  }
}

/** Checks one proxy. Errors show no credentials. */
export function checkEntry(
  given: ProxyEntry | string | null,
  id: number,
  pool: PoolSettings,
  where: string,
): ProxyParts {
  const isObject = typeof given === 'object' && given !== null
  const entry: ProxyEntry = isObject ? given : { url: given }
  if (isObject) checkKeys(where, entry, ENTRY_KEYS)
  const { url, name = `#${String(id)}`, options = {} } = entry
  if (typeof name !== 'string') throw wrong(`${where}: name`, 'a string', name)
  if (typeof options !== 'object' || (options as unknown) === null || Array.isArray(options))
    throw wrong(`${where}: options`, 'an object of libcurl’s options', options)
  return {
    id,
    name,
    address: url === null ? null : parseProxyUrl(url, where),
    maxRequests:
      entry.maxRequests === undefined ? pool.maxRequests : count(`${where}: maxRequests`, entry.maxRequests),
    rate: parseRate(entry.rateLimit === undefined ? pool.rateLimit : entry.rateLimit, `${where}: rateLimit`),
    options: Object.freeze({ ...options }),
  }
}

/** Returns the choice of a strategy, if it is one of the proxies that were offered. Throws otherwise. */
export function checkChoice(choice: unknown, available: readonly PooledProxy[]): PooledProxy | undefined {
  if (choice === undefined || choice === null) return undefined
  const found = available.find((proxy) => proxy === choice)
  if (found !== undefined) return found
  throw new OptionError('ProxyPool: the strategy returned none of the proxies that it was given', 'strategy')
}

function checkKeys(where: string, given: unknown, known: readonly string[]): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new OptionError(`${where}: expected an object of ${known.join(', ')}`, 'proxies')
  assertNames(where, given, known, { option: 'proxies' })
}

function fn<T>(name: string, value: T | undefined): T | undefined {
  if (value === undefined || typeof value === 'function') return value
  throw wrong(name, 'a function', value)
}

function count(name: string, value: unknown): number {
  if (value === null || value === Infinity) return Infinity
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1) return value
  throw wrong(name, 'a whole number of at least 1 (null or Infinity: no limit)', value)
}

function atLeast(name: string, value: unknown, least: number): number {
  if (typeof value === 'number' && value >= least && value < Infinity) return value
  throw wrong(name, `a number of at least ${String(least)}`, value)
}

function wrong(name: string, expected: string, value: unknown): OptionError {
  // A text may be a proxy URL with credentials.
  const isSecret = typeof value === 'string'
  return mustBe(name, expected, value, { where: 'ProxyPool', option: 'proxies', isSecret })
}
