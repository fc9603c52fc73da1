/**
 * The load of one round, as a client sees it: the next URL, the end of the time, the results. Does not make
 * requests.
 */
import { MAX_TRIES, type Scenario } from '../scenarios.js'

/** The job of a worker process, sent once. */
export interface Job {
  readonly scenario: Scenario
  readonly client: string
  readonly urls: readonly string[]
  readonly caFile: string
}

/** The result of one round. */
export interface Sample {
  requests: number
  failures: number
  seconds: number
  cpuSeconds: number
  /** The peak since the process began. */
  maxRssKib: number
  /** The latency in milliseconds, from the call to the outcome; null if the client does not report it. */
  p50: number | null
  p99: number | null
  /** The first error. */
  error?: string
}

/** Sends requests until the load is over. Resolves when all have finished. */
export interface Client {
  run(load: Load): Promise<void>
}

/**
 * Makes a client. Factories are loaded with a dynamic import, so that no process contains the code of another
 * client.
 */
export type ClientFactory = (job: Job) => Client | Promise<Client>

/** The next URL. Each round continues where the last one ended. */
let next = 0

export class Load {
  requests = 0
  failures = 0
  error: string | undefined
  private readonly latencies: number[] = []
  private readonly deadline: number
  private begun = 0

  constructor(
    private readonly job: Job,
    ms: number,
    private readonly most = Infinity,
  ) {
    this.deadline = performance.now() + ms
  }

  get isOver(): boolean {
    return this.begun >= this.most || performance.now() >= this.deadline
  }

  url(): string {
    const { urls } = this.job
    this.begun++
    return urls[next++ % urls.length] as string
  }

  /** A number that differs for each request, for scenarios with own options. */
  get serial(): number {
    return next
  }

  done(startedAt: number, status: number, length: number): void {
    this.requests++
    this.latencies.push(performance.now() - startedAt)
    if (status !== 200 || length !== this.job.scenario.bytes) {
      this.failed(new Error(`answered ${status} with ${length} bytes`))
    }
  }

  failed(error: unknown): void {
    this.failures++
    this.error ??= error instanceof Error ? error.message : String(error)
  }

  /** Returns the quantiles. Sorted here, outside of the measured time. */
  quantiles(): { p50: number | null; p99: number | null } {
    const sorted = Float64Array.from(this.latencies).sort()
    const at = (q: number): number | null =>
      sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? null
    return { p50: at(0.5), p99: at(0.99) }
  }
}

/** The response to one request, as far as it is measured. */
export interface Answer {
  readonly status: number
  readonly length: number
}

/** Runs `inFlight` loops that each await one request after the other, for clients with a promise API. */
export function lanes(job: Job, one: (url: string, serial: number) => Promise<Answer>): Client {
  const { inFlight, isFlaky } = job.scenario
  const lane = async (load: Load): Promise<void> => {
    while (!load.isOver) {
      const url = load.url()
      const startedAt = performance.now()
      try {
        let answer = await one(url, load.serial)
        if (isFlaky) {
          for (let tries = 1; answer.status === 503 && tries < MAX_TRIES; tries++) {
            answer = await one(url, load.serial)
          }
        }
        load.done(startedAt, answer.status, answer.length)
      } catch (error) {
        load.requests++
        load.failed(error)
      }
    }
  }
  return {
    async run(load) {
      await Promise.all(Array.from({ length: inFlight }, () => lane(load)))
    },
  }
}
