/**
 * The gates at which transfers wait for a proxy: one common gate, one for each key that is bound to a proxy,
 * and one for each transfer that must avoid the proxies it has tried. Does not depend on the scheduler's
 * queue or libcurl.
 *
 * A gate that finds no free proxy is recorded with the proxy that it waits for. When that proxy is free, one
 * gate is woken. The next gate is woken when the first one has taken the proxy and more is free, or when it
 * could not use it (its transfers are gone, or wait for their host's limit, too). So a release costs O(1),
 * however many gates wait.
 */
import type { Gate, WaitReason } from '../../scheduling/gates/gate.js'
import type { PooledProxy, ProxyOutcome } from '../../sessions/proxies/pooled-proxy.js'
import type { ProxyRequest } from '../../sessions/proxies/proxy-options.js'
import type { ProxyLease, ProxyPool } from '../../sessions/proxies/proxy-pool.js'
import { inContext } from '../../transfer/caller-context.js'
import type { TransferRecord } from '../record/transfer-record.js'

/** The callbacks of the proxy gates. */
export interface GateOwner {
  /** Called when the transfers of this gate may be tried next. */
  opened(gate: Gate): void
  /**
   * Called when a proxy became free by an event outside the scheduler's control. The scheduler should run
   * soon.
   */
  wakeUp(): void
  request(transfer: TransferRecord, gate: ProxyGate): ProxyRequest
  /**
   * Called when a transfer starts: with its lease; or with null if no proxy is left or the pool's function
   * threw `error`.
   */
  granted(transfer: TransferRecord, lease: ProxyLease | null, error: unknown): void
  /**
   * Called when a transfer is off the wire. Returns its lease and the outcome for the proxy; null if it has
   * no lease.
   */
  returned(transfer: TransferRecord): { lease: ProxyLease; outcome: ProxyOutcome } | null
}

/** A gate that transfers pass when a proxy is free for them. */
export class ProxyGate implements Gate {
  /** The number of transfers that have this gate. */
  members = 0

  /**
   * @param key the key that is bound to one proxy; undefined for gates without a key
   * @param tried the proxies that the transfers of this gate must avoid
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

/** All gates of one proxy pool in one instance. */
export class ProxyGates {
  private readonly common = new ProxyGate(this, undefined, [])
  private readonly byKey = new Map<unknown, ProxyGate>()
  /**
   * The waiting gates, by the proxy that they wait for (null: any). In each set, the gate that has waited
   * longest is first.
   */
  private readonly waiting = new Map<PooledProxy | null, Set<ProxyGate>>()
  private readonly waitsFor = new Map<ProxyGate, PooledProxy | null>()
  /** The gates that were woken and have neither passed nor been refused since. */
  private readonly woken = new Set<ProxyGate>()
  /**
   * The gates that were asked since the last change. If such a gate cannot use the free proxy, the next gate
   * gets the chance.
   */
  private readonly asked = new Set<ProxyGate>()
  private failure: { readonly transfer: TransferRecord; readonly error: unknown } | null = null
  private members = 0
  private stopWatching: (() => void) | null = null
  private isReleasing = false

  constructor(
    readonly pool: ProxyPool,
    private readonly owner: GateOwner,
  ) {}

  /** True if no transfer has any of the gates. */
  get isUnused(): boolean {
    return this.members === 0
  }

  /**
   * Returns the gate for a transfer: that of its key, its own if it must avoid some proxies, or the common
   * one. Call {@link leave} when the transfer does not need the gate any more.
   */
  enter(key: unknown, tried: readonly PooledProxy[]): ProxyGate {
    let gate = this.common
    if (key !== undefined) {
      const known = this.byKey.get(key)
      gate = known ?? new ProxyGate(this, key, [])
      if (known === undefined) this.byKey.set(key, gate)
    } else if (tried.length > 0) gate = new ProxyGate(this, undefined, tried)
    gate.members++
    // A pool may live longer than the instance and must not keep it alive, so the pool is watched only while
    // needed.
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
    // The pool is empty: started() reports the failure when it is the transfer's turn.
    if (pool.size === 0) return now
    let until: number
    try {
      const request = this.owner.request(transfer, gate)
      until = inContext(transfer.caller, () => pool.opensAt(request, now), undefined)
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
      this.owner.granted(transfer, null, failure.error)
      return
    }
    let error: unknown = null
    let lease: ProxyLease | null = null
    try {
      const request = this.owner.request(transfer, gate)
      const answer = inContext(transfer.caller, () => pool.acquire(request, now), undefined)
      if (answer.proxy !== null) lease = answer
    } catch (thrown) {
      error = thrown
    }
    this.owner.granted(transfer, lease, error)
    if (lease !== null) this.wake(lease.proxy as PooledProxy, now)
  }

  stopped(transfer: TransferRecord, now: number): void {
    const returned = this.owner.returned(transfer)
    if (returned === null) return
    this.isReleasing = true
    this.pool.release(returned.lease, returned.outcome, now)
    this.isReleasing = false
  }

  /**
   * Called when no transfer can start although not all slots are in use: wakes gates that were not asked yet.
   * Returns true if a gate was woken.
   */
  passOn(now: number): boolean {
    for (const gate of this.woken) {
      // The transfers of this gate are gone, or wait for the limit of their host.
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

  /** Called when a proxy was returned, added or removed, in this instance or elsewhere. */
  private changed(proxy: PooledProxy): void {
    const now = this.pool.settings.clock()
    // Gates that were asked while every slot was taken: what they could not use then is not what is free now.
    this.asked.clear()
    if (proxy.isRemoved || proxy.isCooling(now)) {
      // The gates that were bound to this proxy have to find another one.
      for (const gate of this.waiting.get(proxy) ?? []) this.open(gate)
    }
    if (this.pool.size === 0) for (const gate of this.waitsFor.keys()) this.open(gate)
    this.wake(proxy, now)
    if (!this.isReleasing && this.woken.size > 0) this.owner.wakeUp()
  }

  private wake(proxy: PooledProxy, now: number): void {
    // First the gates that can only use this proxy, then the others.
    if (!this.wakeFirst(proxy, now)) this.wakeFirst(null, now)
  }

  /**
   * Wakes the first gate that waits for this proxy (null: for any), if the proxy is free. Returns true if a
   * gate was woken.
   */
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
    this.owner.opened(gate)
  }
}
