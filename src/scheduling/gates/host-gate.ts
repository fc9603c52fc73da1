/**
 * The limits of one host: how many at once, how often, and not before a time. Does not depend on other hosts.
 */
import type { Transfer } from '../../transfer/transfer.js'
import { AdaptiveLimit, isOverload } from './adaptive.js'
import type { Gate, WaitReason } from './gate.js'
import type { HostLimits } from './limits.js'
import { RateWindow } from '../time/rate-window.js'

/** The time that a learned limit (`adaptive`) is kept while the host is not used. Milliseconds. */
const LEARNED_FOR_MS = 300_000

/** What a response has said that a host still takes. */
export interface HostQuota {
  /** The number of starts. Those in flight count: it is not known if the host has counted them. */
  readonly starts: number
  readonly until: number
  /** The most that may start at {@link until}, as far as the host has said it; `Infinity` if it has not. */
  readonly afterwards: number
}

/** The gate of one host. */
export class HostGate implements Gate {
  inFlight = 0
  /** The number of unfinished transfers that belong to this gate. */
  members = 0
  /** True if the gate is on the list of gates that may be removed. */
  isListedIdle = false
  /** The time before which nothing starts, because the host said so (`Retry-After`). */
  pausedUntil = -Infinity
  /** The number of starts that the host allows until {@link quotaUntil}, because a response said so. */
  private quota = Infinity
  private quotaUntil = -Infinity
  /** The most that a response has said. */
  private mostSaid = 0
  /** The number that may be in flight after {@link quotaUntil}, until a response says more. */
  private mostAllowed = 0
  /** True if the response of the transfer that stops next has said what the host takes. */
  private hasWord = false
  /** The time of the last start; only recorded if a delay is set. */
  private lastStartedAt = -Infinity
  private lastStoppedAt = -Infinity
  private window: RateWindow | null = null
  private adaptive: AdaptiveLimit | null = null

  private limits: HostLimits
  private ownDelayMs = 0

  constructor(
    readonly host: string,
    limits: HostLimits,
  ) {
    this.limits = limits
    this.change(limits)
  }

  /** Changes the limits. Earlier starts still count. */
  change(limits: HostLimits): void {
    this.limits = limits
    const { rate } = limits
    if (this.minDelayMs === 0) this.lastStartedAt = -Infinity
    if (rate === null) this.window = null
    else if (this.window === null) this.window = new RateWindow(rate)
    else this.window.change(rate)
    if (!limits.adaptive) this.adaptive = null
    else this.adaptive ??= new AdaptiveLimit()
  }

  /** The least time between two starts that this host alone has; the longer one of both counts. */
  set ownDelay(delayMs: number) {
    this.ownDelayMs = delayMs
    if (this.minDelayMs === 0) this.lastStartedAt = -Infinity
  }

  /** The number of transfers that may be in flight now. */
  get limit(): number {
    return Math.min(this.limits.maxRequests, this.adaptive?.limit ?? Infinity)
  }

  private get notBefore(): number {
    return this.lastStartedAt + this.minDelayMs
  }

  private get minDelayMs(): number {
    return Math.max(this.limits.minDelayMs, this.ownDelayMs)
  }

  opensAt(_transfer: Transfer, now: number): number {
    if (this.inFlight >= Math.min(this.limit, this.mostAt(now))) return Infinity
    return Math.max(this.heldUntil, this.notBefore, this.window?.opensAt(now) ?? now)
  }

  reason(_transfer: Transfer, now: number): WaitReason {
    if (this.heldUntil > now || this.inFlight >= this.mostAt(now)) return 'paused'
    return this.inFlight >= this.limit ? 'host' : 'hostRate'
  }

  started(_transfer: Transfer, now: number): void {
    this.inFlight++
    this.quota--
    this.window?.started(now)
    if (this.minDelayMs > 0) this.lastStartedAt = now
  }

  stopped(transfer: Transfer, now: number): void {
    const { adaptive } = this
    // Compared with the adaptive limit alone, so that it does not grow while another limit is in effect.
    const wasFull = adaptive !== null && this.inFlight >= adaptive.limit
    this.inFlight--
    this.lastStoppedAt = now
    // The host has ceased to say what it takes.
    if (!this.hasWord && transfer.responseCode > 0 && this.quotaUntil <= now) this.quotaUntil = -Infinity
    this.hasWord = false
    const overload = isOverload(transfer.errno, transfer.responseCode)
    if (overload !== null) adaptive?.learn(overload, transfer.launchedAt, now, wasFull)
  }

  /** The time before which nothing starts, because the host said so. */
  get heldUntil(): number {
    return this.quota > 0 ? this.pausedUntil : Math.max(this.pausedUntil, this.quotaUntil)
  }

  /** Starts no more than a response has said. */
  allow({ starts, until, afterwards }: HostQuota): void {
    if (this.quotaUntil === -Infinity) this.mostSaid = 0
    this.mostSaid = Math.max(this.mostSaid, starts)
    this.mostAllowed = Math.max(1, Math.min(this.mostSaid, afterwards))
    this.quota = starts - this.inFlight
    this.quotaUntil = until
    this.hasWord = true
  }

  /** Starts nothing before `until`. */
  pause(until: number): void {
    this.pausedUntil = Math.max(this.pausedUntil, until)
    this.hasWord = true
  }

  /** True if removing this gate changes nothing. */
  isForgettable(now: number): boolean {
    if (this.members > 0) return false
    return (
      this.pausedUntil <= now &&
      this.quotaUntil <= now &&
      this.notBefore <= now &&
      this.learnedUntil <= now &&
      (this.window?.count(now) ?? 0) === 0
    )
  }

  /** Returns the earliest time at which `isForgettable` can become true. */
  forgettableAt(now: number): number {
    const { pausedUntil, quotaUntil, notBefore, learnedUntil } = this
    return Math.max(
      now,
      pausedUntil,
      quotaUntil,
      notBefore,
      learnedUntil,
      now + (this.limits.rate?.perMs ?? 0),
    )
  }

  /**
   * The number of transfers that may be in flight because of what the host has said. When that is over, a burst would
   * meet a host that takes few again.
   */
  private mostAt(now: number): number {
    return this.quotaUntil === -Infinity || this.quotaUntil > now ? Infinity : this.mostAllowed
  }

  /** The time until which the learned limit is kept. */
  private get learnedUntil(): number {
    return this.adaptive?.hasLearned ? this.lastStoppedAt + LEARNED_FOR_MS : -Infinity
  }
}
