/**
 * ProxyPool: chooses the proxy of a request, and the time at which one is available. Does not know libcurl,
 * timers, nor the queue of requests: it only answers calls, by the clock in its options.
 */
import { inspect } from 'node:util'
import { OptionError } from '../../errors.js'
import { mustBe } from '../../wrong-value.js'
import { TimeHeap } from '../../scheduling/time/time-heap.js'
import {
  PooledProxy,
  type ProxyOutcome,
  type ProxyStats,
  type ProxyView,
  type Ticket,
} from './pooled-proxy.js'
import { LeastUsed, Random, RoundRobin, type Candidates, type Excluded } from './proxy-candidates.js'
import {
  checkChoice,
  checkEntry,
  checkPool,
  type PoolSettings,
  type ProxyEntry,
  type ProxyPoolOptions,
  type ProxyRequest,
} from './proxy-options.js'

/** The right to use a proxy once. Return it with {@link ProxyPool.release}. */
export interface ProxyLease {
  readonly proxy: ProxyView
  /** The value of `CURLOPT_PROXY`, with credentials. null for a direct connection. */
  readonly url: string | null
}

/** The result if no proxy is available now. */
export interface ProxyWait {
  readonly proxy: null
  /**
   * The time of the next try, by the pool's clock. `Infinity`: after a lease has been released, or a proxy
   * added.
   */
  readonly until: number
}

/** The maximum number of keys whose proxies are stored. */
const MAX_BINDINGS = 100_000
const NOBODY: ProxyRequest = {}
const NONE: Excluded = new Set()

class Lease implements ProxyLease, Ticket {
  isReleased = false

  constructor(
    readonly proxy: PooledProxy,
    readonly period: number,
  ) {}

  get url(): string | null {
    return this.proxy.address?.url ?? null
  }

  [inspect.custom](): string {
    return `ProxyLease { proxy: ${inspect(this.proxy)} }`
  }
}

/**
 * Proxies and a strategy. Pass it to an instance or a request (`proxies: pool`). Several instances may share
 * one.
 *
 * ```ts
 * const proxies = ['http://user:pass@gate:8000', 'socks5h://10.0.0.2:1080']
 * const pool = new ProxyPool(proxies, { strategy: 'least-used' })
 * const curl = new ParallelCurl(50, { proxies: pool, retry: 3 })
 * ```
 */
export class ProxyPool {
  /** @internal */
  readonly settings: PoolSettings
  private readonly proxies = new Set<PooledProxy>()
  /** The proxies that may be used now. */
  private readonly open: Candidates
  /** The proxies that may be used later, by time. */
  private readonly opening = new TimeHeap<PooledProxy>()
  private readonly bindings = new Map<unknown, PooledProxy>()
  private readonly listeners = new Set<(proxy: PooledProxy) => void>()
  private chosen: { readonly request: ProxyRequest; readonly proxy: PooledProxy } | null = null
  private lastId = 0
  /** The latest time of any call. */
  private latest = -Infinity

  /**
   * @param proxies at least one of: a URL as curl accepts it (`http://user:password@host:port`, https,
   * socks4, socks4a, socks5, socks5h), null for a direct connection, an object with the settings of one
   * proxy.
   *
   * Throws `OptionError` for a malformed proxy or option; the message shows no credentials.
   */
  constructor(proxies: Iterable<ProxyEntry | string | null>, options: ProxyPoolOptions = {}) {
    this.settings = checkPool(options)
    const { strategy, random } = this.settings
    this.open =
      strategy === 'random'
        ? new Random(random)
        : strategy === 'least-used'
          ? new LeastUsed()
          : new RoundRobin()
    if (
      typeof proxies === 'string' ||
      typeof (proxies as unknown) !== 'object' ||
      (proxies as unknown) === null
    )
      throw mustBe('proxies', 'an array of proxies', proxies, { where: 'ProxyPool', isSecret: true })
    for (const proxy of proxies) this.add(proxy)
    if (this.size === 0)
      throw new OptionError('ProxyPool: at least one proxy is needed (null: none)', 'proxies')
  }

