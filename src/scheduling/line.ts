/**
 * The queue of pending transfers, by priority and arrival. Transfers behind a closed gate stand aside. Does
 * not depend on slots or on what a gate limits.
 *
 * If a transfer's turn has come but a gate of it is closed, it stands aside in a group with all others that
 * have the same gates, so that it does not block the rest. When the gate opens, the group comes before later
 * transfers. Whole groups move from one closed gate to another, never single transfers, so finding the next
 * transfer costs O(1), however many wait.
 */
import type { QueuedTransfer } from './gates/queued-transfer.js'
import type { Gate } from './gates/gate.js'
import { PendingQueue } from './pending-queue.js'
import { TimeHeap } from './time/time-heap.js'

const isGone = (transfer: QueuedTransfer): boolean => transfer.state !== 'pending'

/** Transfers of one priority with the same gates: a gate that stops the first one stops all. */
class Group<T extends QueuedTransfer> {
  readonly queue = new PendingQueue<T>(isGone)

  constructor(
    readonly hostGate: Gate | null,
    readonly gate: Gate | null,
  ) {}
}

/** All waiting transfers of one priority. */
class Level<T extends QueuedTransfer> {
  line = new PendingQueue<T>(isGone)
  /** The groups that stand aside, by their own gate, then by their host's gate. */
  readonly groups = new Map<Gate | null, Map<Gate | null, Group<T>>>()
  /** The same groups, by the gate that stopped them, in the order in which they were stopped. */
  readonly stopped = new Map<Gate, Set<Group<T>>>()
  /** The gates that have opened since and still have groups, in the order of opening. */
  readonly opened = new Set<Gate>()
  isListed = false

  constructor(readonly priority: number) {}

  *aside(): Generator<T> {
    for (const byHost of this.groups.values()) for (const group of byHost.values()) yield* group.queue
  }
}

/** All pending transfers. */
export class Line<T extends QueuedTransfer> {
  private readonly levels = new Map<number, Level<T>>()
  /**
   * The levels that may have a transfer to launch, the highest priority first. A heap, because there can be
   * any number of priorities.
   */
  private readonly listed = new TimeHeap<Level<T>>()
  private readonly levelsAt = new Map<Gate, Set<Level<T>>>()
  private readonly closedGates = new TimeHeap<Gate>()
  private readonly wakeAt = new Map<Gate, number>()

  /** @param hostGateOf returns the gate of a transfer's host; null if hosts have no gates */
  constructor(private readonly hostGateOf: (transfer: T) => Gate | null) {}

  /** The next time at which a gate opens by itself; `Infinity` if none does. */
  get nextOpening(): number {
    return this.closedGates.nextAt
  }

  /**
   * Queues a transfer behind those of its priority. A transfer that was delayed goes before those that were
   * not.
   */
  push(transfer: T): void {
    const level = this.levelOf(transfer.priority)
    // Groups come before the line, so a delayed transfer joins the front of its host's group.
    const others =
      transfer.dueAt > 0 ? level.groups.get(transfer.gate)?.get(this.hostGateOf(transfer)) : undefined
    add(others?.queue ?? level.line, transfer)
    this.list(level)
  }

  /** Removes and returns the next transfer whose gates are open. */
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

  /**
   * Returns true if all gates of the transfer are open. If one opens by itself later, that time is recorded.
   */
  isOpen(transfer: T, now: number): boolean {
    return this.closedGateOf(transfer, this.hostGateOf(transfer), now) === null
  }

  /** Opens the gates whose time has come. */
  wake(now: number): void {
    while (this.closedGates.nextAt <= now) {
      const gate = this.closedGates.pop() as Gate
      this.wakeAt.delete(gate)
      this.opened(gate)
    }
  }

  /** Call it when a gate has opened: its groups come next. */
  opened(gate: Gate): void {
    for (const level of this.levelsAt.get(gate) ?? []) {
      level.opened.add(gate)
      this.list(level)
    }
  }

  /** Puts all groups back into the line, ahead of the others, because their gates have changed. */
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

  /** Removes everything. Call it when all transfers in the line are stale. */
  clear(): void {
    this.levels.clear()
    this.listed.clear()
    this.levelsAt.clear()
  }

  /** Yields all pending transfers, in no particular order. */
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

  /** Returns the next transfer of the groups at this gate. */
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
        // The group goes behind the others at this gate, so that groups take turns.
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
    // Checked again at that time: one entry per gate, however many transfers wait.
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

  /** Removes a gate without groups. */
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
