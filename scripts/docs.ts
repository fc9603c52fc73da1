/**
 * Writes the pages that are made from the source: docs/command-options.md, which is committed, and docs/api/, which is not.
 *
 *   npm run docs                 writes them
 *   npm run docs -- --check      writes nothing, and fails where a link in a comment leads nowhere or the committed page is old
 *
 * Does not know the pages that people write.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { commandOptionsPage } from './docs/command-options.js'
import { checkReference, writeReference } from './docs/reference.js'

const docs = resolve(import.meta.dirname, '../docs')
const page = join(docs, 'command-options.md')

if (process.argv.includes('--check')) {
  if (readFileSync(page, 'utf8') !== commandOptionsPage())
    throw new Error('docs/command-options.md is not what `npm run docs` writes: run it, and commit the page')
  await checkReference()
} else {
  writeFileSync(page, commandOptionsPage())
  await writeReference(join(docs, 'api'))
  console.log('docs/command-options.md, docs/api/README.md')
}
