/**
 * Who runs next: what is pending, delayed and in flight, and the limits between them. Does not know libcurl, keeps no timer, and
 * starts nothing itself: whoever owns it asks `next()`, and comes back at `nextWakeAt`.
 *
 * The line is in order of priority and arrival. A transfer whose turn it is, but whose host (or another gate) is closed, is parked
 * there, so that it holds up nobody else; when the gate opens, it is ahead of all that came later. Each transfer is parked once for
 * each time that its gate closes on it: finding the next one costs O(1), whatever waits.
 */
import type { Transfer } from '../transfer.js'
import type { Gate, WaitReason } from './gate.js'
import { HostLane, hostOf } from './host-lane.js'
import { DEFAULT_LIMITS, limitsHosts, mergeLimits, type CheckedLimits, type Limits } from './limits.js'
import { PendingQueue } from './pending-queue.js'
import { RateWindow } from './rate-window.js'
import { TimeHeap } from './time-heap.js'

const isGone = (transfer: Transfer): boolean => transfer.state !== 'pending'

/** All that waits with one priority. */
class Level {
  readonly line = new PendingQueue<Transfer>(isGone)
  /** Those that stopped at a gate, by gate. */
  readonly parked = new Map<Gate, PendingQueue<Transfer>>()
  /** Gates that have opened since, in that order, with somebody parked at them. */
  readonly opened = new Set<Gate>()

  constructor(readonly priority: number) {}
}

/** Why a transfer waits; `until` in the time of the clock, where it is known. */
export interface Wait {
  reason: WaitReason
  until?: number
}

