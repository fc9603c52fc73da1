/**
 * Builds what is published: each entry of package.json as one JavaScript file, with shared code in files of
 * its own; the command as two files, one of which is loaded. Does not depend on the content, and does not
 * check types (`tsc` does that and writes the typings in `npm run build`).
 *
 *   node scripts/package/build.mjs [FOLDER]
 *
 * One file and not a hundred, because finding and linking a hundred files takes Node as long as loading
 * node-libcurl.
 */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'

const root = join(import.meta.dirname, '../..')
const { exports, bin, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

const namesOf = (files) => files.flatMap((file) => /^\.\/dist\/(.+)\.c?js$/.exec(file ?? '')?.[1] ?? [])
const entryPoints = (names) => names.map((name) => ({ in: join(root, `src/${name}.ts`), out: name }))
const common = {
  outdir: resolve(process.argv[2] ?? join(root, 'dist')),
  bundle: true,
  platform: 'node',
  target: `node${/\d+\.\d+/.exec(engines.node)[0]}`,
  // Installed packages stay imports.
  packages: 'external',
  sourcemap: true,
  legalComments: 'none',
  logLevel: 'warning',
}

await build({
  ...common,
  entryPoints: entryPoints(namesOf(Object.values(exports).map((entry) => entry.default))),
  format: 'esm',
  splitting: true,
  chunkNames: 'shared/[name]-[hash]',
})

// The command: an entry that loads one of two files (src/cli/kept-code.ts). Code that is imported on demand
// stands in the same file and runs on demand. CommonJS, because an `import` of a module of Node's reads all
// that it exports, and with that loads parts of Node that nobody uses (fs/promises, streams, web crypto): a
// fifth of a start.
const command = {
  ...common,
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  // An `import()` of a package: code that was stored compiled has none (src/cli/kept-code.ts).
  supported: { 'dynamic-import': false },
  define: { 'import.meta.url': 'moduleUrl' },
  banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
  // `sideEffects` of package.json is about the library.
  ignoreAnnotations: true,
  inject: [join(root, 'scripts/package/command-clock.mjs')],
  // Shorter names are read faster. dist has source maps.
  minify: true,
  lineLimit: 200,
}
const licence = readFileSync(join(root, 'node_modules/commander/LICENSE'), 'utf8')

/** Replaces modules: each entry has a filter of paths, and CommonJS in their place. */
const replacing = (...replacements) => ({
  name: 'replacing',
  setup({ onResolve, onLoad }) {
    for (const [i, [filter, code]] of replacements.entries()) {
      const namespace = `replaced-${i}`
      onResolve({ filter }, ({ path }) => ({ path, namespace }))
      onLoad({ filter: /.*/, namespace }, () => ({ contents: code }))
    }
  },
})
const NOTHING = 'module.exports = {}'
const forCommand = [
  // Each file of the command stands where this package does. `node:module` would be loaded for this alone.
  [/^node:module$/, 'module.exports = { createRequire: () => require }'],
  [/\/own-require\.js$/, 'module.exports = { ownPath: () => __filename, ownRequire: () => require }'],
  // The command opens none, and loads Node's streams with them.
  [/\/sockets\/(curl-socket|web-socket)\.js$/, NOTHING],
]

await build({
  ...command,
  entryPoints: entryPoints([...namesOf(Object.values(bin)), 'cli/curl/main']),
  plugins: [replacing(...forCommand)],
})
await build({
  ...command,
  entryPoints: entryPoints(['cli/plain-command']),
  banner: { js: `/* Contains commander:\n\n${licence}*/\n${command.banner.js}` },
  plugins: [
    replacing(
      ...forCommand,
      // Without what it would start other programs with: the command starts none.
      [/^node:child_process$/, NOTHING],
    ),
  ],
  alias: { commander: join(root, 'node_modules/commander/index.js') },
})
