/**
 * How many files this process has open, and may have: asked when a connection could not be made, and before a
 * multi handle is. Does not know connections.
 */
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs'

/** What there is to know of open files. */
export interface OpenFiles {
  /** Whether no more can be opened, or hardly any: what failed has given its own back by now. */
  readonly isFull: boolean
  /** How many may be open at once; NaN where the system does not say. */
  readonly limit: number
}

/** Where this many are left, those that failed at once have given them back. */
const SPARE_PART = 0.05

/** Looks now. A few system calls. */
export function openFiles(): OpenFiles {
  if (!canOpen(1)) return { isFull: true, limit: known }
  const limit = limitOfOpenFiles()
  const count = countOpenFiles()
  return { isFull: count >= limit - Math.max(2, limit * SPARE_PART), limit }
}

/** Whether so many more files can be opened now. */
export function canOpen(count: number): boolean {
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

/** Of the last time that a file could be opened to read it: where none can be, that cannot be, either. */
let known = NaN

function limitOfOpenFiles(): number {
  try {
    const text = readFileSync('/proc/self/limits', 'latin1')
    known = Number(/^Max open files\s+(\d+)/m.exec(text)?.[1] ?? NaN)
  } catch {
    // Not on this system.
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
