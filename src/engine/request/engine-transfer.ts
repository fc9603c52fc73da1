/**
 * What the engine needs of a transfer beside its outcome: how it is launched, and where its bodies go and
 * come from. Does not know who waits for it.
 */
import type { Transfer } from '../../transfer/transfer.js'
import type { BodySink, BodySource } from '../../transfer/transfer-types.js'
import type { LaunchOrder } from './wire-request.js'

/** A transfer that can be launched. */
export interface EngineTransfer extends Transfer {
  /** Its compiled options and its body. */
  readonly order: LaunchOrder
  /** Takes the body of the response; null: memory does. */
  readonly bodySink: BodySink | null
  /** Gives the body of the request; null: libcurl has it, or there is none. */
  readonly bodySource: BodySource | null
  /** Whether it has been aborted: there is no other attempt. */
  readonly isAborted: boolean
  /** How often it was started again because no server had looked at it. */
  readonly restarts: number
  /**
   * Whether the head of its response has come to its end. `''`: nothing speaks against it; `'doubtful'`: it
   * is not known, and there was no body; `'watched'`: it was not known, and this is the attempt that finds
   * out.
   */
  head: '' | 'doubtful' | 'watched'
}
