/**
 * Writes chunks to one file, in order, with a bounded queue. Does not know what the bytes mean, nor what
 * becomes of the file.
 */
import type { FileHandle } from 'node:fs/promises'
import { freeBuffer } from '../../memory/free-buffer.js'

/** How much may wait for the disk. Bytes. */
const MAX_QUEUED = 1 << 20

type Task = (file: FileHandle) => Promise<void>

/** Who hears of a writer. */
export interface WriterHost {
  /** There is room again. */
  onRoom(): void
  /** Nothing will be written any longer. */
  onFailure(error: unknown): void
}

/** One file. It is opened when there is something to do. */
export class FileWriter {
  /** What went wrong first. */
  failure: { readonly error: unknown } | null = null

  private queue: (Buffer | Task)[] = []
  private queuedBytes = 0
  private file: FileHandle | null = null
  private running: Promise<void> | null = null
  private position: number

  /**
   * @param open opens the file: outside of libcurl's stack
   * @param position where writing begins
   */
  constructor(
    private readonly open: () => Promise<FileHandle>,
    private readonly host: WriterHost,
    position: number,
  ) {
    this.position = position
  }

  /** Whether as much waits for the disk as may. */
  get isFull(): boolean {
    return this.queuedBytes >= MAX_QUEUED
  }

  /** Takes a chunk: it must not be used afterwards. */
  write(chunk: Buffer): void {
    if (this.failure !== null) return
    this.queue.push(chunk)
    this.queuedBytes += chunk.length
    this.start()
  }

  /** Empties the file when what was written before is there, then does `task`. */
  restart(task: () => Promise<void>): void {
    if (this.failure !== null) return
    this.queue.push(async (file) => {
      await file.truncate(0)
      this.position = 0
      await task()
    })
    this.start()
  }

  /** Writes what waits, and closes the file. Never rejects: see {@link failure}. */
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
      // This may be on libcurl's stack, and opening asks the user where to.
      setImmediate(() => {
        void this.run().then(() => {
          this.running = null
          // What came between the last look and now.
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
      this.host.onFailure(error)
    }
  }

  /** The next task, or all chunks before it. */
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

  private async writeAll(file: FileHandle, chunks: readonly Buffer[]): Promise<void> {
    const total = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
    let { bytesWritten: done } = await file.writev(chunks, this.position)
    if (done < total) {
      // Cut short: a disk that is full says so at the next try.
      const all = Buffer.concat(chunks)
      while (done < total) {
        done += (await file.write(all, done, total - done, this.position + done)).bytesWritten
      }
    }
    this.position += total
    for (const chunk of chunks) freeBuffer(chunk)
    const before = this.queuedBytes
    this.queuedBytes = before - total
    if (before >= MAX_QUEUED && this.queuedBytes < MAX_QUEUED) this.host.onRoom()
  }
}
