/**
 * The lanes of all hosts that have been asked for: made at the first request, forgotten when nothing of them is of use any more.
 * Does not know who stands in line.
 */
import { hostKeyOf } from '../url/url-parts.js'
import { HostLane } from './host-lane.js'
import type { HostLimits } from './limits.js'
import type { QueuedTransfer } from './queued-transfer.js'
import { TimeHeap } from './time-heap.js'

export class HostLanes {
  private readonly lanes = new Map<string, HostLane>()
  private readonly idle = new TimeHeap<HostLane>()

  /** @param limits of lanes that are made from now on */
  constructor(public limits: HostLimits) {}

  [Symbol.iterator](): MapIterator<HostLane> {
    return this.lanes.values()
  }

  /** The lane of a transfer, which is one of its members from now on. */
  of(transfer: QueuedTransfer): HostLane {
    if (transfer.lane !== null) return transfer.lane
    const lane = this.laneFor(transfer.url)
    lane.members++
    return (transfer.lane = lane)
  }

  /** A transfer that is done leaves its lane, if it has one. */
  leave(transfer: QueuedTransfer, now: number): void {
    const { lane } = transfer
    if (lane === null) return
    lane.members--
    transfer.lane = null
    this.letGo(lane, now)
  }

  /** Nothing starts to the host of this URL before `until`. */
  pause(url: string, until: number, now: number): void {
    const lane = this.laneFor(url)
    lane.pause(until)
    this.letGo(lane, now)
  }

  /** Forgets the lanes whose time has come. */
  wake(now: number): void {
    while (this.idle.nextAt <= now) this.forget(this.idle.pop() as HostLane, now)
  }

  /** Lanes that nobody uses go when they have nothing more to say: a run may see a million hosts. */
  private letGo(lane: HostLane, now: number): void {
    if (lane.members > 0 || lane.isListedIdle) return
    lane.isListedIdle = true
    this.idle.push(lane.forgettableAt(now), lane)
  }

  private forget(lane: HostLane, now: number): void {
    lane.isListedIdle = false
    if (lane.members > 0) return
    if (lane.isForgettable(now)) this.lanes.delete(lane.host)
    else this.letGo(lane, now + 1)
  }

  private laneFor(url: string): HostLane {
    const host = hostKeyOf(url)
    let lane = this.lanes.get(host)
    if (lane === undefined) this.lanes.set(host, (lane = new HostLane(host, this.limits)))
    return lane
  }
}
