/**
 * Gives transfers their session and proxy before they are launched, and reports the outcome of each attempt
 * to both. Does not depend on the scheduler's queue or on how transfers are sent.
 */
import { messageOf } from '../../errors.js'
import { methodOf } from '../../engine/request/wire-request.js'
import { IDEMPOTENT } from '../../http-semantics.js'
import type { Gate } from '../../scheduling/gates/gate.js'
import { CookieJar } from '../../sessions/cookies/cookie-jar.js'
import type { PooledProxy, ProxyOutcome } from '../../sessions/proxies/pooled-proxy.js'
import type { ProxyRequest } from '../../sessions/proxies/proxy-options.js'
import { failedBeforeServer, proxyOutcome } from '../../sessions/proxies/proxy-outcome.js'
import type { ProxyLease, ProxyPool } from '../../sessions/proxies/proxy-pool.js'
import { SessionPool, type SessionClient } from '../../sessions/session-pool.js'
import { Session } from '../../sessions/session.js'
import { inContext } from '../../transfer/caller-context.js'
import type { AccessRecord } from '../record/access-record.js'
import type { TransferRecord } from '../record/transfer-record.js'
import { hostKeyOf } from '../../url/url-parts.js'
import { namesProxy, proxyLayer, type CompileProxyOptions } from './access-as-libcurl.js'
import type { AccessSettings } from '../options/access-options.js'
import { isPlain, overProxy, SessionOrders } from './orders.js'
import { factsOf } from './proxy-facts.js'
import { ProxyGates, type ProxyGate } from './proxy-gates.js'
import { UsedFiles } from './used-files.js'
import { ABORTED_BY_CALLBACK, COULDNT_RESOLVE_PROXY } from '../../curl-codes.js'

/** The callbacks of {@link Admission}. */
export interface AdmissionOwner {
  opened(gate: Gate): void
  wakeUp(): void
  /** Called when the session that a transfer has waited for is ready. */
  sessionCame(transfer: TransferRecord): void
  /** Called when that session could not be made or used. `what` begins the message. */
  sessionFailed(transfer: TransferRecord, error: unknown, what: string): void
}

/** The sessions and proxies of the transfers of one instance. */
export class Admission {
  /**
   * The client that session pools use to log a session in. Weak, so that the pools do not keep the instance
   * alive.
   */
  client: WeakRef<SessionClient> | null = null
  /** A strong reference to the client, set once a pool needs it. */
  private neededClient: SessionClient | null = null
  private readonly gates = new Map<ProxyPool, ProxyGates>()
  /** The files that `finishAllRequests()` has to save. */
  readonly files = new UsedFiles()
  private readonly orders = new SessionOrders()

  constructor(
    private readonly owner: AdmissionOwner,
    private readonly compile: CompileProxyOptions,
  ) {}

  /**
   * Takes a new transfer before it is queued, and gives it a session and a gate. Returns true if the transfer
   * has to wait for its session and must not be queued yet.
   */
  enter(transfer: TransferRecord): boolean {
    const { cookieJar, proxies, session } = transfer.settings
    if (cookieJar instanceof CookieJar) this.files.addJar(cookieJar)
    if (session instanceof SessionPool) this.files.addPool(session)
    if ((session ?? proxies ?? null) === null) return false
    const given = transfer.order
    const access: AccessRecord = {
      given,
      base: given,
      session: null,
      sessions: session instanceof SessionPool ? session : null,
      pool: null,
      request: null,
      lease: null,
      error: null,
      isOnWire: false,
      outcome: 'neutral',
      tried: [],
      detours: 0,
      hasChanged: false,
      coming: null,
      dueAt: transfer.queuedAt,
    }
    transfer.access = access
    if (session instanceof SessionPool) return this.takeFrom(session, transfer, access)
    if (session instanceof Session) this.use(transfer, access, session)
    else this.chooseGate(transfer, access)
    return false
  }

  private takeFrom(
    pool: SessionPool,
    transfer: TransferRecord,
    access: AccessRecord,
    other: Session | null = null,
  ): boolean {
    if (pool.needsClient) this.neededClient ??= this.client?.deref() ?? null
    const session = pool.take(this.neededClient, other)
    if (session instanceof Session) {
      this.use(transfer, access, session)
      return false
    }
    access.coming = session
    // False if the transfer was aborted meanwhile: it keeps its record until its outcome is delivered.
    const isStillWaiting = (): boolean =>
      transfer.state === 'delayed' && transfer.access === access && access.coming === session
    session.then(
      (came) => {
        if (isStillWaiting()) this.arrived(transfer, access, came)
      },
      (error: unknown) => {
        if (!isStillWaiting()) return
        access.coming = null
        this.owner.sessionFailed(transfer, error, 'there is no session for it')
      },
    )
    return true
  }

