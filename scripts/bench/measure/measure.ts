/**
 * Runs a scenario: a group of warmed-up clients takes turns, round by round, so that other load on the
 * machine affects all of them; then the next group. Some scenarios repeat this in several processes, one
 * after the other. Does not depend on how a client works or how numbers are shown.
 */
import type { Job, Sample } from '../worker/load.js'
import { startRunner, type Runner, type Track } from './processes.js'
import { companies, type Scenario } from '../scenarios.js'
import { manyHosts, type Servers } from '../servers/server.js'

/** The results of one client in one scenario. */
export interface Measured {
  readonly scenario: string
  readonly client: string
  /** The samples by round; null if the client had no turn in the round. */
  readonly rounds: readonly (Sample | null)[]
  /** The reason if the client was left out. */
  readonly skipped?: string
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  if (sorted.length === 0) return NaN
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

export const requestsPerSecond = ({ requests, seconds }: Sample): number => requests / seconds
export const cpuMicroseconds = ({ requests, cpuSeconds }: Sample): number => (cpuSeconds / requests) * 1e6
export const samplesOf = ({ rounds }: Measured): Sample[] => rounds.filter((sample) => sample !== null)
/** The highest peak of all processes of the client, in KiB. */
export const peakRss = (measured: Measured): number =>
  Math.max(...samplesOf(measured).map(({ maxRssKib }) => maxRssKib))

interface Rounds<Of> {
  readonly rounds: readonly (Of | null)[]
}

/** Returns the median over the rounds of `of(a) / of(b)`. Load that affected both in a round cancels out. */
export function ratio<Of>(a: Rounds<Of>, b: Rounds<Of>, of: (sample: Of) => number): number {
  return median(
    a.rounds.flatMap((mine, i) => {
      const theirs = b.rounds[i]
      return mine && theirs ? [of(mine) / of(theirs)] : []
    }),
  )
}

export async function urlsFor(scenario: Scenario, servers: Servers): Promise<string[]> {
  if (scenario.origin === 'slow') {
    const base = await servers.startSlow()
    return [`${base}${scenario.path}`]
  }
  const hosts = scenario.hosts === 1 ? ['127.0.0.1'] : manyHosts(scenario.hosts)
  return Array.from({ length: Math.max(1000, scenario.hosts) }, (_, i) =>
    servers.urlOf(scenario.origin, `${scenario.path}?${i}`, hosts[i % hosts.length]),
  )
}

/**
 * Runs the client until it has used the given CPU time: by then connections are open and the compiler has
 * optimized the hot code. On a busy machine this takes longer, up to a limit.
 */
async function warmUp(runner: Runner, ms: number): Promise<void> {
  const wanted = ms / 1000
  for (let cpu = 0, rounds = 0; cpu < 0.9 * wanted && rounds < 8; rounds++) {
    const { cpuSeconds, seconds } = await runner.round(ms / 2)
    // A client that waits for slow responses uses little CPU, so time counts, too.
    cpu += Math.max(cpuSeconds, seconds / 4)
  }
}

/**
 * Measures the clients with at least `rounds` rounds in each group. Each process of a client runs the same
 * number.
 */
export async function measure(
  scenario: Scenario,
  clients: readonly string[],
  rounds: number,
  servers: Servers,
  track: Track,
): Promise<Measured[]> {
  const processes = Math.min(scenario.processes, rounds)
  const roundsEach = Math.ceil(rounds / processes)
  const parts: Measured[][] = []
  for (const company of Array.from({ length: processes }, () => companies(clients)).flat()) {
    parts.push(await measureOnce(scenario, company, roundsEach, servers, track))
  }
  return clients.map((client): Measured => {
    const found = parts.map((part) => part.find((each) => each.client === client))
    // A client that failed in one process gets no numbers at all.
    const given = found.find((each) => each?.skipped !== undefined)
    const noTurns = Array<null>(roundsEach).fill(null)
    return (
      given ?? { scenario: scenario.name, client, rounds: found.flatMap((each) => each?.rounds ?? noTurns) }
    )
  })
}

async function measureOnce(
  scenario: Scenario,
  clients: readonly string[],
  rounds: number,
  servers: Servers,
  track: Track,
): Promise<Measured[]> {
  if (scenario.hosts > 1 && !servers.hasManyHosts) {
    return clients.map((client) => ({ scenario: scenario.name, client, rounds: [], skipped: 'needs nginx' }))
  }
  const running: { client: string; runner: Runner; samples: Sample[] }[] = []
  const skipped: Measured[] = []
  const giveUp = (client: string, why: unknown): void => {
    const text = why instanceof Error ? why.message : String(why)
    skipped.push({ scenario: scenario.name, client, rounds: [], skipped: text })
  }
  try {
    for (const client of clients) {
      const urls = await urlsFor(scenario, servers)
      const job: Job = { scenario, client, urls, caFile: servers.caFile }
      try {
        const runner = await startRunner(job, track)
        if (typeof runner === 'string') {
          giveUp(client, runner)
          continue
        }
        await warmUp(runner, scenario.warmUpMs)
        running.push({ client, runner, samples: [] })
      } catch (error) {
        giveUp(client, error)
      }
    }
    for (let round = 0; round < rounds; round++) {
      // Forwards and backwards in turn, so that no client always runs after the same one and finds that one's
      // memory in the caches.
      for (const { client, runner, samples } of round % 2 === 0 ? running : running.toReversed()) {
        try {
          if (!runner.startsAnew && scenario.leadInMs > 0) await runner.round(scenario.leadInMs)
          samples.push(await runner.round(scenario.roundMs))
        } catch (error) {
          giveUp(client, error)
          samples.length = 0
          running.splice(
            running.findIndex((each) => each.runner === runner),
            1,
          )
          break
        }
      }
    }
  } finally {
    for (const { runner } of running) runner.stop()
  }
  const done = running.map(({ client, samples }): Measured => ({
    scenario: scenario.name,
    client,
    rounds: samples,
  }))
  return [...done, ...skipped]
}
