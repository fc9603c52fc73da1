/**
 * Keeps the folder of a cache below a size, without a look at all of it with each response: the length of one small
 * file says how large the folder is, as far as all processes know. Does not know what is in the folder.
 */
import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import { FILE_MODE } from './cache-folder.js'

/** The bytes that one byte of that file stands for: 10 GiB are 2.5 MiB, most of them a hole. */
const UNIT = 4096
/** What a process has written is added to the file when it is this part of the limit. */
const STEPS = 1024
/** Bytes at the start of the file. */
const MARK_LENGTH = 4
/** What is left by pruning: so the next time is not at once. */
const SHARE_LEFT = 0.9
/** The size that others see while one process prunes: if that one is killed, another one does it soon. */
const SHARE_MEANWHILE = 1 - 1 / 64

/** Returns the longest body that is stored in a folder with a limit. */
export function longestWithin(maxBytes: number): number {
  return Math.floor(maxBytes * SHARE_LEFT)
}

/** The limit of one folder. */
export class SizeLimit {
  /** Settles when nothing is pruned any more. */
  running: Promise<void> | null = null
  private readonly step: number
  /** Bytes that are not in the file yet. */
  private pending: number

  /**
   * @param path the file that says how large the folder is
   * @param prune prunes to a number of bytes, and resolves with how many are left
   */
  constructor(
    private readonly path: string,
    private readonly maxBytes: number,
    private readonly prune: (maxBytes: number) => Promise<number>,
    private readonly onFailure: (error: unknown) => void,
  ) {
    this.step = Math.max(1, Math.floor(maxBytes / STEPS / UNIT)) * UNIT
    // Processes that write less than a step each are counted right on the average.
    this.pending = Math.random() * this.step
  }

  /** Counts bytes by which the folder has grown, and begins to prune if it is over the limit. */
  add(bytes: number): void {
    this.pending += bytes
    if (this.pending < this.step) return
    const steps = Math.floor(this.pending / this.step)
    this.pending -= steps * this.step
    try {
      const size = this.grow((steps * this.step) / UNIT)
      if (size === null || size > this.maxBytes) this.enforce()
    } catch (error) {
      this.onFailure(error)
    }
  }

  /** Looks through the folder now, in the background. */
  enforce(): void {
    this.running ??= this.run().finally(() => (this.running = null))
  }

  private async run(): Promise<void> {
    try {
      // What is written meanwhile is in the file, and nobody looks at it before this is done.
      while (await this.hasGrownOver()) continue
    } catch (error) {
      this.onFailure(error)
    }
  }

  /** Prunes. Returns true if the folder is over the limit by what was written meanwhile. */
  private async hasGrownOver(): Promise<boolean> {
    // Its first bytes say who looked last: that one has seen what all others have written.
    const mark = process.getBuiltinModule('node:crypto').randomBytes(MARK_LENGTH)
    let presumed = 0
    try {
      presumed = this.begin(mark)
    } catch (error) {
      // The disk may be full: all the more reason to go on.
      this.onFailure(error)
    }
    const left = await this.prune(longestWithin(this.maxBytes))
    return this.finish(mark, presumed, Math.ceil(left / UNIT))
  }

  /** Sets the length that others see while this process prunes, and returns it. */
  private begin(mark: Buffer): number {
    return this.open(constants.O_RDWR | constants.O_CREAT, (file) => {
      ftruncateSync(file, Math.floor((this.maxBytes * SHARE_MEANWHILE) / UNIT))
      writeSync(file, mark, 0, MARK_LENGTH, 0)
      return fstatSync(file).size
    })
  }

  private finish(mark: Buffer, presumed: number, left: number): boolean {
    return this.open(constants.O_RDWR | constants.O_CREAT, (file) => {
      const last = Buffer.alloc(MARK_LENGTH)
      const { size } = fstatSync(file)
      if (size > 0 && (readSync(file, last, 0, MARK_LENGTH, 0), !last.equals(mark))) return false
      const grown = Math.max(0, size - presumed)
      const length = Math.max(MARK_LENGTH, left + grown)
      ftruncateSync(file, length)
      return grown > 0 && length * UNIT > this.maxBytes
    })
  }

  /** Adds to the file. Returns the size of the folder; null if nobody knows it. */
  private grow(units: number): number | null {
    try {
      return this.open(constants.O_WRONLY | constants.O_APPEND, (file) => {
        writeSync(file, Buffer.alloc(units))
        return fstatSync(file).size * UNIT
      })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    }
  }

  private open<Result>(flags: number, work: (file: number) => Result): Result {
    const file = openSync(this.path, flags, FILE_MODE)
    try {
      return work(file)
    } finally {
      closeSync(file)
    }
  }
}
