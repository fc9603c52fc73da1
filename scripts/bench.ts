/**
 * The benchmark: compares this library with its alternatives in one run. Does not depend on how a client
 * works.
 *
 *   npm run bench -- [--quick] [--scenarios 1k-50,tls] [--clients startRequest,undici] [--rounds 7]
 *     [--json FILE] [--svg FILE]
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { Curl } from 'node-libcurl'
import { build, removeBuilt, type Built } from './bench/build.js'
import { canStream } from './bench/clients/parallelcurl.js'
import { packageName } from './bench/clients/undici.js'
import { COMMAND_ROWS, quickRow } from './bench/command/rows.js'
import { measureRow, type CommandMeasured, type Cores } from './bench/command/run.js'
import { commandTargets, rowTable } from './bench/command/table.js'
import { findTools, versionOf } from './bench/command/tools.js'
import { cannotCount, countAll, COUNTED, countTable, type Counted } from './bench/measure/instructions.js'
import { measure, type Measured } from './bench/measure/measure.js'
import { probe, type Facts } from './bench/measure/probes.js'
import { barChart, scenarioTable } from './bench/report/report.js'
import { CLIENTS, QUICK, SCENARIOS } from './bench/scenarios.js'
import { startServers } from './bench/servers/server.js'
import { targetTable } from './bench/report/targets.js'

const usage = `npm run bench -- [options]
  --quick               1 KiB at 50 in flight, the most interesting clients, and a tenth of the command's work: two or three minutes
  --scenarios a,b       of ${SCENARIOS.map(({ name }) => name).join(', ')}; none: only --probes;
                        for the command: ${COMMAND_ROWS.map(({ name }) => name).join(', ')}
  --clients a,b         of ${CLIENTS.join(', ')}; leaves the command out unless --scenarios names it
  --rounds n            of each client in each scenario
  --no-probes           leaves out pace, memory of pending requests, and import
  --instructions        counts instead of timing, under valgrind: minutes for each client; of ${COUNTED.clients.join(', ')} at 1 KiB, 50 in flight
  --cpu-prof FOLDER     a CPU profile of each client there
  --json FILE           everything that was measured; '-': stdout, and nothing else there
  --svg FILE            a bar chart`

const { values: given } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    scenarios: { type: 'string' },
    clients: { type: 'string' },
    rounds: { type: 'string' },
    'no-probes': { type: 'boolean', default: false },
    instructions: { type: 'boolean', default: false },
    'cpu-prof': { type: 'string' },
    json: { type: 'string' },
    svg: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

if (given.help) {
  console.log(usage)
  process.exit()
}

const say = (text: string): void => (given.json === '-' ? console.error(text) : console.log(text))

function chosen(
  list: string | undefined,
  all: readonly string[],
  what: string,
): readonly string[] | undefined {
  if (list === undefined) return undefined
  const names = list.split(',').filter((name) => name !== '' && name !== 'none')
  const wrong = names.find((name) => !all.includes(name))
  if (wrong === undefined) return names
  console.error(`no ${what} is called ${wrong}: ${all.join(', ')}`)
  process.exit(2)
}

/** Returns why a client cannot run here; undefined if it can. */
function unavailable(client: string): string | undefined {
  return client.startsWith('stream') && !canStream ? 'this class cannot stream yet' : undefined
}

/**
 * Chooses a core each for server and client. The last two of four cores may be the hyperthread siblings of
 * the first two, so the client gets the one half way.
 */
function cores(): Cores {
  const count = cpus().length
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' })
  } catch {
    return { server: null, client: null }
  }
  return count < 2 ? { server: null, client: null } : { server: 0, client: count >> 1 }
}

