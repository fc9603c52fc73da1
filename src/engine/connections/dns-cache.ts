/**
 * The lifetime of names in libcurl's DNS cache, chosen so that libcurl does not search the whole cache after
 * each transfer. Does not know the names.
 *
 * At the end of every transfer, libcurl goes through the whole cache of its multi handle and drops entries
 * that are older than `DNS_CACHE_TIMEOUT`, one minute by default. With -1 it neither goes through the cache
 * nor checks the age of an entry. So transfers get -1 as long as another transfer has cleaned the cache
 * lately, and the default of one minute otherwise. Measured with 7.88.1 and 50 transfers in flight over 1,000
 * hosts in turn: a fifth of the CPU time of each request. Source: `Curl_hostcache_prune`,
 * `Curl_dnscache_prune`.
 */
import { getInfo, INFO, type NativeEasy } from '../node-libcurl/binding.js'
import type { MultiHandle } from './multi-handles.js'

/** Two values of `DNS_CACHE_TIMEOUT`: libcurl's default in seconds, and the value that never drops a name. */
export const LIBCURL_SECONDS = 60
export const FOR_EVER = -1
/**
 * The longest time between two cleanings. A name is used for at most this long after its minute. The interval
 * starts at 1 ms and doubles: if the second branch ran for the first time after five seconds, V8 would throw
 * the compiled code away, and for half a second each of a row of single requests would take a third more CPU.
 */
const WALK_EVERY_MS = 5000
const HTTP_VERSION = INFO.HTTP_VERSION as number
/** `CURL_HTTP_VERSION_1_1`. */
const HTTP_1_1 = 2
/**
 * True if a transfer that begins now may use the cache without checking the age of its entries. False if the
 * connections of the multi handle are limited: the transfer may wait in libcurl first, and looks up its name
 * only after that. (The name of a late redirect is also looked up later, but other transfers, if there are
 * any, have cleaned the cache by then.)
 */
export function isWalkedLately(multiHandle: MultiHandle, now: number): boolean {
  return !multiHandle.isLimited && now - multiHandle.namesWalkedAt < multiHandle.walksAgainAfterMs
}

/**
 * Records the end of a successful transfer that was to clean the cache. libcurl cleans it only if the
 * transfer was alone on its connection.
 */
export function noteWalk(multiHandle: MultiHandle, now: number, easy: NativeEasy): void {
  if ((getInfo(easy, HTTP_VERSION) as number) > HTTP_1_1) return
  // If many such transfers end at once, the first one counts.
  if (now === multiHandle.namesWalkedAt) return
  multiHandle.namesWalkedAt = now
  multiHandle.walksAgainAfterMs = Math.min(multiHandle.walksAgainAfterMs * 2, WALK_EVERY_MS)
}
