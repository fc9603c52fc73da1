/**
 * This library with `createFetch()` as one file, on a major of undici. Does not know what it is for.
 */
import { build } from 'esbuild'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const ROOT = resolve(import.meta.dirname, '../..')

/** Makes the file, and returns its address. `undici` is the name that the major is installed under. */
export async function bundled(undici: string): Promise<string> {
  const folder = join(ROOT, 'node_modules/.cache/wpt')
  mkdirSync(folder, { recursive: true })
  const entry = join(folder, 'entry.ts')
  const from = (path: string): string => JSON.stringify(join(ROOT, 'src', path))
  writeFileSync(entry, `export * from ${from('index.ts')}\nexport * from ${from('fetch/index.ts')}\n`)
  const outfile = join(folder, `${undici}.mjs`)
  await build({
    ...{ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' },
    alias: undici === 'undici' ? {} : { undici },
    packages: 'external',
  })
  return pathToFileURL(outfile).href
}
