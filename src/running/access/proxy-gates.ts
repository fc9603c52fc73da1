/**
 * Where transfers wait for a proxy: one gate for all who take any, one for each key that keeps its own, one
 * for each that must not have those it has tried. Does not know the line, nor libcurl.
 *
 * A gate that is refused is noted with what it waits for. When that is free, one gate is woken; when it has
 * taken it and there is more, the next one; when it has passed (its transfers are gone, or stand at the gate
 * of their host), too. So a release costs O(1), however many wait.
 */
import type { Gate, WaitReason } from '../../scheduling/gate.js'
import type { PooledProxy, ProxyOutcome } from '../../sessions/proxies/pooled-proxy.js'
import type { ProxyRequest } from '../../sessions/proxies/proxy-options.js'
import type { ProxyLease, ProxyPool } from '../../sessions/proxies/proxy-pool.js'
import type { TransferRecord } from '../record/transfer-record.js'

/** What waiting for a proxy needs of those who wait. */
export interface GateHost {
  /** Those who stand at this gate are next. */
  opened(gate: Gate): void
  /** Something has changed that nobody here has done: look again soon. */
  wakeUp(): void
  request(transfer: TransferRecord, gate: ProxyGate): ProxyRequest
  /** It has a proxy now; or none is left, or the pool's function threw: `error`. */
  granted(transfer: TransferRecord, lease: ProxyLease | null, error: unknown): void
  /** It is off the wire. Says what has become of its lease; null where it has none. */
  returned(transfer: TransferRecord): { lease: ProxyLease; outcome: ProxyOutcome } | null
}

/** One gate. */
export class ProxyGate implements Gate {
  /** Transfers that have it. */
  members = 0

  /**
   * @param key whose gate it is; undefined: everybody's
   * @param tried proxies that its transfers must not have
   */
  constructor(
    private readonly gates: ProxyGates,
    readonly key: unknown,
    readonly tried: readonly PooledProxy[],
  ) {}

  opensAt(transfer: TransferRecord, now: number): number {
    return this.gates.opensAt(this, transfer, now)
  }

  reason(): WaitReason {
    return 'proxy'
  }

  started(transfer: TransferRecord, now: number): void {
    this.gates.started(this, transfer, now)
  }

  stopped(transfer: TransferRecord, now: number): void {
    this.gates.stopped(transfer, now)
  }
}

/** All gates of one pool and one instance. */
export class ProxyGates {
  private readonly common = new ProxyGate(this, undefined, [])
  private readonly byKey = new Map<unknown, ProxyGate>()
  /** Gates by what they wait for: their own proxy, or any (null). Whoever has waited longest is first. */
  private readonly waiting = new Map<PooledProxy | null, Set<ProxyGate>>()
  private readonly waitsFor = new Map<ProxyGate, PooledProxy | null>()
  /** Those that have been woken, and have neither gone through nor been refused since. */
  private readonly woken = new Set<ProxyGate>()
  /**
   * Those that have been asked since the last change: one that was refused what is free leaves it to the
   * next.
   */
  private readonly asked = new Set<ProxyGate>()
  private failure: { readonly transfer: TransferRecord; readonly error: unknown } | null = null
  private members = 0
  private stopWatching: (() => void) | null = null
  private isReleasing = false

  constructor(
    readonly pool: ProxyPool,
    private readonly host: GateHost,
  ) {}

  /** Whether no transfer has any of them. */
  get isUnused(): boolean {
    return this.members === 0
  }

  /**
   * The gate for a transfer: of its key, or of its own where it has tried some. Give it back with
   * {@link leave}.
   */
  enter(key: unknown, tried: readonly PooledProxy[]): ProxyGate {
    let gate = this.common
    if (key !== undefined) {
      const known = this.byKey.get(key)
      gate = known ?? new ProxyGate(this, key, [])
      if (known === undefined) this.byKey.set(key, gate)
    } else if (tried.length > 0) gate = new ProxyGate(this, undefined, tried)
    gate.members++
    // A pool may outlive many instances: it must not keep them.
    if (this.members++ === 0) {
      this.stopWatching = this.pool.watch((proxy) => {
        this.changed(proxy)
      })
    }
    return gate
  }

  leave(gate: ProxyGate): void {
    if (--gate.members === 0) {
      this.byKey.delete(gate.key)
      this.forget(gate)
    }
    if (--this.members > 0) return
    this.stopWatching?.()
    this.stopWatching = null
  }