  private arrived(transfer: TransferRecord, access: AccessRecord, session: Session): void {
    access.coming = null
    try {
      this.use(transfer, access, session)
    } catch (error) {
      if (transfer.state === 'delayed')
        this.owner.sessionFailed(transfer, error, 'its session cannot be used')
      return
    }
    // `stickyBy` may have aborted it.
    if (transfer.state === 'delayed') this.owner.sessionCame(transfer)
  }

  /** Returns the time at which a transfer that waited for its session may be launched. */
  dueAtOf(transfer: TransferRecord): number {
    return (transfer.access as AccessRecord).dueAt
  }

  /** Removes the transfer from its gate. Call it when the transfer is done. */
  leave(transfer: TransferRecord): void {
    const access = transfer.access as AccessRecord
    this.leaveGate(transfer, access)
    transfer.access = null
  }

  /** True if the transfer's session can still be used. Checked when it is the transfer's turn. */
  hasSession(transfer: TransferRecord): boolean {
    const { session, sessions, hasChanged } = transfer.access as AccessRecord
    return sessions === null || hasChanged || (session?.isUsable ?? false)
  }

  /**
   * Gives the transfer another session. The transfer must be neither queued nor in flight. Rethrows what the
   * pool's function throws. Returns true if the transfer has to wait for that session.
   */
  changeSession(transfer: TransferRecord, dueAt: number): boolean {
    const access = transfer.access as AccessRecord
    access.dueAt = dueAt
    const pool = access.sessions as SessionPool
    const take = (): boolean => this.takeFrom(pool, transfer, access, access.session)
    const isWaiting = inContext(transfer.caller, take, undefined)
    // A new session that is unusable already is used all the same: the next one would not be better.
    access.hasChanged = !isWaiting && !(access.session?.isUsable ?? false)
    return isWaiting
  }

  /** True if the transfer gets its sessions from a pool. */
  hasPool(transfer: TransferRecord): boolean {
    return (transfer.access as AccessRecord).sessions !== null
  }

  /**
   * Builds the final order of a transfer that is about to be launched. Returns false if that failed; the
   * transfer has failed then.
   */
  launch(transfer: TransferRecord): boolean {
    const access = transfer.access as AccessRecord
    const { session, base, lease, pool, error } = access
    access.hasChanged = false
    if (session !== null) session.uses++
    if (pool !== null && lease === null) {
      if (error !== null)
        transfer.fail(ABORTED_BY_CALLBACK, `the proxy strategy threw: ${messageOf(error)}`, error)
      else transfer.fail(COULDNT_RESOLVE_PROXY, 'the pool has no proxy left', undefined)
      return false
    }
    access.isOnWire = true
    access.outcome = 'neutral'
    transfer.order = base
    if (lease === null) return true
    const proxy = lease.proxy as PooledProxy
    access.tried.push(proxy)
    if (session !== null) session.proxyFingerprint = proxy.fingerprint
    try {
      transfer.order = overProxy(base, proxyLayer(proxy, this.compile), isPlain(access.given))
    } catch (thrown) {
      // A proxy with invalid options was added to the pool later.
      transfer.fail(ABORTED_BY_CALLBACK, messageOf(thrown), thrown)
      return false
    }
    return true
  }

  /**
   * Reports the outcome of an attempt to its session, and judges its proxy. The transfer must still hold its
   * handle.
   */
  learn(transfer: TransferRecord): void {
    const access = transfer.access as AccessRecord
    if (!access.isOnWire) return
    const { lease, pool, session } = access
    const { errno, responseCode, isAborted } = transfer
    if (!isAborted) session?.learn(errno, responseCode)
    if (lease === null || pool === null || isAborted) return
    access.outcome = proxyOutcome(factsOf(transfer, lease), pool.settings.statusCodes)
  }

