/**
 * When a multi handle has served its time. Does not know what takes its place.
 *
 * Before 8.10, libcurl forgets to strike a host off its table of connections when it closes the oldest one to make room, and goes
 * through the whole table each time it does so: a crawl over more hosts than connections are kept gets slower with every new host.
 * Measured with 7.88.1, 50 in flight, each request to another host than those before: 0.7 ms of CPU for each of the first 30,000
 * requests, 2 ms for each of the next; 0.2 ms where a new multi handle takes over in time. Source: `Curl_conncache_extract_oldest`.
 */
import { getInfo, INFO, libcurlVersionNumber, type NativeEasy } from './binding.js'
import { keptConnections } from './kept-connections.js'
import type { Lane } from './lanes.js'

/** Whether they wear out with this libcurl. */
export const wearsOut = libcurlVersionNumber < 0x080a00

const NUM_CONNECTS = INFO.NUM_CONNECTS as number
/** One transfer of so many is asked whether it has made a connection: asking costs something. A prime, for hosts that come in turns. */
const SAMPLE_EVERY = 61
/** So many connections for each that is kept. Those that are kept are lost: they must be few among those that were made. */
const WORN_AT = 4
const LEAST_KEPT = 1024

/** Whether a lane is worn now that this transfer in it has ended. */
export function isWornBy(lane: Lane, easy: NativeEasy, maxRequests: number): boolean {
  if (++lane.settled % SAMPLE_EVERY !== 0 || lane.settled < LEAST_KEPT) return false
  lane.connections += (getInfo(easy, NUM_CONNECTS) as number) * SAMPLE_EVERY
  return lane.connections >= WORN_AT * Math.max(LEAST_KEPT, keptConnections(maxRequests))
}
