/**
 * Writes to devices and pipes that were named as output files, without blocking: while a pipe has no reader,
 * the process still handles signals. Does not interpret the data.
 */
import { closeSync, constants, fstatSync, openSync, statSync, writeSync } from 'node:fs'
import type { Socket } from 'node:net'
import { explainWrite, OutputError, unlessAborted } from '../errors/errors.js'
import { DEV_NULL } from './dev-null.js'

const { O_APPEND, O_NOCTTY, O_NONBLOCK, O_WRONLY } = constants
/**
 * The interval for opening a pipe that has no reader yet, because the system does not report when a reader
 * appears. Milliseconds.
 */
const RETRY_MS = 50
/**
 * Links to files that this process has open. The file behind such a link may be a plain file; it must not be
 * replaced.
 */
const OPEN_FILE = /^\/dev\/(?:std(?:in|out|err)|fd\/\d+)$|^\/proc\/(?:self|\d+)\/fd\/\d+$/

/** True if the path is a device or a pipe: it is written to and never replaced. */
export function isSpecial(path: string): boolean {
  // Checked first because it is the most common one, and needs no system call.
  if (path === DEV_NULL || OPEN_FILE.test(path)) return true
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats !== undefined && !stats.isFile() && !stats.isDirectory()
}

/** A device or a pipe, written in the order of the calls. */
export class SpecialFile {
  private last: Promise<void> = Promise.resolve()
  private file: number | null = null
  private socket: Socket | null = null

  /** @param signal ends the wait for a reader */
  constructor(
    readonly path: string,
    private readonly signal?: AbortSignal,
  ) {}

  /** Resolves when the operating system has accepted the data. Rejects with `OutputError`. */
  write(data: string | Uint8Array): Promise<void> {
    return this.then(() => this.writeAll(Buffer.from(data)))
  }

  /** Resolves when everything is written and the file is closed. */
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
    // The caller gets the rejection, and later writes fail, too. Here it must not count as unhandled.
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
          const { Socket } = process.getBuiltinModule('node:net')
          this.socket = new Socket({ fd: file, readable: false, writable: true })
          // The write callbacks report errors. Without a listener, the event would end the process.
          this.socket.on('error', () => undefined)
        }
        return file
      } catch (error) {
        // ENXIO: no process has the pipe open for reading (fifo(7)).
        const isUnread = hasCode(error, 'ENXIO') && statSync(this.path).isFIFO()
        if (!isUnread) throw error
        await this.wait()
      }
    }
  }

  private async wait(): Promise<void> {
    await unlessAborted(
      process.getBuiltinModule('node:timers/promises').setTimeout(RETRY_MS),
      this.signal,
      this.path,
    )
  }
}

/** Opens a device or a pipe, writes all data, and closes it. */
export async function writeSpecial(
  path: string,
  data: string | Uint8Array,
  signal?: AbortSignal,
): Promise<void> {
  if (path === DEV_NULL) return
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
