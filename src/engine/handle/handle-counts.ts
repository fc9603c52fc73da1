/** The numbers of native handles, for tests of what is reused. Does not know transfers. */
import type { MultiHandles } from '../connections/multi-handles.js'
import type { EasyPool } from './easy-pool.js'

/** A snapshot. */
export interface HandleCounts {
  /** Easy handles that were created so far. */
  readonly created: number
  /** Easy handles that wait in the pool. */
  readonly idle: number
  /** Easy handles with a transfer on the wire. */
  readonly live: number
  readonly multiHandles: number
  /** Transfers on the wire in the main multi handle. */
  readonly liveInMain: number
}

/** Counts the handles of an engine. */
export function countHandles(pool: EasyPool, multiHandles: MultiHandles, live: number): HandleCounts {
  return {
    created: pool.created,
    idle: pool.idleCount,
    live,
    multiHandles: multiHandles.size,
    liveInMain: multiHandles.main.live,
  }
}
