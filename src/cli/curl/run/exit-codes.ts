/**
 * Exit codes of curl that the command gives by itself: they are libcurl's numbers. Does not know when.
 *
 * docs/curl-command.md has all of them.
 */
import { BAD_FUNCTION_ARGUMENT, FAILED_INIT, OUT_OF_MEMORY, UNKNOWN_OPTION } from '../../../curl-codes.js'

/** The codes after which nothing else is tried. */
const FATAL: ReadonlySet<number> = new Set([
  FAILED_INIT,
  OUT_OF_MEMORY,
  UNKNOWN_OPTION,
  BAD_FUNCTION_ARGUMENT,
])

/** Returns true if nothing else is tried after this code. */
export function isFatal(code: number): boolean {
  return FATAL.has(code)
}
