/**
 * One proxy of a pool: its limits, and what has become of those that used it. Does not know the other ones,
 * nor who is next.
 *
 * After a failure it cools down, each time longer. Then one request tries it; while that is under way, nobody
 * else does. A success brings it back, a failure sends it off again.
 */
import { inspect } from 'node:util'
import type { Rate } from '../../scheduling/time/rate-window.js'
import { RateWindow } from '../../scheduling/time/rate-window.js'
import type { ProxyAddress } from './proxy-url.js'

/**
 * What a request says of its proxy. `ok`: it works. `failed`: it does not, or it is not wanted any more (a
 * status that was named). `suspect`: something went wrong on the way, and the server may be to blame.
 * `neutral`: nothing.
 */
export type ProxyOutcome = 'ok' | 'failed' | 'suspect' | 'neutral'

/** Pauses after failures, checked. */
export interface CoolDownPolicy {
  readonly baseMs: number
  readonly factor: number
  readonly maxMs: number
  readonly tolerance: number
}

/** What a proxy is made of. */
export interface ProxyParts {
  readonly id: number
  readonly name: string
  /** null: no proxy. */
  readonly address: ProxyAddress | null
  readonly maxRequests: number
  readonly rate: Rate | null
  /** Options of libcurl's that go with it. */
  readonly options: Readonly<Record<string, unknown>>
}

/** A proxy in numbers. Holds no credentials. */
export interface ProxyStats {
  readonly name: string
  /** Without credentials. null: no proxy. */
  readonly url: string | null
  readonly inFlight: number
  /** How often it has been used. */
  readonly uses: number
  readonly ok: number
  readonly failed: number
  readonly suspect: number
  /** Failures since the last success. */
  readonly failuresInARow: number
  /** Until when it is not used, in milliseconds since the epoch; null: it may be used. */
  readonly coolingUntil: number | null
  /** Whether it has cooled down, and one request at a time may try it. */
  readonly onTrial: boolean
}

/** A proxy as others see it: without credentials. */
export interface ProxyView {
  readonly name: string
  /** Without credentials. null: no proxy. */
  readonly url: string | null
  /** Requests that use it now. */
  readonly inFlight: number
}

/** Says which of its times a request belongs to. */
export interface Ticket {
  readonly proxy: PooledProxy
  readonly period: number
}

/** One proxy. Looked at from outside, it is a {@link ProxyView}. */
export class PooledProxy implements ProxyView {
  readonly id: number
  readonly name: string
  /** @internal With credentials. */
  readonly address: ProxyAddress | null
  /** @internal They may hold credentials, too. */
  readonly options: Readonly<Record<string, unknown>>
  inFlight = 0
  isRemoved = false
  /** Its place in the heap of those that open by themselves. */
  wakeAt = Infinity
  private readonly maxRequests: number
  private readonly window: RateWindow | null
  private coolUntil = -Infinity
  private isOnTrial = false
  /** Grows with each cool-down: what was launched before says nothing about what comes after. */
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

  /** @internal Tells it from others in a file, without its credentials. */
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
   * When one more request may use it: now or earlier, a later time, or `Infinity` where another one has to
   * end first.
   */
  opensAt(now: number): number {
    if (this.isRemoved || this.inFlight >= this.maxRequests) return Infinity
    if (this.coolUntil > now) return this.coolUntil
    if (this.isOnTrial && this.inFlightNow > 0) return Infinity
    return this.window?.opensAt(now) ?? now
  }

  /** Whether it is being left alone after a failure. */
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

  /** @param epochOffset what makes times of the clock milliseconds since the epoch */
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

  /** What `console.log` shows: no credentials. */
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
