/**
 * Transfers that wait for a connection that is being made, because it may take many of them (`PIPEWAIT`):
 * where libcurl forgets to wake them, or lets them time out one after the other, this sees to it. Does not
 * know which transfers those are.
 */
import { Easy, getInfo, INFO, type NativeEasy } from '../node-libcurl/binding.js'
import type { MultiHandle } from './multi-handles.js'
import { originOf } from '../node-libcurl/wire-url.js'
import { hasFault } from '../node-libcurl/faults.js'

/**
 * Whether those who wait start their `CONNECTTIMEOUT` anew when that connection has failed, one after the
 * other: twenty for a host that does not answer took twenty times as long as one. Seen with 7.88.1, not with
 * 8.22.
 */
export const startsWaitingAnew = hasFault('pipewait-timeouts-add-up')

/**
 * Whether a connection that turns out to be for one transfer at a time (HTTP/1.1) wakes nobody: they wait for
 * the end of its first transfer then, however long that takes. Seen with 8.22, not with 7.88.1.
 */
export const leavesWaiting = hasFault('pipewait-wakes-nobody')

const NUM_CONNECTS = INFO.NUM_CONNECTS as number
const HTTP_VERSION = INFO.HTTP_VERSION as number
const REDIRECT_COUNT = INFO.REDIRECT_COUNT as number
const HTTP_1_1 = 2
/** How many origins a multi handle knows. */
const MAX_ORIGINS = 1000

/**
 * Whether this origin is known to speak HTTP/1.1: nobody waits for its connections, then, nor tells of them,
 * which is a call back for each request, a tenth of it over TLS. Should it speak HTTP/2 one day, it takes
 * more connections than it has to.
 */
export function isOneAtATime({ oneAtATime }: MultiHandle, url: string): boolean {
  return oneAtATime.size > 0 && oneAtATime.has(originOf(url))
}

/**
 * Learns from the end of a transfer that was free to speak any version, and tells of its connection. Outside
 * of libcurl's stack.
 */
export function learnVersion({ oneAtATime }: MultiHandle, url: string, easy: NativeEasy): void {
  const version = getInfo(easy, HTTP_VERSION) as number
  // Of a redirection, the version is that of where it led.
  if (version === 0 || version > HTTP_1_1 || getInfo(easy, REDIRECT_COUNT) !== 0) return
  if (oneAtATime.size >= MAX_ORIGINS) oneAtATime.clear()
  oneAtATime.add(originOf(url))
}

/** Needs no URL: libcurl looks after those who wait, and wakes one, whenever a handle is taken out. */
let bell: NativeEasy | undefined

/**
 * A transfer is about to send its request. Where its connection is a new one, those who wait look again: one
 * of them is woken, and it wakes the next. On libcurl's stack.
 */
export function noteConnection(multiHandle: MultiHandle, easy: NativeEasy): void {
  if (multiHandle.live === 1 || multiHandle.isWaking || getInfo(easy, NUM_CONNECTS) === 0) return
  multiHandle.isWaking = true
  setImmediate(wake, multiHandle)
}

function wake(multiHandle: MultiHandle): void {
  multiHandle.isWaking = false
  ring(multiHandle)
}

/**
 * The limits of a multi handle have changed: those who wait for it inside libcurl look again, all of them.
 * Outside of libcurl's stack.
 */
export function wakeAll(multiHandle: MultiHandle): void {
  for (let i = 0; i < multiHandle.live; i++) ring(multiHandle)
}

function ring({ multi, live }: MultiHandle): void {
  if (multi === null || live === 0) return
  bell ??= new Easy()
  multi.addHandle(bell)
  multi.removeHandle(bell)
}
