/**
 * ProxyPool: which proxy a request goes through, and when there is one. Does not know libcurl, timers, nor
 * who stands in line: it answers when it is asked, by the clock that it is given.
 */
import { inspect } from 'node:util'
import { OptionError } from '../../errors.js'
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

/** The right to use a proxy once. Give it back with {@link ProxyPool.release}. */
export interface ProxyLease {
  readonly proxy: ProxyView
  /** For `CURLOPT_PROXY`, with credentials. null: no proxy. */
  readonly url: string | null
}

/** There is none now. */
export interface ProxyWait {
  readonly proxy: null
  /**
   * When to ask again, by the pool's clock; `Infinity`: when a lease has been given back, or a proxy added.
   */
  readonly until: number
}

/** Bindings of keys to proxies that are remembered. */
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
 * Proxies and a strategy. Give it to an instance or a request (`proxies: pool`); several instances may share
 * one.
 *
 * ```ts
 * const pool = new ProxyPool(['http://user:pass@gate:8000', 'socks5h://10.0.0.2:1080'], { strategy: 'least-used' })
 * const curl = new ParallelCurl(50, { proxies: pool, retry: 3 })
 * ```
 */
export class ProxyPool {
  /** @internal */
  readonly settings: PoolSettings
  private readonly proxies = new Set<PooledProxy>()
  /** Those that may be used now. */
  private readonly open: Candidates
  /** Those that will be, by time. */
  private readonly opening = new TimeHeap<PooledProxy>()
  private readonly bindings = new Map<unknown, PooledProxy>()
  private readonly listeners = new Set<(proxy: PooledProxy) => void>()
  private chosen: { readonly request: ProxyRequest; readonly proxy: PooledProxy } | null = null
  private lastId = 0
  /** The latest time that anybody has told. */
  private latest = -Infinity

  /**
   * @param proxies URLs as curl takes them (`http://user:password@host:port`, https, socks4, socks4a, socks5,
   * socks5h), null for none, or objects with what is special about one. At least one.
   *
   * Throws `OptionError` for what is malformed; it shows no credentials.
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
      throw new OptionError('ProxyPool: expected an array of proxies', 'proxies')
    for (const proxy of proxies) this.add(proxy)
    if (this.size === 0)
      throw new OptionError('ProxyPool: at least one proxy is needed (null: none)', 'proxies')
  }

  /** How many proxies there are. */
  get size(): number {
    return this.proxies.size
  }

  /** Adds a proxy, at once. The same one twice is two. */
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
   * Takes a proxy out, at once: by its name, its URL as it was given, or as {@link add} and {@link list}
   * return it. What is in flight through it goes on. Returns how many there were. With none left, requests
   * fail with errno 5 until one is added.
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
      // Those bound to it may go elsewhere now.
      this.tell(proxy)
    }
    return count
  }

  /** All proxies, without credentials. */
  list(): ProxyView[] {
    return [...this.proxies]
  }

  /** Each proxy in numbers. Holds no credentials. */
  stats(): ProxyStats[] {
    const now = this.settings.clock()
    this.refresh(now)
    return [...this.proxies].map((proxy) => proxy.stats(now, Date.now() - now))
  }

  /**
   * When a request may have a proxy: now, a later time by the pool's clock, or `Infinity` where another
   * request has to end first. What the pool's own function throws comes through.
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

  /** Takes a proxy, or says when to ask again. */
  acquire(request: ProxyRequest = NOBODY, given = this.settings.clock()): ProxyLease | ProxyWait {
    const now = this.notBefore(given)
    const { chosen } = this
    const key = this.keyOf(request)
    this.refresh(now)
    let proxy = this.boundTo(key, now)
    if (proxy === undefined) {
      // What a function has just said is not asked for again.
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

  /** Gives a lease back, and says how it went. The second time it does nothing. */
  release(lease: ProxyLease, outcome: ProxyOutcome, now = this.settings.clock()): void {
    if (!(lease instanceof Lease) || lease.isReleased) return
    lease.isReleased = true
    const { proxy } = lease
    proxy.stopped(lease, outcome, now, this.settings.coolDown)
    this.open.changed(proxy)
    this.place(proxy, now)
    this.tell(proxy)
  }

  /** Forgets which proxy a key has: its next request gets another one, where there is one. */
  unbind(key: unknown): void {
    this.bindings.delete(key)
  }

  /** @internal The proxy that a key has. */
  boundProxy(key: unknown): PooledProxy | undefined {
    return this.bindings.get(key)
  }

  /**
   * @internal Gives a key that has none the proxy that it had in an earlier process, where that is still
   * there.
   */
  rebind(key: unknown, fingerprint: string): void {
    if (this.bindings.has(key)) return
    for (const proxy of this.proxies) {
      if (proxy.fingerprint !== fingerprint) continue
      this.bind(key, proxy)
      return
    }
  }

  /** @internal The key of a request: its own, or the one that `'sticky'` gives it. */
  keyFor(request: ProxyRequest): unknown {
    return this.keyOf(request)
  }

  /** @internal Whether any proxy may be used now. */
  hasOpen(now: number): boolean {
    this.refresh(now)
    return this.open.size > 0
  }

  /** @internal Calls `listener` whenever a proxy has been given back, added or removed. */
  watch(listener: (proxy: PooledProxy) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** What `console.log` shows: no credentials. */
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

  /** A key waits for its own proxy while that is busy, and leaves it when that has failed. */
  private boundTo(key: unknown, now: number): PooledProxy | undefined {
    if (key === undefined) return undefined
    const proxy = this.bindings.get(key)
    return proxy === undefined || proxy.isRemoved || proxy.isCooling(now) ? undefined : proxy
  }

  private bind(key: unknown, proxy: PooledProxy): void {
    // The one that has not been asked for longest is the first to be forgotten.
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

  /** Puts a proxy where it belongs: among those that may be used, those that will be, or neither. */
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

  /** One batch may ask at the time of its begin, after a callback within it has asked: what opened for that one is still open. */
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

/** A URL in the form in which it is kept; undefined where it is none. */
function urlOf(text: string): string | undefined {
  try {
    return checkEntry(text, 0, checkPool({}), '').address?.url
  } catch {
    return undefined
  }
}
