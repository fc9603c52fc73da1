/** Numbers of native handles, and of the bytes that arrive on them. Does not know transfers. */
import type { MultiHandles } from '../connections/multi-handles.js'
import { getInfo, INFO } from '../node-libcurl/binding.js'
import type { EasyPool } from './easy-pool.js'

const CONTENT_LENGTH = INFO.CONTENT_LENGTH_DOWNLOAD_T as number

/** A snapshot. */
export interface HandleCounts {
  /** Easy handles that were created so far. */
  readonly created: number
  /** Easy handles that wait in the pool. */
  readonly idle: number
  /** Easy handles with a transfer on the wire. */
  readonly live: number
  readonly multiHandles: number
  /** Transfers on the wire in the main multi handle. */
  readonly liveInMain: number
}

/** Counts the handles of an engine. */
export function countHandles(pool: EasyPool, multiHandles: MultiHandles, live: number): HandleCounts {
  return {
    created: pool.created,
    idle: pool.idleCount,
    live,
    multiHandles: multiHandles.size,
    liveInMain: multiHandles.main.live,
  }
}

/** Response bodies that are arriving. */
export interface ArrivingBodies {
  /** Bytes received so far. */
  receivedBytes: number
  /** The sizes that servers have announced, in all, of the bodies whose size is known. Bytes. */
  expectedBytes: number
  /** The number of bodies whose size is not known, or not known yet. */
  unknown: number
}

/**
 * Returns the number of bytes of unfinished bodies. Counted when asked, so that a chunk costs nothing more.
 *
 * @param of the transfers that are counted; default: all
 */
export function arrivingBytes({ all }: EasyPool, of?: ReadonlySet<object>): number {
  let sum = 0
  for (const { isLive, receiver, transfer } of all.values())
    if (isLive && (of === undefined || (transfer !== null && of.has(transfer)))) sum += receiver.receivedBytes
  return sum
}

/**
 * Returns what is known of the sizes of unfinished bodies.
 *
 * @param without transfers that are not counted
 */
export function arrivingBodies({ all }: EasyPool, without: ReadonlySet<object>): ArrivingBodies {
  const bodies: ArrivingBodies = { receivedBytes: 0, expectedBytes: 0, unknown: 0 }
  for (const { isLive, keepsConnection, receiver, easy, transfer } of all.values()) {
    if (!isLive || keepsConnection || (transfer !== null && without.has(transfer))) continue
    const { receivedBytes } = receiver
    const announced = getInfo(easy, CONTENT_LENGTH) as number
    bodies.receivedBytes += receivedBytes
    // A body that is decoded may become longer than what was announced.
    if (announced > 0) bodies.expectedBytes += Math.max(announced, receivedBytes)
    else bodies.unknown++
  }
  return bodies
}
