/**
 * A process that holds one client and runs its rounds on request. Does not depend on other clients or on the
 * use of the numbers.
 */
import { readFileSync } from 'node:fs'
import { loadClient } from './clients.js'
import { Load, type Client, type Job, type Sample } from './load.js'

let job: Job
let client: Client | undefined

/** The peak of this process. getrusage would include the process that started it. */
function peakRss(): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
  } catch {
    return process.resourceUsage().maxRSS
  }
}

async function round(ms: number): Promise<Sample> {
  const load = new Load(job, ms)
  const cpu = process.cpuUsage()
  const start = performance.now()
  await (client as Client).run(load)
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(cpu)
  return {
    requests: load.requests,
    failures: load.failures,
    seconds,
    cpuSeconds: (user + system) / 1e6,
    maxRssKib: peakRss(),
    ...load.quantiles(),
    ...(load.error === undefined ? {} : { error: load.error }),
  }
}

async function answer(message: { job: Job } | { ms: number }): Promise<unknown> {
  if ('ms' in message) return round(message.ms)
  job = message.job
  client = await loadClient(job)
  return { ready: true }
}

process.on('message', (message: { job: Job } | { ms: number }) => {
  answer(message).then(
    (value) => process.send?.(value),
    (error: unknown) => process.send?.({ problem: error instanceof Error ? error.stack : String(error) }),
  )
})
process.on('disconnect', () => process.exit())
