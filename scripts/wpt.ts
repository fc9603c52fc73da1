/**
 * Runs tests of web-platform-tests with createFetch() and with undici's own fetch, side by side:
 *
 *   npm run test:wpt -- FOLDER [PART-OF-A-PATH...]
 *
 * FOLDER is a checkout of web-platform-tests (default: the variable WPT). Nothing of it is part of this
 * project. The server is the checkout's own, and needs Python 3. Exits with 1 if createFetch() passes fewer
 * tests than undici, with 2 if something is missing.
 */
import { resolve } from 'node:path'
import { packageName } from './bench/clients/undici.js'
import { bundled } from './wpt/bundle.js'
import { missingFrom, pagesOf, type Page } from './wpt/checkout.js'
import { compare, reportOf, type Pair } from './wpt/compare.js'
import { runPage, type Surroundings } from './wpt/run-page.js'
import { missingProgram, startWptServer } from './wpt/server.js'

const [given = process.env['WPT'], ...filters] = process.argv.slice(2)
const missing =
  given === undefined
    ? ['no folder is given: npm run test:wpt -- FOLDER, a checkout of web-platform-tests']
    : [...missingFrom(resolve(given)), ...[missingProgram()].filter((line) => line !== null)]
if (given === undefined || missing.length > 0) {
  for (const line of missing) console.error(`test:wpt: ${line}`)
  process.exit(2)
}

const checkout = resolve(given)
const pages = pagesOf(checkout, filters)
if (pages.length === 0) {
  console.error(`test:wpt: no page of ${checkout} has ${filters.join(' or ')} in its path`)
  process.exit(2)
}
const undiciName = packageName()
await using server = await startWptServer(checkout)
const around: Surroundings = { ports: server.ports, undiciName, bundle: await bundled(undiciName) }
const pairs: Pair[] = []
for (const page of pages) {
  const [fetch, createFetch] = await Promise.all([
    runPage(page, 'fetch', around),
    runPage(page, 'createFetch', around),
  ])
  pairs.push({ name: nameOf(page), fetch, createFetch })
  console.error(`${nameOf(page)} ...`)
}
const comparison = compare(pairs)
console.log(reportOf(pairs, comparison))
if (comparison.createFetch < comparison.fetch) process.exitCode = 1

function nameOf({ path, variant }: Page): string {
  return `${path.replace(/^fetch\/api\//, '').replace(/\.any\.js$/, '')}${variant}`
}
