/**
 * Transfers that wait for a connection that is being made, because it may take many of them (`PIPEWAIT`): where libcurl forgets
 * to wake them, or lets them time out one after the other, this sees to it. Does not know which transfers those are.
 */
import { Easy, getInfo, INFO, libcurlVersionNumber, type NativeEasy } from './binding.js'
import type { Lane } from './lanes.js'

/**
 * Whether those who wait start their `CONNECTTIMEOUT` anew when that connection has failed, one after the other: twenty for a host
 * that does not answer took twenty times as long as one. Seen with 7.88.1, not with 8.22.
 */
export const startsWaitingAnew = libcurlVersionNumber < 0x080000

/**
 * Whether a connection that turns out to be for one transfer at a time (HTTP/1.1) wakes nobody: they wait for the end of its first
 * transfer then, however long that takes. Seen with 8.22, not with 7.88.1.
 */
export const leavesWaiting = !startsWaitingAnew

const NUM_CONNECTS = INFO.NUM_CONNECTS as number

/** Needs no URL: libcurl looks after those who wait whenever a handle is taken out. */
let bell: NativeEasy | undefined

/**
 * A transfer is about to send its request. Where its connection is a new one, those who wait look again: one of them is woken, and it
 * wakes the next. On libcurl's stack.
 */
export function noteConnection(lane: Lane, easy: NativeEasy): void {
  if (lane.live === 1 || lane.isWaking || getInfo(easy, NUM_CONNECTS) === 0) return
  lane.isWaking = true
  setImmediate(wake, lane)
}

function wake(lane: Lane): void {
  lane.isWaking = false
  const { multi } = lane
  if (multi === null || lane.live === 0) return
  bell ??= new Easy()
  multi.addHandle(bell)
  multi.removeHandle(bell)
}
