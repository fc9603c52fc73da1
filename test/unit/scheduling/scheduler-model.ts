/** The rules of the scheduler, in plain lists: each answer is computed anew. Does not know the scheduler. */
import type { Gate, WaitReason } from '../../../src/scheduling/gates/gate.js'
import type { TransferRecord } from '../../../src/running/record/transfer-record.js'

export const PER_MS = 100
export const HOST_PER_MS = 70

/** So many at once; closed until a time. */
export class FakeGate implements Gate {
  inFlight = 0
  closedUntil = 0

  constructor(readonly slots: number) {}

  opensAt(_transfer: TransferRecord, now: number): number {
    return this.inFlight >= this.slots ? Infinity : Math.max(now, this.closedUntil)
  }
  reason(): WaitReason {
    return 'proxy'
  }
  started(): void {
    this.inFlight++
  }
  stopped(): void {
    this.inFlight--
  }
}

export interface ModelLimits {
  max: number
  perHost: number
  rate: number
  hostRate: number
  delayMs: number
}

/** The model's state of one transfer. */
export interface Entry {
  readonly transfer: TransferRecord
  readonly host: string
  readonly gate: FakeGate | null
  state: 'pending' | 'delayed' | 'inFlight' | 'done'
  /** Its place: first those who come back, in the order of their times, then by arrival. */
  order: readonly [number, number]
  dueAt: number
  /** Of those that come due together, the one that was delayed first comes first. */
  delayedAs: number
  countsForHost: boolean
  /**
   * True if it was launched ahead of its turn, because of the limit of bytes: its old place is good again
   * when it comes back.
   */
  hasOldPlace: boolean
}

export class Model {
  readonly entries: Entry[] = []
  readonly starts: { at: number }[] = []
  /** Those that count for their host. */
  readonly hostStarts: { at: number; host: string; place: number }[] = []
  readonly paused = new Map<string, number>()
  limits: ModelLimits = { max: 3, perHost: Infinity, rate: Infinity, hostRate: Infinity, delayMs: 0 }
  /** Rates count from when they were set. */
  rateSince = 0
  hostRateSince = 0
  delaySince = 0
  tellsApart = false
  hasBudget = true
  isBudgetSpent = false
  now = 1000
  private arrivals = 0

  arrive(transfer: TransferRecord, host: string, gate: FakeGate | null): Entry {
    const entry: Entry = {
      transfer,
      host,
      gate,
      state: 'pending',
      order: [1, ++this.arrivals],
      dueAt: 0,
      delayedAs: 0,
      countsForHost: false,
      hasOldPlace: false,
    }
    this.entries.push(entry)
    return entry
  }

  delay(entry: Entry, ms: number): void {
    entry.state = 'delayed'
    entry.dueAt = this.now + ms
    entry.delayedAs = ++this.arrivals
  }

  wake(): void {
    const due = this.entries.filter((entry) => entry.state === 'delayed' && entry.dueAt <= this.now)
    for (const entry of due.sort((a, b) => a.dueAt - b.dueAt || a.delayedAs - b.delayedAs)) {
      entry.state = 'pending'
      entry.order = [0, ++this.arrivals]
    }
  }

  inFlight(isMeant: (entry: Entry) => boolean = () => true): number {
    return this.entries.filter((entry) => entry.state === 'inFlight' && isMeant(entry)).length
  }

  /** From when on this one may start if nothing else happens; `Infinity`: not before something does. */
  startsAt({ host, gate, transfer }: Entry): number {
    const { limits } = this
    if (this.inFlight() >= limits.max) return Infinity
    if (this.tellsApart && this.inFlight((one) => one.host === host) >= limits.perHost) return Infinity
    if (this.budgetIsUsedUp && !transfer.isAwaited) return Infinity
    if (gate !== null && this.inFlight((one) => one.gate === gate) >= gate.slots) return Infinity
    const window = (counted: readonly { at: number }[], requests: number, perMs: number): number =>
      requests === Infinity || counted.length < requests ? 0 : counted[counted.length - requests]!.at + perMs
    const ofHost = (since: number): { at: number }[] =>
      this.hostStarts.filter((start) => start.host === host && start.place >= since)
    return Math.max(
      this.now,
      gate?.closedUntil ?? 0,
      this.paused.get(host) ?? 0,
      window(this.starts.slice(this.rateSince), limits.rate, PER_MS),
      window(ofHost(this.hostRateSince), limits.hostRate, HOST_PER_MS),
      limits.delayMs > 0 ? (ofHost(this.delaySince).at(-1)?.at ?? 0) + limits.delayMs : 0,
    )
  }

  get budgetIsUsedUp(): boolean {
    return this.hasBudget && this.isBudgetSpent
  }

  get pending(): Entry[] {
    return this.entries.filter(({ state }) => state === 'pending')
  }

  started(entry: Entry): void {
    entry.state = 'inFlight'
    this.starts.push({ at: this.now })
    entry.countsForHost = false
    if (this.tellsApart) this.countForHost(entry)
  }

  /** With the first limit of hosts, those in flight count as started. */
  change(limits: ModelLimits): void {
    if (this.limits.rate === Infinity) this.rateSince = this.starts.length
    if (this.limits.hostRate === Infinity) this.hostRateSince = this.hostStarts.length
    if (this.limits.delayMs === 0) this.delaySince = this.hostStarts.length
    this.limits = limits
    const { perHost, hostRate, delayMs } = limits
    this.tellsApart ||= perHost !== Infinity || hostRate !== Infinity || delayMs > 0
    if (!this.tellsApart) return
    for (const entry of this.entries) {
      if (entry.state === 'inFlight' && !entry.countsForHost) this.countForHost(entry)
    }
  }

  private countForHost(entry: Entry): void {
    entry.countsForHost = true
    this.hostStarts.push({ at: this.now, host: entry.host, place: this.hostStarts.length })
  }
}

export const isBefore = (a: Entry, b: Entry): boolean =>
  a.order[0] !== b.order[0] ? a.order[0] < b.order[0] : a.order[1] < b.order[1]
