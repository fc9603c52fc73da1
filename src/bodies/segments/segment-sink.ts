/**
 * The response body of one request for a segment of a file. Goes on where an attempt was cut off, and stops at
 * the end of its segment. The first request of a file becomes a download of the whole file if the server does
 * not send ranges. Does not know the other requests.
 */
import { ABORTED_BY_CALLBACK, PARTIAL_FILE, WRITE_ERROR } from '../../curl-codes.js'
import { BodyFault, messageOf } from '../../errors.js'
import type { Transfer } from '../../transfer/transfer.js'
import type { BodySink } from '../../transfer/transfer-types.js'
import { Download, MAX_KEPT } from '../files/download.js'
import { WRITE_FAILED } from '../files/download-target.js'
import { FileWriter } from '../files/file-writer.js'
import {
  continues,
  isNoFile,
  isPartial,
  RANGE_NOT_SATISFIABLE,
  readAnswer,
  type Answer,
  type Entity,
} from '../files/resumable-entity.js'
import type { Segment } from './segment-plan.js'
import type { SegmentedDownload } from './segmented-download.js'

/** The sink of one request. */
export class SegmentSink implements BodySink {
  requestHeaders: readonly string[] = []
  /** The download of the whole file by this request alone; null as long as it fetches a segment. */
  single: Download | null = null
  /** True if nothing can be written. */
  hasWriteFailure = false
  /** The segment; null until the first attempt of the first request begins. */
  private segment: Segment | null
  private writer: FileWriter | null = null
  /** The destination of the body in this attempt; null until the body begins. */
  private destination: 'file' | 'memory' | null = null
  /** The offset at which this attempt began. */
  private from = 0
  /** The offset after the last byte that this response brings. */
  private until = 0
  private keptBytes = 0
  /** True if the request has to be sent again, for the whole file. */
  private isTurned = false
  private isFinished = false

  /** @param segment null for the first request of a file */
  constructor(
    private readonly transfer: Transfer,
    private readonly download: SegmentedDownload,
    segment: Segment | null,
  ) {
    this.segment = segment
  }

  get isFull(): boolean {
    return this.single?.isFull ?? this.writer?.isFull ?? false
  }

  /** True if no other attempt is of use: everything is there, or it cannot be joined to a file. */
  get isCommitted(): boolean {
    return this.single === null && (this.isComplete || this.download.isMismatched)
  }

  /** True if all bytes of the segment were received. */
  get isComplete(): boolean {
    return this.segment !== null && this.segment.at >= this.segment.end
  }

  /** True if the last response was a part of the file, and brought less than the segment. */
  get isShort(): boolean {
    return this.single === null && this.destination === 'file' && !this.isComplete
  }

  get isToRestart(): boolean {
    if (this.isTurned) return true
    if (this.single !== null) return this.single.isToRestart
    const { transfer, download, destination, from, segment } = this
    if (download.isMismatched || segment === null) return false
    if (destination !== 'file' && this.answer().status === RANGE_NOT_SATISFIABLE) {
      if (download.hasRanges) download.mismatch()
      else this.turn()
      return this.isTurned
    }
    // The server sent less than the requested range, which HTTP allows.
    return transfer.errno === 0 && destination === 'file' && segment.at > from && !this.isComplete
  }

  begin(): void {
    this.isTurned = false
    if (this.single !== null) {
      this.single.begin()
      this.requestHeaders = this.single.requestHeaders
      return
    }
    const segment = (this.segment ??= this.download.takeFirst(this.transfer))
    this.destination = null
    this.keptBytes = 0
    this.from = segment.at
    const range = `Range: bytes=${String(segment.at)}-${String(segment.end - 1)}`
    const validator = this.download.entity?.validator ?? null
    this.requestHeaders = validator === null ? [range] : [range, `If-Range: ${validator}`]
  }

  write(chunk: Buffer): boolean {
    if (this.single === null && this.destination === null) this.start()
    if (this.single !== null) return this.single.write(chunk)
    if (this.destination === 'memory') {
      this.keptBytes += chunk.length
      // As in a download by one request: an error page can be endless.
      return this.keptBytes > MAX_KEPT
    }
    this.put(chunk)
    return true
  }

