/**
 * Writes the pages that are generated from the source: docs/command-options.md and the picture in
 * docs/architecture.md, which are committed, and docs/api/, which is not. Does not touch other pages.
 *
 *   npm run docs                 writes the pages
 *   npm run docs -- --check      writes nothing; fails if a link in a comment is broken or a committed page
 *   is outdated
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { commandOptionsPage } from './docs/command-options.js'
import { withFolderPicture } from './docs/folder-picture.js'
import { checkReference, writeReference } from './docs/reference.js'

const docs = resolve(import.meta.dirname, '../docs')
const page = join(docs, 'command-options.md')
const architecture = join(docs, 'architecture.md')
const root = join(docs, '..')

if (process.argv.includes('--check')) {
  if (readFileSync(page, 'utf8') !== commandOptionsPage())
    throw new Error('docs/command-options.md is not what `npm run docs` writes: run it, and commit the page')
  const drawn = readFileSync(architecture, 'utf8')
  if (drawn !== withFolderPicture(drawn, root))
    throw new Error('the picture in docs/architecture.md is old: run `npm run docs`, and commit the page')
  await checkReference()
} else {
  writeFileSync(page, commandOptionsPage())
  writeFileSync(architecture, withFolderPicture(readFileSync(architecture, 'utf8'), root))
  await writeReference(join(docs, 'api'))
  console.log('docs/command-options.md, docs/api/README.md')
}
