/**
 * A script for a process of its own: limits its open files, starts more transfers than that, and prints the
 * outcomes. Does not check them.
 */
import { execFileSync } from 'node:child_process'
import { ParallelCurl } from '../../../src/index.js'

// The limit comes after the imports, because loading modules opens many files.
execFileSync('prlimit', ['--pid', String(process.pid), '--nofile=64:64'])
const [, , CAINFO = '', ...urls] = process.argv
const outcomes: { errno: number; error: string; attempts: number }[] = []
const curl = new ParallelCurl(0, { CAINFO, TIMEOUT_MS: 2000, retry: { limit: 1, backoffMs: 0, errnos: [7] } })
for (let i = 0; i < 120; i++) {
  void curl.startRequest(urls[i % urls.length] ?? '', (_content, _url, { errno, error, attempts }) => {
    outcomes.push({ errno, error, attempts: attempts.length })
  })
}
await curl.finishAllRequests()
process.stdout.write(JSON.stringify(outcomes))