  headersArrived(): void {
    /* Nothing to do: these headers may be those of a redirect. start() reads them when the body begins. */
  }

  finish(): Promise<void> | null {
    if (this.isFinished) return null
    const { transfer } = this
    try {
      // A body of 0 bytes.
      const isEmpty = this.single === null && this.destination === null && transfer.errno === 0
      if (isEmpty && transfer.getInfo('CONDITION_UNMET') !== 1) this.start()
    } catch (error) {
      transfer.fail(error instanceof BodyFault ? error.errno : WRITE_ERROR, messageOf(error), error)
    }
    if (this.single !== null) return this.single.finish()
    this.isFinished = true
    return this.writer === null ? null : this.finishWriting(this.writer)
  }

  /** Makes it a download of the whole file, before its first attempt. */
  takeWhole(): void {
    this.startSingle()
  }

  /** Ends the request: its segment is there, or waits for another request. */
  close(): void {
    if (this.segment !== null && this.single === null) this.download.close(this.segment)
  }

  /** Decides where the body goes. Runs on libcurl's stack, so it opens no file. */
  private start(): void {
    const answer = this.answer()
    this.transfer.responseCode = answer.status ?? 0
    this.destination = 'memory'
    if (isNoFile(answer)) return
    const segment = this.segment as Segment
    const { download } = this
    if (download.hasRanges) {
      if (!isPartial(answer) || !continues(download.entity as Entity, answer, segment.at)) {
        download.mismatch()
        throw new BodyFault('the file on the server has changed while it was fetched', PARTIAL_FILE)
      }
    } else if (!isPartial(answer)) {
      this.startSingle().begin()
      return
    } else if (download.accepts(answer, segment.at)) download.confirm(this.transfer, answer)
    else {
      this.turn()
      throw new BodyFault('the ranges that the server sends cannot be joined', PARTIAL_FILE)
    }
    this.destination = 'file'
    this.until = (answer.part?.end ?? 0) + 1
    this.writer ??= this.makeWriter(segment)
  }

  private put(chunk: Buffer): void {
    const segment = this.segment as Segment
    const { length } = chunk
    const room = Math.max(0, Math.min(segment.end, this.until) - segment.at)
    // A copy: the memory of a whole chunk is freed when it was written.
    const wanted = length <= room ? chunk : Buffer.from(chunk.subarray(0, room))
    segment.at += wanted.length
    if (wanted.length > 0) this.writer?.write(wanted)
    this.download.grows()
    // The end was given to another request meanwhile, or the server sends more than was asked for.
    if (segment.at >= segment.end && this.until > segment.end)
      throw new BodyFault('the rest of the range is not needed', ABORTED_BY_CALLBACK)
    if (length > room) throw new BodyFault('the server sent more than the range that it named', PARTIAL_FILE)
  }

  private makeWriter(segment: Segment): FileWriter {
    const { download, transfer } = this
    const onRoom = (): void => {
      transfer.resume()
    }
    const onFailure = (error: unknown): void => {
      download.owner.onWriteFailure(error)
    }
    const writer = new FileWriter(() => download.open(), { onRoom, onFailure }, segment.at)
    download.begins(segment, () => writer.written)
    return writer
  }

  private async finishWriting(writer: FileWriter): Promise<void> {
    await writer.end()
    if (writer.failure === null) return
    const { error } = writer.failure
    this.hasWriteFailure = true
    this.transfer.fail(WRITE_ERROR, `${WRITE_FAILED}: ${messageOf(error)}`, error)
  }

  /** Asks for the whole file with the next attempt. */
  private turn(): void {
    this.startSingle()
    this.isTurned = true
  }

  private startSingle(): Download {
    const { download, transfer } = this
    // Its file is the same.
    download.releaseEarlier()
    return (this.single = new Download(transfer, download.singleSpec, (error) => {
      download.owner.onWriteFailure(error)
    }))
  }

  private answer(): Answer {
    return readAnswer(this.transfer.headerLines)
  }
}
