/**
 * Who runs next: what is pending, delayed and in flight, and the limits between them. Does not know libcurl,
 * keeps no timer, and starts nothing itself: whoever owns it asks `next()`, and comes back at `nextWakeAt`.
 */
import type { QueuedTransfer } from './gates/queued-transfer.js'
import type { Gate, WaitReason } from './gates/gate.js'
import type { HostGate } from './gates/host-gate.js'
import { HostGates } from './gates/host-gates.js'
import { DEFAULT_LIMITS, limitsHosts, mergeLimits, type CheckedLimits, type Limits } from './gates/limits.js'
import { Line } from './line.js'
import { RateWindow } from './time/rate-window.js'
import { TimeHeap } from './time/time-heap.js'

/**
 * Of those whom somebody waits for, how many are looked at where the bytes are used up: these have to get on,
 * not all at once.
 */
const MAX_AWAITED = 64

/** Why a transfer waits; `until` in the time of the clock, where it is known. */
export interface Wait {
  reason: WaitReason
  until?: number
}

function waitAt(gate: Gate, transfer: QueuedTransfer, now: number): Wait | null {
  const until = gate.opensAt(transfer, now)
  if (until <= now) return null
  const reason = gate.reason(transfer, now)
  return until === Infinity ? { reason } : { reason, until }
}

/** What there is, in numbers. */
export interface Counts {
  pending: number
  delayed: number
  inFlight: number
}

/** The line, the gates, and what is on the wire. */
export class Scheduler<T extends QueuedTransfer> {
  private limits: CheckedLimits
  private readonly line = new Line<T>((transfer) =>
    this.tellsHostsApart ? this.hostGates.of(transfer) : null,
  )
  /**
   * No Set: its tables grow old, and keep the bodies of transfers that are long done alive until the next
   * full collection (measured with bodies of 100 KiB: 290 against 176 µs of CPU each).
   */
  private readonly inFlight: T[] = []
  private readonly delayed = new TimeHeap<T>()
  /**
   * Pending ones whom somebody waits for who cannot consume anything before: bytes do not hold them up. Empty
   * where bytes are not limited.
   */
  private readonly awaited = new Set<T>()
  private limitsBytes = false
  private readonly hostGates: HostGates
  private readonly counts: Counts = { pending: 0, delayed: 0, inFlight: 0 }
  private window: RateWindow | null = null
  private tellsHostsApart = false
  /** Whether the line may hold some that are gone. */
  private hasGone = false
  /** Bytes that have been received and not been consumed. */
  bufferedBytes: () => number = () => 0

  constructor(limits: Limits = {}) {
    this.limits = mergeLimits(limits, DEFAULT_LIMITS)
    this.hostGates = new HostGates(this.limits.host)
    this.takeLimits()
  }

  /** The limits in force. */
  get current(): CheckedLimits {
    return this.limits
  }

  get outstandingCount(): number {
    return this.counts.pending + this.counts.delayed + this.counts.inFlight
  }

  get inFlightCount(): number {
    return this.counts.inFlight
  }

  /** How many are where. */
  get numbers(): Readonly<Counts> {
    return this.counts
  }

  /** Changes limits, at once. `OptionError`, and nothing changed, where one makes no sense. */
  setLimits(limits: Limits, now: number): void {
    this.limits = mergeLimits(limits, this.limits)
    this.hostGates.limits = this.limits.host
    this.takeLimits()
    for (const hostGate of this.hostGates) {
      hostGate.change(this.limits.host)
      this.line.opened(hostGate)
    }
    // Hosts had not been told apart so far: those in flight count from now on.
    if (this.tellsHostsApart) {
      for (const transfer of this.inFlight) {
        if (transfer.hostGate === null) this.hostGates.of(transfer).started(transfer, now)
      }
    }
  }

  /**
   * Launches a transfer that nothing holds back, past the line that is not there. False: {@link enqueue} it.
   */
  launchAtOnce(transfer: T, now: number): boolean {
    if (this.counts.pending > 0 || this.tellsHostsApart || transfer.gate !== null) return false
    if (this.globalReason(now) !== null) return false
    this.counts.pending++
    this.launch(transfer, now)
    return true
  }

