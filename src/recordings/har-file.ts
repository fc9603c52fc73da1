/**
 * An archive that grows on the disk. After each entry the file is a whole archive, so that a killed process leaves one.
 * Does not know what entries mean.
 */
import { OptionError } from '../errors.js'
import { isFolderMissing } from '../missing-folder.js'
import type { HarEntry } from './har-format.js'

const END = '\n]}}\n'
/** What is recorded may hold secrets: nobody else may read it. */
const MODE = 0o600

/** The files that are being written: two recordings in one file would destroy each other. */
const open = new Set<string>()

/** One archive. */
export class HarFile {
  private readonly fs = process.getBuiltinModule('node:fs')
  private readonly key: string
  private descriptor: number | null
  private end: number
  private count = 0

  /** Begins an archive, in place of a file that is there. Throws `OptionError` if the path cannot be written. */
  constructor(given: string, comment: string) {
    const { fs } = this
    const path = process.getBuiltinModule('node:path').resolve(given)
    const { O_CREAT, O_NONBLOCK = 0, O_WRONLY } = fs.constants as Partial<typeof fs.constants>
    const wrong = (why: string): OptionError =>
      new OptionError(`record: cannot write ${JSON.stringify(given)}: ${why}`, 'record')
    let descriptor: number
    try {
      // Nothing is removed yet: another instance may be writing. A pipe that nobody reads would be waited for.
      descriptor = fs.openSync(path, (O_CREAT ?? 0) | (O_WRONLY ?? 0) | O_NONBLOCK, MODE)
    } catch (error) {
      const folder = process.getBuiltinModule('node:path').dirname(path)
      const why = isFolderMissing(path, error)
        ? `the folder ${JSON.stringify(folder)} does not exist`
        : ((error as NodeJS.ErrnoException).code ?? String(error))
      throw wrong(why)
    }
    const found = fs.fstatSync(descriptor, { bigint: true })
    // A link is another path to the same file.
    this.key = `${String(found.dev)}:${String(found.ino)}`
    if (!found.isFile() || open.has(this.key)) {
      fs.closeSync(descriptor)
      throw wrong(found.isFile() ? 'it is being written by another instance' : 'it is no regular file')
    }
    this.descriptor = descriptor
    open.add(this.key)
    this.makePrivate(descriptor)
    fs.ftruncateSync(descriptor)
    const log = { version: '1.2', creator: { name: 'parallelcurl', version: '' }, comment }
    const start = `{"log":${JSON.stringify(log).slice(0, -1)},"entries":[`
    this.end = Buffer.byteLength(start)
    this.write(start + END, 0)
  }

  /** Adds entries. Throws the error of the system if they cannot be written. */
  add(entries: readonly HarEntry[]): void {
    for (const entry of entries) {
      const text = `${this.count++ === 0 ? '\n' : ',\n'}${JSON.stringify(entry)}`
      try {
        this.write(text + END, this.end)
      } catch (error) {
        this.endHere()
        throw error
      }
      this.end += Buffer.byteLength(text)
    }
  }

  close(): void {
    if (this.descriptor === null) return
    this.fs.closeSync(this.descriptor)
    this.descriptor = null
    open.delete(this.key)
  }

  /** A file that was there may be readable for others. */
  private makePrivate(descriptor: number): void {
    try {
      this.fs.fchmodSync(descriptor, MODE)
    } catch {
      // The file system has no owners, or it is the file of another one.
    }
  }

  /** Takes back what was written of an entry: the disk was full. */
  private endHere(): void {
    if (this.descriptor === null) return
    try {
      this.fs.ftruncateSync(this.descriptor, this.end)
      this.write(END, this.end)
    } catch {
      // The error of the entry is told.
    }
  }

  private write(text: string, position: number): void {
    if (this.descriptor === null) return
    const bytes = Buffer.from(text)
    for (let done = 0; done < bytes.length;)
      done += this.fs.writeSync(this.descriptor, bytes, done, bytes.length - done, position + done)
  }
}
