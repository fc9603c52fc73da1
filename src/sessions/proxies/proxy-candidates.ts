/**
 * The proxies that may be used now, ordered by a strategy. Each strategy picks in constant time, whatever the
 * size of the pool. Does not know limits, nor the other proxies of the pool.
 */
import type { PooledProxy } from './pooled-proxy.js'

/** Proxies that must not be picked. */
export type Excluded = ReadonlySet<PooledProxy>

/** An ordered set of proxies. */
export interface Candidates {
  readonly size: number
  add(proxy: PooledProxy): void
  delete(proxy: PooledProxy): void
  /** Called when a proxy has been picked and used. */
  used(proxy: PooledProxy): void
  /** Called when the number of its requests has changed otherwise. */
  changed(proxy: PooledProxy): void
  /** Returns the next proxy, undefined if all are excluded. Changes nothing. */
  pick(excluded: Excluded): PooledProxy | undefined
  [Symbol.iterator](): Iterator<PooledProxy>
}

/** Picks the proxies in turn. */
export class RoundRobin implements Candidates {
  private readonly line = new Set<PooledProxy>()

  get size(): number {
    return this.line.size
  }

  add(proxy: PooledProxy): void {
    this.line.add(proxy)
  }

  delete(proxy: PooledProxy): void {
    this.line.delete(proxy)
  }

  used(proxy: PooledProxy): void {
    if (this.line.delete(proxy)) this.line.add(proxy)
  }

  changed(): void {
    // The order does not depend on the number of requests.
  }

  pick(excluded: Excluded): PooledProxy | undefined {
    return firstBut(this.line, excluded)
  }

  [Symbol.iterator](): Iterator<PooledProxy> {
    return this.line.values()
  }
}

/** Picks a random proxy. */
export class Random implements Candidates {
  private readonly list: PooledProxy[] = []
  private readonly places = new Map<PooledProxy, number>()
  private drawn: number

  /** @param random returns a number from 0 to less than 1 */
  constructor(private readonly random: () => number) {
    this.drawn = random()
  }

  get size(): number {
    return this.list.length
  }

  add(proxy: PooledProxy): void {
    if (this.places.has(proxy)) return
    this.places.set(proxy, this.list.length)
    this.list.push(proxy)
  }

  delete(proxy: PooledProxy): void {
    const place = this.places.get(proxy)
    if (place === undefined) return
    this.places.delete(proxy)
    const last = this.list.pop() as PooledProxy
    if (last === proxy) return
    this.list[place] = last
    this.places.set(last, place)
  }

  used(): void {
    this.drawn = this.random()
  }

  changed(): void {
    // The choice does not depend on the number of requests.
  }

  pick(excluded: Excluded): PooledProxy | undefined {
    const { list } = this
    const start = Math.floor(this.drawn * list.length)
    for (let i = 0; i < list.length; i++) {
      const proxy = list[(start + i) % list.length] as PooledProxy
      if (!excluded.has(proxy)) return proxy
    }
    return undefined
  }

  [Symbol.iterator](): Iterator<PooledProxy> {
    return this.list.values()
  }
}

/** Picks the proxy with the fewest requests in flight, and of equals the one that was used longest ago. */
export class LeastUsed implements Candidates {
  /** Sets of proxies by their number of requests in flight. */
  private readonly buckets: Set<PooledProxy>[] = []
  private readonly places = new Map<PooledProxy, Set<PooledProxy>>()
  private lowest = 0

  get size(): number {
    return this.places.size
  }

  add(proxy: PooledProxy): void {
    if (this.places.has(proxy)) return
    const { inFlight } = proxy
    while (this.buckets.length <= inFlight) this.buckets.push(new Set())
    const bucket = this.buckets[inFlight] as Set<PooledProxy>
    bucket.add(proxy)
    this.places.set(proxy, bucket)
    this.lowest = Math.min(this.lowest, inFlight)
  }

  delete(proxy: PooledProxy): void {
    this.places.get(proxy)?.delete(proxy)
    this.places.delete(proxy)
  }

  used(proxy: PooledProxy): void {
    this.changed(proxy)
  }

  changed(proxy: PooledProxy): void {
    if (!this.places.has(proxy)) return
    this.delete(proxy)
    this.add(proxy)
  }

  pick(excluded: Excluded): PooledProxy | undefined {
    const { buckets } = this
    while (this.lowest < buckets.length && buckets[this.lowest]?.size === 0) this.lowest++
    for (let i = this.lowest; i < buckets.length; i++) {
      const proxy = firstBut(buckets[i] as Set<PooledProxy>, excluded)
      if (proxy !== undefined) return proxy
    }
    return undefined
  }

  [Symbol.iterator](): Iterator<PooledProxy> {
    return this.places.keys()
  }
}

function firstBut(proxies: ReadonlySet<PooledProxy>, excluded: Excluded): PooledProxy | undefined {
  for (const proxy of proxies) if (!excluded.has(proxy)) return proxy
  return undefined
}
