/**
 * Writes data: to stdout in whole pieces, to files under a temporary name until they are complete. Does not know what it writes.
 */
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import type { Writable } from 'node:stream'
import { messageOf, OutputError } from './mistakes.js'

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

/** Writes a file. What stands there is whole: the one before, or the new one. */
export function writeBody(path: string, body: Uint8Array | string): void {
  const temporary = `${path}.part`
  try {
    writeFileSync(temporary, body)
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw new OutputError(`${path}: ${explainWrite(error)}`)
  }
}