  /**
   * True if the transfer should be tried through another proxy at once: its proxy failed before anything
   * reached the server, or the response has one of the pool's `statusCodes` and the method is idempotent.
   */
  takesDetour(transfer: TransferRecord): boolean {
    const access = transfer.access as AccessRecord
    const { lease, pool, outcome } = access
    if (lease === null || pool === null || pool.size < 2 || access.detours >= pool.settings.retries)
      return false
    if (outcome !== 'failed' && outcome !== 'suspect') return false
    const wasRefused = outcome === 'failed' && pool.settings.statusCodes.has(transfer.responseCode)
    const mayGo =
      failedBeforeServer(factsOf(transfer, lease), outcome) ||
      (wasRefused && IDEMPOTENT.has(methodOf(transfer.order)))
    if (mayGo) access.detours++
    return mayGo
  }

  /** Returns the number of attempts that do not count against the retry limit, because their proxy failed. */
  detoursOf(transfer: TransferRecord): number {
    return (transfer.access as AccessRecord).detours
  }

  /** Chooses the gate again for another attempt: another proxy, unless a key binds the transfer to one. */
  prepareAgain(transfer: TransferRecord): void {
    const access = transfer.access as AccessRecord
    if (access.pool === null || access.tried.length === 0) return
    this.leaveGate(transfer, access)
    const choose = (): void => {
      this.chooseGate(transfer, access)
    }
    inContext(transfer.caller, choose, undefined)
  }

  /**
   * Called when no transfer can start although not all slots are in use. Returns true if a gate was woken.
   */
  passOn(now: number): boolean {
    let hasWoken = false
    for (const gates of this.gates.values()) if (gates.passOn(now)) hasWoken = true
    return hasWoken
  }

  private use(transfer: TransferRecord, access: AccessRecord, session: Session): void {
    const { cookieJar } = session
    if (cookieJar !== null) this.files.addJar(cookieJar)
    access.session = session
    transfer.session = session
    transfer.order = access.base = this.orders.of(session, access.given)
    this.leaveGate(transfer, access)
    this.chooseGate(transfer, access)
  }

  /** A proxy set on the request wins over the session's proxy, which wins over the shared one. */
  private chooseGate(transfer: TransferRecord, access: AccessRecord): void {
    const { given, session } = access
    const { shared, own } = given.options
    const ofRequest = own !== null && namesProxy(own) ? own.settings : null
    const settings = ofRequest ?? (session?.proxyUrl === undefined ? shared.settings : {})
    const pool = (settings as AccessSettings).proxies ?? null
    access.pool = pool
    transfer.gate = null
    if (pool === null) return
    const gates = this.gatesOf(pool)
    const { url } = transfer
    const host = hostKeyOf(url)
    const key = pool.keyFor({ url, host, ...(session === null ? {} : { key: session }) })
    if (session?.proxyFingerprint !== undefined) pool.rebind(session, session.proxyFingerprint)
    // A transfer that is bound to a proxy keeps it until the pool drops that proxy. Others avoid the proxies
    // they have tried, as long as one is left.
    const others = pool.size - 1
    const tried = key === undefined && others > 0 ? access.tried.slice(-others) : []
    access.request = {
      url,
      host,
      ...(key === undefined ? {} : { key }),
      ...(tried.length === 0 ? {} : { exclude: tried }),
    }
    transfer.gate = gates.enter(key, tried)
  }

  private leaveGate(transfer: TransferRecord, access: AccessRecord): void {
    const gate = transfer.gate as ProxyGate | null
    if (gate === null || access.pool === null) return
    const gates = this.gatesOf(access.pool)
    gates.leave(gate)
    // An empty gate must not stay in the scheduler's queue.
    if (gate.members === 0) this.owner.opened(gate)
    transfer.gate = null
    if (gates.isUnused) this.gates.delete(access.pool)
  }

  private gatesOf(pool: ProxyPool): ProxyGates {
    let gates = this.gates.get(pool)
    if (gates === undefined) {
      gates = new ProxyGates(pool, {
        opened: (gate) => {
          this.owner.opened(gate)
        },
        wakeUp: () => {
          this.owner.wakeUp()
        },
        request: (transfer) => (transfer.access as AccessRecord).request as ProxyRequest,
        granted: (transfer, lease, error) => {
          Object.assign(transfer.access as AccessRecord, { lease, error })
        },
        returned: (transfer) => this.takeLease(transfer.access as AccessRecord),
      })
      this.gates.set(pool, gates)
    }
    return gates
  }

  private takeLease(access: AccessRecord): { lease: ProxyLease; outcome: ProxyOutcome } | null {
    const { lease, isOnWire, outcome } = access
    access.lease = null
    access.isOnWire = false
    return lease === null ? null : { lease, outcome: isOnWire ? outcome : 'neutral' }
  }
}
