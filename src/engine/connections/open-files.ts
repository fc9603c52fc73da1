/**
 * The open files of this process and their limit. Checked after a failed connect and before a multi handle is
 * created. Does not know connections.
 */
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { COULDNT_CONNECT, COULDNT_RESOLVE_HOST } from '../../curl-codes.js'

/** The state of the open files. */
export interface OpenFiles {
  /** True if no more files can be opened, or hardly any: failed transfers have closed theirs by now. */
  readonly isFull: boolean
  /** The number of files that may be open at once; NaN if the system does not give it. */
  readonly limit: number
}

/**
 * The part of the limit that counts as "hardly any left": transfers that failed together have closed their
 * sockets again.
 */
const SPARE_PART = 0.05

/** Reads the present state, with a few system calls. */
export function openFiles(): OpenFiles {
  if (!canOpen(1)) return { isFull: true, limit: known }
  const limit = limitOfOpenFiles()
  const count = countOpenFiles()
  return { isFull: count >= limit - Math.max(2, limit * SPARE_PART), limit }
}

/**
 * Returns the present state if too many open files may be the cause of a failure with this code, else null.
 * Call it as soon as libcurl reports the failure: in the next turn of the event loop, transfers that failed
 * together have closed their sockets.
 */
export function openFilesAfter(code: number): OpenFiles | null {
  return code === COULDNT_CONNECT || code === COULDNT_RESOLVE_HOST ? openFiles() : null
}

/** True if `count` more files can be opened now. */
export function canOpen(count: number): boolean {
  // Read while there is a free file descriptor: asked before the first connection.
  if (Number.isNaN(known)) limitOfOpenFiles()
  const opened: number[] = []
  try {
    while (opened.length < count) opened.push(openSync('/dev/null', 'r'))
    return true
  } catch (error) {
    return !isTooMany(error)
  } finally {
    for (const file of opened) closeSync(file)
  }
}

function isTooMany(error: unknown): boolean {
  return ['EMFILE', 'ENFILE'].includes((error as NodeJS.ErrnoException).code ?? '')
}

/** The last limit that could be read: reading it needs a free file descriptor, too. */
let known = NaN

function limitOfOpenFiles(): number {
  try {
    const text = readFileSync('/proc/self/limits', 'latin1')
    known = Number(/^Max open files\s+(\d+)/m.exec(text)?.[1] ?? NaN)
  } catch {
    // There is no such file on this system.
  }
  return known
}

function countOpenFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return NaN
  }
}
