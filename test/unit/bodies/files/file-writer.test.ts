/**
 * Chunks on their way to a file: in order, whole, and with a failure told once.
 */
import { expect } from 'chai'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FileWriter } from '../../../../src/bodies/files/file-writer.js'

describe('FileWriter', () => {
  let folder: string
  let path: string
  let failures: unknown[]
  let rooms: number
  const host = {
    onRoom(): void {
      rooms++
    },
    onFailure(error: unknown): void {
      failures.push(error)
    },
  }
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'writer-'))
    path = join(folder, 'file')
    failures = []
    rooms = 0
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })

  it('writes in order, and says when there is room again', async () => {
    const writer = new FileWriter(() => open(path, 'w'), host, 0)
    const chunks = Array.from({ length: 200 }, (_, i) => Buffer.alloc(10_000, i))
    const all = Buffer.concat(chunks)
    for (const chunk of chunks) writer.write(chunk)
    expect(writer.isFull).to.equal(true)
    await writer.end()
    expect([writer.isFull, rooms]).to.deep.equal([false, 1])
    expect(readFileSync(path).equals(all)).to.equal(true)
  })

  it('goes on where short writes stop', async () => {
    // A disk that takes 7 bytes at once.
    const stingy = async (): Promise<FileHandle> => {
      const file = await open(path, 'w')
      const part = {
        writev: async (chunks: Buffer[], at: number) => file.write(Buffer.concat(chunks), 0, 7, at),
        write: async (bytes: Buffer, from: number, count: number, at: number) =>
          file.write(bytes, from, Math.min(7, count), at),
        truncate: async (size: number) => file.truncate(size),
        close: async () => file.close(),
      }
      return part as unknown as FileHandle
    }
    const writer = new FileWriter(stingy, host, 0)
    writer.write(Buffer.from('hello '))
    writer.write(Buffer.from('wide world of bytes'))
    await writer.end()
    expect(readFileSync(path, 'utf8')).to.equal('hello wide world of bytes')
  })

  it('begins anew between what was written before and after', async () => {
    const writer = new FileWriter(() => open(path, 'w'), host, 0)
    writer.write(Buffer.from('a long beginning'))
    let seen = ''
    writer.restart(async () => {
      seen = readFileSync(path, 'utf8')
      await Promise.resolve()
    })
    writer.write(Buffer.from('short'))
    await writer.end()
    expect([seen, readFileSync(path, 'utf8')]).to.deep.equal(['', 'short'])
  })

  it('tells a full disk once, and takes no more', async () => {
    const writer = new FileWriter(() => open('/dev/full', 'w'), host, 0)
    writer.write(Buffer.alloc(1 << 20))
    await writer.end()
    writer.write(Buffer.alloc(1 << 20))
    await writer.end()
    expect(failures.map((error) => (error as NodeJS.ErrnoException).code)).to.deep.equal(['ENOSPC'])
    expect(writer.failure?.error).to.equal(failures[0])
    expect(writer.isFull).to.equal(false)
  })
})
