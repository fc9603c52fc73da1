/**
 * The package manager that installed a folder, as far as the traces that it leaves tell. Does not know what
 * it is asked for, and starts no program.
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export type PackageManager = 'npm' | 'pnpm' | 'yarn' | 'yarn 1' | 'bun'

/** Files that a package manager writes when it installs: those in `node_modules` first. */
const TRACES: readonly (readonly [file: string, manager: PackageManager])[] = [
  ['node_modules/.modules.yaml', 'pnpm'],
  ['node_modules/.yarn-state.yml', 'yarn'],
  ['node_modules/.yarn-integrity', 'yarn 1'],
  ['node_modules/.package-lock.json', 'npm'],
  ['.pnp.cjs', 'yarn'],
  ['pnpm-lock.yaml', 'pnpm'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['package-lock.json', 'npm'],
]

function managerIn(folder: string): PackageManager | undefined {
  const found = TRACES.find(([file]) => existsSync(join(folder, file)))?.[1]
  if (found !== undefined) return found
  const lockfile = join(folder, 'yarn.lock')
  if (!existsSync(lockfile)) return undefined
  return readFileSync(lockfile, 'utf8').includes('\n__metadata:') ? 'yarn' : 'yarn 1'
}

/** What started this process, if it was a script of a package manager. */
function managerOfScript(agent: string): PackageManager | undefined {
  const [, name, major] = /^(npm|pnpm|yarn|bun)\/(\d+)/.exec(agent) ?? []
  if (name === 'yarn') return major === '1' ? 'yarn 1' : 'yarn'
  return name as PackageManager | undefined
}

/**
 * Returns the package manager that installed one of the folders, or a folder above it. A script may be
 * started by another one, so `agent` (the variable npm_config_user_agent) counts only where there are no
 * traces.
 */
export function packageManagerOf(folders: readonly string[], agent = ''): PackageManager {
  for (const start of folders) {
    for (let folder = start; ; folder = dirname(folder)) {
      const manager = managerIn(folder)
      if (manager !== undefined) return manager
      if (dirname(folder) === folder) break
    }
  }
  return managerOfScript(agent) ?? 'npm'
}