function versions(built: Built): Record<string, string> {
  const of = (name: string): string =>
    (JSON.parse(readFileSync(join('node_modules', name, 'package.json'), 'utf8')) as { version: string })
      .version
  return {
    node: process.versions.node,
    'node-libcurl': of('node-libcurl'),
    libcurl: /libcurl\/(\S+)/.exec(Curl.getVersion())?.[1] ?? '',
    undici: of(packageName()),
    fetch: `undici ${process.versions['undici'] ?? ''}`,
    got: of('got'),
    axios: of('axios'),
    C: typeof built.program === 'string' ? built.program : `libcurl ${built.program.libcurl}`,
    'curl -Z': versionOf('curl') ?? 'none',
  }
}

const few = given.instructions ? COUNTED : given.quick ? QUICK : undefined
const whyNot = given.instructions ? cannotCount() : undefined
if (whyNot !== undefined) {
  console.error(`--instructions: ${whyNot}`)
  process.exit(1)
}
const scenarioNames =
  chosen(
    given.scenarios,
    [...SCENARIOS, ...COMMAND_ROWS].map(({ name }) => name),
    'scenario',
  ) ?? few?.scenarios
const scenarios = SCENARIOS.filter(({ name }) => scenarioNames?.includes(name) ?? true)
const rows = given.instructions
  ? []
  : COMMAND_ROWS.filter(({ name }) =>
      given.scenarios === undefined ? given.clients === undefined : scenarioNames?.includes(name),
    ).map((row) => (given.quick ? quickRow(row) : row))
const clients = chosen(given.clients, CLIENTS, 'client') ?? few?.clients

const core = cores()
const built = build()
const servers = await startServers(core.server, join(built.folder, 'scripts/bench/servers'))
const all: Measured[] = []
const counted: Counted[] = []
const ofCommand: CommandMeasured[] = []
let facts: Partial<Facts> = {}
const stop = (): void => {
  servers.stop()
  removeBuilt(built)
}
process.once('SIGINT', () => {
  stop()
  process.exit(130)
})

try {
  const used = versions(built)
  const where = `${cpus()[0]?.model.trim() ?? ''}; server: ${servers.description}${core.server === null ? '' : ` on core ${core.server}, clients on core ${String(core.client)}`}`
  const named = Object.entries(used)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')
  say(`${named}\n${where}\n`)
  const track = { core: core.client, built, profiles: given['cpu-prof'] && resolve(given['cpu-prof']) }
  for (const scenario of scenarios) {
    const wanted = clients ?? scenario.clients
    const able = wanted.filter((client) => unavailable(client) === undefined)
    if (given.instructions) {
      const some = await countAll(scenario, able, servers, track)
      counted.push(...some)
      say(`${countTable(scenario, some)}\n`)
      continue
    }
    const rounds = Number(given.rounds ?? (given.quick ? QUICK.rounds : scenario.rounds))
    const measured = await measure(scenario, able, rounds, servers, track)
    for (const client of wanted) {
      const why = unavailable(client)
      if (why !== undefined) measured.push({ scenario: scenario.name, client, rounds: [], skipped: why })
    }
    all.push(...measured)
    say(`${scenarioTable(scenario, measured)}\n`)
  }
  const tools = rows.length === 0 ? '' : findTools(built)
  if (rows.length > 0)
    say(typeof tools === 'string' ? `left out: the command (${tools})\n` : `beside ${tools.curl}\n`)
  if (typeof tools !== 'string') {
    for (const row of rows) {
      const measured = await measureRow(row, Number(given.rounds ?? row.rounds), servers, tools, core)
      ofCommand.push(...measured)
      say(`${rowTable(row, measured)}\n`)
    }
    say(`${commandTargets(rows, ofCommand)}\n`)
  }
  if (!given.instructions) {
    if (!given['no-probes']) facts = probe(servers, track)
    say(targetTable(all, facts))
  }
  const json = JSON.stringify(
    { versions: used, where, measured: all, counted, command: ofCommand, facts },
    null,
    1,
  )
  if (given.json === '-') console.log(json)
  else if (given.json !== undefined) writeFileSync(given.json, json)
  if (given.svg !== undefined) writeFileSync(given.svg, barChart(scenarios, all, `${named}; ${where}`))
} finally {
  stop()
}
