/**
 * The line: who is next by priority and arrival, and who stands aside because a gate is closed. Does not know
 * slots, nor what a gate stands for.
 *
 * A transfer whose turn it is, but whose host (or another gate) is closed, stands aside with all others that
 * have the same gates, so that it holds up nobody else; when the gate opens, they are ahead of all that came
 * later. What moves from one closed gate to another is such a group, never its members one by one: finding
 * the next one costs O(1), whatever waits.
 */
import type { QueuedTransfer } from './gates/queued-transfer.js'
import type { Gate } from './gates/gate.js'
import { PendingQueue } from './pending-queue.js'
import { TimeHeap } from './time/time-heap.js'

const isGone = (transfer: QueuedTransfer): boolean => transfer.state !== 'pending'

/** Those of one priority that have the same gates: what stops the first stops them all. */
class Group<T extends QueuedTransfer> {
  readonly queue = new PendingQueue<T>(isGone)

  constructor(
    readonly hostGate: Gate | null,
    readonly gate: Gate | null,
  ) {}
}

/** All that waits with one priority. */
class Level<T extends QueuedTransfer> {
  line = new PendingQueue<T>(isGone)
  /** Those that stand aside: by their own gate, then by their host's. */
  readonly groups = new Map<Gate | null, Map<Gate | null, Group<T>>>()
  /** The same by the gate that they stopped at, in the order in which they did. */
  readonly stopped = new Map<Gate, Set<Group<T>>>()
  /** Gates that have opened since, in that order, with somebody standing there. */
  readonly opened = new Set<Gate>()
  isListed = false

  constructor(readonly priority: number) {}

  *aside(): Generator<T> {
    for (const byHost of this.groups.values()) for (const group of byHost.values()) yield* group.queue
  }
}

/** All that is pending. */
export class Line<T extends QueuedTransfer> {
  private readonly levels = new Map<number, Level<T>>()
  /** Levels that may have somebody to launch: the highest first. Any number of priorities may wait. */
  private readonly listed = new TimeHeap<Level<T>>()
  private readonly levelsAt = new Map<Gate, Set<Level<T>>>()
  private readonly closedGates = new TimeHeap<Gate>()
  private readonly wakeAt = new Map<Gate, number>()

  /** @param hostGateOf the gate of a transfer's host; null where hosts are not told apart */
  constructor(private readonly hostGateOf: (transfer: T) => Gate | null) {}

  /** When a gate opens by itself; `Infinity`: none does. */
  get nextOpening(): number {
    return this.closedGates.nextAt
  }

  /**
   * Puts a transfer behind those of its priority; one that has been on the wire before is ahead of those that
   * have not.
   */
  push(transfer: T): void {
    const level = this.levelOf(transfer.priority)
    // Those who stand aside are ahead of the line: one that comes back goes in front of the others of its
    // host.
    const others =
      transfer.dueAt > 0 ? level.groups.get(transfer.gate)?.get(this.hostGateOf(transfer)) : undefined
    add(others?.queue ?? level.line, transfer)
    this.list(level)
  }

  /** Takes out the next one whose gates are open. */
  next(now: number): T | undefined {
    for (let level = this.listed.peek(); level !== undefined; level = this.listed.peek()) {
      const transfer = this.nextOf(level, now)
      if (transfer !== undefined) return transfer
      this.listed.pop()
      level.isListed = false
      if (level.stopped.size === 0) this.levels.delete(level.priority)
    }
    return undefined
  }

  /** Whether the gates of this transfer are open; says so when they will be, where that is known. */
  isOpen(transfer: T, now: number): boolean {
    return this.closedGateOf(transfer, this.hostGateOf(transfer), now) === null
  }

  /** Looks again at the gates that were to open by now. */
  wake(now: number): void {
    while (this.closedGates.nextAt <= now) {
      const gate = this.closedGates.pop() as Gate
      this.wakeAt.delete(gate)
      this.opened(gate)
    }
  }

  /** A gate has opened: those who stand there are next. */
  opened(gate: Gate): void {
    for (const level of this.levelsAt.get(gate) ?? []) {
      level.opened.add(gate)
      this.list(level)
    }
  }

  /** Puts those who stand aside back into line, ahead of the others: from now on they have other gates. */
  regroup(): void {
    for (const level of this.levels.values()) {
      const everybody = [...level.aside(), ...level.line]
      level.line = new PendingQueue<T>(isGone)
      for (const transfer of everybody) add(level.line, transfer)
      level.groups.clear()
      level.stopped.clear()
      level.opened.clear()
      this.list(level)
    }
    this.levelsAt.clear()
  }