  /** Puts a transfer into the line, behind those of its priority. */
  enqueue(transfer: T): void {
    transfer.state = 'pending'
    this.counts.pending++
    if (transfer.isAwaited && this.limitsBytes) this.awaited.add(transfer)
    this.line.push(transfer)
  }

  /** Somebody waits for this transfer who cannot consume anything before: it does not wait for bytes. */
  hurry(transfer: T): void {
    transfer.isAwaited = true
    if (transfer.state === 'pending' && this.limitsBytes) this.awaited.add(transfer)
  }

  /**
   * Puts a transfer aside until `at`: it holds no slot, and is ahead of all new ones then. `Infinity`: until
   * somebody takes it back, with the session that it waits for.
   */
  delay(transfer: T, at: number): void {
    transfer.state = 'delayed'
    transfer.dueAt = at
    this.counts.delayed++
    this.delayed.push(at, transfer)
  }

  /**
   * Gives the next transfer that may be launched now, its slot taken; undefined where there is none. Call it
   * until then.
   */
  next(now: number): T | undefined {
    this.wake(now)
    if (this.counts.pending === 0) return undefined
    const reason = this.globalReason(now)
    if (reason === 'bytes') return this.nextAwaited(now)
    const transfer = reason === null ? this.line.next(now) : undefined
    if (transfer !== undefined) this.launch(transfer, now)
    return transfer
  }

  /** Whether every slot is taken. */
  get isFull(): boolean {
    return this.counts.inFlight >= this.limits.maxRequests
  }

  /** Whether nothing may be launched at all: every slot is taken, or the rate or the bytes are used up. */
  isHeldUp(now: number): boolean {
    return this.globalReason(now) !== null
  }

  /** When `next()` may have something again without anything else happening; `Infinity`: not at all. */
  nextWakeAt(now: number): number {
    while (this.delayed.size > 0 && this.delayed.peek()?.state !== 'delayed') this.delayed.pop()
    // With everything on the wire, or nobody in line, only an outcome can change anything.
    const mayStart = this.counts.pending > 0 && !this.isFull
    if (!mayStart) return this.delayed.nextAt
    const rateAt = this.window?.opensAt(now) ?? now
    return Math.min(this.delayed.nextAt, rateAt > now ? rateAt : this.line.nextOpening)
  }

  /** Takes a transfer off the wire, or out of the line: it is done. */
  settle(transfer: T, now: number): void {
    this.remove(transfer, now)
    transfer.state = 'done'
    this.hostGates.leave(transfer, now)
  }

  /** Takes a transfer off the wire that will be tried again: {@link delay} or {@link enqueue} it. */
  takeBack(transfer: T, now: number): void {
    this.remove(transfer, now)
  }

  /** Nothing is launched to the host of this URL before `until`. */
  pauseHost(url: string, until: number, now: number): void {
    // Those in flight without a host gate are counted nowhere, which does no harm here.
    this.tellHostsApart()
    this.hostGates.pause(url, until, now)
  }

  /** A gate has opened: those who stand there are next. */
  opened(gate: Gate): void {
    this.line.opened(gate)
  }

  /** Why this transfer waits, and until when where that is known; null where it does not wait. */
  waitOf(transfer: T, now: number): Wait | null {
    if (transfer.state === 'delayed' && transfer.dueAt > now)
      return transfer.dueAt === Infinity
        ? { reason: 'session' }
        : { reason: 'backoff', until: transfer.dueAt }
    if (transfer.state !== 'pending' && transfer.state !== 'delayed') return null
    const wait =
      (this.tellsHostsApart ? waitAt(this.hostGates.of(transfer), transfer, now) : null) ??
      (transfer.gate === null ? null : waitAt(transfer.gate, transfer, now))
    if (wait !== null) return wait
    const reason = this.globalReason(now) ?? 'slot'
    return reason === 'rate' ? { reason, until: this.window?.opensAt(now) ?? now } : { reason }
  }

  /** Hosts that are told apart, with their numbers. */
  *hosts(): Generator<HostGate> {
    yield* this.hostGates
  }

  /** Everything that is not done, those in flight first, then in no particular order. */
  *outstanding(): Generator<T> {
    yield* this.inFlight
    yield* this.line
    for (const transfer of this.delayed.items()) if (transfer.state === 'delayed') yield transfer
  }

