/** The files that users import, as package.json names them. Does not read these files. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Returns the paths below src and dist without their ends, such as `fetch/index`. */
export function entryPoints(root: string): string[] {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    exports: Record<string, string | { readonly types: string }>
  }
  return Object.values(exports).flatMap((entry) =>
    typeof entry === 'string' ? [] : (/^\.\/dist\/(.+)\.d\.ts$/.exec(entry.types)?.[1] ?? []),
  )
}
