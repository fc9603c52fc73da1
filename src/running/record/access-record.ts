/** The session and the proxy of one request, as far as they were chosen. Types only: does not choose them. */
import type { LaunchOrder } from '../../engine/request/wire-request.js'
import type { PooledProxy, ProxyOutcome } from '../../sessions/proxies/pooled-proxy.js'
import type { ProxyRequest } from '../../sessions/proxies/proxy-options.js'
import type { ProxyLease, ProxyPool } from '../../sessions/proxies/proxy-pool.js'
import type { SessionPool } from '../../sessions/session-pool.js'
import type { Session } from '../../sessions/session.js'

/** The state of a transfer that has a session or a proxy. */
export interface AccessRecord {
  /** The order without the options of the session and of the proxy. */
  readonly given: LaunchOrder
  /** The order with the options of the session. */
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
  /** The number of attempts that were repeated through another proxy because the proxy had failed. */
  detours: number
  /** True if the session was replaced since the last launch. */
  hasChanged: boolean
  /** The session that the transfer waits for. */
  coming: Promise<Session> | null
  /** The time at which the transfer may be launched once the session is ready. */
  dueAt: number
}
