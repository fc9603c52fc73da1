/**
 * The gates of all hosts in use. Made at a host's first request, removed when they no longer have an effect.
 * Does not depend on the queue.
 */
import { hostKeyOf } from '../../url/url-parts.js'
import { HostGate, type HostQuota } from './host-gate.js'
import type { HostLimits } from './limits.js'
import type { QueuedTransfer } from './queued-transfer.js'
import { TimeHeap } from '../time/time-heap.js'

export class HostGates {
  private readonly hostGates = new Map<string, HostGate>()
  private readonly idle = new TimeHeap<HostGate>()
  /** The delays of single hosts: they outlive gates. */
  private readonly delays = new Map<string, number>()

  private countsAll = false

  /** @param limits the limits of new gates */
  constructor(public limits: HostLimits) {}

  [Symbol.iterator](): MapIterator<HostGate> {
    return this.hostGates.values()
  }

  /** Returns the gate of a transfer's host. The transfer belongs to the gate from now on. */
  of(transfer: QueuedTransfer): HostGate {
    if (transfer.hostGate !== null) return transfer.hostGate
    const hostGate = this.hostGateFor(transfer.url)
    hostGate.members++
    return (transfer.hostGate = hostGate)
  }

  /** Removes a transfer that is done from its gate, if it has one. */
  leave(transfer: QueuedTransfer, now: number): void {
    const { hostGate } = transfer
    if (hostGate === null) return
    hostGate.members--
    transfer.hostGate = null
    this.letGo(hostGate, now)
  }

  /** Starts nothing to the host of this URL before `until`. */
  pause(url: string, until: number, now: number): void {
    const hostGate = this.hostGateFor(url)
    hostGate.pause(until)
    this.letGo(hostGate, now)
  }

  /** Sets the least time between two starts to the host of this URL; 0 removes it. Returns its gate. */
  setDelay(url: string, delayMs: number, now: number): HostGate {
    const hostGate = this.hostGateFor(url)
    if (delayMs > 0) this.delays.set(hostGate.host, delayMs)
    else this.delays.delete(hostGate.host)
    hostGate.ownDelay = delayMs
    this.letGo(hostGate, now)
    return hostGate
  }

  /** Starts no more transfers to the host of this URL than it still takes. Returns its gate. */
  allow(url: string, quota: HostQuota, now: number): HostGate {
    const hostGate = this.hostGateFor(url)
    hostGate.allow(quota)
    this.letGo(hostGate, now)
    return hostGate
  }

  /** Counts transfers in flight that were launched before hosts had gates. */
  countAll(inFlight: readonly QueuedTransfer[], now: number): void {
    if (this.countsAll) return
    this.countsAll = true
    for (const transfer of inFlight) if (transfer.hostGate === null) this.of(transfer).started(transfer, now)
  }

  /** Removes gates that are due for removal. */
  wake(now: number): void {
    while (this.idle.nextAt <= now) this.forget(this.idle.pop() as HostGate, now)
  }

  /** Schedules the removal of an unused gate, because a run may contact a million hosts. */
  private letGo(hostGate: HostGate, now: number): void {
    if (hostGate.members > 0 || hostGate.isListedIdle) return
    hostGate.isListedIdle = true
    this.idle.push(hostGate.forgettableAt(now), hostGate)
  }

  private forget(hostGate: HostGate, now: number): void {
    hostGate.isListedIdle = false
    if (hostGate.members > 0) return
    if (hostGate.isForgettable(now)) this.hostGates.delete(hostGate.host)
    else this.letGo(hostGate, now + 1)
  }

  private hostGateFor(url: string): HostGate {
    const host = hostKeyOf(url)
    let hostGate = this.hostGates.get(host)
    if (hostGate === undefined) {
      this.hostGates.set(host, (hostGate = new HostGate(host, this.limits)))
      if (this.delays.size > 0) hostGate.ownDelay = this.delays.get(host) ?? 0
    }
    return hostGate
  }
}
