/**
 * Counts the instructions of a request with valgrind (instructions of the process, without the kernel's)
 * instead of measuring time. The count is the same on a busy machine. Does not include effects of caches and
 * branch prediction.
 */
import { execFile, execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Job } from '../worker/load.js'
import { urlsFor } from './measure.js'
import { workerEnvironment, type Track } from './processes.js'
import { BASE, markdown, whole } from '../report/report.js'
import type { Scenario } from '../scenarios.js'
import { pinned, type Servers } from '../servers/server.js'

/**
 * The two numbers of requests. Their difference excludes start and warm-up: below FEW, Node 24 has not
 * compiled everything yet.
 */
const FEW = 50_000
const MANY = 80_000
/**
 * The garbage collector runs in the same thread and at the same moments in each run. The heap is large enough
 * from the start that no full collection happens because it is still small; by chance, one or two of them
 * would be counted or not.
 */
const NODE_ARGS = [
  '--single-threaded-gc',
  '--min-semi-space-size=32',
  '--max-semi-space-size=32',
  '--initial-old-space-size=256',
]
/** Clients that are programs of their own and cannot be counted. */
const UNCOUNTED = ['C', 'curl -Z']

/** The default scenarios and clients. */
export const COUNTED = {
  scenarios: ['1k-50'],
  clients: [BASE, 'request', 'stream', 'node-libcurl floor'],
} as const

export interface Counted {
  readonly scenario: string
  readonly client: string
  readonly instructions: number
}

/** Returns why nothing can be counted on this machine; undefined if it can. */
export function cannotCount(): string | undefined {
  try {
    execFileSync('valgrind', ['--version'], { stdio: 'ignore' })
    return undefined
  } catch {
    return 'there is no valgrind here'
  }
}

async function count(job: Job, requests: number, { core, built }: Track): Promise<number> {
  const file = join(built.folder, 'job.json')
  writeFileSync(file, JSON.stringify(job))
  const [command, args] = pinned(core, 'valgrind', [
    '--tool=callgrind',
    '--callgrind-out-file=/dev/null',
    '--smc-check=all-non-file',
    process.execPath,
    ...NODE_ARGS,
    join(built.folder, 'scripts/bench/worker/counted.js'),
    file,
    String(requests),
  ])
  const { stderr } = await promisify(execFile)(command, args, { env: workerEnvironment(job) })
  const collected = Number(/Collected : (\d+)/.exec(stderr)?.[1])
  if (!(collected > 0)) throw new Error(`valgrind has counted nothing: ${stderr}`)
  return collected
}

/** Counts each client, one after the other. */
export async function countAll(
  scenario: Scenario,
  clients: readonly string[],
  servers: Servers,
  track: Track,
): Promise<Counted[]> {
  const all: Counted[] = []
  for (const client of clients.filter((each) => !UNCOUNTED.includes(each))) {
    const urls = await urlsFor(scenario, servers)
    const job: Job = { scenario, client, urls, caFile: servers.caFile }
    const few = await count(job, FEW, track)
    const instructions = ((await count(job, MANY, track)) - few) / (MANY - FEW)
    all.push({ scenario: scenario.name, client, instructions })
  }
  return all
}

export function countTable({ title }: Scenario, counted: readonly Counted[]): string {
  const base = counted.find(({ client }) => client === BASE)
  const rows = counted.map(({ client, instructions }) => [
    client,
    whole(instructions),
    base === undefined ? '' : `${(instructions / base.instructions).toFixed(3)} x`,
  ])
  return `### ${title}\n\n${markdown(['client', 'instructions/req', `x ${BASE}`], rows)}`
}
