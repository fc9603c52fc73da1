/**
 * The dispatcher's record of a request: its outcome, which is what people get, and all that is needed to run
 * it. Does not know how any of it is done.
 */
import type { EngineTransfer } from '../../engine/request/engine-transfer.js'
import type { LaunchOrder } from '../../engine/request/wire-request.js'
import type { Gate } from '../../scheduling/gate.js'
import type { HostGate } from '../../scheduling/host-gate.js'
import type { QueuedTransfer } from '../../scheduling/queued-transfer.js'
import { Transfer, type RequestCallback } from '../../transfer/transfer.js'
import type { BodySink, BodySource, OutcomeSettings, TransferContext } from '../../transfer/transfer-types.js'
import type { AccessSettings } from '../options/access-options.js'
import type { BodySettings } from '../options/body-options.js'
import type { RunSettings } from '../options/run-options.js'
import type { AccessRecord } from './access-record.js'

/** Takes a transfer that is done, in the place of a callback. */
export interface TransferSink {
  deliver(transfer: TransferRecord): void
}

/** The settings of a request that are not libcurl's. */
export type RecordSettings = OutcomeSettings & RunSettings & AccessSettings & BodySettings

/** One request as the dispatcher runs it. People get it as a {@link Transfer}, and see only that. */
export class TransferRecord extends Transfer implements EngineTransfer, QueuedTransfer {
  declare readonly settings: RecordSettings
  /** Compiled options and body. */
  order: LaunchOrder
  /** Not by the type of its user data: a `Transfer<string>` is a `Transfer<unknown>`, too. */
  callback: RequestCallback<never> | null = null
  /** Gets it in the place of a callback: `request()`, `stream()`. */
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
  /** Its session and its proxy; null: it has neither. */
  access: AccessRecord | null = null
  /** Its entry among the deadlines. */
  deadline: { transfer: TransferRecord | null } | null = null
  /** Its index among those of its stream that are not done. */
  streamPlace = 0

  isAborted = false
  head: '' | 'doubtful' | 'watched' = ''
  restarts = 0
  /** Attempts that do not count against the limit of retries: they went well, and it took another one. */
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
    this.order = order
  }

  /** Lets go of the options and the body: nothing is launched after this. */
  dropOrder(): void {
    ;(this as { order: LaunchOrder | null }).order = null
  }
}
