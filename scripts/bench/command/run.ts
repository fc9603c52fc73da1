/**
 * Runs the command and curl in turn, round by round, each as a new process on the core of clients: its start
 * counts, as for a user. Does not know what is compared with what.
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pinned, type Servers } from '../servers/server.js'
import { CURL, NODE, OURS, type CommandRow } from './rows.js'
import type { Tools } from './tools.js'

/** One run of a client. */
export interface CommandSample {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly maxRssKib: number
}

export interface CommandMeasured {
  readonly row: string
  readonly client: string
  readonly rounds: readonly CommandSample[]
}

export interface Cores {
  readonly server: number | null
  readonly client: number | null
}

/** The files of a row, and its addresses. */
interface Stage {
  readonly folder: string
  /** A list for `-i`, and one for `-K`. */
  readonly list: string
  readonly config: string
  readonly url: (i: number) => string
}

const FILES = 'files'

/** Files of memory: the speed of a disk says nothing about a client. */
const memoryFolder = (): string => (existsSync('/dev/shm') ? '/dev/shm' : tmpdir())

/** Measures all clients of a row. */
export async function measureRow(
  row: CommandRow,
  rounds: number,
  servers: Servers,
  tools: Tools,
  cores: Cores,
): Promise<CommandMeasured[]> {
  const delayed = row.from === 'delayed' ? await startDelayed(tools, cores.server) : undefined
  const folder = mkdtempSync(join(memoryFolder(), 'parallelcurl-bench-'))
  try {
    const base = delayed?.url ?? servers.urlOf('http', row.from === 'delayed' ? '' : row.from.path)
    const stage = setUp(folder, row, (i) => `${base}?${i}`)
    const measured = row.clients.map((client) => ({ row: row.name, client, rounds: [] as CommandSample[] }))
    // The command keeps its compiled code at its first run.
    for (const { client } of measured)
      runOnce({ ...row, requests: 1, to: 'nowhere' }, client, stage, tools, cores)
    for (let round = 0; round < rounds; round++)
      for (const { client, rounds: samples } of round % 2 === 0 ? measured : measured.toReversed())
        samples.push(runOnce(row, client, stage, tools, cores))
    return measured
  } finally {
    rmSync(folder, { recursive: true, force: true })
    delayed?.stop()
  }
}

async function startDelayed(
  { delayServer }: Tools,
  core: number | null,
): Promise<{ url: string; stop(): void }> {
  const [command, args] = pinned(core, delayServer, [])
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const [port] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return { url: `http://127.0.0.1:${port}/`, stop: () => child.kill() }
}

function setUp(folder: string, { requests, to }: CommandRow, url: Stage['url']): Stage {
  const [list, config] = [join(folder, 'list'), join(folder, 'config')]
  // In pieces: a million lines are no small string.
  for (let at = 0; at < requests; at += 10_000) {
    const numbers = Array.from({ length: Math.min(10_000, requests - at) }, (_, i) => at + i + 1)
    const output = (i: number): string => (to === 'files' ? `${FILES}/${i}` : '/dev/null')
    writeFileSync(list, numbers.map((i) => `${url(i)}\n`).join(''), { flag: 'a' })
    writeFileSync(config, numbers.map((i) => `url="${url(i)}"\noutput="${output(i)}"\n`).join(''), {
      flag: 'a',
    })
  }
  return { folder, list, config, url }
}

/** Returns the command line of a client. */
function wordsOf(client: string, row: CommandRow, { list, config, url }: Stage, tools: Tools): string[] {
  if (client === NODE) return [process.execPath, '-e', '0']
  const isOne = row.requests === 1
  const most = String(row.inFlight)
  if (client === CURL || client === OURS) {
    const program = client === CURL ? [tools.curl] : [process.execPath, tools.command, 'curl']
    const side = isOne ? [] : ['-Z', '--parallel-max', most]
    const what = isOne ? [url(1), '-o', '/dev/null'] : ['-K', config]
    return [...program, '-q', '-sS', ...side, ...what]
  }
  const output = row.to === 'files' ? `${FILES}/{n}` : '/dev/null'
  const what = isOne ? [url(1)] : ['-i', list]
  return [process.execPath, tools.command, '-sS', '--parallel-max', most, ...what, '-o', output]
}

function runOnce(row: CommandRow, client: string, stage: Stage, tools: Tools, cores: Cores): CommandSample {
  const { folder } = stage
  const files = join(folder, FILES)
  if (row.to === 'files') mkdirSync(files)
  const report = join(folder, 'report')
  const [command, args] = pinned(cores.client, tools.timed, [report, ...wordsOf(client, row, stage, tools)])
  const env = { ...process.env, NODE_OPTIONS: '', XDG_CACHE_HOME: folder, LC_ALL: 'C' }
  execFileSync(command, args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'] })
  const [seconds = NaN, user = NaN, system = NaN, maxRssKib = NaN, exitCode = NaN] = readFileSync(
    report,
    'utf8',
  )
    .split(' ')
    .map(Number)
  if (exitCode !== 0) throw new Error(`${row.name}: ${client} ended with exit code ${exitCode}`)
  if (row.to === 'files') {
    checkFiles(files, row, client)
    rmSync(files, { recursive: true })
  }
  return { seconds, cpuSeconds: user + system, maxRssKib }
}

/** A client that leaves files out, or cuts them, is not fast. */
function checkFiles(folder: string, { name, requests, bytes }: CommandRow, client: string): void {
  const sizes = readdirSync(folder).map((file) => statSync(join(folder, file)).size)
  if (sizes.length === requests && sizes.every((size) => size === bytes)) return
  throw new Error(`${name}: ${client} left ${sizes.length} files, or not all with ${bytes} bytes`)
}
