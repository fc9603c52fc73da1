/**
 * How many connections are kept for later requests where nobody says. Does not know which are in use.
 *
 * libcurl 7.88 alone keeps four for each transfer that is under way at that moment: one transfer at a time
 * over five hosts connects anew each time. Measured, 50 in flight over 1,000 hosts in turn: half the CPU of
 * each request with 7.88, 0.82 of it with 8.22.
 */
import { readFileSync } from 'node:fs'

/** What libcurl keeps for each transfer in flight. */
const FOR_EACH = 4
/**
 * Idle ones go after two minutes in any case (CURLOPT_MAXAGE_CONN(3)). No more: once a second libcurl looks
 * for dead ones, from the first on again after each that it finds. With 5,000 kept, some thousand of them
 * closed by the server, that was seconds without a turn of the event loop.
 */
const MOST = 1024
/** Where the system does not say how many files may be open. */
const USUAL_OPEN_FILES = 1024
/** The part of the open files that connections may take which nobody uses. */
const SHARE_OF_FILES = 4
/**
 * The part that they may take where several multi handles keep some, and how many more than one those may be.
 */
const SHARE_OF_FILES_IN_ALL = 2
const MOST_SPARE = 3
const PART_BESIDE = 1 / 2
const MAX_INT32 = 2 ** 31 - 1

let openFiles: number | null = null

/** `CURLMOPT_MAXCONNECTS` for so many transfers in flight. */
export function keptConnections(maxRequests: number): number {
  openFiles ??= readOpenFiles()
  // Who knows no limit for transfers has as many connections as there are transfers.
  const inFlight = Number.isFinite(maxRequests) ? Math.min(FOR_EACH * maxRequests, MAX_INT32) : MAX_INT32
  return Math.max(inFlight, Math.min(MOST, Math.floor(openFiles / SHARE_OF_FILES)))
}

/**
 * How many of `kept` in all one of several multi handles beside the main one keeps: those share a half by
 * what they have in flight at most, all of them together `allMost`. It is never less than that: libcurl would
 * close a connection whenever a transfer ends.
 */
export function keptBeside(kept: number, most: number, allMost: number): number {
  return Math.max(most, Math.floor((kept * PART_BESIDE * most) / allMost))
}

/** And how many the main one keeps: the rest, and never less than it may have in flight. */
export function keptByMain(kept: number, allMost: number): number {
  return Math.max(Math.floor(kept / FOR_EACH), kept - Math.max(allMost, Math.floor(kept * PART_BESIDE)))
}

/** How many multi handles may keep so many connections each, and one more. */
export function spareKeepers(kept: number): number {
  openFiles ??= readOpenFiles()
  return Math.max(0, Math.min(MOST_SPARE, Math.floor(openFiles / SHARE_OF_FILES_IN_ALL / kept) - 1))
}

/** How many files this process may have open. */
function readOpenFiles(): number {
  try {
    const [, limit] =
      /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    if (limit === 'unlimited') return Infinity
    return limit === undefined ? USUAL_OPEN_FILES : Number(limit)
  } catch {
    return USUAL_OPEN_FILES
  }
}