  private takeLimits(): void {
    const { rate, host } = this.limits
    const limitsBytes = this.limits.maxBufferedBytes !== Infinity
    if (limitsBytes !== this.limitsBytes) this.findAwaited(limitsBytes)
    if (rate === null) this.window = null
    else if (this.window === null) this.window = new RateWindow(rate)
    else this.window.change(rate)
    if (limitsHosts(host)) this.tellHostsApart()
  }

  private findAwaited(limitsBytes: boolean): void {
    this.limitsBytes = limitsBytes
    this.awaited.clear()
    if (!limitsBytes) return
    const found = [...this.line].filter(({ isAwaited, state }) => isAwaited && state === 'pending')
    for (const transfer of found.sort((a, b) => a.id - b.id)) this.awaited.add(transfer)
  }

  /** From now on, for good: what is in line has another gate then. */
  private tellHostsApart(): void {
    if (this.tellsHostsApart) return
    this.tellsHostsApart = true
    this.line.regroup()
  }

  /** Why nothing at all may be launched. */
  private globalReason(now: number): WaitReason | null {
    if (this.isFull) return 'slot'
    if (this.window !== null && this.window.opensAt(now) > now) return 'rate'
    if (this.limitsBytes && this.bufferedBytes() >= this.limits.maxBufferedBytes) return 'bytes'
    return null
  }

  /** With the bytes used up: the next one whom somebody waits for. */
  private nextAwaited(now: number): T | undefined {
    let looked = 0
    for (const transfer of this.awaited) {
      if (++looked > MAX_AWAITED) break
      if (!this.line.isOpen(transfer, now)) continue
      // Its place in line stays, and is skipped; unless it comes back, to be tried again, before its turn
      // there: it has that place then.
      this.hasGone = true
      return this.launch(transfer, now)
    }
    return undefined
  }

  private launch(transfer: T, now: number): T {
    this.counts.pending--
    this.counts.inFlight++
    transfer.state = 'inFlight'
    transfer.place = this.inFlight.push(transfer) - 1
    this.window?.started(now)
    if (this.tellsHostsApart) this.hostGates.of(transfer).started(transfer, now)
    if (transfer.gate !== null) transfer.gate.started(transfer, now)
    this.leaveLine(transfer)
    return transfer
  }

  private leaveLine(transfer: T): void {
    if (transfer.isAwaited && this.limitsBytes) this.awaited.delete(transfer)
    // What is gone leaves the line when its turn comes; where there are no turns any more, at once.
    if (!this.hasGone || this.counts.pending > 0) return
    this.hasGone = false
    this.line.clear()
  }

  private takeFromFlight(transfer: T): void {
    const last = this.inFlight.pop() as T
    if (last === transfer) return
    this.inFlight[transfer.place] = last
    last.place = transfer.place
  }

  private remove(transfer: T, now: number): void {
    if (transfer.state === 'pending') {
      this.counts.pending--
      this.hasGone = true
      this.leaveLine(transfer)
    } else if (transfer.state === 'delayed') {
      if (--this.counts.delayed === 0) this.delayed.clear()
    } else if (transfer.state === 'inFlight') {
      this.counts.inFlight--
      this.takeFromFlight(transfer)
      if (transfer.hostGate !== null) this.leave(transfer, transfer.hostGate, now)
      if (transfer.gate !== null) this.leave(transfer, transfer.gate, now)
    }
  }

  private leave(transfer: T, gate: Gate, now: number): void {
    gate.stopped(transfer, now)
    this.line.opened(gate)
  }

  /** What has come due: delayed transfers, gates, and host gates that may be forgotten. */
  private wake(now: number): void {
    while (this.delayed.nextAt <= now) {
      const transfer = this.delayed.pop() as T
      if (transfer.state !== 'delayed') continue
      this.counts.delayed--
      this.enqueue(transfer)
    }
    // What was put aside without a time leaves its place behind when it goes on.
    if (this.counts.delayed === 0 && this.delayed.size > 0) this.delayed.clear()
    this.line.wake(now)
    this.hostGates.wake(now)
  }
}