function waitAt(gate: Gate, transfer: Transfer, now: number): Wait | null {
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
export class Scheduler {
  private limits: CheckedLimits
  private readonly levels: Level[] = []
  private readonly inFlight = new Set<Transfer>()
  private readonly delayed = new TimeHeap<Transfer>()
  private readonly closedGates = new TimeHeap<Gate>()
  private readonly wakeAt = new Map<Gate, number>()
  private readonly lanes = new Map<string, HostLane>()
  private readonly idleLanes = new TimeHeap<HostLane>()
  private readonly counts: Counts = { pending: 0, delayed: 0, inFlight: 0 }
  private window: RateWindow | null = null
  private tellsHostsApart = false
  /** Bytes that have been received and not been consumed. */
  bufferedBytes: () => number = () => 0

  constructor(limits: Limits = {}) {
    this.limits = mergeLimits(limits, DEFAULT_LIMITS)
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
    this.takeLimits()
    // Hosts had not been told apart so far: those in flight count from now on.
    if (this.tellsHostsApart) {
      for (const transfer of this.inFlight) {
        if (transfer.lane === null) this.laneOf(transfer).started(transfer, now)
      }
    }
    for (const lane of this.lanes.values()) {
      lane.change(this.limits.host)
      this.opened(lane)
    }
  }

  /** Launches a transfer that nothing holds back, past the line that is not there. False: {@link enqueue} it. */
  launchAtOnce(transfer: Transfer, now: number): boolean {
    if (this.counts.pending > 0 || this.tellsHostsApart || transfer.gate !== null) return false
    if (this.globalReason(now) !== null) return false
    this.counts.pending++
    this.launch(transfer, now)
    return true
  }

  /** Puts a transfer into the line, behind those of its priority. */
  enqueue(transfer: Transfer): void {
    transfer.state = 'pending'
    this.counts.pending++
    this.levelOf(transfer.priority).line.push(transfer)
  }

  /** Puts a transfer that was in flight aside until `at`: it holds no slot, and is first in line then. */
  delay(transfer: Transfer, at: number): void {
    transfer.state = 'delayed'
    transfer.dueAt = at
    this.counts.delayed++
    this.delayed.push(at, transfer)
  }

  /**
   * Gives the next transfer that may be launched now, its slot taken; undefined where there is none. Call it until then.
   */
  next(now: number): Transfer | undefined {
    this.wake(now)
    if (this.counts.pending === 0 || this.globalReason(now) !== null) return undefined
    for (const level of this.levels) {
      const transfer = this.nextOf(level, now)
      if (transfer !== undefined) return transfer
    }
    return undefined
  }

  /** When `next()` may have something again without anything else happening; `Infinity`: not at all. */
  nextWakeAt(now: number): number {
    while (this.delayed.size > 0 && this.delayed.peek()?.state !== 'delayed') this.delayed.pop()
    // With everything on the wire, or nobody in line, only an outcome can change anything.
    const mayStart = this.counts.pending > 0 && this.counts.inFlight < this.limits.maxRequests
    if (!mayStart) return this.delayed.nextAt
    const rateAt = this.window?.opensAt(now) ?? now
    return Math.min(this.delayed.nextAt, rateAt > now ? rateAt : this.closedGates.nextAt)
  }

  /** Takes a transfer off the wire, or out of the line: it is done. */
  settle(transfer: Transfer, now: number): void {
    this.remove(transfer, now)
    transfer.state = 'done'
    const lane = transfer.lane as HostLane | null
    if (lane === null) return
    lane.members--
    transfer.lane = null
    this.letGo(lane, now)
  }

  /** Takes a transfer off the wire that will be tried again: {@link delay} or {@link enqueue} it. */
  takeBack(transfer: Transfer, now: number): void {
    this.remove(transfer, now)
  }

  /** Nothing is launched to the host of this URL before `until`. */
  pauseHost(url: string, until: number, now: number): void {
    // From now on hosts have to be told apart. Those in flight without a lane are counted nowhere, which does no harm here.
    this.tellsHostsApart = true
    const lane = this.laneFor(url)
    lane.pause(until)
    this.letGo(lane, now)
  }

  /** A gate has opened: those parked at it are next in line. */
  opened(gate: Gate): void {
    for (const level of this.levels) if (level.parked.has(gate)) level.opened.add(gate)
  }

  /** Why this transfer waits, and until when where that is known; null where it does not wait. */
  waitOf(transfer: Transfer, now: number): Wait | null {
    if (transfer.state === 'delayed') return { reason: 'backoff', until: transfer.dueAt }
    if (transfer.state !== 'pending') return null
    const wait =
      (this.tellsHostsApart ? waitAt(this.laneOf(transfer), transfer, now) : null) ??
      (transfer.gate === null ? null : waitAt(transfer.gate as Gate, transfer, now))
    if (wait !== null) return wait
    const reason = this.globalReason(now) ?? 'slot'
    return reason === 'rate' ? { reason, until: this.window?.opensAt(now) ?? now } : { reason }
  }

  /** Hosts that are told apart, with their numbers. */
  *hosts(): Generator<HostLane> {
    yield* this.lanes.values()
  }

  /** Everything that is not done, those in flight first, then in no particular order. */
  *outstanding(): Generator<Transfer> {
    yield* this.inFlight
    for (const level of this.levels) {
      for (const queue of level.parked.values()) yield* queue
      yield* level.line
    }
    for (const transfer of this.delayed.items()) if (transfer.state === 'delayed') yield transfer
  }

  private takeLimits(): void {
    const { rate, host } = this.limits
    if (rate === null) this.window = null
    else if (this.window === null) this.window = new RateWindow(rate)
    else this.window.change(rate)
    this.tellsHostsApart ||= limitsHosts(host)
  }

  /** Why nothing at all may be launched. */
  private globalReason(now: number): WaitReason | null {
    if (this.counts.inFlight >= this.limits.maxRequests) return 'slot'
    if (this.window !== null && this.window.opensAt(now) > now) return 'rate'
    if (this.limits.maxBufferedBytes !== Infinity && this.bufferedBytes() >= this.limits.maxBufferedBytes)
      return 'bytes'
    return null
  }

  private nextOf(level: Level, now: number): Transfer | undefined {
    for (const gate of level.opened) {
      const queue = level.parked.get(gate)
      for (let first = queue?.peek(); queue !== undefined && first !== undefined; first = queue.peek()) {
        const until = gate.opensAt(first, now)
        if (until > now) {
          this.close(gate, until)
          break
        }
        queue.shift()
        if (this.passes(first, level, now)) return this.launch(first, now)
      }
      level.opened.delete(gate)
      if (queue?.peek() === undefined) level.parked.delete(gate)
    }
    for (let first = level.line.shift(); first !== undefined; first = level.line.shift()) {
      if (this.passes(first, level, now)) return this.launch(first, now)
    }
    return undefined
  }

  /** Whether all its gates are open; else it is parked at the first that is not. */
  private passes(transfer: Transfer, level: Level, now: number): boolean {
    if (this.tellsHostsApart && this.stopsAt(this.laneOf(transfer), transfer, level, now)) return false
    return transfer.gate === null || !this.stopsAt(transfer.gate as Gate, transfer, level, now)
  }

  private stopsAt(gate: Gate, transfer: Transfer, level: Level, now: number): boolean {
    const until = gate.opensAt(transfer, now)
    if (until <= now) return false
    const parked = level.parked.get(gate)
    if (parked !== undefined) parked.push(transfer)
    else {
      const queue = new PendingQueue<Transfer>(isGone)
      queue.push(transfer)
      level.parked.set(gate, queue)
    }
    this.close(gate, until)
    return true
  }

  /** Looks at the gate again at `until`: once, however many are parked there. */
  private close(gate: Gate, until: number): void {
    if (until === Infinity || (this.wakeAt.get(gate) ?? Infinity) <= until) return
    this.wakeAt.set(gate, until)
    this.closedGates.push(until, gate)
  }

  private launch(transfer: Transfer, now: number): Transfer {
    this.counts.pending--
    this.counts.inFlight++
    transfer.state = 'inFlight'
    this.inFlight.add(transfer)
    this.window?.started(now)
    if (this.tellsHostsApart) this.laneOf(transfer).started(transfer, now)
    if (transfer.gate !== null) (transfer.gate as Gate).started(transfer, now)
    return transfer
  }

  private remove(transfer: Transfer, now: number): void {
    if (transfer.state === 'pending') this.counts.pending--
    else if (transfer.state === 'delayed') this.counts.delayed--
    else if (transfer.state === 'inFlight') {
      this.counts.inFlight--
      this.inFlight.delete(transfer)
      if (transfer.lane !== null) this.leave(transfer, transfer.lane as HostLane, now)
      if (transfer.gate !== null) this.leave(transfer, transfer.gate as Gate, now)
    }
  }

  private leave(transfer: Transfer, gate: Gate, now: number): void {
    gate.stopped(transfer, now)
    this.opened(gate)
  }

  /** What has come due: delayed transfers, gates, and lanes that may be forgotten. */
  private wake(now: number): void {
    while (this.delayed.nextAt <= now) {
      const transfer = this.delayed.pop() as Transfer
      if (transfer.state !== 'delayed') continue
      this.counts.delayed--
      this.counts.pending++
      transfer.state = 'pending'
      this.levelOf(transfer.priority).line.unshift(transfer)
    }
    while (this.closedGates.nextAt <= now) {
      const gate = this.closedGates.pop() as Gate
      this.wakeAt.delete(gate)
      this.opened(gate)
    }
    while (this.idleLanes.nextAt <= now) this.forget(this.idleLanes.pop() as HostLane, now)
  }

  /** Lanes that nobody uses go when they have nothing more to say: a run may see a million hosts. */
  private letGo(lane: HostLane, now: number): void {
    if (lane.members > 0 || lane.isListedIdle || lane.hasLearned) return
    lane.isListedIdle = true
    this.idleLanes.push(lane.forgettableAt(now), lane)
  }

  private forget(lane: HostLane, now: number): void {
    lane.isListedIdle = false
    if (lane.members > 0) return
    if (lane.isForgettable(now)) this.lanes.delete(lane.host)
    else this.letGo(lane, now + 1)
  }

  private laneOf(transfer: Transfer): HostLane {
    if (transfer.lane !== null) return transfer.lane as HostLane
    const lane = this.laneFor(transfer.url)
    lane.members++
    return (transfer.lane = lane)
  }

  private laneFor(url: string): HostLane {
    const host = hostOf(url)
    let lane = this.lanes.get(host)
    if (lane === undefined) this.lanes.set(host, (lane = new HostLane(host, this.limits.host)))
    return lane
  }

  private levelOf(priority: number): Level {
    let at = 0
    while (at < this.levels.length && (this.levels[at] as Level).priority > priority) at++
    if (this.levels[at]?.priority !== priority) this.levels.splice(at, 0, new Level(priority))
    return this.levels[at] as Level
  }
}
