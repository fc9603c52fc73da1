/**
 * Says what a log of runtests.pl came to: a line for each test that failed, with what is known of it
 * (failures.tsv), then the counts by cause. Fails where a test failed that is not in that table. Does not run
 * anything.
 *
 *   node scripts/curl-suite/summary.mjs LOG
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const table = (name) =>
  readFileSync(join(import.meta.dirname, name), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split('\t'))
const reasons = new Map(table('failures.tsv'))
const log = readFileSync(process.argv[2], 'latin1')
const parts = log.split(/^test (\d{4,}) /m)

let passed = 0
const failed = []
const better = []
// The suite tells of most tests that it skips only here.
const skips = new Map(
  Array.from(log.matchAll(/^TESTINFO: "(.*)" (\d+) times? \(/gm), ([, why, number]) => [why, Number(number)]),
)
for (let i = 1; i < parts.length; i += 2) {
  const number = String(Number(parts[i]))
  const body = parts[i + 1]
  if (/OK \(\d+ +out of/.test(body)) {
    passed++
    if (reasons.has(number)) better.push(number)
  } else if (!body.slice(0, 400).includes('SKIPPED')) {
    const title = /^\[(.*?)\]/.exec(body)?.[1] ?? ''
    const what =
      /\n ?\d+: ([\w -]+?) FAILED/.exec(body)?.[1] ?? /exit FAILED|exit code/.exec(body)?.[0] ?? '?'
    failed.push({ number, title, what, reason: reasons.get(number) })
  }
}
const unknown = failed.filter(({ reason }) => reason === undefined)
for (const { number, what, title, reason } of failed)
  console.log(`${number} ${what}: ${title} [${reason ?? 'NOT IN failures.tsv'}]`)
if (better.length > 0) console.log(`in failures.tsv, but passed: ${better.join(' ')}`)
const count = (list) =>
  [...Map.groupBy(list, ({ reason }) => reason ?? 'not in failures.tsv')].sort(
    (a, b) => b[1].length - a[1].length,
  )
for (const [reason, list] of count(failed)) console.log(`  failed, ${reason}: ${list.length}`)
for (const [why, number] of [...skips].sort((a, b) => b[1] - a[1]))
  console.log(`  skipped by the suite, ${why}: ${number}`)
const skipped = [...skips.values()].reduce((sum, number) => sum + number, 0)
console.log(`curl suite: ${passed} passed, ${failed.length} failed, ${skipped} skipped by the suite`)
process.exitCode = unknown.length > 0 || passed === 0 ? 1 : 0
