/**
 * Builds what is published: each entry of package.json as one JavaScript file, with shared code in files of
 * its own. Does not depend on the content, and does not check types (`tsc` does that and writes the typings
 * in `npm run build`).
 *
 *   node scripts/build.mjs [FOLDER]
 *
 * One file and not a hundred, because finding and linking a hundred files takes Node as long as loading
 * node-libcurl.
 */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'

const root = join(import.meta.dirname, '..')
const { exports, bin, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

const files = [...Object.values(exports).map((entry) => entry.default), ...Object.values(bin)]
const entryPoints = files.flatMap((file) => {
  const [, name] = /^\.\/dist\/(.+)\.js$/.exec(file ?? '') ?? []
  return name === undefined ? [] : [{ in: join(root, `src/${name}.ts`), out: name }]
})

await build({
  entryPoints,
  outdir: resolve(process.argv[2] ?? join(root, 'dist')),
  bundle: true,
  splitting: true,
  chunkNames: 'shared/[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: `node${/\d+\.\d+/.exec(engines.node)[0]}`,
  // Installed packages stay imports.
  packages: 'external',
  sourcemap: true,
  legalComments: 'none',
  logLevel: 'warning',
})
