/**
 * Files with secrets: readable for this user only, and never half-written, even if the process is killed.
 * Does not know their content.
 */
import type * as FileSystem from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** The age from which a temporary file counts as left over from a process that has ended. */
const STALE_MS = 60 * 60 * 1000
/** Loaded on demand: most processes write no such file. */
const files = (): typeof FileSystem => process.getBuiltinModule('node:fs/promises')

/** Returns the text of a file, null if there is no file. */
export async function readPrivateFile(path: string): Promise<string | null> {
  try {
    return await files().readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

/**
 * Writes a file as a whole, with mode 0600: a temporary file beside it is synced to the disk and renamed. If
 * that fails, the old file is unchanged. A symbolic link stays.
 */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const target = await files()
    .realpath(path)
    .catch((error: unknown) => {
      if (isMissing(error)) return path
      throw error
    })
  const { randomBytes } = process.getBuiltinModule('node:crypto')
  const temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`
  try {
    const file = await files().open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await files().rename(temporary, target)
  } catch (error) {
    await files()
      .unlink(temporary)
      .catch(() => undefined)
    throw error
  }
  await syncFolder(dirname(target))
}

/** Removes temporary files of processes that were killed while they wrote this file. */
export async function removeStaleFiles(path: string, now = Date.now()): Promise<void> {
  const folder = dirname(path)
  const start = `${basename(path)}.`
  const names = await files()
    .readdir(folder)
    .catch(() => [])
  for (const name of names) {
    if (!name.startsWith(start) || !/^[0-9a-f]{12}\.tmp$/.test(name.slice(start.length))) continue
    const file = join(folder, name)
    const info = await files()
      .stat(file)
      .catch(() => null)
    if (info !== null && now - info.mtimeMs > STALE_MS)
      await files()
        .unlink(file)
        .catch(() => undefined)
  }
}

/**
 * The new name is on the disk only once the folder is synced. Some systems cannot sync a folder; the file is
 * whole without that, too.
 */
async function syncFolder(folder: string): Promise<void> {
  const handle = await files()
    .open(folder, 'r')
    .catch(() => null)
  if (handle === null) return
  await handle.sync().catch(() => undefined)
  await handle.close()
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
}
