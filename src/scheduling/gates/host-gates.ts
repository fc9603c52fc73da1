/**
 * The host gates of all hosts that have been asked for: made at the first request, forgotten when nothing of
 * them is of use any more. Does not know who stands in line.
 */
import { hostKeyOf } from '../../url/url-parts.js'
import { HostGate } from './host-gate.js'
import type { HostLimits } from './limits.js'
import type { QueuedTransfer } from './queued-transfer.js'
import { TimeHeap } from '../time/time-heap.js'

export class HostGates {
  private readonly hostGates = new Map<string, HostGate>()
  private readonly idle = new TimeHeap<HostGate>()

  /** @param limits of host gates that are made from now on */
  constructor(public limits: HostLimits) {}

  [Symbol.iterator](): MapIterator<HostGate> {
    return this.hostGates.values()
  }

  /** The host gate of a transfer, which is one of its members from now on. */
  of(transfer: QueuedTransfer): HostGate {
    if (transfer.hostGate !== null) return transfer.hostGate
    const hostGate = this.hostGateFor(transfer.url)
    hostGate.members++
    return (transfer.hostGate = hostGate)
  }

  /** A transfer that is done leaves its host gate, if it has one. */
  leave(transfer: QueuedTransfer, now: number): void {
    const { hostGate } = transfer
    if (hostGate === null) return
    hostGate.members--
    transfer.hostGate = null
    this.letGo(hostGate, now)
  }

  /** Nothing starts to the host of this URL before `until`. */
  pause(url: string, until: number, now: number): void {
    const hostGate = this.hostGateFor(url)
    hostGate.pause(until)
    this.letGo(hostGate, now)
  }

  /** Forgets the host gates whose time has come. */
  wake(now: number): void {
    while (this.idle.nextAt <= now) this.forget(this.idle.pop() as HostGate, now)
  }

  /** Gates of hosts that nobody uses go when they have nothing more to say: a run may see a million hosts. */
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
    if (hostGate === undefined) this.hostGates.set(host, (hostGate = new HostGate(host, this.limits)))
    return hostGate
  }
}
