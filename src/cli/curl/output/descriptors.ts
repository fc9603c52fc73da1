/**
 * Writing to open files at once and in full: what was written is there when the call returns, in order with
 * all others, and whoever is slow to take it holds the transfer up, as with curl. Does not know what is
 * written.
 */
import { fstatSync, writeSync } from 'node:fs'

export const STDIN = 0
export const STDOUT = 1
export const STDERR = 2

/** A pipe may have been made non-blocking by whoever else has it. */
const WAIT_MS = 2
const never = new Int32Array(new SharedArrayBuffer(4))

/** Writes all of it. Throws what the system says, a pipe that nobody reads any more included (EPIPE). */
export function writeAll(fd: number, bytes: Uint8Array | string): void {
  const chunk = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
  let written = 0
  while (written < chunk.length) {
    try {
      written += writeSync(fd, chunk, written)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EAGAIN') Atomics.wait(never, 0, 0, WAIT_MS)
      else if (code !== 'EINTR') throw error
    }
  }
}

/** Writes all of it, or gives up without a word. */
export function tryWrite(fd: number, bytes: Uint8Array | string): boolean {
  try {
    writeAll(fd, bytes)
    return true
  } catch {
    return false
  }
}

/** Only a device can be a terminal, and `node:tty` takes long to load. */
export function isTerminal(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice() && process.getBuiltinModule('node:tty').isatty(fd)
  } catch {
    return false
  }
}
