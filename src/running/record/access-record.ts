/**
 * The session and the proxy of one request, as far as they are chosen. Types only: does not know how they are
 * chosen.
 */
import type { LaunchOrder } from '../../engine/request/wire-request.js'
import type { PooledProxy, ProxyOutcome } from '../../sessions/proxies/pooled-proxy.js'
import type { ProxyRequest } from '../../sessions/proxies/proxy-options.js'
import type { ProxyLease, ProxyPool } from '../../sessions/proxies/proxy-pool.js'
import type { SessionPool } from '../../sessions/session-pool.js'
import type { Session } from '../../sessions/session.js'

/** What is known of a transfer that has a session or a proxy. */
export interface AccessRecord {
  /** The order without what a proxy has put over it, and without what a session has put under it. */
  readonly given: LaunchOrder
  /** The order with the session. */
  base: LaunchOrder
  session: Session | null
  readonly sessions: SessionPool | null
  pool: ProxyPool | null
  request: ProxyRequest | null
  lease: ProxyLease | null
  error: unknown
  isOnWire: boolean
  outcome: ProxyOutcome
  tried: PooledProxy[]
  /** How often it has gone elsewhere because its proxy had failed. */
  detours: number
  /** Whether its session has been changed since it was launched last. */
  hasChanged: boolean
  /** The session that it waits for. */
  coming: Promise<Session> | null
  /** When it may go on, once it has that. */
  dueAt: number
}
