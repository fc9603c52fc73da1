/**
 * One request whose file several transfers fetch, each a segment of it (`segments`). Sends them, gives the
 * range of one that fails to the others, and makes one outcome of theirs. Does not know ranges.
 */
import { ABORTED_BY_CALLBACK, PARTIAL_FILE, WRITE_ERROR } from '../../../curl-codes.js'
import { messageOf } from '../../../errors.js'
import { WRITE_FAILED, type DownloadSpec } from '../../../bodies/files/download-target.js'
import { SegmentSink } from '../../../bodies/segments/segment-sink.js'
import { SegmentedDownload, type SegmentsOwner } from '../../../bodies/segments/segmented-download.js'
import { inContext } from '../../../transfer/caller-context.js'
import type { Transfer } from '../../../transfer/transfer.js'
import type { OutputFile } from '../../../transfer/transfer-types.js'
import type { TransferRecord, TransferSink } from '../../record/transfer-record.js'
import { Flight, type FlightOwner } from './flights.js'

/** How a file is fetched in segments. */
export interface SegmentOrder {
  readonly spec: DownloadSpec
  /** The most requests at a time. */
  readonly count: number
  /** The longest file that is fetched in segments. Bytes. */
  readonly maxSize: number
  /** Makes the transfer of one segment. */
  makePart(): TransferRecord
}

interface Stop {
  readonly reason: unknown
  readonly errno: number
}

/** The transfers of one request. */
export class SegmentFlight extends Flight implements TransferSink {
  /** The first transfer; if the request fails, the one that has made it fail. */
  sharedTransfer: TransferRecord
  private readonly download: SegmentedDownload
  /** The transfers that have no outcome yet. */
  private readonly parts = new Set<TransferRecord>()
  private allowed: number
  private receivedBytes = 0
  private settledAt = 0
  private stop: Stop | null = null
  /** True if the outcome is that of {@link sharedTransfer}, or was never to come. */
  private isOver = false
  private isLanding = false

  constructor(
    private readonly asker: TransferRecord,
    private readonly order: SegmentOrder,
    private readonly owner: FlightOwner,
  ) {
    super()
    const events: SegmentsOwner = {
      // Not on libcurl's stack.
      onRanges: () => setImmediate(() => this.goOn()),
      onMismatch: () => {
        // The request for the whole file may be sent before they are aborted.
        const segments = [...this.parts]
        setImmediate(() => {
          this.abortParts(segments, new Error('the file on the server has changed'), ABORTED_BY_CALLBACK)
        })
      },
      onWriteFailure: (error) => {
        this.end(error, WRITE_ERROR)
      },
    }
    this.allowed = order.count
    this.download = new SegmentedDownload(this.specFor(order.spec), order.count, order.maxSize, events)
    this.sharedTransfer = this.makePart()
    this.sharedTransfer.bodySink = new SegmentSink(this.sharedTransfer, this.download, null)
    this.sharedTransfer.trace = asker.trace
    this.sharedTransfer.onLaunch = () => {
      asker.reportLaunch()
    }
  }

  /** The unfinished transfers. */
  get unfinished(): ReadonlySet<TransferRecord> {
    return this.parts
  }

  /** The bytes of the transfers that have ended. */
  get endedBytes(): number {
    return this.receivedBytes
  }

  /** The length of what is fetched in this run; null if it is not known. Bytes. */
  get expectedBytes(): number | null {
    return this.isOver ? null : this.download.expectedBytes
  }

  leave(_asker: TransferRecord, reason: unknown, errno: number): void {
    this.end(reason, errno)
  }

  giveBack(asker: Transfer): void {
    asker.letGo()
    this.owner.release(this.sharedTransfer)
  }

  /** Takes the outcome of one transfer. */
  deliver(part: TransferRecord): void {
    this.parts.delete(part)
    this.receivedBytes += part.receivedBytes
    this.settledAt = part.settledAt
    const sink = part.bodySink as SegmentSink
    sink.close()
    if (!sink.isComplete || sink.hasWriteFailure) this.lose(part, sink)
    if (part !== this.sharedTransfer) this.owner.release(part)
    this.goOn()
  }