  /** Forgets everybody: what is left in line is gone. */
  clear(): void {
    this.levels.clear()
    this.listed.clear()
    this.levelsAt.clear()
  }

  /** Everybody, in no particular order. */
  *[Symbol.iterator](): Generator<T> {
    for (const level of this.levels.values()) {
      yield* level.aside()
      yield* level.line
    }
  }

  private nextOf(level: Level<T>, now: number): T | undefined {
    for (const gate of level.opened) {
      const transfer = this.nextAt(gate, level, now)
      if (transfer !== undefined) return transfer
      level.opened.delete(gate)
    }
    for (let first = level.line.shift(); first !== undefined; first = level.line.shift()) {
      const hostGate = this.hostGateOf(first)
      const gate = first.gate
      const others = level.groups.get(gate)?.get(hostGate)
      if (others !== undefined) {
        add(others.queue, first)
        continue
      }
      const closed = this.closedGateOf(first, hostGate, now)
      if (closed === null) return first
      const group = new Group<T>(hostGate, gate)
      add(group.queue, first)
      let byHost = level.groups.get(gate)
      if (byHost === undefined) level.groups.set(gate, (byHost = new Map<Gate | null, Group<T>>()))
      byHost.set(hostGate, group)
      this.stop(group, level, closed)
    }
    return undefined
  }

  /** The next one of those who stand at this gate. */
  private nextAt(gate: Gate, level: Level<T>, now: number): T | undefined {
    const groups = level.stopped.get(gate)
    if (groups === undefined) return undefined
    for (const group of groups) {
      const first = group.queue.peek()
      const closed = first === undefined ? null : this.closedGateOf(first, group.hostGate, now)
      if (closed === gate) return undefined
      groups.delete(group)
      if (first === undefined) this.dissolve(group, level)
      else if (closed !== null) this.stop(group, level, closed)
      else {
        group.queue.shift()
        // Behind the other groups: those who share this gate take turns.
        if (group.queue.peek() === undefined) this.dissolve(group, level)
        else groups.add(group)
        if (groups.size === 0) this.leave(gate, level)
        return first
      }
    }
    this.leave(gate, level)
    return undefined
  }

  private closedGateOf(transfer: T, hostGate: Gate | null, now: number): Gate | null {
    if (hostGate !== null && this.isClosed(hostGate, transfer, now)) return hostGate
    const gate = transfer.gate
    return gate !== null && this.isClosed(gate, transfer, now) ? gate : null
  }

  private isClosed(gate: Gate, transfer: T, now: number): boolean {
    const until = gate.opensAt(transfer, now)
    if (until <= now) return false
    // Looked at again at that time: once, however many stand there.
    if (until < (this.wakeAt.get(gate) ?? Infinity)) {
      this.wakeAt.set(gate, until)
      this.closedGates.push(until, gate)
    }
    return true
  }

  private stop(group: Group<T>, level: Level<T>, gate: Gate): void {
    const groups = level.stopped.get(gate)
    if (groups !== undefined) {
      groups.add(group)
      return
    }
    level.stopped.set(gate, new Set([group]))
    const levels = this.levelsAt.get(gate)
    if (levels === undefined) this.levelsAt.set(gate, new Set([level]))
    else levels.add(level)
  }

  /** Nobody stands at this gate any longer. */
  private leave(gate: Gate, level: Level<T>): void {
    level.stopped.delete(gate)
    const levels = this.levelsAt.get(gate)
    levels?.delete(level)
    if (levels?.size === 0) this.levelsAt.delete(gate)
  }

  private dissolve(group: Group<T>, level: Level<T>): void {
    const byHost = level.groups.get(group.gate)
    byHost?.delete(group.hostGate)
    if (byHost?.size === 0) level.groups.delete(group.gate)
  }

  private list(level: Level<T>): void {
    if (level.isListed) return
    level.isListed = true
    this.listed.push(-level.priority, level)
  }

  private levelOf(priority: number): Level<T> {
    let level = this.levels.get(priority)
    if (level === undefined) this.levels.set(priority, (level = new Level<T>(priority)))
    return level
  }
}

function add<T extends QueuedTransfer>(queue: PendingQueue<T>, transfer: T): void {
  if (transfer.dueAt > 0) queue.pushAhead(transfer)
  else queue.push(transfer)
}
