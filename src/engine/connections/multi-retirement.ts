/**
 * When a multi handle has served its time. Does not know what takes its place.
 *
 * Before 8.10, libcurl forgets to strike a host off its table of connections when it closes the oldest one to
 * make room, and goes through the whole table each time it does so: a crawl over more hosts than connections
 * are kept gets slower with every new host. Measured with 7.88.1, 50 in flight, each request to another host
 * than those before: 0.7 ms of CPU for each of the first 30,000 requests, 2 ms for each of the next; 0.2 ms
 * where a new multi handle takes over in time. Source: `Curl_conncache_extract_oldest`.
 *
 * "In time" has two sides. Closing one takes a step for each connection that it keeps and each host that it
 * has forgotten to strike off, some 30 ns each, all at once: 0.1 s with 1,024 and 3,072 of them, which is the
 * most there may be. And what it keeps is lost: that must be little beside what it has made.
 */
import { getInfo, INFO, type NativeEasy } from '../node-libcurl/binding.js'
import type { MultiHandle } from './multi-handles.js'
import { hasFault } from '../node-libcurl/faults.js'

/** Whether they wear out with this libcurl. */
export const wearsOut = hasFault('hosts-never-struck-off')

const NUM_CONNECTS = INFO.NUM_CONNECTS as number
/**
 * One transfer of so many is asked whether it has made a connection: asking costs something. A prime, for
 * hosts that come in turns.
 */
const SAMPLE_EVERY = 61
const SMALL_H = 104
const SMALL_W = 119
const MOST_FORGOTTEN = 3072
const MOST_STEPS = 1024 * MOST_FORGOTTEN
/** With fewer for each connection that is kept, it were better to bear it. */
const LEAST_FORGOTTEN = 1 / 6

/** How many connections one may make that keeps so many. */
export function wornAt(kept: number): number {
  const forgotten = Math.min(MOST_FORGOTTEN, MOST_STEPS / kept)
  return forgotten < kept * LEAST_FORGOTTEN ? Infinity : kept + forgotten
}

/** Whether a multi handle is worn now that this transfer in it has ended. */
export function shouldRetire(multiHandle: MultiHandle, easy: NativeEasy, url: string): boolean {
  // ftp and mail say goodbye on each connection that is closed, and libcurl waits for the answer: one after
  // the other here.
  const first = url.charCodeAt(0) | 32
  if (first !== SMALL_H && first !== SMALL_W) multiHandle.connections = -Infinity
  if (++multiHandle.settled % SAMPLE_EVERY !== 0) return false
  multiHandle.connections += (getInfo(easy, NUM_CONNECTS) as number) * SAMPLE_EVERY
  return multiHandle.connections >= multiHandle.wornAt
}
