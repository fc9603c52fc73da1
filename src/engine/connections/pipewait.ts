/**
 * Transfers that wait for a connection that is being opened, because it may carry many of them (`PIPEWAIT`).
 * Wakes them if libcurl does not, and keeps their timeouts from adding up. Does not know which transfers
 * wait.
 */
import { Easy, getInfo, INFO, type NativeEasy } from '../node-libcurl/binding.js'
import type { MultiHandle } from './multi-handles.js'
import { originOf } from '../node-libcurl/wire-url.js'
import { hasFault } from '../node-libcurl/faults.js'

/**
 * True if waiting transfers start their `CONNECTTIMEOUT` again after the connection has failed, one after the
 * other: twenty transfers to a host that does not answer take twenty times as long as one. Seen with 7.88.1,
 * not with 8.22.
 */
export const startsWaitingAnew = hasFault('pipewait-timeouts-add-up')

/**
 * True if libcurl does not wake waiting transfers when the connection turns out to carry one transfer at a
 * time (HTTP/1.1): they wait until its first transfer ends, however long that takes. Seen with 8.22, not with
 * 7.88.1.
 */
export const leavesWaiting = hasFault('pipewait-wakes-nobody')

const NUM_CONNECTS = INFO.NUM_CONNECTS as number
const HTTP_VERSION = INFO.HTTP_VERSION as number
const REDIRECT_COUNT = INFO.REDIRECT_COUNT as number
const HTTP_1_1 = 2
/** The number of origins to remember for each multi handle. */
const MAX_ORIGINS = 1000

/**
 * True if an origin is known to speak HTTP/1.1. Its transfers do not wait for each other's connections, and
 * need no callback for new connections (a tenth of the cost of a request over TLS). If the origin speaks
 * HTTP/2 later, it gets more connections than necessary.
 */
export function isOneAtATime({ oneAtATime }: MultiHandle, url: string): boolean {
  return oneAtATime.size > 0 && oneAtATime.has(originOf(url))
}

/**
 * Stores the HTTP version after a transfer that did not choose the version and had the callback for new
 * connections. Outside of libcurl's stack.
 */
export function learnVersion({ oneAtATime }: MultiHandle, url: string, easy: NativeEasy): void {
  const version = getInfo(easy, HTTP_VERSION) as number
  // After a redirect, the info is the version of the last server.
  if (version === 0 || version > HTTP_1_1 || getInfo(easy, REDIRECT_COUNT) !== 0) return
  if (oneAtATime.size >= MAX_ORIGINS) oneAtATime.clear()
  oneAtATime.add(originOf(url))
}

/**
 * An easy handle without a URL. Whenever a handle is removed, libcurl checks the waiting transfers and wakes
 * one.
 */
let emptyHandle: NativeEasy | undefined

/**
 * Called when a transfer is about to send its request. If its connection is new, one waiting transfer is
 * woken, which wakes the next. On libcurl's stack.
 */
export function noteConnection(multiHandle: MultiHandle, easy: NativeEasy): void {
  if (multiHandle.live === 1 || multiHandle.isWaking || getInfo(easy, NUM_CONNECTS) === 0) return
  multiHandle.isWaking = true
  setImmediate(wake, multiHandle)
}

function wake(multiHandle: MultiHandle): void {
  multiHandle.isWaking = false
  wakeOne(multiHandle)
}

/** A handle that may wait for a connection. */
interface WaitingHandle {
  readonly isLive: boolean
  readonly connections: { wait(waits: boolean): void }
}

/** Switches `PIPEWAIT` off: waiting transfers open their own connections once they are woken. */
export function stopWaiting(handles: Iterable<WaitingHandle>): void {
  for (const { isLive, connections } of handles) if (isLive) connections.wait(false)
}

/**
 * Wakes all transfers that wait inside libcurl, after the limits of their multi handle have changed. Outside
 * of libcurl's stack.
 */
export function wakeAll(multiHandle: MultiHandle): void {
  for (let i = 0; i < multiHandle.live; i++) wakeOne(multiHandle)
}

function wakeOne({ multi, live }: MultiHandle): void {
  if (multi === null || live === 0) return
  emptyHandle ??= new Easy()
  multi.addHandle(emptyHandle)
  multi.removeHandle(emptyHandle)
}
