/**
 * Writes chunks to one file, in order, with a bounded queue. Does not interpret the bytes and does not rename
 * or delete the file.
 */
import type { FileHandle } from 'node:fs/promises'
import { freeBuffer } from '../../memory/free-buffer.js'

/** The most bytes that are queued before the sender has to wait. Bytes. */
const MAX_QUEUED = 1 << 20

/** The parts of a file handle that a writer uses. */
export type WritableFile = Pick<FileHandle, 'writev' | 'write' | 'truncate' | 'close'>
type Task = (file: WritableFile) => Promise<void>

/** The callbacks of a writer. */
export interface WriterOwner {
  /** Called when the queue was full and has room again. */
  onRoom(): void
  /** Called at the first failure. Nothing is written after it. */
  onFailure(error: unknown): void
}

/** A writer for one file. The file is opened at the first write. */
export class FileWriter {
  /** The first failure. */
  failure: { readonly error: unknown } | null = null

  private queue: (Buffer | Task)[] = []
  private queuedBytes = 0
  private file: WritableFile | null = null
  private running: Promise<void> | null = null
  private position: number

  /**
   * @param open opens the file; not called on libcurl's stack
   * @param position the offset of the first write, in bytes
   */
  constructor(
    private readonly open: () => Promise<WritableFile>,
    private readonly owner: WriterOwner,
    position: number,
  ) {
    this.position = position
  }

  /** The offset after the last byte that the system has taken. */
  get written(): number {
    return this.position
  }

  /** True if the queue is full. */
  get isFull(): boolean {
    return this.queuedBytes >= MAX_QUEUED
  }

  /** Queues a chunk. The caller must not change or reuse the chunk. */
  write(chunk: Buffer): void {
    if (this.failure !== null) return
    this.queue.push(chunk)
    this.queuedBytes += chunk.length
    this.start()
  }

  /** After all chunks queued before: empties the file, then runs `task`. */
  restart(task: () => Promise<void>): void {
    if (this.failure !== null) return
    this.queue.push(async (file) => {
      await file.truncate(0)
      this.position = 0
      await task()
    })
    this.start()
  }

  /** Writes all queued chunks and closes the file. Never rejects: see {@link failure}. */
  async end(): Promise<void> {
    this.start()
    while (this.running !== null) await this.running
    try {
      await this.file?.close()
    } catch (error) {
      this.failure ??= { error }
    }
    this.file = null
  }

  private start(): void {
    this.running ??= new Promise((resolve) => {
      // start() may run on libcurl's stack, and opening the file may call the user's `output` function.
      setImmediate(() => {
        void this.run().then(() => {
          this.running = null
          // Chunks may have been queued after the last look at the queue.
          if (this.queue.length > 0) this.start()
          resolve()
        })
      })
    })
  }

  private async run(): Promise<void> {
    try {
      if (this.failure !== null) return
      this.file ??= await this.open()
      for (let next = this.next(); next !== null; next = this.next()) {
        if (typeof next === 'function') await next(this.file)
        else await this.writeAll(this.file, next)
      }
    } catch (error) {
      this.failure ??= { error }
      this.queue = []
      this.queuedBytes = 0
      this.owner.onFailure(error)
    }
  }

  /** Returns the next task, or all chunks queued before the next task. */
  private next(): Buffer[] | Task | null {
    const [first] = this.queue
    if (first === undefined) return null
    if (typeof first === 'function') {
      this.queue.shift()
      return first
    }
    const end = this.queue.findIndex((item) => typeof item === 'function')
    return this.queue.splice(0, end < 0 ? this.queue.length : end) as Buffer[]
  }

  private async writeAll(file: WritableFile, chunks: readonly Buffer[]): Promise<void> {
    const total = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
    let { bytesWritten: done } = await file.writev(chunks, this.position)
    if (done < total) {
      // A short write. If the disk is full, the next write reports it.
      const all = Buffer.concat(chunks)
      while (done < total) {
        done += (await file.write(all, done, total - done, this.position + done)).bytesWritten
      }
    }
    this.position += total
    for (const chunk of chunks) freeBuffer(chunk)
    const before = this.queuedBytes
    this.queuedBytes = before - total
    if (before >= MAX_QUEUED && this.queuedBytes < MAX_QUEUED) this.owner.onRoom()
  }
}
