/**
 * What PHP's file handles are here: streams of Node, and file descriptors. Bodies and headers go out to them
 * and come in from them, without more in memory than the stream itself takes. Does not know libcurl: it
 * pauses a transfer by a return value, and lets it go on through the transfer.
 */
import { readSync, writeSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import type { Transfer } from '../../transfer/transfer.js'
import { mismatch, type Cast } from '../values/casts.js'

/** `CURL_WRITEFUNC_PAUSE` and `CURL_READFUNC_PAUSE`. */
const PAUSE = 0x10000001
const SEEK_OK = 0
const SEEK_FAIL = 1
/** How much of what has been sent is kept, for redirects and connections that turn out to be dead. Bytes. */
const MAX_REPLAY = 1 << 20

/** Transfers that wait for one stream. */
class Waiting {
  private readonly transfers = new Set<Transfer>()

  add(transfer: Transfer): void {
    this.transfers.add(transfer)
  }

  readonly resume = (): void => {
    const all = [...this.transfers]
    this.transfers.clear()
    for (const transfer of all) transfer.resume()
  }
}

/** Where a body or headers are written to. */
export class WriteTarget {
  private readonly waiting = new Waiting()
  private readonly users = new Set<Transfer>()
  private error: Error | null = null

  /** @param output - a stream or a file descriptor. It is not closed: that is the script's, as in PHP. */
  constructor(
    private readonly output: Writable | number,
    private readonly name: string,
  ) {}

  /**
   * Writes a chunk. Where `mayPause`, a full stream makes the transfer wait. Throws where nothing can be
   * written any longer.
   */
  write(transfer: Transfer, chunk: Uint8Array, mayPause: boolean): number {
    const { output } = this
    if (typeof output === 'number') {
      for (let done = 0; done < chunk.length;) done += writeSync(output, chunk, done)
      return chunk.length
    }
    if (this.users.size === 0) this.listen(output)
    this.users.add(transfer)
    if (this.error !== null) throw this.error
    if (output.destroyed || output.writableEnded) throw new Error(`${this.name}: the stream is closed`)
    if (mayPause && output.writableNeedDrain) {
      this.waiting.add(transfer)
      return PAUSE
    }
    output.write(chunk)
    return chunk.length
  }

  /**
   * The transfer is done: undefined where everything is written, else a promise of the error that prevented
   * it, if any.
   */
  finish(transfer: Transfer): Promise<Error | null> | undefined {
    const { output } = this
    if (typeof output === 'number' || !this.users.has(transfer)) return undefined
    const leave = (error: Error | null): Error | null => {
      this.users.delete(transfer)
      if (this.users.size === 0) this.unlisten(output)
      return error
    }
    if (output.writableLength === 0 || output.destroyed || output.writableEnded) {
      return leave(this.error) === null ? undefined : Promise.resolve(this.error)
    }
    return new Promise((resolve) => {
      output.write('', (error) => {
        resolve(leave(error ?? null))
      })
    })
  }

  private readonly fail = (error: Error): void => {
    this.error = error
    this.waiting.resume()
  }

  private listen(output: Writable): void {
    output.on('error', this.fail).on('drain', this.waiting.resume).on('close', this.waiting.resume)
  }

  private unlisten(output: Writable): void {
    output.off('error', this.fail).off('drain', this.waiting.resume).off('close', this.waiting.resume)
  }
}

/** Where a request's body is read from. */
export class ReadSource {
  private readonly waiting = new Waiting()
  private isListening = false
  private error: Error | null = null
  private rest: Uint8Array = Buffer.alloc(0)
  /** All that has been handed out, as long as it is not too much; null from then on. */
  private sent: Uint8Array[] | null = []
  private sentBytes = 0

  constructor(private readonly input: Readable | number) {}

  /** Fills the buffer; 0: the end; the transfer waits while there is nothing yet. */
  read(transfer: Transfer, buffer: Buffer): number {
    if (this.rest.length === 0) {
      const chunk =
        typeof this.input === 'number' ? readFrom(this.input, buffer.length) : this.pull(this.input)
      if (chunk === null) {
        this.waiting.add(transfer)
        return PAUSE
      }
      this.rest = chunk
      this.remember(chunk)
    }
    const part = this.rest.subarray(0, buffer.length)
    this.rest = this.rest.subarray(part.length)
    buffer.set(part)
    return part.length
  }

  /** Goes back to `offset` from the start, where all that was sent since is still known. */
  seek(offset: number): number {
    if (this.sent === null || offset > this.sentBytes) return SEEK_FAIL
    this.rest = Buffer.concat(this.sent).subarray(offset)
    return SEEK_OK
  }

  private remember(chunk: Uint8Array): void {
    this.sentBytes += chunk.length
    if (this.sentBytes > MAX_REPLAY) this.sent = null
    else this.sent?.push(Buffer.from(chunk))
  }

  /** Null: nothing yet. Empty: the end. */
  private pull(input: Readable): Uint8Array | null {
    if (!this.isListening) this.listen(input)
    if (this.error !== null) throw this.error
    const chunk = input.read() as string | Uint8Array | null
    if (chunk !== null) return typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    return input.readableEnded || input.destroyed ? Buffer.alloc(0) : null
  }

  private listen(input: Readable): void {
    this.isListening = true
    const { resume } = this.waiting
    input.on('readable', resume).on('end', resume).on('close', resume)
    input.on('error', (error) => {
      this.error = error
      resume()
    })
  }
}

function readFrom(descriptor: number, length: number): Uint8Array {
  const buffer = Buffer.allocUnsafe(length)
  return buffer.subarray(0, readSync(descriptor, buffer))
}

/** A stream or a descriptor to write to; null: back to the default. */
export function toWriteTarget(cast: Cast, value: unknown): WriteTarget | null {
  if (value === null) return null
  if (isDescriptor(value)) return new WriteTarget(value, cast.name)
  const { write } = (value ?? {}) as { write?: unknown }
  if (typeof value === 'object' && typeof write === 'function' && (value as Writable).writable) {
    return new WriteTarget(value as Writable, cast.name)
  }
  throw mismatch(cast, 'a writable stream, a file descriptor or null', value)
}

/** A stream or a descriptor to read from; null: nothing to read. */
export function toReadSource(cast: Cast, value: unknown): ReadSource | null {
  if (value === null) return null
  if (isDescriptor(value)) return new ReadSource(value)
  const { read } = (value ?? {}) as { read?: unknown }
  if (typeof value === 'object' && typeof read === 'function' && (value as Readable).readable) {
    return new ReadSource(value as Readable)
  }
  throw mismatch(cast, 'a readable stream, a file descriptor or null', value)
}

function isDescriptor(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}
