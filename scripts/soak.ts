/**
 * The soak test: many transfers of all kinds at once, against failing servers in a process of their own. Each
 * transfer must end once and as expected, nothing of one may appear in another, and nothing may be left at
 * the end. Does not use internals of the library.
 *
 *   npm run soak -- [TRANSFERS] [SEED]
 *
 * Prints a short table. Exits with 1 if something was wrong. The same seed generates the same transfers;
 * their timing differs.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Curl } from 'node-libcurl'
import { ParallelCurl, type Transfer } from '../src/index.js'
import { FILES, SENT_LENGTHS, sentText } from './soak/case.js'
import { SoakClient } from './soak/client.js'
import { collectedMemory, openDescriptors, trend, type Memory } from './soak/leaks.js'
import { pathOfFile, surroundings } from './soak/request-options.js'
import { serve, type Ports, type ServerReport } from './soak/server.js'

const SERVE = 'serve'
const DEFAULT_TRANSFERS = 20_000
const ROUNDS = 20
/** Below this number, memory growth is mostly compiled code and is not checked. */
const TRANSFERS_TO_MEASURE = 50_000
const STANDSTILL_MS = 60_000
const TRIES = 50
const TRY_AGAIN_MS = 100
const WRONG_SHOWN = 10
const MIB = 2 ** 20
/** The allowed growth in the second half of the run, measured on a straight line. Bytes. */
const GROWTH_ALLOWED = { heap: 3 * MIB, external: 3 * MIB, rss: 24 * MIB }

async function startServers(seed: number): Promise<{ child: ChildProcess; ports: [Ports, Ports] }> {
  const child = fork(fileURLToPath(import.meta.url), [SERVE, String(seed)], { execArgv: process.execArgv })
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the servers have ended')))
  ended.catch(() => undefined)
  const [ports] = (await Promise.race([once(child, 'message'), ended])) as [[Ports, Ports]]
  return { child, ports }
}

async function askServers(child: ChildProcess): Promise<ServerReport> {
  child.send('report')
  return ((await once(child, 'message')) as [ServerReport])[0]
}

async function soak(transfers: number, seed: number): Promise<void> {
  if (!Number.isInteger(transfers) || transfers < 1 || !Number.isInteger(seed)) {
    console.error('npm run soak -- [TRANSFERS = 20000] [SEED]: both are whole numbers')
    process.exit(2)
  }
  console.log(`${transfers} transfers, seed ${seed}; Node ${process.versions.node}, ${libcurlVersion()}`)
  const { child, ports } = await startServers(seed)
  const folder = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
  writeFiles(folder)
  const files = readdirSync(folder).length
  // Resources that are made once per process exist after this.
  await new ParallelCurl().close()
  const descriptors = openDescriptors()
  const curl = new ParallelCurl()
  const client = new SoakClient(curl, seed, transfers, surroundings(ports, folder))
  const wrong: string[] = []
  const samples: Memory[] = []
  const stopWatching = watch(client, curl)
  const began = performance.now()
  for (let round = 0; round < ROUNDS; round++) {
    const [from, to] = [round, round + 1].map((part) => Math.floor((transfers * part) / ROUNDS))
    await client.run(from ?? 0, to ?? 0)
    samples.push(await collectedMemory())
    const { pending, delayed, inFlight } = curl.stats()
    const busy = pending + delayed + inFlight
    if (busy > 0) wrong.push(`${busy} transfers are outstanding when all have ended`)
    const left = readdirSync(folder).length - files
    if (left > 0) wrong.push(`${left} files are left, ${readdirSync(folder).join(' ')}`)
  }
  const seconds = (performance.now() - began) / 1000
  stopWatching()
  await curl.close()
  const server = await quietServers(child)
  const leaked = descriptors === null ? null : (openDescriptors() ?? 0) - descriptors
  child.disconnect()
  rmSync(folder, { recursive: true })

  const growth = growthOf(samples)
  if (server.open > 0) wrong.push(`${server.open} connections are open when all has been closed`)
  if (leaked !== null && leaked > 0) wrong.push(`${leaked} descriptors are left open`)
  if (client.ended !== transfers) wrong.push(`${client.ended} of ${transfers} transfers ended`)
  if (transfers >= TRANSFERS_TO_MEASURE)
    for (const kind of KINDS)
      if (growth[kind] > GROWTH_ALLOWED[kind])
        wrong.push(`${kind}: ${mib(growth[kind])} more at the end of the last half than at its begin`)
  const problems = [...client.wrong, ...server.wrong, ...wrong]
  console.log(table(client))
  const { requests, connections } = server
  console.log(`${seconds.toFixed(0)} s; the servers saw ${requests} requests on ${connections} connections`)
  const last = samples.at(-1)
  const memory = KINDS.map(
    (kind) => `${kind} ${mib(last?.[kind] ?? 0)} (${mib(growth[kind])} in the last half)`,
  )
  console.log(`memory: ${memory.join(', ')}; descriptors left: ${leaked ?? 'not known'}`)
  for (const problem of problems.slice(0, WRONG_SHOWN)) console.log(problem)
  console.log(problems.length === 0 ? 'all of it is right' : `${problems.length} things are wrong`)
  process.exitCode = problems.length === 0 ? 0 : 1
}

