/**
 * As whom transfers go out: gives them their session and their proxy before they are launched, and takes note
 * of how it went. Does not know the line, nor how a transfer gets on the wire.
 */
import { messageOf } from '../../errors.js'
import { methodOf } from '../../engine/request/wire-request.js'
import { IDEMPOTENT } from '../../http-semantics.js'
import type { Gate } from '../../scheduling/gate.js'
import { CookieJar } from '../../sessions/cookies/cookie-jar.js'
import type { PooledProxy, ProxyOutcome } from '../../sessions/proxies/pooled-proxy.js'
import type { ProxyRequest } from '../../sessions/proxies/proxy-options.js'
import { failedBeforeServer, proxyOutcome } from '../../sessions/proxies/proxy-outcome.js'
import type { ProxyLease, ProxyPool } from '../../sessions/proxies/proxy-pool.js'
import { SessionPool, type SessionClient } from '../../sessions/session-pool.js'
import { Session } from '../../sessions/session.js'
import type { AccessRecord } from '../record/access-record.js'
import type { TransferRecord } from '../record/transfer-record.js'
import { hostKeyOf } from '../../url/url-parts.js'
import { namesProxy, proxyLayer, type CompileProxyOptions } from './access-as-libcurl.js'
import type { AccessSettings } from '../options/access-options.js'
import { isPlain, overProxy, SessionOrders } from './orders.js'
import { factsOf } from './proxy-facts.js'
import { ProxyGates, type ProxyGate } from './proxy-gates.js'
import { ABORTED_BY_CALLBACK } from '../../curl-codes.js'

const COULDNT_RESOLVE_PROXY = 5

/** What admission needs of those who launch. */
export interface AdmissionHost {
  opened(gate: Gate): void
  wakeUp(): void
  /** The session that a transfer has waited for is there; or there is none, and why. */
  sessionCame(transfer: TransferRecord): void
  sessionFailed(transfer: TransferRecord, error: unknown): void
}

/** Sessions and proxies of the transfers of one instance. */
export class Admission {
  /** Whose requests these are: for those who log a session in. */
  client: WeakRef<SessionClient> | null = null
  /** Held where a pool needs it. */
  private neededClient: SessionClient | null = null
  private readonly gates = new Map<ProxyPool, ProxyGates>()
  /** What has to be saved when everything is finished. */
  private readonly used = new Set<CookieJar | SessionPool>()
  private readonly orders = new SessionOrders()

  constructor(
    private readonly host: AdmissionHost,
    private readonly compile: CompileProxyOptions,
  ) {}

  /**
   * Takes a transfer that is new, before it gets into line. True: it waits for its session, and is not to get
   * into line yet.
   */
  enter(transfer: TransferRecord): boolean {
    const { cookieJar, proxies, session } = transfer.settings
    if (cookieJar instanceof CookieJar && cookieJar.path !== null) this.used.add(cookieJar)
    if (session instanceof SessionPool) this.used.add(session)
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
    // It may have been aborted meanwhile, which is over then.
    const isStillWaiting = (): boolean => transfer.access === access && access.coming === session
    session.then(
      (came) => {
        if (!isStillWaiting()) return
        access.coming = null
        this.use(transfer, access, came)
        this.host.sessionCame(transfer)
      },
      (error: unknown) => {
        if (!isStillWaiting()) return
        access.coming = null
        this.host.sessionFailed(transfer, error)
      },
    )
    return true
  }

  /** When a transfer that has waited for its session may go on. */
  dueAtOf(transfer: TransferRecord): number {
    return (transfer.access as AccessRecord).dueAt
  }

  /** The transfer is done, and holds nothing any longer. */
  leave(transfer: TransferRecord): void {
    const access = transfer.access as AccessRecord
    this.leaveGate(transfer, access)
    transfer.access = null
  }

  /** Whether a transfer whose turn it is has a session that may still be used. */
  hasSession(transfer: TransferRecord): boolean {
    const { session, sessions, hasChanged } = transfer.access as AccessRecord
    return sessions === null || hasChanged || (session?.isUsable ?? false)
  }

