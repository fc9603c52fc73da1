/**
 * The engine's view of a transfer, beside its outcome: its options, and the source and sink of its bodies.
 * Does not know who waits for it.
 */
import type { Transfer } from '../../transfer/transfer.js'
import type { BodySink, BodySource } from '../../transfer/transfer-types.js'
import type { LaunchOrder } from './wire-request.js'

/** A transfer that can be launched. */
export interface EngineTransfer extends Transfer {
  /** The compiled options and the body. */
  readonly order: LaunchOrder
  /** Receives the response body; null if the body is kept in memory. */
  readonly bodySink: BodySink | null
  /** Gives the request body; null if libcurl has it already, or there is none. */
  readonly bodySource: BodySource | null
  /** True if the transfer was aborted: there will be no further attempt. */
  readonly isAborted: boolean
  /** The number of restarts because no server had processed the request. */
  readonly restarts: number
  /**
   * The state of the response head. `''`: no doubt about it; `'doubtful'`: there was no body, and it is not
   * known if the head was complete; `'watched'`: the last attempt was doubtful, and this attempt reads the
   * header lines.
   */
  head: '' | 'doubtful' | 'watched'
}

/** The caller that launches transfers. */
export interface EngineOwner {
  /** Receives transfers that have ended: the same objects that were launched. */
  settled(batch: EngineTransfer[], now: number): void
}
