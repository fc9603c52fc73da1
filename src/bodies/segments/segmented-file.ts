/**
 * A partial file that several requests write to at once, and the notes on what of it is there, from which a
 * later run goes on. Does not know requests.
 */
import type { FileHandle } from 'node:fs/promises'
import type { WritableFile } from '../files/file-writer.js'
import type { PartialFile } from '../files/partial-file.js'
import type { Entity } from '../files/resumable-entity.js'
import { rangesFrom, type ByteRange } from './byte-ranges.js'

/** The least time between two notes on a file that grows. Milliseconds. */
const NOTE_EVERY_MS = 1000

/** What is known of a file that is not complete. */
export interface FileNotes {
  /** The file on the server. Its length and its validator are known. */
  readonly whole: Entity
  /** The ranges that are there. */
  readonly done: readonly ByteRange[]
}

/** Returns the notes on an existing partial file; null if there are none that can be believed. */
export function notesOf(file: PartialFile): FileNotes | null {
  const found = file.findNotes()
  if (found === null) return null
  const { whole, done, entity } = found.notes as { whole?: Entity; done?: unknown; entity?: Entity }
  // A download without segments notes no ranges: its file is whole as far as it goes.
  const given = whole ?? entity
  if (typeof given?.validator !== 'string' || !Number.isSafeInteger(given.total)) return null
  const size = Math.min(found.size, given.total as number)
  const ranges = rangesFrom(whole === undefined ? (size > 0 ? [[0, size]] : []) : done, size)
  // Bytes behind the end would stay in the file.
  return ranges === null || found.size > (given.total as number) ? null : { whole: given, done: ranges }
}

/** The file of one download. */
export class SegmentedFile {
  private opening: Promise<WritableFile> | null = null
  private handle: FileHandle | null = null
  private saving: Promise<void> | null = null
  private savedAt = 0

  /**
   * @param make returns the partial file; called at the first {@link open}
   * @param notes returns the notes of the moment; null if none are kept
   * @param isNew true if nothing of the file is there yet
   */
  constructor(
    private readonly make: () => PartialFile,
    private readonly notes: (() => FileNotes) | null,
    private readonly isNew: boolean,
  ) {}

  /** The partial file, once it was made. */
  file: PartialFile | null = null

  /** Opens the file for one of its writers: all have one handle, which {@link close} closes. */
  open(): Promise<WritableFile> {
    return (this.opening ??= this.begin())
  }

  /**
   * Writes the notes, if the last ones are old enough. The bytes are forced onto the disk before the notes
   * say that they are there: after a power failure the notes would be believed.
   */
  saveSoon(): void {
    const now = performance.now()
    if (this.notes === null || this.handle === null || this.saving !== null) return
    if (now - this.savedAt < NOTE_EVERY_MS) return
    this.saving = this.save()
      // A disk that is full fails the writers, too, and they say so.
      .catch(() => undefined)
      .finally(() => {
        this.saving = null
        this.savedAt = performance.now()
      })
  }

  /** Closes the file of a download that is complete, and gives it its name. */
  async complete(total: number): Promise<void> {
    await this.closeHandle(async (handle) => {
      const { size } = await handle.stat()
      if (size !== total) throw new Error(`the file has ${String(size)} of ${String(total)} bytes`)
    })
    await this.file?.complete()
    this.file?.release()
  }

  /** Closes the file of a download that is not complete. Keeps it with its notes if `isKept`. */
  async close(isKept: boolean): Promise<void> {
    try {
      await this.closeHandle(isKept && this.notes !== null ? () => this.save() : undefined)
    } finally {
      if (!isKept) await this.file?.remove()
      this.file?.release()
    }
  }

  private async begin(): Promise<WritableFile> {
    this.file ??= this.make()
    // Before the first byte: notes on another file would be believed of these bytes.
    if (this.isNew && this.notes !== null) await this.file.replaceNotes(this.notes())
    const handle = (this.handle = await this.file.open())
    if (this.isNew) await handle.truncate(0)
    this.savedAt = performance.now()
    return {
      writev: handle.writev.bind(handle),
      write: handle.write.bind(handle),
      truncate: handle.truncate.bind(handle),
      close: () => Promise.resolve(),
    }
  }

  private async save(): Promise<void> {
    if (this.notes === null || this.file === null || this.handle === null) return
    const notes = this.notes()
    await this.handle.datasync()
    await this.file.replaceNotes(notes)
  }

  private async closeHandle(before: ((handle: FileHandle) => Promise<void>) | undefined): Promise<void> {
    await this.saving
    const { handle } = this
    if (handle === null) return
    try {
      await before?.(handle)
    } finally {
      this.handle = null
      await handle.close()
    }
  }
}
