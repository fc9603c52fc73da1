/**
 * Temporary files that a killed run has left beside its output. Does not know which run made them: a resumed
 * run asks for those of the files that it writes itself.
 */
import { readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { keptIn, keptOf } from '../../bodies/files/hidden-part.js'

/** Finds temporary files. Each folder is read once, before this run writes to it. */
export class StaleParts {
  private readonly folders = new Map<string, Map<string, string[]>>()

  /** Removes the temporary files of an output file. */
  remove(path: string): void {
    const folder = dirname(path)
    let parts = this.folders.get(folder)
    if (parts === undefined) this.folders.set(folder, (parts = partsIn(folder)))
    const name = keptOf(path)
    for (const part of parts.get(name) ?? []) rmSync(join(folder, part), { force: true })
    parts.delete(name)
  }
}

/** Returns the names of temporary files by the names of the files that they were to become. */
function partsIn(folder: string): Map<string, string[]> {
  const parts = new Map<string, string[]>()
  for (const file of filesIn(folder)) {
    const name = keptIn(file)
    if (name !== undefined) parts.set(name, [...(parts.get(name) ?? []), file])
  }
  return parts
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
      entry.isFile() ? [entry.name] : [],
    )
  } catch {
    // There is no such folder yet, or writing to it will say what is wrong.
    return []
  }
}