  /**
   * Gives it another session: it is neither in line nor on the wire. What the pool's function throws comes
   * through. True: it waits for that session.
   */
  changeSession(transfer: TransferRecord, dueAt: number): boolean {
    const access = transfer.access as AccessRecord
    access.dueAt = dueAt
    const isWaiting = this.takeFrom(access.sessions as SessionPool, transfer, access, access.session)
    // One that could not be used from the beginning is used all the same: the next one would be no better.
    access.hasChanged = !isWaiting && !(access.session?.isUsable ?? false)
    return isWaiting
  }

  /** Whether a pool gives it its sessions. */
  hasPool(transfer: TransferRecord): boolean {
    return (transfer.access as AccessRecord).sessions !== null
  }

  /** Completes the order of a transfer that is about to go. False: it cannot, and has failed. */
  launch(transfer: TransferRecord): boolean {
    const access = transfer.access as AccessRecord
    const { session, base, lease, pool, error } = access
    access.hasChanged = false
    if (session !== null) session.uses++
    if (pool !== null && lease === null) {
      if (error !== null)
        transfer.fail(ABORTED_BY_CALLBACK, `the strategy of the proxies threw: ${messageOf(error)}`, error)
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
      // A proxy that was added later, with options that are wrong.
      transfer.fail(ABORTED_BY_CALLBACK, messageOf(thrown), thrown)
      return false
    }
    return true
  }

  /** An attempt is over, and its handle still held: what it says of session and proxy. */
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
   * Whether the transfer is to be tried through another proxy at once, because its own has failed before
   * anything reached the server, or has been refused by a status that was named.
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

  /** How many of the attempts so far do not count as the request's own. */
  detoursOf(transfer: TransferRecord): number {
    return (transfer.access as AccessRecord).detours
  }

  /** It will be tried again: elsewhere, where nothing binds it. */
  prepareAgain(transfer: TransferRecord): void {
    const access = transfer.access as AccessRecord
    if (access.pool === null || access.tried.length === 0) return
    this.leaveGate(transfer, access)
    this.chooseGate(transfer, access)
  }

  /**
   * Nobody else may start, and nothing is full. Returns whether somebody may start now who could not before.
   */
  passOn(now: number): boolean {
    let hasWoken = false
    for (const gates of this.gates.values()) if (gates.passOn(now)) hasWoken = true
    return hasWoken
  }

  /**
   * Saves the jars and the sessions that have been used. Rejects with what went wrong; the others are saved
   * then.
   */
  async save(): Promise<void> {
    const used = [...this.used]
    this.used.clear()
    const errors: unknown[] = []
    const save = async (jar: CookieJar | SessionPool): Promise<void> => {
      try {
        await jar.saveChanges()
      } catch (error) {
        this.used.add(jar)
        errors.push(error)
      }
    }
    await Promise.all(used.map(save))
    if (errors.length === 1) throw errors[0]
    if (errors.length > 1)
      throw new AggregateError(errors, `${String(errors.length)} files could not be saved`)
  }

  /** Whether {@link save} has anything to do. */
  get hasToSave(): boolean {
    return this.used.size > 0
  }

  private use(transfer: TransferRecord, access: AccessRecord, session: Session): void {
    const { cookieJar } = session
    if (cookieJar !== null && cookieJar.path !== null) this.used.add(cookieJar)
    access.session = session
    transfer.session = session
    transfer.order = access.base = this.orders.of(session, access.given)
    this.leaveGate(transfer, access)
    this.chooseGate(transfer, access)
  }

  /** A request's own proxy or proxies go before its session's, and those before the shared ones. */
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
    // Whoever keeps a proxy leaves it when that has failed, and not before.
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
    // Where nobody stands any longer, the line need not know of it.
    if (gate.members === 0) this.host.opened(gate)
    transfer.gate = null
    if (gates.isUnused) this.gates.delete(access.pool)
  }

  private gatesOf(pool: ProxyPool): ProxyGates {
    let gates = this.gates.get(pool)
    if (gates === undefined) {
      gates = new ProxyGates(pool, {
        opened: (gate) => {
          this.host.opened(gate)
        },
        wakeUp: () => {
          this.host.wakeUp()
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
