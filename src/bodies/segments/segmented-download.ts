/**
 * One file that several requests fetch in segments: what they have in common. Decides if the server's ranges
 * can be joined, and what is left to do. Does not send requests.
 */
import type { Transfer } from '../../transfer/transfer.js'
import type { OutputFile } from '../../transfer/transfer-types.js'
import { earlierFile, fileFor, keepsPart, type DownloadSpec } from '../files/download-target.js'
import type { WritableFile } from '../files/file-writer.js'
import type { PartialFile } from '../files/partial-file.js'
import { continues, type Answer, type Entity } from '../files/resumable-entity.js'
import { bytesIn } from './byte-ranges.js'
import { SegmentPlan, type Segment } from './segment-plan.js'
import { SegmentedFile, notesOf, type FileNotes } from './segmented-file.js'

/** The sender of the requests. Its methods may be called on libcurl's stack. */
export interface SegmentsOwner {
  /** Called once, when a response has shown that the server sends ranges. */
  onRanges(): void
  /** Called when the responses cannot be joined to one file. */
  onMismatch(): void
  /** Called when nothing can be written. */
  onWriteFailure(error: unknown): void
}

/** The download of one file. */
export class SegmentedDownload {
  readonly plan: SegmentPlan
  /** The file on the server, as the first response or an earlier run has described it. */
  entity: Entity | null = null
  /** True once a response of this run has shown that the server sends ranges of {@link entity}. */
  hasRanges = false
  /** True if the responses cannot be joined to one file. */
  isMismatched = false
  private file: SegmentedFile | null = null
  /** The partial file of an earlier run, as long as nothing was written to it. */
  private earlier: PartialFile | null = null
  /** How far the requests that write are. */
  private readonly written = new Map<Segment, () => number>()
  /** Bytes that an earlier run has left. */
  private earlierBytes = 0

  /**
   * @param count the most requests at a time
   * @param maxSize the longest file that is fetched in segments. Bytes
   */
  constructor(
    readonly spec: DownloadSpec,
    count: number,
    private readonly maxSize: number,
    readonly owner: SegmentsOwner,
  ) {
    this.plan = new SegmentPlan(count)
  }

  /** The options of a download of the same file by one request. It does not go on with these segments. */
  get singleSpec(): DownloadSpec {
    return { ...this.spec, keepPartial: keepsPart(this.spec), resume: false }
  }

  /** The length of what this run fetches, if it is known. Bytes. */
  get expectedBytes(): number | null {
    return this.hasRanges ? (this.entity?.total ?? 0) - this.earlierBytes : null
  }

  /** How much of the file is there, as a message says it. */
  get shortage(): string {
    return `${String(this.plan.doneBytes)} of ${String(this.entity?.total ?? 0)} bytes received`
  }

  /** Returns the segment of the first request: what an earlier run has left out, or the file's beginning. */
  takeFirst(transfer: Transfer): Segment {
    const found = this.spec.resume ? this.findEarlier(transfer) : null
    if (found === null) return this.plan.takeFirst()
    this.entity = found.whole
    this.earlierBytes = bytesIn(found.done)
    this.plan.goOn(found.whole.total as number, found.done)
    // Nothing is left: that run has ended before the file got its name.
    return this.plan.take(false) ?? this.startOver()
  }

  /** True if ranges of the file that a first response describes can be joined. */
  accepts(answer: Answer, from: number): boolean {
    const { entity } = this
    const { part, entity: now } = answer
    if (part?.start !== from || part.total === null || part.total > this.maxSize) return false
    if (now.validator === null || !isPlain(now.encoding)) return false
    return entity === null || continues(entity, answer, from)
  }

  /** Takes a first response whose ranges can be joined. */
  confirm(transfer: Transfer, { entity, part, disposition }: Answer): void {
    this.hasRanges = true
    const total = part?.total ?? 0
    const isNew = this.entity === null
    this.entity ??= { ...entity, total }
    this.plan.know(total)
    const notes = keepsPart(this.spec) ? (): FileNotes => this.notes() : null
    const earlier = this.earlier
    this.earlier = null
    this.file = new SegmentedFile(() => earlier ?? fileFor(this.spec, transfer, disposition), notes, isNew)
    this.owner.onRanges()
  }

  /** Ends the attempt to join responses. */
  mismatch(): void {
    if (this.isMismatched) return
    this.isMismatched = true
    this.owner.onMismatch()
  }

  /** Returns the file, for a request that begins to write to a segment. */
  open(): Promise<WritableFile> {
    return (this.file as SegmentedFile).open()
  }

  /** Called when a request begins to write. `written` returns the offset up to which the system has it all. */
  begins(segment: Segment, written: () => number): void {
    this.written.set(segment, written)
  }

  /** Called when bytes have arrived. */
  grows(): void {
    this.file?.saveSoon()
  }

  /** Ends the request of a segment. */
  close(segment: Segment): void {
    this.plan.close(segment)
    this.written.delete(segment)
  }

  /** Gives the complete file its name. */
  async complete(): Promise<OutputFile> {
    const { file } = this
    const size = this.entity?.total ?? 0
    await file?.complete(size)
    return { path: file?.file?.target ?? '', size }
  }

  /** Ends a download that is not complete. Keeps what is there, if that was wanted. */
  async abandon(): Promise<void> {
    this.releaseEarlier()
    await this.file?.close(this.spec.keepPartial && !this.isMismatched)
  }

  /** Gives up the claim on the partial file of an earlier run. */
  releaseEarlier(): void {
    this.earlier?.release()
    this.earlier = null
  }

  private findEarlier(transfer: Transfer): FileNotes | null {
    this.earlier = earlierFile(this.spec, transfer)
    const notes = notesOf(this.earlier)
    return notes !== null && isPlain(notes.whole.encoding) ? notes : null
  }

  private startOver(): Segment {
    this.entity = null
    this.earlierBytes = 0
    this.plan.forget()
    return this.plan.takeFirst()
  }

  private notes(): FileNotes {
    return {
      whole: this.entity as Entity,
      done: this.plan.ranges((segment) => this.written.get(segment)?.() ?? segment.start),
    }
  }
}

function isPlain(encoding: string | null): boolean {
  return encoding === null || /^\s*(identity)?\s*$/i.test(encoding)
}
