/**
 * What a request costs, counted instead of timed: instructions of the process, the kernel's left out, by
 * valgrind. They are the same on a busy machine as on a quiet one. Does not know what caches and branches
 * make of them.
 */
import { execFile, execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Job } from './load.js'
import { urlsFor } from './measure.js'
import { workerEnvironment, type Track } from './processes.js'
import { BASE, markdown, whole } from './report.js'
import type { Scenario } from './scenarios.js'
import { pinned, type Servers } from './server.js'

/**
 * What lies between two runs is neither start nor warming up: before, Node 24 has not compiled all of it yet.
 */
const FEW = 50_000
const MANY = 80_000
/**
 * The collector in the same thread, at the same moments. And no full collection because the heap is still
 * small: one or two of those would fall into the window, or would not, by chance.
 */
const NODE_ARGS = [
  '--single-threaded-gc',
  '--min-semi-space-size=32',
  '--max-semi-space-size=32',
  '--initial-old-space-size=256',
]
/** These are programs of their own. */
const UNCOUNTED = ['C', 'curl -Z']

/** Who is counted where nobody is named. */
export const COUNTED = {
  scenarios: ['1k-50'],
  clients: [BASE, 'request', 'stream', 'node-libcurl floor'],
} as const

export interface Counted {
  readonly scenario: string
  readonly client: string
  readonly instructions: number
}

/** Why nothing can be counted here. */
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
    join(built.folder, 'scripts/bench/counted.js'),
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
