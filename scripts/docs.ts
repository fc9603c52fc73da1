/** `npm run docs`: writes the pages that are made from the source. Does not know the pages that people write. */
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { commandOptionsPage } from './docs/command-options.js'

const root = resolve(import.meta.dirname, '..')

writeFileSync(join(root, 'docs/command-options.md'), commandOptionsPage())
