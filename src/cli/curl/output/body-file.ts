/**
 * Where the body of one transfer goes: stdout, nowhere, or a file that is made when there is something to
 * write. Does not know transfers, nor where its name comes from.
 */
import { closeSync, fstatSync, ftruncateSync, openSync, statSync, unlinkSync, utimesSync } from 'node:fs'
import type { OperationSettings } from '../operation-settings.js'
import { STDOUT, writeAll } from './descriptors.js'
import type { RunMessages } from './messages.js'
import { systemText } from '../../errors/system-text.js'

/** The number of other names that `--no-clobber` tries. */
const OTHER_NAMES = 99

/** The destination of the body of one transfer. */
export class BodyFile {
  /** The file; undefined: stdout, or nowhere. */
  path: string | undefined
  /** The server has named it: nothing that is there is overwritten. */
  isNamedByServer = false
  isDiscarded = false
  /** Written since it was opened, headers not counted. */
  bytes = 0
  /** Where writing began: what stood there before is not ours to take away. */
  start = 0
  private fd: number | null
  private isOpened = false
  private pending: Buffer[] = []

  constructor(
    private readonly settings: OperationSettings,
    private readonly messages: RunMessages,
    path?: string,
  ) {
    this.path = path
    this.fd = path === undefined ? STDOUT : null
  }

  get isOpen(): boolean {
    return this.fd !== null
  }

  /** True if a file was opened here, and is open. */
  get isFile(): boolean {
    return this.isOpened && this.fd !== null
  }

  /** The file that was made; undefined if there is none, or it was removed. */
  get made(): string | undefined {
    return this.isOpened ? this.path : undefined
  }

  get descriptor(): number | null {
    return this.fd
  }

  /** Opens it for writing at its end. Throws what the system says. */
  continueAt(start: number): void {
    this.fd = openSync(this.path as string, 'a')
    this.isOpened = true
    this.start = start
  }

  /** Makes the file. Says why not. */
  create(): boolean {
    const path = this.path as string
    const { clobber } = this.settings
    try {
      if (clobber === 'always' || (clobber === 'default' && !this.isNamedByServer))
        this.fd = openSync(path, 'w')
      else this.fd = this.createNew(path, clobber === 'never')
    } catch (error) {
      this.messages.warn(`Failed to open the file ${path}: ${systemText(error)}`)
      return false
    }
    this.isOpened = true
    this.bytes = this.start = 0
    return true
  }

  private createNew(path: string, triesOthers: boolean): number {
    for (let number = 0; ; number++) {
      const name = number === 0 ? path : `${path}.${String(number)}`
      try {
        const fd = openSync(name, 'wx')
        this.path = name
        return fd
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        if (!triesOthers || number >= OTHER_NAMES || (code !== 'EEXIST' && code !== 'EISDIR')) throw error
      }
    }
  }

  /** The name that the server has given, once. False where something has been written already. */
  rename(path: string): boolean {
    if (this.fd !== null) return false
    this.path = path
    this.isNamedByServer = true
    return true
  }

  /** Takes what is to stand before the body; it is written with it, or by {@link flush}. */
  addHead(line: Buffer): void {
    this.pending.push(line)
  }

  /** Writes a chunk of the body. Throws what the system says. */
  write(chunk: Buffer): void {
    this.flush()
    writeAll(this.fd as number, chunk)
    this.bytes += chunk.length
  }

  /** Writes what is still held. Throws what the system says. */
  flush(): void {
    const { pending } = this
    if (pending.length === 0 || this.fd === null) return
    this.pending = []
    writeAll(this.fd, pending.length === 1 ? (pending[0] as Buffer) : Buffer.concat(pending))
  }

  /**
   * Takes away what an attempt has written. Returns whether there was anything. Throws what the system says.
   */
  restart(): number {
    if (this.bytes === 0 || this.path === undefined || this.fd === null) return 0
    if (!fstatSync(this.fd).isFile()) return 0
    const thrown = this.bytes
    ftruncateSync(this.fd, this.start)
    // Where it was opened for appending, the end is where the next byte goes; else it is said.
    if (this.start === 0) this.reopen()
    this.bytes = 0
    return thrown
  }

  /** Keeps the bytes so far: they count as the beginning of the file. Returns its length. */
  keep(): number {
    this.start += this.bytes
    this.bytes = 0
    return this.start
  }

  private reopen(): void {
    closeSync(this.fd as number)
    this.fd = openSync(this.path as string, 'a')
  }

  /** The transfer is over. False where what was held could not be written. */
  close(hasFailed: boolean): boolean {
    if (!this.isFile) return true
    const { path, settings, messages } = this
    try {
      this.flush()
      closeSync(this.fd as number)
    } catch {
      messages.error('curl: (23) Failed writing body')
      return false
    } finally {
      this.fd = null
    }
    if (hasFailed && settings.removeOnError) this.remove(path as string)
    return true
  }

  private remove(path: string): void {
    const { messages } = this
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) {
      messages.warn(`Skipping removal; not a regular file: ${path}`)
      return
    }
    try {
      unlinkSync(path)
      this.isOpened = false
      messages.note(`Removed output file: ${path}`)
    } catch {
      messages.warn(`Failed removing: ${path}`)
    }
  }

  /** The time that the server says the file has. Seconds since 1970. */
  setTime(seconds: number): void {
    if (this.path === undefined) return
    try {
      // As a date: Node.js takes a negative number for now.
      const time = new Date(seconds * 1000)
      utimesSync(this.path, time, time)
    } catch (error) {
      this.messages.warn(`Failed to set filetime ${String(seconds)} on '${this.path}': ${systemText(error)}`)
    }
  }
}
