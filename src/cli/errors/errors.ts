/**
 * The ways in which a run of the command ends early, each with its exit code. Does not know what was run.
 */
import { OptionError } from '../../errors.js'

/** Exit codes: they are promised to scripts. */
export const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130, terminated: 143 } as const

/** What was asked for makes no sense: exit code 2, nothing has been fetched. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError'
}

/** What one request asked for makes no sense: that one fails, and no other. */
export class DataError extends UsageError {
  override readonly name: string = 'DataError'
}

/** Data cannot be written: a closed pipe, a full disk, a folder that is not there. The run ends. */
export class OutputError extends Error {
  override readonly name = 'OutputError'
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** What went wrong with a file or pipe, in words. */
export function explainWrite(error: unknown): string {
  const { code } = error as { code?: unknown }
  if (code === 'EPIPE') return 'whoever read it has gone (EPIPE)'
  if (code === 'ENOSPC') return 'the disk is full (ENOSPC)'
  return messageOf(error)
}

/** Waits for whoever reads `name`; `OutputError` when that is to be given up. */
export async function unlessAborted<T>(
  waiting: Promise<T>,
  signal: AbortSignal | undefined,
  name: string,
): Promise<T> {
  if (signal === undefined) return waiting
  let stop = (): void => undefined
  const stopped = new Promise<never>((_done, reject) => {
    stop = () => {
      reject(new OutputError(`${name}: nobody reads it`))
    }
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([waiting, stopped])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** What ends a run early, as an exit code and what to say. */
export function explainEnding(error: unknown): { code: number; message: string } {
  const isUsage = error instanceof UsageError || error instanceof OptionError
  // Which of the library's members found it says nothing to people.
  const message = messageOf(error).replace(/^(stream|ParallelCurl): /, '')
  return { code: isUsage ? EXIT.usage : EXIT.failed, message }
}
