/**
 * One round as a client sees it: which URL is next, whether the time is up, what has come back. Does not know
 * how requests are made.
 */
import { MAX_TRIES, type Scenario } from './scenarios.js'

/** What a worker is told once. */
export interface Job {
  readonly scenario: Scenario
  readonly client: string
  readonly urls: readonly string[]
  readonly caFile: string
}

/** What one round came to. */
export interface Sample {
  requests: number
  failures: number
  seconds: number
  cpuSeconds: number
  /** Since the process began. */
  maxRssKib: number
  /** Milliseconds from the call to the outcome; null where the client does not say. */
  p50: number | null
  p99: number | null
  /** The first thing that went wrong. */
  error?: string
}

/** Sends requests until the load is over, and resolves when all have come back. */
export interface Client {
  run(load: Load): Promise<void>
}

/** How a client is made: by a dynamic import, so that no process holds the code of another client. */
export type ClientFactory = (job: Job) => Client | Promise<Client>

/** Rounds go on where the last one has ended. */
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

  /** A number that differs for each request: for options of its own. */
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

  /** Quantiles, sorted outside of the time that counts. */
  quantiles(): { p50: number | null; p99: number | null } {
    const sorted = Float64Array.from(this.latencies).sort()
    const at = (q: number): number | null =>
      sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? null
    return { p50: at(0.5), p99: at(0.99) }
  }
}

/** The answer to one request, as far as the measuring goes. */
export interface Answer {
  readonly status: number
  readonly length: number
}

/** `inFlight` loops that each await one request after the other: for clients whose API is a promise. */
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
