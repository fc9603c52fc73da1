/**
 * The default number of connections that are kept for later requests. Does not know which of them are in use.
 *
 * By default, libcurl 7.88 keeps four for each transfer in flight at that moment: one transfer at a time over
 * five hosts opens a new connection each time. Measured with 50 transfers in flight over 1,000 hosts in turn:
 * half the CPU time of each request with 7.88, 0.82 of it with 8.22.
 */
import { readFileSync } from 'node:fs'

/** The number of connections that libcurl keeps for each transfer in flight. */
const KEPT_PER_TRANSFER = 4
/**
 * The limit of kept connections. libcurl closes idle ones after two minutes in any case
 * (CURLOPT_MAXAGE_CONN(3)). A higher limit is harmful: once a second libcurl looks for dead connections, and
 * starts again from the first one after each that it finds. With 5,000 kept, of which the server had closed
 * some thousands, the event loop stood still for seconds.
 */
const MAX_KEPT = 1024
/** The limit of open files that is assumed if the system does not give one. */
const DEFAULT_OPEN_FILES = 1024
/** One in this many open files may be a connection that is kept idle. */
const FILES_PER_CONNECTION = 4
/** The same if several multi handles keep connections, for all of them together. */
const FILES_PER_CONNECTION_IN_ALL = 2
/** The largest number of retired multi handles that may still be open. */
const MAX_RETIRED = 3
/** The part of the kept connections for the multi handles beside the main one. */
const SHARE_BESIDE_MAIN = 1 / 2
const MAX_INT32 = 2 ** 31 - 1

let openFiles: number | null = null

/** Returns the value of `CURLMOPT_MAXCONNECTS` for a number of transfers in flight. */
export function keptConnections(maxRequests: number): number {
  openFiles ??= readOpenFiles()
  // Without a limit for transfers there is no limit for connections, either.
  const inFlight = Number.isFinite(maxRequests)
    ? Math.min(KEPT_PER_TRANSFER * maxRequests, MAX_INT32)
    : MAX_INT32
  return Math.max(inFlight, Math.min(MAX_KEPT, Math.floor(openFiles / FILES_PER_CONNECTION)))
}

/**
 * Returns the share of `kept` for one of the multi handles beside the main one. Together they get half of it,
 * divided in proportion to their peak of transfers (`most` of `allMost`). The share is never below that peak:
 * libcurl would close a connection whenever a transfer ends.
 */
export function keptBeside(kept: number, most: number, allMost: number): number {
  return Math.max(most, Math.floor((kept * SHARE_BESIDE_MAIN * most) / allMost))
}

/**
 * Returns the share of the main multi handle: the rest of `kept`, and never less than its transfers in
 * flight.
 */
export function keptByMain(kept: number, allMost: number): number {
  return Math.max(
    Math.floor(kept / KEPT_PER_TRANSFER),
    kept - Math.max(allMost, Math.floor(kept * SHARE_BESIDE_MAIN)),
  )
}

/**
 * Returns how many retired multi handles may stay open beside the current one if each keeps `kept`
 * connections.
 */
export function spareKeepers(kept: number): number {
  openFiles ??= readOpenFiles()
  return Math.max(0, Math.min(MAX_RETIRED, Math.floor(openFiles / FILES_PER_CONNECTION_IN_ALL / kept) - 1))
}

/** Returns the number of files that this process may have open. */
function readOpenFiles(): number {
  try {
    const [, limit] =
      /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    if (limit === 'unlimited') return Infinity
    return limit === undefined ? DEFAULT_OPEN_FILES : Number(limit)
  } catch {
    return DEFAULT_OPEN_FILES
  }
}
