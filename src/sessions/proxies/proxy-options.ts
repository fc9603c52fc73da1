/**
 * What a proxy pool is made of, as people write it, checked. Does not know what becomes of it.
 */
import { OptionError } from '../../errors.js'
import { parseRate, type RateLimit } from '../../scheduling/gates/limits.js'
import type { CoolDownPolicy, PooledProxy, ProxyParts, ProxyView } from './pooled-proxy.js'
import { parseProxyUrl } from './proxy-url.js'

/** Who wants a proxy. */
export interface ProxyRequest {
  /** What it is for. */
  readonly url?: string
  /** Scheme, host and port of {@link url}: the key of `'sticky'`, unless there is another one. */
  readonly host?: string
  /**
   * Requests of one key keep their proxy while it works. Sessions have one of their own. Default: none, but
   * with `'sticky'`.
   */
  readonly key?: unknown
  /** Proxies that have been tried: another one is given, unless there is no other. */
  readonly exclude?: readonly ProxyView[]
}

/**
 * Chooses among the proxies that may be used now. What it returns has to be one of them; undefined: none of
 * these, ask again when something has changed. Called for each request, and again while that waits: it should
 * be quick, and change nothing.
 */
export type ProxyStrategy = (request: ProxyRequest, available: readonly ProxyView[]) => ProxyView | undefined

/** One proxy, with what is special about it. */
export interface ProxyEntry {
  /** `http://user:password@host:port`; null: no proxy. */
  url: string | null
  /** For statistics. Default: its number in the pool, `#1`. */
  name?: string | undefined
  /** Requests in flight through it. Default: the pool's `maxRequestsPerProxy`. */
  maxRequests?: number | null | undefined
  /** Starts in any span of time. Default: the pool's `rateLimitPerProxy`. */
  rateLimit?: RateLimit | null | undefined
  /** Options of libcurl's that go with it: `PROXYAUTH`, `PRE_PROXY`, `PROXYHEADER`, `HTTPPROXYTUNNEL`, ... */
  options?: Readonly<Record<string, unknown>> | undefined
}

/** Pauses of a proxy that has failed. */
export interface CoolDownOptions {
  /** Milliseconds after the first failure. Default: 1000. */
  baseMs?: number
  /** How much longer each further pause is. Default: 2. */
  factor?: number
  /** Milliseconds that no pause exceeds. Default: 300000 (5 minutes). */
  maxMs?: number
  /**
   * After how many failures in a row for which the server may be to blame as well: timeouts, broken
   * connections, tunnels that the proxy could not build. Default: 1.
   */
  tolerance?: number
}

/** How a pool works. */
export interface ProxyPoolOptions {
  /**
   * `'round-robin'`: one after the other. `'random'`. `'least-used'`: the fewest in flight. `'sticky'`: all
   * requests of one key keep their proxy while it works. Or a function. Default: `'round-robin'`.
   */
  strategy?: 'round-robin' | 'random' | 'least-used' | 'sticky' | ProxyStrategy | undefined
  /** The key of `'sticky'`. Default: scheme, host and port of the request. */
  stickyBy?: ((request: ProxyRequest) => unknown) | undefined
  /** Requests in flight through each proxy. Default: no limit. */
  maxRequestsPerProxy?: number | null | undefined
  /** Starts through each proxy in any span of time: `'60/1m'`. Default: no limit. */
  rateLimitPerProxy?: RateLimit | null | undefined
  coolDown?: CoolDownOptions | undefined
  /** Statuses of responses that speak against the proxy: 403, 429, ... Default: none but 407. */
  statusCodes?: readonly number[] | undefined
  /**
   * How many other proxies are tried for a request when one has failed before anything reached the server.
   * These tries do not count as the request's `retry`. Default: 3.
   */
  retries?: number | undefined
  /** A number from 0 to less than 1, for `'random'`. Default: `Math.random`. */
  random?: (() => number) | undefined
  /** Milliseconds; never goes back. Default: `performance.now`. */
  clock?: (() => number) | undefined
}

/** Checked. */
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

/** Checks the options of a pool. Anything that makes no sense: `OptionError`. */
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

/** Whether a strategy's choice is one of those that it was given. */
export function checkChoice(choice: unknown, available: readonly PooledProxy[]): PooledProxy | undefined {
  if (choice === undefined || choice === null) return undefined
  const found = available.find((proxy) => proxy === choice)
  if (found !== undefined) return found
  throw new OptionError('ProxyPool: the strategy returned none of the proxies that it was given', 'strategy')
}

function checkKeys(where: string, given: unknown, known: readonly string[]): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new OptionError(`${where}: expected an object of ${known.join(', ')}`, 'proxies')
  const stray = Object.keys(given).find((key) => !known.includes(key))
  if (stray !== undefined)
    throw new OptionError(
      `${where}: ${JSON.stringify(stray.slice(0, 40))} is none of ${known.join(', ')}`,
      'proxies',
    )
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
  const got = typeof value === 'number' ? String(value) : value === null ? 'null' : typeof value
  return new OptionError(`ProxyPool: ${name} must be ${expected}, got ${got}`, 'proxies')
}
