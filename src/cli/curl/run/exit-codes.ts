/**
 * Exit codes of curl that the command gives by itself: they are libcurl's numbers. Does not know when.
 *
 * docs/curl-command.md has all of them.
 */
import { BAD_FUNCTION_ARGUMENT, FAILED_INIT, OUT_OF_MEMORY, UNKNOWN_OPTION } from '../../../curl-codes.js'
import { OptionError } from '../../../errors.js'
import { RefusedValue } from '../../../options/values/option-checks.js'
import { CurlError, SetupError } from '../invocation.js'
import type { RunMessages } from '../output/messages.js'

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

/**
 * Says what is wrong with a transfer that cannot be made, and returns the exit code. @throws what was thrown,
 * if the command itself is broken
 */
export function tellThrown(error: unknown, messages: RunMessages): number {
  if (error instanceof CurlError) {
    for (const line of error.lines) messages.messages.write(`${line}\n`)
    return error.exitCode
  }
  if (error instanceof SetupError) return error.exitCode
  if (error instanceof OptionError) {
    const code = error instanceof RefusedValue ? error.errno : BAD_FUNCTION_ARGUMENT
    messages.failure(code, error.message.replace(/^(startRequest|ParallelCurl): /, ''))
    return code
  }
  throw error
}