  /** The number of proxies. */
  get size(): number {
    return this.proxies.size
  }

  /** Adds a proxy, with immediate effect. A URL that is added twice makes two proxies. */
  add(entry: ProxyEntry | string | null): ProxyView {
    const id = this.lastId + 1
    const proxy = new PooledProxy(checkEntry(entry, id, this.settings, `proxies[${String(id - 1)}]`))
    this.lastId = id
    this.proxies.add(proxy)
    this.open.add(proxy)
    this.tell(proxy)
    return proxy
  }

  /**
   * Removes proxies, with immediate effect: by name, by URL as it was given, or by the object that
   * {@link add} or {@link list} has returned. Requests in flight through them go on. Returns the number of
   * removed proxies. If none is left, requests fail with errno 5 until one is added.
   */
  remove(which: ProxyView | string): number {
    const url = typeof which === 'string' ? urlOf(which) : undefined
    let count = 0
    for (const proxy of this.proxies) {
      const isIt =
        proxy === which || proxy.name === which || (url !== undefined && proxy.address?.url === url)
      if (!isIt) continue
      proxy.isRemoved = true
      this.proxies.delete(proxy)
      this.open.delete(proxy)
      count++
      // Requests that are bound to it may use another one now.
      this.tell(proxy)
    }
    return count
  }

  /** Returns all proxies, without credentials. */
  list(): ProxyView[] {
    return [...this.proxies]
  }

  /** Returns the statistics of each proxy. They hold no credentials. */
  stats(): ProxyStats[] {
    const now = this.settings.clock()
    this.refresh(now)
    return [...this.proxies].map((proxy) => proxy.stats(now, Date.now() - now))
  }

  /**
   * Returns the time from which a request may have a proxy: now, a later time by the pool's clock, or
   * `Infinity` if another request has to end first. Exceptions of the strategy function are passed on.
   */
  opensAt(request: ProxyRequest = NOBODY, given = this.settings.clock()): number {
    const now = this.notBefore(given)
    this.refresh(now)
    this.chosen = null
    const bound = this.boundTo(this.keyOf(request), now)
    if (bound !== undefined) {
      const at = bound.opensAt(now)
      return at <= now ? given : at
    }
    const proxy = this.choose(request)
    if (proxy === undefined) return this.opening.nextAt
    this.chosen = { request, proxy }
    return given
  }

  /** Takes a proxy, or returns the time of the next try. */
  acquire(request: ProxyRequest = NOBODY, given = this.settings.clock()): ProxyLease | ProxyWait {
    const now = this.notBefore(given)
    const { chosen } = this
    const key = this.keyOf(request)
    this.refresh(now)
    let proxy = this.boundTo(key, now)
    if (proxy === undefined) {
      // The strategy function is not called again for the same request.
      const isStill = chosen?.request === request && chosen.proxy.opensAt(now) <= now
      proxy = isStill ? chosen.proxy : this.choose(request)
    }
    this.chosen = null
    if (proxy === undefined) return { proxy: null, until: this.opening.nextAt }
    const until = proxy.opensAt(now)
    if (until > now) return { proxy: null, until }
    if (key !== undefined) this.bind(key, proxy)
    const { period } = proxy.started(now)
    this.open.used(proxy)
    this.place(proxy, now)
    return new Lease(proxy, period)
  }

  /** Returns a lease, with the result of the request. A second call for the same lease does nothing. */
  release(lease: ProxyLease, outcome: ProxyOutcome, now = this.settings.clock()): void {
    if (!(lease instanceof Lease) || lease.isReleased) return
    lease.isReleased = true
    const { proxy } = lease
    proxy.stopped(lease, outcome, now, this.settings.coolDown)
    this.open.changed(proxy)
    this.place(proxy, now)
    this.tell(proxy)
  }

  /** Removes the proxy of a key: its next request gets another one, if there is one. */
  unbind(key: unknown): void {
    this.bindings.delete(key)
  }

  /** @internal Returns the proxy of a key. */
  boundProxy(key: unknown): PooledProxy | undefined {
    return this.bindings.get(key)
  }

