/**
 * How libcurl's cache of names is kept in order without looking at all of it after each transfer. Does not
 * know what is in it.
 *
 * libcurl walks through the whole cache of a multi handle whenever a transfer ends, to drop what is older
 * than `DNS_CACHE_TIMEOUT`, which is a minute; where that is -1 it neither walks nor asks how old an entry
 * is. So transfers have -1 as long as another one has walked lately, and libcurl's own minute where none has.
 * Measured with 7.88.1, 50 in flight over 1,000 hosts in turn: a fifth of the CPU of each request. Source:
 * `Curl_hostcache_prune`, `Curl_dnscache_prune`.
 */
import { getInfo, INFO, type NativeEasy } from '../node-libcurl/binding.js'
import type { MultiHandle } from './multi-handles.js'

/** What `DNS_CACHE_TIMEOUT` is where nobody sets it, and where nothing is to be dropped. */
export const LIBCURL_SECONDS = 60
export const FOR_EVER = -1
/**
 * For so long nobody looks again: names are used for that much longer than a minute, at most. It gets there
 * by doubling: what first happens after five seconds is new to compiled code, which is thrown away then, and
 * half a second of requests one after the other takes a third more CPU each.
 */
const WALK_EVERY_MS = 5000
const HTTP_VERSION = INFO.HTTP_VERSION as number
/** `CURL_HTTP_VERSION_1_1`. */
const HTTP_1_1 = 2
/**
 * Whether a transfer that begins now may believe the cache. Not where it may have to wait in libcurl: it asks
 * for a name at the end of that. Nor is that known of a redirect that comes late, but for then somebody else
 * has walked if there is anybody else.
 */
export function isWalkedLately(multiHandle: MultiHandle, now: number): boolean {
  return !multiHandle.isLimited && now - multiHandle.namesWalkedAt < multiHandle.walksAgainAfterMs
}

/** A transfer that was to walk has ended well. It has walked if it was alone on its connection. */
export function noteWalk(multiHandle: MultiHandle, now: number, easy: NativeEasy): void {
  if ((getInfo(easy, HTTP_VERSION) as number) > HTTP_1_1) return
  // Of many that were to walk at once, one counts.
  if (now === multiHandle.namesWalkedAt) return
  multiHandle.namesWalkedAt = now
  multiHandle.walksAgainAfterMs = Math.min(multiHandle.walksAgainAfterMs * 2, WALK_EVERY_MS)
}
