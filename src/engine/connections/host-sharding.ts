/**
 * Hosts with many transfers in flight: spreads those over several multi handles, which it knows by their
 * numbers. Does not know libcurl.
 *
 * Whenever a transfer begins, libcurl goes through all connections to its host in the multi handle, one after
 * the other, for one that is free. Measured with 5,000 in flight: of 178 us of CPU for each request 107
 * remain with 7.88.1, and of 190 us 87 with 8.22; with 500 in flight a request takes a tenth less. Half as
 * many seats, or twice as many, make it no better. Source: `ConnectionExists`, `Curl_cpool_find`.
 *
 * A transfer goes to the first handle with a seat for its host. So a host with few in flight stays in the
 * first one, and a seat that has become free is taken again, with the connection that it leaves behind.
 */

import { isPlainHttp, originOf } from '../node-libcurl/wire-url.js'

/** How many transfers to one host a multi handle takes. */
export const MAX_PER_MULTI = 64
/** How many hosts are known to be better left together. */
const MAX_HOSTS = 1000

/** The transfers of one host. */
export class ShardedHost {
  private readonly taken: number[] = []
  /** No handle before this one has a seat. */
  private first = 0
  private size = 0

  constructor(
    private readonly host: string,
    private readonly sharding: Map<string, ShardedHost>,
  ) {}

  /** Takes a seat, and says in which handle. */
  enter(): number {
    let at = this.first
    while ((this.taken[at] ?? 0) >= MAX_PER_MULTI) at++
    this.taken[at] = (this.taken[at] ?? 0) + 1
    this.first = at
    this.size++
    return at
  }

  /** Gives a seat back. */
  leave(at: number): void {
    this.taken[at] = (this.taken[at] as number) - 1
    if (at < this.first) this.first = at
    if (--this.size === 0) this.sharding.delete(this.host)
  }
}

/** The sharding of one engine. */
export class HostSharding {
  private readonly all = new Map<string, ShardedHost>()
  private readonly together = new Set<string>()

  /** How many hosts have transfers that were counted. */
  get size(): number {
    return this.all.size
  }

  /** Those who ask for the same host, as their URLs spell it; null where they are to stay together. */
  at(url: string): ShardedHost | null {
    const host = originOf(url)
    if (this.together.size > 0 && this.together.has(host)) return null
    let shardedHost = this.all.get(host)
    if (shardedHost === undefined) this.all.set(host, (shardedHost = new ShardedHost(host, this.all)))
    return shardedHost
  }

  /**
   * From now on nobody who asks for this host is counted: it sends them elsewhere, where one connection may
   * take many.
   */
  keepTogether(url: string): void {
    if (this.together.size >= MAX_HOSTS) this.together.clear()
    this.together.add(originOf(url))
  }
}

/** Whether a redirect has led from cleartext to where many may share a connection. */
export function hasLeftCleartext({ url, effectiveUrl }: { url: string; effectiveUrl: string }): boolean {
  return isPlainHttp(url) && !isPlainHttp(effectiveUrl)
}
