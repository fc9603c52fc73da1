/**
 * What may be done to one host: how many at once, how often, and not before when. Does not know other hosts.
 */
import type { Transfer } from '../../transfer/transfer.js'
import { AdaptiveLimit, isOverload } from './adaptive.js'
import type { Gate, WaitReason } from './gate.js'
import type { HostLimits } from './limits.js'
import { RateWindow } from '../time/rate-window.js'

/** How long what was found out about a host (`adaptive`) is kept while nobody asks it for anything. */
const LEARNED_FOR_MS = 300_000

/** The gate of one host. */
export class HostGate implements Gate {
  inFlight = 0
  /** Transfers of this host that are not done, so far as they have been looked at. */
  members = 0
  /** Whether it is on the list of host gates that may be forgotten. */
  isListedIdle = false
  /** Nothing starts before: the host said so (`Retry-After`). */
  pausedUntil = -Infinity
  /** When the last one started, so far as delays have been asked for. */
  private lastStartedAt = -Infinity
  private lastStoppedAt = -Infinity
  private window: RateWindow | null = null
  private adaptive: AdaptiveLimit | null = null

  private limits: HostLimits

  constructor(
    readonly host: string,
    limits: HostLimits,
  ) {
    this.limits = limits
    this.change(limits)
  }

  /** New limits; what has started still counts. */
  change(limits: HostLimits): void {
    this.limits = limits
    const { rate, minDelayMs } = limits
    if (minDelayMs === 0) this.lastStartedAt = -Infinity
    if (rate === null) this.window = null
    else if (this.window === null) this.window = new RateWindow(rate)
    else this.window.change(rate)
    if (!limits.adaptive) this.adaptive = null
    else this.adaptive ??= new AdaptiveLimit()
  }

  /** How many may be in flight now. */
  get limit(): number {
    return Math.min(this.limits.maxRequests, this.adaptive?.limit ?? Infinity)
  }

  private get notBefore(): number {
    return this.lastStartedAt + this.limits.minDelayMs
  }

  opensAt(_transfer: Transfer, now: number): number {
    if (this.inFlight >= this.limit) return Infinity
    return Math.max(this.pausedUntil, this.notBefore, this.window?.opensAt(now) ?? now)
  }

  reason(_transfer: Transfer, now: number): WaitReason {
    if (this.pausedUntil > now) return 'paused'
    return this.inFlight >= this.limit ? 'host' : 'hostRate'
  }

  started(_transfer: Transfer, now: number): void {
    this.inFlight++
    this.window?.started(now)
    if (this.limits.minDelayMs > 0) this.lastStartedAt = now
  }

  stopped(transfer: Transfer, now: number): void {
    const { adaptive } = this
    // By its own limit alone: it must not grow while another one holds it.
    const wasFull = adaptive !== null && this.inFlight >= adaptive.limit
    this.inFlight--
    this.lastStoppedAt = now
    const overload = isOverload(transfer.errno, transfer.responseCode)
    if (overload !== null) adaptive?.learn(overload, transfer.launchedAt, now, wasFull)
  }

  /** Nothing starts before `until`. */
  pause(until: number): void {
    this.pausedUntil = Math.max(this.pausedUntil, until)
  }

  /** Whether forgetting this host gate changes nothing. */
  isForgettable(now: number): boolean {
    if (this.members > 0) return false
    return (
      this.pausedUntil <= now &&
      this.notBefore <= now &&
      this.learnedUntil <= now &&
      (this.window?.count(now) ?? 0) === 0
    )
  }

  /** When `isForgettable` may become true by itself. */
  forgettableAt(now: number): number {
    const { pausedUntil, notBefore, learnedUntil } = this
    return Math.max(now, pausedUntil, notBefore, learnedUntil, now + (this.limits.rate?.perMs ?? 0))
  }

  /** What it has found out about its host is of use for a while. */
  private get learnedUntil(): number {
    return this.adaptive?.hasLearned ? this.lastStoppedAt + LEARNED_FOR_MS : -Infinity
  }
}
