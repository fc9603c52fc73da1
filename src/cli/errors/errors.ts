/** The errors that end a run of the command early, each with its exit code. Does not depend on the run. */
import { LoadingError } from '../../engine/node-libcurl/loading-error.js'
import { endLimit } from '../../memory/young-generation.js'
import { OptionError } from '../../errors.js'
import { oneLine } from '../../redaction.js'

/** The exit codes. Scripts rely on them. */
export const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130, terminated: 143 } as const

/** The command line is wrong: exit code 2. Nothing has been fetched. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError'
}

/** The data of one request are wrong: that request fails, and no other. */
export class DataError extends UsageError {
  override readonly name: string = 'DataError'
}

/** Output cannot be written: a closed pipe, a full disk, a missing folder. Ends the run. */
export class OutputError extends Error {
  override readonly name = 'OutputError'
}

/** Returns the message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Returns a description of an error of a file or pipe. */
export function explainWrite(error: unknown): string {
  const { code } = error as { code?: unknown }
  if (code === 'EPIPE') return 'its reader has closed it (EPIPE)'
  if (code === 'ENOSPC') return 'the disk is full (ENOSPC)'
  return messageOf(error)
}

/**
 * Waits for a promise that depends on the reader of `name`. Throws `OutputError` if `signal` is aborted
 * meanwhile.
 */
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

/** Returns the exit code and the message for an error that ends a run early. */
export function explainEnding(error: unknown): { code: number; message: string } {
  const isUsage = error instanceof UsageError || error instanceof OptionError
  // Remove the prefix: the name of the library's method is of no use to users of the command.
  const message = messageOf(error).replace(/^(stream|ParallelCurl): /, '')
  return { code: isUsage ? EXIT.usage : EXIT.failed, message }
}

/** How a command ended. */
export interface Ending {
  readonly exitCode: number
  /** True after a run that sent requests: it has compiled what most runs need. */
  readonly hasRun: boolean
}

/** Runs a command. An error is told on stderr. */
export async function endingOf(command: () => Promise<Ending>): Promise<Ending> {
  try {
    return await command()
  } catch (error) {
    // Three lines, made for people.
    if (error instanceof LoadingError) {
      process.stderr.write(`${error.message}\n`)
      return { exitCode: EXIT.failed, hasRun: false }
    }
    const { code, message } = explainEnding(error)
    process.stderr.write(`parallelcurl: ${oneLine(message)}\n`)
    return { exitCode: code, hasRun: false }
  } finally {
    endLimit()
  }
}
