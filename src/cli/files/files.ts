/**
 * Writes output: to stdout in whole pieces, to files under a temporary name until they are complete. Does not
 * interpret the data.
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
import type { Writable } from 'node:stream'
import { hiddenPart } from '../../bodies/files/hidden-part.js'
import { explainWrite, messageOf, OutputError, unlessAborted, UsageError } from '../errors/errors.js'
import { isSpecial } from './special-file.js'

/**
 * Writes all data to a stream. Resolves when the operating system has accepted it. Rejects with `OutputError`
 * for a closed pipe or a full disk.
 *
 * @param signal ends the wait for a slow reader
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
 * Checks before a run that a file can be written, and leaves nothing behind. Throws `UsageError` if it cannot
 * be written.
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
 * Writes a file and renames it to its path, so that the path always has a complete file: the old one or the
 * new one. Throws errors of the file system as they are.
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
 * A file that is written in pieces and renamed to its path when it is complete. Only this user can read it.
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

/** Fails if the name exists already. Does not follow a symbolic link. */
const NEW = 'wx'

/** Returns a hidden name next to `path` that nobody can predict. */
function temporaryName(path: string): string {
  const { randomBytes } = process.getBuiltinModule('node:crypto')
  return hiddenPart(path, randomBytes(8).toString('hex'))
}
