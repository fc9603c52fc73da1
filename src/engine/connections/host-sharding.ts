/**
 * Hosts with many transfers in flight. Spreads their transfers over several multi handles, which have numbers
 * here. Does not know libcurl.
 *
 * At the start of every transfer, libcurl searches all connections to its host in the multi handle, one after
 * the other, for a free one. Measured with 5,000 transfers in flight: spreading takes the CPU time of a
 * request from 178 us to 107 us with 7.88.1, and from 190 us to 87 us with 8.22. With 500 in flight it takes
 * off a tenth. Half or twice the limit per multi handle is no better. Source: `ConnectionExists`,
 * `Curl_cpool_find`.
 *
 * A transfer goes to the first multi handle with a free place for its host. So a host with few transfers
 * stays in the first one, and a place that becomes free is used again together with the connection that it
 * leaves behind.
 */

import { isPlainHttp, originOf } from '../node-libcurl/wire-url.js'

/** The number of transfers to one host that a multi handle takes. */
export const MAX_PER_MULTI = 64
/** The number of hosts to remember that must not be spread. */
const MAX_HOSTS = 1000

/** The transfers of one host. */
export class ShardedHost {
  private readonly taken: number[] = []
  /** All multi handles before this one are full. */
  private first = 0
  private size = 0

  constructor(
    private readonly host: string,
    private readonly sharding: Map<string, ShardedHost>,
  ) {}

  /** Takes a place. Returns the number of its multi handle. */
  enter(): number {
    let at = this.first
    while ((this.taken[at] ?? 0) >= MAX_PER_MULTI) at++
    this.taken[at] = (this.taken[at] ?? 0) + 1
    this.first = at
    this.size++
    return at
  }

  /** Gives a place back. */
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

  /** The number of hosts with counted transfers. */
  get size(): number {
    return this.all.size
  }

  /**
   * Returns the counter of the host of a URL, null if the host must not be spread. Hosts are compared as the
   * URLs spell them.
   */
  at(url: string): ShardedHost | null {
    const host = originOf(url)
    if (this.together.size > 0 && this.together.has(host)) return null
    let shardedHost = this.all.get(host)
    if (shardedHost === undefined) this.all.set(host, (shardedHost = new ShardedHost(host, this.all)))
    return shardedHost
  }

  /**
   * Stops spreading a host: it redirects from cleartext to an address where one connection may carry many
   * transfers.
   */
  keepTogether(url: string): void {
    if (this.together.size >= MAX_HOSTS) this.together.clear()
    this.together.add(originOf(url))
  }
}

/** True if a redirect has led from cleartext to a URL where transfers may share a connection. */
export function hasLeftCleartext({ url, effectiveUrl }: { url: string; effectiveUrl: string }): boolean {
  return isPlainHttp(url) && !isPlainHttp(effectiveUrl)
}
