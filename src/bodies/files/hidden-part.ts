/**
 * Names of files that are not complete: hidden, and beside the file that they are to become. Does not know
 * what makes a name unique.
 */
import { basename, dirname, join } from 'node:path'

/** Characters of the final name that a hidden name has: a name may have 255 bytes. */
const KEPT = 100
const HIDDEN = /^\.(.+)\.[0-9a-z]+(?:-[0-9a-z]+)*\.part$/

/** Returns the hidden path beside `target` with this id, of digits and small letters. */
export function hiddenPart(target: string, id: string): string {
  return join(dirname(target), `.${keptOf(target)}.${id}.part`)
}

/** Returns what the hidden names of a file have of its own name. */
export function keptOf(target: string): string {
  return basename(target).slice(0, KEPT)
}

/** Returns {@link keptOf} of the file that a hidden name is for; undefined if it is no such name. */
export function keptIn(name: string): string | undefined {
  return HIDDEN.exec(name)?.[1]
}
