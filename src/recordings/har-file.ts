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

/** The paths that are being written: two recordings in one file would destroy each other. */
const open = new Set<string>()

/** One archive. */
export class HarFile {
  private readonly fs = process.getBuiltinModule('node:fs')
  private readonly path: string
  private descriptor: number | null
  private end: number
  private count = 0

  /** Begins an archive, in place of a file that is there. Throws `OptionError` if the path cannot be written. */
  constructor(given: string, comment: string) {
    this.path = process.getBuiltinModule('node:path').resolve(given)
    if (open.has(this.path))
      throw new OptionError(`record: ${JSON.stringify(given)} is being written by another instance`, 'record')
    try {
      this.descriptor = this.fs.openSync(this.path, 'w', MODE)
    } catch (error) {
      const folder = process.getBuiltinModule('node:path').dirname(this.path)
      const why = isFolderMissing(this.path, error)
        ? `the folder ${JSON.stringify(folder)} does not exist`
        : ((error as NodeJS.ErrnoException).code ?? String(error))
      throw new OptionError(`record: cannot write ${JSON.stringify(given)}: ${why}`, 'record')
    }
    open.add(this.path)
    const log = { version: '1.2', creator: { name: 'parallelcurl', version: '' }, comment }
    const start = `{"log":${JSON.stringify(log).slice(0, -1)},"entries":[`
    this.end = Buffer.byteLength(start)
    this.write(start + END, 0)
  }

  /** Adds entries. Throws the error of the system if they cannot be written. */
  add(entries: readonly HarEntry[]): void {
    for (const entry of entries) {
      const text = `${this.count++ === 0 ? '\n' : ',\n'}${JSON.stringify(entry)}`
      this.write(text + END, this.end)
      this.end += Buffer.byteLength(text)
    }
  }

  close(): void {
    if (this.descriptor === null) return
    this.fs.closeSync(this.descriptor)
    this.descriptor = null
    open.delete(this.path)
  }

  private write(text: string, position: number): void {
    if (this.descriptor === null) return
    const bytes = Buffer.from(text)
    for (let done = 0; done < bytes.length;)
      done += this.fs.writeSync(this.descriptor, bytes, done, bytes.length - done, position + done)
  }
}
