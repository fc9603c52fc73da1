/** Reads a whole file that an option names. Does not depend on what is in it. */
import { readFileSync, statSync } from 'node:fs'
import { messageOf, UsageError } from '../errors/errors.js'

/**
 * Returns the bytes of a file; `-` is stdin.
 *
 * @param subject the option, and what else names the place, for the message
 * @throws UsageError if it cannot be read
 */
export function readInput(path: string, subject: string): Buffer {
  try {
    return readFileSync(path === '-' ? 0 : path)
  } catch (error) {
    throw new UsageError(`${subject}: ${messageOf(error)}`)
  }
}

/** Removes line ends and NULs, as curl does for the files of `-d`. */
export function withoutLineEnds(bytes: Buffer): Buffer {
  return Buffer.from(bytes.filter((byte) => byte !== 10 && byte !== 13 && byte !== 0))
}

/** Returns when a file was changed, in whole seconds since 1970; undefined if there is none. */
export function fileTime(path: string): number | undefined {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats === undefined ? undefined : Math.floor(stats.mtimeMs / 1000)
}
