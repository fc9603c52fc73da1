/**
 * Bodies in the files of a cache: read when they are asked for, and written whole or not at all. Does not know
 * responses.
 */
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs'
import type * as FileSystem from 'node:fs/promises'
import { CurlError } from '../errors.js'
import { FILE_MODE, removeFile } from './cache-folder.js'
import type { BodyFile } from './stored-entry.js'
import { READ_ERROR } from '../curl-codes.js'

/** The message about a body that cannot be read. */
export const BROKEN = 'the cached body is gone or broken: request it again'

/** Loaded on demand: most processes have no cache, and few bodies are large. */
export const files = (): typeof FileSystem => process.getBuiltinModule('node:fs/promises')

/** Returns the CRC-32 of bytes, continued from that of the bytes before them. */
export function crcOf(bytes: Uint8Array, before = 0): number {
  return process.getBuiltinModule('node:zlib').crc32(bytes, before)
}

/** Returns the bytes of a file, null if they are not those that were written. */
function readBody(path: string, { size, crc }: BodyFile): Buffer | null {
  const bytes = Buffer.allocUnsafeSlow(size)
  try {
    const file = openSync(path, 'r')
    try {
      let done = 0
      while (done < size) {
        const count = readSync(file, bytes, done, size - done, done)
        if (count === 0) return null
        done += count
      }
    } finally {
      closeSync(file)
    }
  } catch {
    return null
  }
  return crcOf(bytes) === crc ? bytes : null
}

/** Writes a new file of these chunks at once. Throws if that fails; no file is left then. */
export function writeBody(path: string, name: string, chunks: readonly Buffer[]): BodyFile {
  const file = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, FILE_MODE)
  let size = 0
  let crc = 0
  try {
    try {
      for (const chunk of chunks) {
        for (let done = 0; done < chunk.length;) done += writeSync(file, chunk, done)
        size += chunk.length
        crc = crcOf(chunk, crc)
      }
    } finally {
      closeSync(file)
    }
  } catch (error) {
    removeFile(path)
    throw error
  }
  return { name, size, crc }
}

/** Writes a new file of these chunks without holding anybody up. Rejects if that fails; no file is left then. */
export async function writeLargeBody(
  { path, name }: { readonly path: string; readonly name: string },
  chunks: readonly Buffer[],
): Promise<BodyFile> {
  try {
    await files().writeFile(path, chunks, { flag: 'wx', mode: FILE_MODE })
  } catch (error) {
    removeFile(path)
    throw error
  }
  let size = 0
  let crc = 0
  for (const chunk of chunks) {
    size += chunk.length
    crc = crcOf(chunk, crc)
  }
  return { name, size, crc }
}

/** The body of a response from the cache, which is read when it is asked for. */
export class KeptBody {
  /** True once the file is not needed any more. */
  isRead = false

  constructor(
    readonly path: string,
    private readonly file: BodyFile,
    private readonly url: string,
    /** Called when the file is gone or broken: drops the entry. */
    readonly onBroken: () => void,
  ) {}

  /** Bytes. */
  get size(): number {
    return this.file.size
  }

  /** The CRC-32 of the bytes. */
  get crc(): number {
    return this.file.crc
  }

  /** Returns the bytes. Throws `CurlError` (26) if the file is gone or broken. */
  read(): Buffer {
    const bytes = this.tryRead()
    if (bytes !== null) return bytes
    throw new CurlError(BROKEN, {
      errno: READ_ERROR,
      url: this.url,
      cause: undefined,
      code: 'CURLE_READ_ERROR',
    })
  }

  /** Returns the bytes; null if the file is gone or broken. The entry is dropped then. */
  tryRead(): Buffer | null {
    const bytes = readBody(this.path, this.file)
    this.isRead = true
    if (bytes === null) this.onBroken()
    return bytes
  }
}