  /**
   * @internal Gives a key without a proxy the one that it had in an earlier process, if the pool still has
   * it.
   */
  rebind(key: unknown, fingerprint: string): void {
    if (this.bindings.has(key)) return
    for (const proxy of this.proxies) {
      if (proxy.fingerprint !== fingerprint) continue
      this.bind(key, proxy)
      return
    }
  }

  /** @internal Returns the key of a request: its own, or the one for `'sticky'`. */
  keyFor(request: ProxyRequest): unknown {
    return this.keyOf(request)
  }

  /** @internal True if any proxy may be used now. */
  hasOpen(now: number): boolean {
    this.refresh(now)
    return this.open.size > 0
  }

  /** @internal Calls `listener` whenever a proxy has been released, added or removed. */
  watch(listener: (proxy: PooledProxy) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Returns the text for `console.log`, without credentials. */
  [inspect.custom](): string {
    return `ProxyPool { proxies: ${String(this.size)} }`
  }

  toJSON(): ProxyView[] {
    return [...this.proxies].map((proxy) => proxy.toJSON())
  }

  private keyOf(request: ProxyRequest): unknown {
    const { strategy, stickyBy } = this.settings
    return request.key ?? (strategy === 'sticky' ? stickyBy(request) : undefined)
  }

  /** Returns the proxy of a key. A busy proxy is waited for; a proxy in its cool-down is left. */
  private boundTo(key: unknown, now: number): PooledProxy | undefined {
    if (key === undefined) return undefined
    const proxy = this.bindings.get(key)
    return proxy === undefined || proxy.isRemoved || proxy.isCooling(now) ? undefined : proxy
  }

  private bind(key: unknown, proxy: PooledProxy): void {
    // The key that was used longest ago is the first to be dropped.
    this.bindings.delete(key)
    this.bindings.set(key, proxy)
    if (this.bindings.size > MAX_BINDINGS) this.bindings.delete(this.bindings.keys().next().value)
  }

  private choose(request: ProxyRequest): PooledProxy | undefined {
    const excluded = this.excludedBy(request)
    const { strategy } = this.settings
    if (typeof strategy !== 'function') return this.open.pick(excluded)
    const available = [...this.open].filter((proxy) => !excluded.has(proxy))
    return available.length === 0 ? undefined : checkChoice(strategy(request, available), available)
  }

  private excludedBy({ exclude }: ProxyRequest): Excluded {
    if (exclude === undefined || exclude.length === 0) return NONE
    const excluded = new Set(
      exclude.filter((proxy) => this.proxies.has(proxy as PooledProxy)),
    ) as Set<PooledProxy>
    return excluded.size < this.proxies.size ? excluded : NONE
  }

  /** Puts a proxy into the right set: those that may be used now, those that may be used later, or none. */
  private place(proxy: PooledProxy, now: number): void {
    const at = proxy.opensAt(now)
    if (at <= now) {
      this.open.add(proxy)
      return
    }
    this.open.delete(proxy)
    if (at === Infinity || at >= proxy.wakeAt) return
    proxy.wakeAt = at
    this.opening.push(at, proxy)
  }

  /**
   * Makes the time never go back. A batch may use the time of its beginning after a callback in it has used a
   * later one, and a proxy that opened in between has to stay open.
   */
  private notBefore(now: number): number {
    return (this.latest = Math.max(this.latest, now))
  }

  private refresh(given: number): void {
    const now = this.notBefore(given)
    while (this.opening.nextAt <= now) {
      const proxy = this.opening.pop() as PooledProxy
      proxy.wakeAt = Infinity
      this.place(proxy, now)
    }
  }

  private tell(proxy: PooledProxy): void {
    for (const listener of this.listeners) listener(proxy)
  }
}

/** Returns a URL in the normal form of the pool, undefined if it is not the URL of a proxy. */
function urlOf(text: string): string | undefined {
  try {
    return checkEntry(text, 0, checkPool({}), '').address?.url
  } catch {
    return undefined
  }
}
