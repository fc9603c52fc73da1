/** A PATH with chosen programs of this machine, for scripts that have to do without others. Does not run them. */
import { spawnSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'

/** Links the programs into a folder, those that this machine has. */
export function linkPrograms(folder: string, names: readonly string[]): void {
  const script = 'for name; do command -v "$name"; done'
  const { stdout } = spawnSync('sh', ['-c', script, 'sh', ...names], { encoding: 'utf8' })
  for (const path of stdout.split('\n'))
    if (path.startsWith('/')) symlinkSync(path, join(folder, basename(path)))
}
