/**
 * A copy of a body for the cache while the body goes elsewhere: in memory while it is small, in a file then. Does not
 * know where the body goes.
 */
import { FileWriter } from '../bodies/files/file-writer.js'
import { FILE_MODE, removeFile } from './cache-folder.js'
import { crcOf, files } from './kept-body.js'
import type { BodyFile } from './stored-entry.js'

/** A copy of up to this size is kept in memory, and written at once. Bytes. */
export const SMALL_BODY = 256 * 1024

/** The callbacks of a copy. */
export interface CopyOwner {
  /** Returns the place of a new file. */
  place(): { readonly path: string; readonly name: string }
  /** Called when the copy was full and has room again. */
  onRoom(): void
  onFailure(error: unknown): void
}

/** One copy. */
export class BodyCopy {
  /** The chunks of a small body; empty once they are in a file. */
  chunks: Buffer[] = []
  private size = 0
  private crc = 0
  private file: { readonly path: string; readonly name: string; readonly writer: FileWriter } | null = null
  private isDropped = false

  constructor(
    private readonly limit: number,
    private readonly owner: CopyOwner,
  ) {}

  /** True if the next chunk has to wait. */
  get isFull(): boolean {
    return this.file?.writer.isFull ?? false
  }

  /** True if nothing is to be written to the disk yet. */
  get isSmall(): boolean {
    return this.file === null
  }

  /** True if the body is not copied: it is too long, or cannot be written. */
  get isGone(): boolean {
    return this.isDropped
  }

  /** Copies a chunk, because whoever gets it may free its memory. */
  add(chunk: Buffer): void {
    if (this.isDropped) return
    this.size += chunk.length
    if (this.size > this.limit) {
      this.drop()
      return
    }
    const copy = Buffer.from(chunk)
    if (this.file === null && this.size > SMALL_BODY) this.startWriting()
    if (this.file === null) this.chunks.push(copy)
    else this.write(copy, this.file.writer)
  }

  /** Ends a copy that is in a file. Returns null if it could not be written. */
  async end(): Promise<BodyFile | null> {
    const { file } = this
    if (file === null || this.isDropped) return null
    await file.writer.end()
    if (file.writer.failure !== null) {
      removeFile(file.path)
      return null
    }
    return { name: file.name, size: this.size, crc: this.crc }
  }

  /** Drops the copy. */
  drop(): void {
    this.isDropped = true
    this.chunks = []
    const { file } = this
    if (file !== null)
      void file.writer.end().then(() => {
        removeFile(file.path)
      })
  }

  private startWriting(): void {
    const { owner } = this
    const { path, name } = owner.place()
    const onRoom = (): void => {
      owner.onRoom()
    }
    const onFailure = (error: unknown): void => {
      owner.onFailure(error)
    }
    const writer = new FileWriter(() => files().open(path, 'wx', FILE_MODE), { onRoom, onFailure }, 0)
    this.file = { path, name, writer }
    const { chunks } = this
    this.chunks = []
    for (const chunk of chunks) this.write(chunk, writer)
  }

  private write(chunk: Buffer, writer: FileWriter): void {
    this.crc = crcOf(chunk, this.crc)
    writer.write(chunk)
  }
}
