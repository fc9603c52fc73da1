/**
 * A process that sends a number of requests and ends, to be run under valgrind. Does not depend on the
 * counting.
 *
 *   node counted.js JOB-FILE REQUESTS
 */
import { readFileSync } from 'node:fs'
import { loadClient } from './clients.js'
import { Load, type Job } from './load.js'

const [file, requests] = process.argv.slice(2)
const job = JSON.parse(readFileSync(file as string, 'utf8')) as Job
const load = new Load(job, Infinity, Number(requests))
const client = await loadClient(job)
await client.run(load)
if (load.failures > 0) console.error(load.error)
process.exit(load.failures > 0 ? 1 : 0)
