/**
 * `require` as of this package, also where it is part of a bundle. Does not know what is loaded.
 */

/** The file that this code stands in. */
export function ownPath(): string {
  // A bundle in CommonJS has no `import.meta.url`: esbuild leaves it undefined.
  const url = import.meta.url as string | undefined
  return url === undefined ? __filename : process.getBuiltinModule('node:url').fileURLToPath(url)
}

/** Returns a `require` that finds what this package depends on. */
export function ownRequire(): NodeJS.Require {
  return process.getBuiltinModule('node:module').createRequire(ownPath())
}
