/**
 * The seam between the engine's handles and the network: what stands in for the network (a mock, a recording that
 * is played back), or listens to it (a recording). Types, and the one of all engines. Does not know what stands
 * there.
 */
import type { CompiledOptions } from '../../options/values/compiled-options.js'
import type { InfoValue } from '../../transfer/transfer-types.js'
import type { NativeEasy } from '../node-libcurl/binding.js'
import type { EngineTransfer } from './engine-transfer.js'
import type { LaunchOrder } from './wire-request.js'

/** A handle between its configuration and its end, as a {@link Wire} sees it. */
export interface WiredHandle {
  /** Changes only between two transfers. */
  readonly easy: NativeEasy
  readonly transfer: EngineTransfer | null
  readonly order: LaunchOrder | null
  /** True if the open connection is the result: `connect()`, `webSocket()`. */
  readonly keepsConnection: boolean
  /** Null makes the next transfer set all of its options: needed where options were set here. */
  configuredFor: CompiledOptions | null
  /** Returns an info of the attempt, also while it is in flight. Not on libcurl's stack. */
  readInfo(id: number): InfoValue
}

/** The function of the engine that ends a transfer on the wire. */
export interface Canceller {
  /** Ends a transfer with a code. `reason` becomes its `cause`, and is in its message. */
  cancel(transfer: EngineTransfer, reason: unknown, code: number): void
}

/** Stands between handles and the network. One may serve several engines. */
export interface Wire {
  /**
   * Called with each attempt when its handle is configured, before it is put on the wire. Returns libcurl's code: if
   * it is not 0, the attempt ends with it at once, and nothing is sent.
   */
  begin(handle: WiredHandle, canceller: Canceller): number
  /**
   * Called once an attempt has its outcome, while its infos can be read. An attempt that could not be configured
   * ends without {@link begin}.
   */
  end(handle: WiredHandle): void
}

/** What stands there for all engines that have nothing of their own, in place of the network; null: nothing. */
export const everywhere: { wire: Wire | null } = { wire: null }

/** Returns what stands there for an engine. */
export function wireOf(own: Wire | null): Wire | null {
  return own ?? everywhere.wire
}