  private lose(part: TransferRecord, sink: SegmentSink): void {
    const isOutcome = sink.single !== null || sink.hasWriteFailure || this.stop !== null
    if (!isOutcome) {
      if (this.download.isMismatched) return
      // Many servers refuse a client that has several connections. The others take the range over.
      if (this.parts.size > 0) {
        this.allowed = Math.max(1, this.allowed - 1)
        return
      }
    }
    const hadOutcome = this.isOver
    this.isOver = true
    if (hadOutcome && !sink.hasWriteFailure) return
    if (this.sharedTransfer !== part && !this.parts.has(this.sharedTransfer))
      this.owner.release(this.sharedTransfer)
    this.sharedTransfer = part
  }

  /** Sends what may be sent. Ends the flight if nothing is left to wait for. */
  private goOn(): void {
    if (this.isLanding) return
    const { parts, download } = this
    while (this.stop === null && !this.isOver && !download.isMismatched && parts.size < this.allowed) {
      const isOnWire = [...parts].every(({ state }) => state === 'inFlight')
      const segment = download.hasRanges ? download.plan.take(isOnWire) : null
      if (segment === null) break
      const part = this.makePart()
      part.bodySink = new SegmentSink(part, download, segment)
      this.owner.submitAhead(part)
    }
    if (parts.size > 0) return
    this.isLanding = true
    void this.land()
  }

  private async land(): Promise<void> {
    const { download } = this
    let output: OutputFile | null = null
    let problem: { error: unknown } | null = null
    try {
      const { isOver, stop } = this
      if (isOver && this.isSingle) output = this.sharedTransfer.output
      else if (!isOver && stop === null && download.plan.isComplete && !download.isMismatched)
        output = await download.complete()
      else {
        await download.abandon()
        if (download.isMismatched && !isOver && this.stop === null) {
          this.isLanding = false
          this.fetchWhole()
          return
        }
      }
    } catch (error) {
      problem = { error }
      await download.abandon().catch(() => undefined)
    }
    this.settle(output, problem)
  }

  private get isSingle(): boolean {
    return (this.sharedTransfer.bodySink as SegmentSink).single !== null
  }

  /** Fetches the whole file by one request, because the segments do not fit together. */
  private fetchWhole(): void {
    const part = this.makePart()
    const sink = new SegmentSink(part, this.download, null)
    sink.takeWhole()
    part.bodySink = sink
    this.receivedBytes = 0
    this.owner.submitAhead(part)
  }

  private settle(output: OutputFile | null, problem: { error: unknown } | null): void {
    const { asker, sharedTransfer, stop } = this
    asker.share(sharedTransfer, this)
    asker.settledAt = this.settledAt
    asker.receivedBytes = this.receivedBytes
    if (output !== null) {
      asker.output = output
      // The first transfer may have been cut when another one took its end over.
      asker.fail(0, '', undefined)
    } else if (problem !== null)
      asker.fail(WRITE_ERROR, `${WRITE_FAILED}: ${messageOf(problem.error)}`, problem.error)
    else if (stop !== null && asker.errno === 0)
      asker.fail(stop.errno, `aborted: ${messageOf(stop.reason)}`, stop.reason)
    else if (asker.errno === 0 && (sharedTransfer.bodySink as SegmentSink).isShort)
      // libcurl sees a whole response: the server has sent nothing of the range that it named.
      asker.fail(PARTIAL_FILE, `Transferred a partial file: ${this.download.shortage}`, undefined)
    this.owner.report(asker)
  }

  private end(reason: unknown, errno: number): void {
    this.stop ??= { reason, errno }
    this.abortParts([...this.parts], reason, errno)
  }

  private abortParts(parts: readonly TransferRecord[], reason: unknown, errno: number): void {
    for (const part of parts) if (this.parts.has(part)) this.owner.abort(part, reason, errno)
  }

  private makePart(): TransferRecord {
    const part = this.order.makePart()
    part.sink = this
    part.priority = this.asker.priority
    part.isAwaited = this.asker.isAwaited
    this.parts.add(part)
    return part
  }

  /** A function that names the file gets the request, with the first response. */
  private specFor(spec: DownloadSpec): DownloadSpec {
    const { output } = spec
    if (typeof output !== 'function') return spec
    return {
      ...spec,
      output: (part) => {
        const { asker } = this
        asker.headerLines = part.headerLines
        asker.responseCode = part.responseCode
        asker.source = this
        return inContext(asker.caller, output, undefined, asker)
      },
    }
  }
}
