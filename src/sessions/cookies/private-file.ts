/**
 * Files that hold secrets: for this user only, and never half-written, whatever happens to the process. Does
 * not know what is in them.
 */
import { open, readdir, readFile, realpath, rename, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** A temporary file that is older than this has lost its process. */
const STALE_MS = 60 * 60 * 1000

/** The text of a file; null where there is none. */
export async function readPrivateFile(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

/**
 * Writes a file at once: beside it, to the disk, then in its place, with mode 0600. Where that fails, the old
 * one is as it was. A symbolic link stays one.
 */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const target = await realpath(path).catch((error: unknown) => {
    if (isMissing(error)) return path
    throw error
  })
  const { randomBytes } = process.getBuiltinModule('node:crypto')
  const temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`
  try {
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, target)
  } catch (error) {
    await unlink(temporary).catch(() => undefined)
    throw error
  }
  await syncFolder(dirname(target))
}

/** Removes what processes left behind that were killed while they wrote this file. */
export async function removeStaleFiles(path: string, now = Date.now()): Promise<void> {
  const folder = dirname(path)
  const start = `${basename(path)}.`
  const names = await readdir(folder).catch(() => [])
  for (const name of names) {
    if (!name.startsWith(start) || !/^[0-9a-f]{12}\.tmp$/.test(name.slice(start.length))) continue
    const file = join(folder, name)
    const info = await stat(file).catch(() => null)
    if (info !== null && now - info.mtimeMs > STALE_MS) await unlink(file).catch(() => undefined)
  }
}

/**
 * The new name is on the disk only when its folder is. Not every system can do that; none needs it for its
 * files to be whole.
 */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null)
  if (handle === null) return
  await handle.sync().catch(() => undefined)
  await handle.close()
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
}
