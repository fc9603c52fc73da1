/**
 * The counterpart of PHP's file handles: Node.js streams and file descriptors, which bodies and headers are
 * written to and read from without buffering more than the stream does. Does not depend on libcurl: a return
 * value pauses the transfer, and the transfer is resumed through its own method.
 */
import { fstatSync, readSync, writeSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { OptionError } from '../../errors.js'
import type { Transfer } from '../../transfer/transfer.js'
import { describe } from '../../wrong-value.js'
import type { Cast } from '../values/casts.js'

/** `CURL_WRITEFUNC_PAUSE` and `CURL_READFUNC_PAUSE`. */
const PAUSE = 0x10000001
const SEEK_OK = 0
const SEEK_FAIL = 1
/**
 * The most sent bytes that are kept so that they can be sent again: after a redirect, or when a reused
 * connection turns out to be dead. Bytes.
 */
const MAX_REPLAY = 1 << 20

/** The transfers that wait for one stream. */
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

/** The output of a body or of headers. */
export class WriteTarget {
  private readonly waiting = new Waiting()
  private readonly users = new Set<Transfer>()
  private error: Error | null = null

  /** @param output - a stream or a file descriptor. It is not closed: the user closes it, as in PHP. */
  constructor(
    private readonly output: Writable | number,
    private readonly name: string,
  ) {}

  /**
   * Writes a chunk. If `mayPause` is true and the stream is full, the transfer is paused. Throws if nothing
   * can be written any more.
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
   * Call it when the transfer is done. Returns undefined if everything was written; otherwise a promise that
   * resolves with the error that prevented it, or null.
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

/** The source of a request's body. */
export class ReadSource {
  private readonly waiting = new Waiting()
  private isListening = false
  private error: Error | null = null
  private rest: Uint8Array = Buffer.alloc(0)
  /** Everything that was sent, as long as it is small enough to keep; null after that. */
  private sent: Uint8Array[] | null = []
  private sentBytes = 0

  constructor(private readonly input: Readable | number) {}

  /** Fills the buffer. Returns 0 at the end. If nothing is available yet, the transfer is paused. */
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

  /** Goes back to `offset` from the start, if everything sent since then was kept. */
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

  /** Returns the next chunk; null if there is none yet; an empty one at the end. */
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

/** Converts a value that {@link checkOutput} accepts to an output. null restores the default. */
export function toWriteTarget(cast: Cast, value: unknown): WriteTarget | null {
  checkOutput(cast, value)
  return value === null ? null : new WriteTarget(value, cast.name)
}

/** Converts a value that {@link checkInput} accepts to a source; null for none. */
export function toReadSource(cast: Cast, value: unknown): ReadSource | null {
  checkInput(cast, value)
  return value === null ? null : new ReadSource(value)
}

/** Throws `OptionError` for anything but a writable stream, a file descriptor or null. */
export function checkOutput(cast: Cast, value: unknown): asserts value is Writable | number | null {
  if (value === null || isDescriptor(value)) return
  const { write, writable, read } = (typeof value === 'object' ? value : {}) as Partial<Writable & Readable>
  if (typeof write === 'function' && writable === true) return
  const isStream = typeof read === 'function' || typeof write === 'function'
  throw notAFile(cast, isStream ? 'The provided file handle must be writable' : NO_FILE, OUTPUT, value)
}

/** Throws `OptionError` for anything but a readable stream, a file descriptor or null. */
export function checkInput(cast: Cast, value: unknown): asserts value is Readable | number | null {
  if (value === null || isDescriptor(value)) return
  const stream = (typeof value === 'object' ? value : {}) as Partial<Readable>
  // One that was read to its end gives nothing more, as a file of PHP at its end.
  if (typeof stream.read === 'function' && (stream.readable === true || isReadToItsEnd(stream))) return
  throw notAFile(cast, NO_FILE, INPUT, value)
}

/** True for an output that {@link checkOutput} took, and that was closed since. */
export function isClosedOutput(output: unknown): boolean {
  if (typeof output === 'number') return !isOpen(output)
  const { destroyed, writableEnded } = output as Partial<Writable>
  return destroyed === true || writableEnded === true
}

/** True for an input that {@link checkInput} took, and that was closed since. */
export function isClosedInput(input: unknown): boolean {
  if (typeof input === 'number') return !isOpen(input)
  return (input as Partial<Readable>).destroyed === true && !isReadToItsEnd(input as Partial<Readable>)
}

/** Node.js destroys a stream at its end. Streams that are for writing only have ended from the start. */
function isReadToItsEnd({ readableEnded, readableDidRead }: Partial<Readable>): boolean {
  return readableEnded === true && readableDidRead === true
}

function isOpen(descriptor: number): boolean {
  try {
    fstatSync(descriptor)
    return true
  } catch {
    return false
  }
}

const NO_FILE = 'supplied argument is not a valid File-Handle resource'
const OUTPUT = 'a writable stream, an open file descriptor or null'
const INPUT = 'a readable stream, an open file descriptor or null'

function notAFile({ where, name }: Cast, what: string, expects: string, value: unknown): OptionError {
  return new OptionError(`${where}: ${what}: ${name} expects ${expects}; got ${describe(value, false)}`, name)
}

function isDescriptor(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && !Object.is(value, -0) && isOpen(value)
}
