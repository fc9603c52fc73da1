/**
 * Devices and pipes that somebody names as files. They are opened and written without standing still: where
 * nobody reads, this process still hears signals. Does not know what is written.
 */
import { closeSync, constants, fstatSync, openSync, statSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { devNull } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { explainWrite, OutputError, unlessAborted } from '../errors/errors.js'

const { O_APPEND, O_NOCTTY, O_NONBLOCK, O_WRONLY } = constants
/** How often a pipe is tried that nobody reads yet: the system does not tell when somebody does. */
const RETRY_MS = 50
/**
 * Links that stand for what this process has open: what is behind them may be a plain file, which must not
 * take their place.
 */
const OPEN_FILE = /^\/dev\/(?:std(?:in|out|err)|fd\/\d+)$|^\/proc\/(?:self|\d+)\/fd\/\d+$/

/** Whether a path is a device or a pipe, which is written to, and never replaced. */
export function isSpecial(path: string): boolean {
  // The one that is named most, once for each transfer.
  if (path === devNull || OPEN_FILE.test(path)) return true
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats !== undefined && !stats.isFile() && !stats.isDirectory()
}

/** A device or a pipe, written in the order of the calls. */
export class SpecialFile {
  private last: Promise<void> = Promise.resolve()
  private file: number | null = null
  private socket: Socket | null = null

  /** @param signal ends the waiting for somebody who reads */
  constructor(
    readonly path: string,
    private readonly signal?: AbortSignal,
  ) {}

  /** Resolves when it is with the system; `OutputError` where it cannot be. */
  write(data: string | Uint8Array): Promise<void> {
    return this.then(() => this.writeAll(Buffer.from(data)))
  }

  /** Resolves when all that was written is with the system, and it is closed. */
  end(): Promise<void> {
    return this.then(async () => {
      const { socket, file } = this
      this.socket = this.file = null
      if (socket !== null) await new Promise<void>((done) => socket.end(done))
      else if (file !== null) closeSync(file)
    })
  }

  private then(act: () => Promise<void>): Promise<void> {
    this.last = this.last.then(act).catch((error: unknown) => {
      this.socket?.destroy()
      throw error instanceof OutputError ? error : new OutputError(`${this.path}: ${explainWrite(error)}`)
    })
    // Whoever waits hears of it; what comes after it fails, too.
    this.last.catch(() => undefined)
    return this.last
  }

  private async writeAll(bytes: Buffer): Promise<void> {
    const file = (this.file ??= await this.open())
    const { socket } = this
    if (socket !== null) return unlessAborted(writeSocket(socket, bytes), this.signal, this.path)
    for (let at = 0; at < bytes.length;) {
      try {
        at += writeSync(file, bytes, at)
      } catch (error) {
        if (!hasCode(error, 'EAGAIN')) throw error
        await this.wait()
      }
    }
  }

  private async open(): Promise<number> {
    for (;;) {
      try {
        const file = openSync(this.path, O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY)
        const stats = fstatSync(file)
        if (stats.isFIFO() || stats.isSocket()) {
          this.socket = new Socket({ fd: file, readable: false, writable: true })
          // Its writes tell; without a listener the process would end here.
          this.socket.on('error', () => undefined)
        }
        return file
      } catch (error) {
        // fifo(7): nobody has it open for reading.
        const isUnread = hasCode(error, 'ENXIO') && statSync(this.path).isFIFO()
        if (!isUnread) throw error
        await this.wait()
      }
    }
  }

  private async wait(): Promise<void> {
    await unlessAborted(delay(RETRY_MS), this.signal, this.path)
  }
}

/** Opens it, writes all of it, and closes it. */
export async function writeSpecial(
  path: string,
  data: string | Uint8Array,
  signal?: AbortSignal,
): Promise<void> {
  if (path === devNull) return
  const file = new SpecialFile(path, signal)
  await file.write(data)
  await file.end()
}

function writeSocket(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((done, reject) => {
    socket.write(bytes, (error) => {
      if (error) reject(error)
      else done()
    })
  })
}

function hasCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code
}