  opensAt(gate: ProxyGate, transfer: TransferRecord, now: number): number {
    const { pool } = this
    this.failure = null
    // They are told when it is their turn.
    if (pool.size === 0) return now
    let until: number
    try {
      until = pool.opensAt(this.host.request(transfer, gate), now)
    } catch (error) {
      this.failure = { transfer, error }
      return now
    }
    if (until > now) this.note(gate, now)
    return until
  }

  started(gate: ProxyGate, transfer: TransferRecord, now: number): void {
    const { pool, failure } = this
    this.failure = null
    this.forget(gate)
    if (failure?.transfer === transfer) {
      this.host.granted(transfer, null, failure.error)
      return
    }
    let error: unknown = null
    let lease: ProxyLease | null = null
    try {
      const answer = pool.acquire(this.host.request(transfer, gate), now)
      if (answer.proxy !== null) lease = answer
    } catch (thrown) {
      error = thrown
    }
    this.host.granted(transfer, lease, error)
    if (lease !== null) this.wake(lease.proxy as PooledProxy, now)
  }

  stopped(transfer: TransferRecord, now: number): void {
    const returned = this.host.returned(transfer)
    if (returned === null) return
    this.isReleasing = true
    this.pool.release(returned.lease, returned.outcome, now)
    this.isReleasing = false
  }

  /**
   * Nobody else may start now, and nothing is full: what is free is left to those who have not been asked.
   * Returns whether some have been woken.
   */
  passOn(now: number): boolean {
    for (const gate of this.woken) {
      // Its transfers are gone, or stand at the gate of their host.
      this.forget(gate)
      this.asked.add(gate)
    }
    let hasWoken = false
    if (this.asked.size > 0) {
      const proxies = [...this.waiting.keys()]
      for (const proxy of proxies) if (this.wakeFirst(proxy, now)) hasWoken = true
    }
    if (!hasWoken) this.asked.clear()
    return hasWoken
  }

  private note(gate: ProxyGate, now: number): void {
    if (this.woken.delete(gate)) this.asked.add(gate)
    const bound = gate.key === undefined ? undefined : this.pool.boundProxy(gate.key)
    const isItsOwn = bound !== undefined && !bound.isRemoved && !bound.isCooling(now)
    const proxy = isItsOwn ? bound : null
    if (this.waitsFor.get(gate) === proxy) return
    this.forget(gate)
    this.waitsFor.set(gate, proxy)
    const gates = this.waiting.get(proxy)
    if (gates === undefined) this.waiting.set(proxy, new Set([gate]))
    else gates.add(gate)
  }

  private forget(gate: ProxyGate): void {
    this.woken.delete(gate)
    const proxy = this.waitsFor.get(gate)
    if (proxy === undefined) return
    this.waitsFor.delete(gate)
    const gates = this.waiting.get(proxy)
    gates?.delete(gate)
    if (gates?.size === 0) this.waiting.delete(proxy)
  }

  /** A proxy has been given back, added or removed, here or elsewhere. */
  private changed(proxy: PooledProxy): void {
    const now = this.pool.settings.clock()
    if (proxy.isRemoved || proxy.isCooling(now)) {
      // Those who had it have to find another one.
      for (const gate of this.waiting.get(proxy) ?? []) this.open(gate)
    }
    if (this.pool.size === 0) for (const gate of this.waitsFor.keys()) this.open(gate)
    this.wake(proxy, now)
    if (!this.isReleasing && this.woken.size > 0) this.host.wakeUp()
  }

  private wake(proxy: PooledProxy, now: number): void {
    // Who has no choice comes first.
    if (!this.wakeFirst(proxy, now)) this.wakeFirst(null, now)
  }

  /** Wakes the first of those who wait for this proxy (null: any), where it can be had. */
  private wakeFirst(proxy: PooledProxy | null, now: number): boolean {
    const gates = this.waiting.get(proxy)
    const isFree = proxy === null ? this.pool.hasOpen(now) : proxy.opensAt(now) <= now
    if (gates === undefined || !isFree) return false
    for (const gate of gates) {
      if (this.woken.has(gate) || this.asked.has(gate)) continue
      this.open(gate)
      return true
    }
    return false
  }

  private open(gate: ProxyGate): void {
    this.woken.add(gate)
    this.host.opened(gate)
  }
}
