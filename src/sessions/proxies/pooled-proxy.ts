/**
 * One proxy of a pool: its limits, and the results of the requests that used it. Does not know the other
 * proxies, nor the order of requests.
 *
 * After a failure the proxy is not used for a while (cool-down), longer after each failure. Then one request
 * at a time tries it. A success ends the trial, a failure begins the next cool-down.
 */
import { inspect } from 'node:util'
import type { Rate } from '../../scheduling/time/rate-window.js'
import { RateWindow } from '../../scheduling/time/rate-window.js'
import type { ProxyAddress } from './proxy-url.js'

/**
 * The result of a request for its proxy. `ok`: the proxy works. `failed`: it does not work, or the response
 * had one of `statusCodes`. `suspect`: the request failed on the way, and the server may be the cause.
 * `neutral`: the request shows nothing about the proxy.
 */
export type ProxyOutcome = 'ok' | 'failed' | 'suspect' | 'neutral'

/** The checked pauses after failures. */
export interface CoolDownPolicy {
  readonly baseMs: number
  readonly factor: number
  readonly maxMs: number
  readonly tolerance: number
}

/** The data of a new proxy. */
export interface ProxyParts {
  readonly id: number
  readonly name: string
  /** null stands for a direct connection. */
  readonly address: ProxyAddress | null
  readonly maxRequests: number
  readonly rate: Rate | null
  /** libcurl's options for requests through this proxy. */
  readonly options: Readonly<Record<string, unknown>>
}

/** The statistics of a proxy. They hold no credentials. */
export interface ProxyStats {
  readonly name: string
  /** Without credentials. null stands for a direct connection. */
  readonly url: string | null
  readonly inFlight: number
  /** The number of requests that have used it. */
  readonly uses: number
  /** The number of requests that showed that the proxy works. */
  readonly ok: number
  /** The number of requests that showed that it does not, or got one of `statusCodes`. */
  readonly failed: number
  /** The number of requests that failed on the way, perhaps because of the server. */
  readonly suspect: number
  /** Failures since the last success. */
  readonly failuresInARow: number
  /** The end of the cool-down in milliseconds since the epoch; null if the proxy may be used. */
  readonly coolingUntil: number | null
  /** True if the cool-down is over, and one request at a time may try the proxy. */
  readonly onTrial: boolean
}

/** The public view of a proxy, without credentials. */
export interface ProxyView {
  readonly name: string
  /** Without credentials. null stands for a direct connection. */
  readonly url: string | null
  /** The number of requests that use it now. */
  readonly inFlight: number
}

/** The use of a proxy by one request, with the period in which it began. */
export interface Ticket {
  readonly proxy: PooledProxy
  readonly period: number
}

/** One proxy. Its public view is {@link ProxyView}. */
export class PooledProxy implements ProxyView {
  readonly id: number
  readonly name: string
  /** @internal With credentials. */
  readonly address: ProxyAddress | null
  /** @internal The options may hold credentials, too. */
  readonly options: Readonly<Record<string, unknown>>
  inFlight = 0
  isRemoved = false
  /** The time of its entry in the heap of proxies that open at a known time. */
  wakeAt = Infinity
  private readonly maxRequests: number
  private readonly window: RateWindow | null
  private coolUntil = -Infinity
  private isOnTrial = false
  /** Grows with each cool-down: the result of a request that began in an earlier period is not counted. */
  private period = 0
  private inFlightNow = 0
  private hash: string | null = null
  private strikes = 0
  private suspicions = 0
  private readonly counts = { uses: 0, ok: 0, failed: 0, suspect: 0, neutral: 0 }

  constructor({ id, name, address, maxRequests, rate, options }: ProxyParts) {
    this.id = id
    this.name = name
    this.address = address
    this.options = options
    this.maxRequests = maxRequests
    this.window = rate === null ? null : new RateWindow(rate)
  }

  /** @internal Identifies the proxy in a file, without its credentials. */
  get fingerprint(): string {
    return (this.hash ??= process
      .getBuiltinModule('node:crypto')
      .createHash('sha256')
      .update(this.address?.url ?? '')
      .digest('hex')
      .slice(0, 16))
  }

  get url(): string | null {
    return this.address?.label ?? null
  }

  /**
   * Returns the time from which one more request may use the proxy: `now` or earlier, a later time, or
   * `Infinity` if another request has to end first.
   */
  opensAt(now: number): number {
    if (this.isRemoved || this.inFlight >= this.maxRequests) return Infinity
    if (this.coolUntil > now) return this.coolUntil
    if (this.isOnTrial && this.inFlightNow > 0) return Infinity
    return this.window?.opensAt(now) ?? now
  }

  /** True during a cool-down. */
  isCooling(now: number): boolean {
    return this.coolUntil > now
  }

  started(now: number): Ticket {
    this.inFlight++
    this.inFlightNow++
    this.counts.uses++
    this.window?.started(now)
    return { proxy: this, period: this.period }
  }

  stopped({ period }: Ticket, outcome: ProxyOutcome, now: number, policy: CoolDownPolicy): void {
    this.inFlight--
    this.counts[outcome]++
    if (period !== this.period) return
    this.inFlightNow--
    if (outcome === 'ok') {
      this.strikes = this.suspicions = 0
      this.isOnTrial = false
    } else if (outcome === 'failed') this.coolDown(now, policy)
    else if (outcome === 'suspect') {
      this.suspicions++
      if (this.isOnTrial || this.suspicions >= policy.tolerance) this.coolDown(now, policy)
    }
  }

  /** @param epochOffset the difference between the epoch and the clock, in milliseconds */
  stats(now: number, epochOffset: number): ProxyStats {
    const { uses, ok, failed, suspect } = this.counts
    return {
      name: this.name,
      url: this.url,
      inFlight: this.inFlight,
      uses,
      ok,
      failed,
      suspect,
      failuresInARow: this.strikes,
      coolingUntil: this.coolUntil > now ? Math.round(this.coolUntil + epochOffset) : null,
      onTrial: this.isOnTrial && this.coolUntil <= now,
    }
  }

  toJSON(): ProxyView {
    const { name, url, inFlight } = this
    return { name, url, inFlight }
  }

  /** Returns the text for `console.log`, without credentials. */
  [inspect.custom](): string {
    return `Proxy ${inspect(this.toJSON())}`
  }

  private coolDown(now: number, { baseMs, factor, maxMs }: CoolDownPolicy): void {
    this.coolUntil = now + Math.min(maxMs, baseMs * factor ** Math.min(this.strikes, MAX_STRIKES))
    this.strikes++
    this.suspicions = 0
    this.period++
    this.inFlightNow = 0
    this.isOnTrial = true
  }
}

const MAX_STRIKES = 60
