/**
 * A request body on its way out: reads its sources as fast as the connection accepts the bytes. Does not
 * depend on libcurl or files.
 */
import { describe } from '../../wrong-value.js'
import { inContext } from '../../transfer/caller-context.js'
import type { Transfer } from '../../transfer/transfer.js'
import type { BodySource } from '../../transfer/transfer-types.js'
import { CANNOT_REPEAT, type UploadSource } from './upload-source.js'

/** The most bytes that are read ahead. Bytes. */
const MAX_QUEUED = 1 << 18

/** A request body made of several sources, one after the other. */
export class Upload implements BodySource {
  /** The size in bytes; null if unknown. */
  size: number | null = null

  private queue: Uint8Array[] = []
  private queuedBytes = 0
  private isStarted = false
  private isDone = false
  private isWaiting = false
  private failure: { readonly error: unknown } | null = null
  /** The number of starts. A pump of an earlier start stops when the number has changed. */
  private round = 0
  private onRoom: (() => void) | null = null
  /** The number of bytes at the beginning that are not sent. */
  private skipped = 0

  /**
   * @param announced the size that the user gave, in bytes; null if none
   * @param fail ends the transfer because a source has failed
   */
  constructor(
    private readonly transfer: Transfer,
    private readonly sources: readonly UploadSource[],
    private readonly announced: number | null,
    readonly contentType: string | undefined,
    private readonly fail: (error: unknown) => void,
  ) {}

  get isSpent(): boolean {
    return this.sources.some((source) => source.isSpent)
  }

  begin(): void {
    this.restart()
    const sizes = this.sources.map((source) => source.size())
    const sum = sizes.includes(null) ? null : sizes.reduce<number>((total, size) => total + (size ?? 0), 0)
    this.size = this.announced ?? sum
  }

  read(buffer: Buffer): number | null {
    if (!this.isStarted) {
      this.isStarted = true
      const { round } = this
      // Later, because opening a source calls user code, and read() runs on libcurl's stack.
      setImmediate(() => void inContext(this.transfer.caller, () => this.pump(round), undefined))
    }
    if (this.failure !== null) throw this.failure.error
    let done = 0
    for (let [first] = this.queue; first !== undefined && done < buffer.length; [first] = this.queue) {
      const part = first.subarray(0, buffer.length - done)
      buffer.set(part, done)
      done += part.length
      if (part.length === first.length) this.queue.shift()
      else this.queue[0] = first.subarray(part.length)
    }
    this.queuedBytes -= done
    if (this.queuedBytes < MAX_QUEUED) this.makeRoom()
    if (done > 0 || this.isDone) return done
    this.isWaiting = true
    return null
  }

  rewind(offset: number): void {
    // The sources have not been opened yet.
    if (!this.isStarted && offset === this.skipped) return
    if (this.isSpent) throw new Error(CANNOT_REPEAT)
    this.restart()
    this.skipped = offset
  }

  end(): void {
    this.restart()
  }

  private restart(): void {
    this.round++
    this.makeRoom()
    this.queue = []
    this.queuedBytes = 0
    this.isStarted = this.isDone = this.isWaiting = false
    this.failure = null
    this.skipped = 0
  }

  private async pump(round: number): Promise<void> {
    let total = 0
    let last: Uint8Array | null = null
    const isCurrent = (): boolean => this.round === round
    try {
      if (!isCurrent()) return
      for (const source of this.sources) {
        for await (const chunk of source.open()) {
          if (!isCurrent()) return
          const whole = toBytes(chunk)
          const bytes = whole.subarray(Math.max(0, this.skipped - total))
          total += whole.length
          if (bytes.length === 0) continue
          if (this.size !== null && total > this.size) throw this.mismatch(`at least ${String(total)}`)
          // Once the announced size is sent, the server considers the body complete. So the last chunk is
          // held back until the sources have really ended.
          if (total === this.size) {
            last = bytes
            continue
          }
          this.enqueue(bytes)
          if (this.queuedBytes >= MAX_QUEUED) {
            await new Promise<void>((resolve) => {
              this.onRoom = resolve
            })
          }
          if (!isCurrent()) return
        }
      }
      // The body was restarted meanwhile: the end of the old sources says nothing about the new round.
      if (!isCurrent()) return
      if (this.size !== null && total < this.size) throw this.mismatch(String(total))
      if (last !== null) this.enqueue(last)
      this.isDone = true
    } catch (error) {
      if (!isCurrent()) return
      this.failure = { error }
      this.fail(error)
    }
    this.resumeTransfer()
  }

  private enqueue(bytes: Uint8Array): void {
    this.queue.push(bytes)
    this.queuedBytes += bytes.length
    this.resumeTransfer()
  }

  private mismatch(total: string): Error {
    return new Error(`the body has ${total} bytes, but ${String(this.size)} were announced`)
  }

  private makeRoom(): void {
    const { onRoom } = this
    this.onRoom = null
    onRoom?.()
  }

  private resumeTransfer(): void {
    if (!this.isWaiting) return
    this.isWaiting = false
    this.transfer.resume()
  }
}

function toBytes(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk
  if (typeof chunk === 'string') return Buffer.from(chunk)
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk)
  throw new TypeError(`an upload takes strings and bytes, got ${describe(chunk, true)}`)
}
