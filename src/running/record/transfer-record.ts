/**
 * The dispatcher's record of a request: its public outcome, and everything that running it needs. Holds no
 * behaviour.
 */
import type { EngineTransfer } from '../../engine/request/engine-transfer.js'
import type { LaunchOrder } from '../../engine/request/wire-request.js'
import type { Gate } from '../../scheduling/gates/gate.js'
import type { HostGate } from '../../scheduling/gates/host-gate.js'
import type { QueuedTransfer } from '../../scheduling/gates/queued-transfer.js'
import { callerContext } from '../../transfer/caller-context.js'
import { Transfer, type RequestCallback } from '../../transfer/transfer.js'
import type { BodySink, BodySource, OutcomeSettings, TransferContext } from '../../transfer/transfer-types.js'
import type { AccessSettings } from '../options/access-options.js'
import type { BodySettings } from '../options/body-options.js'
import type { CacheSettings } from '../options/cache-options.js'
import type { RunSettings } from '../options/run-options.js'
import type { AccessRecord } from './access-record.js'

/** Receives a finished transfer in place of a callback. */
export interface TransferSink {
  deliver(transfer: TransferRecord): void
}

/** The settings of a request that are not libcurl's. */
export type RecordSettings = OutcomeSettings & RunSettings & AccessSettings & BodySettings & CacheSettings

/** A request as the dispatcher runs it. Users get it as a {@link Transfer} and see only that type. */
export class TransferRecord extends Transfer implements EngineTransfer, QueuedTransfer {
  declare readonly settings: RecordSettings
  /** The compiled options and the body. */
  order: LaunchOrder
  /**
   * Typed `never` instead of by user data, because a `Transfer<string>` must be usable as a
   * `Transfer<unknown>`.
   */
  callback: RequestCallback<never> | null = null
  /** Receives the transfer in place of a callback, for `request()` and `stream()`. */
  sink: TransferSink | null = null
  /** Resolves the promise of `startRequest()`. */
  onLaunch: (() => void) | null = null

  bodySink: BodySink | null = null
  bodySource: BodySource | null = null

  priority = 0
  isAwaited = false
  place = 0
  dueAt = 0
  hostGate: HostGate | null = null
  gate: Gate | null = null
  /** The session and proxy of the transfer; null if it has neither. */
  access: AccessRecord | null = null
  /** The transfer's entry in the list of deadlines. */
  deadline: { transfer: TransferRecord | null } | null = null
  /** The index in the stream's list of unfinished transfers. */
  streamPlace = 0

  isAborted = false
  head: '' | 'doubtful' | 'watched' = ''
  restarts = 0
  /**
   * The attempts that do not count against the retry limit, because they succeeded and another attempt was
   * still needed.
   */
  uncounted = 0

  constructor(
    context: TransferContext,
    id: number,
    url: string,
    settings: RecordSettings,
    order: LaunchOrder,
    queuedAt: number,
  ) {
    super(context, id, url, settings, queuedAt)
    this.caller = callerContext()
    this.order = order
  }

  /** Resolves the promise of `startRequest()`, once. */
  reportLaunch(): void {
    const { onLaunch } = this
    if (onLaunch === null) return
    this.onLaunch = null
    onLaunch()
  }

  /** Drops the options and the body. The transfer cannot be launched afterwards. */
  dropOrder(): void {
    ;(this as { order: LaunchOrder | null }).order = null
  }
}
