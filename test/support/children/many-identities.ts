/**
 * A script for a process of its own: sends requests through one proxy as many users, first one after the
 * other, then all at once, and prints the outcomes. Limits the number of its open files. Does not check the
 * outcomes.
 */
import { execFileSync } from 'node:child_process'
import { ParallelCurl, type Transfer } from '../../../src/index.js'

// The limit comes after the imports, because loading modules opens many files.
execFileSync('prlimit', ['--pid', String(process.pid), '--nofile=64:64'])
const [proxy = '', answered = '', unanswered = ''] = process.argv.slice(2)
const PEOPLE = 60

const as = (name: string): object => ({ PROXY: proxy, PROXYUSERPWD: `${name}:secret`, TIMEOUT_MS: 2000 })
const told = ({ errno, error }: Transfer): object => ({ errno, error })
const curl = new ParallelCurl(PEOPLE)
const inTurn: object[] = []
const atOnce: object[] = []
for (let i = 0; i < PEOPLE; i++) {
  for await (const transfer of curl.stream([{ url: answered, ...as(`in-turn-${i}`) }]))
    inTurn.push(told(transfer))
}
const all = Array.from({ length: PEOPLE }, (_, i) => ({ url: unanswered, ...as(`at-once-${i}`) }))
for await (const transfer of curl.stream(all)) atOnce.push(told(transfer))
await curl.close()
console.log(JSON.stringify({ inTurn, atOnce }))
