/**
 * Writes the pages that are generated from the source: docs/command-options.md, docs/run-options.md, docs/queue-options.md and the
 * picture in docs/folders.md, which are committed, and docs/api/, which is not. Does not touch other pages.
 *
 *   npm run docs                 writes the pages
 *   npm run docs -- --check      writes nothing; fails if a link in a comment is broken or a committed page
 *   is outdated
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import {
  commandOptionsPage,
  crawlOptionsPage,
  queueOptionsPage,
  runOptionsPage,
} from './docs/command-options.js'
import { withFolderPicture } from './docs/folder-picture.js'
import { checkReference, writeReference } from './docs/reference.js'

const docs = resolve(import.meta.dirname, '../docs')
const pages = new Map([
  ['command-options.md', commandOptionsPage],
  ['crawl-options.md', crawlOptionsPage],
  ['run-options.md', runOptionsPage],
  ['queue-options.md', queueOptionsPage],
])
const folders = join(docs, 'folders.md')
const root = join(docs, '..')

if (process.argv.includes('--check')) {
  for (const [name, text] of pages)
    if (readFileSync(join(docs, name), 'utf8') !== text())
      throw new Error(`docs/${name} is not what \`npm run docs\` writes: run it, and commit the page`)
  const drawn = readFileSync(folders, 'utf8')
  if (drawn !== withFolderPicture(drawn, root))
    throw new Error('the picture in docs/folders.md is old: run `npm run docs`, and commit the page')
  await checkReference()
} else {
  for (const [name, text] of pages) writeFileSync(join(docs, name), text())
  writeFileSync(folders, withFolderPicture(readFileSync(folders, 'utf8'), root))
  await writeReference(join(docs, 'api'))
  console.log([...pages.keys(), 'api/README.md'].map((name) => `docs/${name}`).join(', '))
}
