/** Finds out that a file could not be made because its folder is missing. Does not make folders. */

/** True if the error of opening a file for writing says that its folder does not exist. */
export function isFolderMissing(path: string, error: unknown): boolean {
  if ((error as NodeJS.ErrnoException | null)?.code !== 'ENOENT') return false
  return !process.getBuiltinModule('node:fs').existsSync(process.getBuiltinModule('node:path').dirname(path))
}