/** Times in microseconds since it was launched. `TOTAL_TIME_T`: when anything was done for it last. */
const INFOS = [
  'HTTP_VERSION',
  'NUM_CONNECTS',
  'REDIRECT_COUNT',
  'REQUEST_SIZE',
  'HEADER_SIZE',
  'SIZE_UPLOAD_T',
  'SIZE_DOWNLOAD_T',
  'PRETRANSFER_TIME_T',
  'STARTTRANSFER_TIME_T',
  'TOTAL_TIME_T',
  'LOCAL_PORT',
  'PRIMARY_PORT',
] as const

const KINDS = ['heap', 'external', 'rss'] as const

function growthOf(samples: readonly Memory[]): Memory {
  const half = samples.slice(samples.length >> 1)
  const of = (kind: (typeof KINDS)[number]): number => trend(half.map((sample) => sample[kind]))
  return { heap: of('heap'), external: of('external'), rss: of('rss') }
}

function writeFiles(folder: string): void {
  for (let file = 0; file < FILES; file++)
    for (const length of SENT_LENGTHS)
      writeFileSync(pathOfFile(folder, file, length), sentText(file, { kind: 'file', length, isPost: false }))
}

/** Returns the servers' report when the closed connections are closed there, too. */
async function quietServers(child: ChildProcess): Promise<ServerReport> {
  for (let tries = 1; ; tries++) {
    const report = await askServers(child)
    if (report.open === 0 || tries === TRIES) return report
    await sleep(TRY_AGAIN_MS)
  }
}

/** Ends the process if no transfer ends for a long time, because something would wait forever. */
function watch(client: SoakClient, curl: ParallelCurl): () => void {
  let before = -1
  const timer = setInterval(() => {
    if (client.ended !== before) {
      before = client.ended
      return
    }
    console.log(`nothing has ended for ${STANDSTILL_MS / 1000} s; after ${before} transfers these wait:`)
    console.log(`the soak waits for ${client.waitsFor};`, curl.stats())
    for (const line of client.describeOutstanding().slice(0, WRONG_SHOWN)) console.log(line)
    for (const transfer of [...curl.outstandingRequests.values()].slice(0, WRONG_SHOWN))
      console.log(transfer, curl.whyWaiting(transfer), infosOf(transfer))
    process.exit(1)
  }, STANDSTILL_MS)
  return () => {
    clearInterval(timer)
  }
}

/** Returns libcurl's infos of a waiting transfer: how far it got, and when. */
function infosOf(transfer: Transfer): object {
  return Object.fromEntries(INFOS.map((name) => [name, transfer.getInfo(name)]))
}

function table({ tallies }: SoakClient): string {
  const rows = [...tallies].sort(([one], [other]) => one.localeCompare(other))
  const cells = rows.map(([feature, { started, ok, failed }]) => [feature, started, ok, failed].map(String))
  const lines = [['', 'started', 'went well', 'failed'], ...cells]
  return lines
    .map(
      ([feature = '', ...numbers]) => feature.padEnd(16) + numbers.map((cell) => cell.padStart(10)).join(''),
    )
    .join('\n')
}

const mib = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`
const libcurlVersion = (): string => /libcurl\/\S+/.exec(Curl.getVersion())?.[0] ?? 'libcurl'

const [first = String(DEFAULT_TRANSFERS), second] = process.argv.slice(2)
if (first === SERVE) await serve(Number(second))
else await soak(Number(first), second === undefined ? Date.now() % 2 ** 31 : Number(second))
