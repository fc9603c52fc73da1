/**
 * The ways in which a run of the command ends early, each with its exit code. Does not know what was run.
 */
import { OptionError } from '../errors.js'

/** Exit codes: they are promised to scripts. */
export const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const

/** What was asked for makes no sense: exit code 2, nothing has been fetched. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Data cannot be written: a closed pipe, a full disk, a folder that is not there. The run ends. */
export class OutputError extends Error {
  override readonly name = 'OutputError'
}

/** For messages on a terminal: what a URL or a server says must not move its cursor or change its colours. */
export function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** What ends a run early, as an exit code and what to say. */
export function explainEnding(error: unknown): { code: number; message: string } {
  const isUsage = error instanceof UsageError || error instanceof OptionError
  // Which of the library's members found it says nothing to people.
  const message = messageOf(error).replace(/^(stream|ParallelCurl): /, '')
  return { code: isUsage ? EXIT.usage : EXIT.failed, message }
}
