/**
 * Writes data: to stdout in whole pieces, to files under a temporary name until they are complete. Does not
 * know what it writes.
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
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Writable } from 'node:stream'
import { explainWrite, messageOf, OutputError, unlessAborted, UsageError } from '../errors/errors.js'
import { isSpecial } from './special-file.js'

/**
 * Resolves once the data is with the system. A closed pipe or a full disk: `OutputError`.
 *
 * @param signal ends the waiting for whoever reads it
 */
export function writeAll(
  stream: Writable,
  data: string | Uint8Array,
  name: string,
  signal?: AbortSignal,
): Promise<void> {
  const writing = new Promise<void>((done, reject) => {
    stream.write(data, (error) => {
      if (error) reject(new OutputError(`${name}: ${explainWrite(error)}`))
      else done()
    })
  })
  return unlessAborted(writing, signal, name)
}

/**
 * That a file cannot be written is better known before a long run than after it: `UsageError`. Leaves nothing
 * behind.
 */
export function checkWritable(path: string, option: string): void {
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) throw new Error('it is a folder')
    if (isSpecial(path)) accessSync(path, constants.W_OK)
    else {
      const probe = temporaryName(path)
      closeSync(openSync(probe, 'wx'))
      rmSync(probe)
    }
  } catch (error) {
    throw new UsageError(`--${option} ${path}: ${messageOf(error)}`)
  }
}

/**
 * Writes a file. What stands there is whole: the one before, or the new one. What fails is what the system
 * says.
 */
export function writeWhole(path: string, body: Uint8Array): void {
  const temporary = temporaryName(path)
  try {
    writeFileSync(temporary, body, { flag: NEW })
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/**
 * A file that is written in pieces, and takes its place when all of them are there. Only this user can read
 * it.
 */
export class PieceFile {
  private readonly temporary: string
  private readonly file: number

  constructor(private readonly path: string) {
    this.temporary = temporaryName(path)
    this.file = this.attempt(() => openSync(this.temporary, NEW, 0o600))
  }

  write(text: string): void {
    const bytes = Buffer.from(text)
    this.attempt(() => {
      for (let at = 0; at < bytes.length;) at += writeSync(this.file, bytes, at)
    })
  }

  end(): void {
    this.attempt(() => {
      closeSync(this.file)
      renameSync(this.temporary, this.path)
    })
  }

  private attempt<T>(act: () => T): T {
    try {
      return act()
    } catch (error) {
      rmSync(this.temporary, { force: true })
      throw new OutputError(`${this.path}: ${explainWrite(error)}`)
    }
  }
}

/** Fails where there is something of that name already: a symbolic link in its place is not followed. */
const NEW = 'wx'

/** A hidden name beside `path` that nobody can have foreseen. */
function temporaryName(path: string): string {
  const { randomBytes } = process.getBuiltinModule('node:crypto')
  return join(dirname(path), `.${basename(path).slice(0, 100)}.${randomBytes(8).toString('hex')}.part`)
}
