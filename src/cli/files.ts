/**
 * Writes data: to stdout in whole pieces, to files under a temporary name until they are complete. Does not know what it writes.
 */
import {
  accessSync,
  closeSync,
  constants,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { devNull } from 'node:os'
import type { Writable } from 'node:stream'
import { messageOf, OutputError, UsageError } from './mistakes.js'

/** Resolves once the data is with the system. A closed pipe or a full disk: `OutputError`. */
export function writeAll(stream: Writable, data: string | Uint8Array, name: string): Promise<void> {
  return new Promise((done, reject) => {
    stream.write(data, (error) => {
      if (error) reject(new OutputError(`${name}: ${explainWrite(error)}`))
      else done()
    })
  })
}

/** What went wrong with a file or pipe, in words. */
export function explainWrite(error: unknown): string {
  const { code } = error as { code?: unknown }
  if (code === 'EPIPE') return 'whoever read it has gone (EPIPE)'
  if (code === 'ENOSPC') return 'the disk is full (ENOSPC)'
  return messageOf(error)
}

/** Whether a path is a device or a pipe, which is written to, and never replaced. */
export function isSpecial(path: string): boolean {
  // The one that is named most, once for each transfer.
  if (path === devNull) return true
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats !== undefined && !stats.isFile() && !stats.isDirectory()
}

/** That a file cannot be written is better known before a long run than after it: `UsageError`. Leaves nothing behind. */
export function checkWritable(path: string, option: string): void {
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) throw new Error('it is a folder')
    if (isSpecial(path)) accessSync(path, constants.W_OK)
    else {
      const probe = `${path}.${String(process.pid)}.probe`
      closeSync(openSync(probe, 'wx'))
      rmSync(probe)
    }
  } catch (error) {
    throw new UsageError(`--${option} ${path}: ${messageOf(error)}`)
  }
}

/** Writes a file. What stands there is whole: the one before, or the new one. */
export function writeBody(path: string, body: Uint8Array): void {
  if (path === devNull) return
  if (isSpecial(path)) {
    attempt(path, () => {
      writeFileSync(path, body)
    })
    return
  }
  const temporary = `${path}.part`
  try {
    attempt(path, () => {
      writeFileSync(temporary, body)
      renameSync(temporary, path)
    })
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

function attempt(path: string, act: () => void): void {
  try {
    act()
  } catch (error) {
    throw new OutputError(`${path}: ${explainWrite(error)}`)
  }
}
