/**
 * The end of a multi handle's service life. Does not know what replaces it.
 *
 * Before 8.10, libcurl does not remove a host from its table of connections when it closes the oldest
 * connection to make room, and each time it does so it searches the whole table. So a crawl over more hosts
 * than there are kept connections gets slower with every new host. Measured with 7.88.1, 50 transfers in
 * flight, each to a new host: 0.7 ms of CPU for each of the first 30,000 requests, 2 ms for each of the next;
 * 0.2 ms if a new multi handle takes over in time. Source: `Curl_conncache_extract_oldest`.
 *
 * The right time depends on two costs. Closing a multi handle takes about 30 ns for each pair of a kept
 * connection and a host left in the table, all at once: 0.1 s for 1,024 connections and 3,072 hosts, which
 * are the highest numbers allowed here. And its kept connections are lost, so they have to be few compared to
 * all that it has opened.
 */
import { getInfo, INFO, type NativeEasy } from '../node-libcurl/binding.js'
import type { MultiHandle } from './multi-handles.js'
import { hasFault } from '../node-libcurl/faults.js'

/** True if multi handles of this libcurl get slower with every new host. */
export const wearsOut = hasFault('hosts-never-struck-off')

const NUM_CONNECTS = INFO.NUM_CONNECTS as number
/**
 * One transfer of so many is asked for its new connections, because each question costs a native call. A
 * prime number, so that it does not fall into step with hosts that come in turns.
 */
const SAMPLE_EVERY = 61
const SMALL_H = 104
const SMALL_W = 119
const MAX_STALE_HOSTS = 3072
const MAX_CLOSING_STEPS = 1024 * MAX_STALE_HOSTS
/**
 * Below this number of hosts left in the table for each kept connection, replacing the multi handle costs
 * more than it saves.
 */
const MIN_STALE_HOSTS_PER_CONNECTION = 1 / 6

/** Returns the number of connections that a multi handle may open if it keeps `kept` of them. */
export function wornAt(kept: number): number {
  const staleHosts = Math.min(MAX_STALE_HOSTS, MAX_CLOSING_STEPS / kept)
  return staleHosts < kept * MIN_STALE_HOSTS_PER_CONNECTION ? Infinity : kept + staleHosts
}

/** True if a multi handle has to be replaced. Called at the end of each transfer in it. */
export function shouldRetire(multiHandle: MultiHandle, easy: NativeEasy, url: string): boolean {
  // FTP and mail end each connection with a command, and libcurl waits for the reply: closing such a multi
  // handle would block here for one connection after the other.
  const first = url.charCodeAt(0) | 32
  if (first !== SMALL_H && first !== SMALL_W) multiHandle.connections = -Infinity
  if (++multiHandle.settled % SAMPLE_EVERY !== 0) return false
  multiHandle.connections += (getInfo(easy, NUM_CONNECTS) as number) * SAMPLE_EVERY
  return multiHandle.connections >= multiHandle.wornAt
}
