/**
 * A response body that is written to a file: streamed to disk as it arrives, resumed where an earlier attempt
 * was cut off, and renamed to its final name only when it is complete. Does not depend on libcurl or on retry
 * decisions.
 */
import type { FileHandle } from 'node:fs/promises'
import { BodyFault, messageOf } from '../../errors.js'
import type { Transfer } from '../../transfer/transfer.js'
import type { BodySink } from '../../transfer/transfer-types.js'
import {
  continues,
  isNoFile,
  isPartial,
  RANGE_NOT_SATISFIABLE,
  readAnswer,
  type Answer,
  type Entity,
} from './resumable-entity.js'
import { earlierFile, fileFor, keepsPart, WRITE_FAILED, type DownloadSpec } from './download-target.js'
import { FileWriter } from './file-writer.js'
import type { PartialFile } from './partial-file.js'
import { PARTIAL_FILE, WRITE_ERROR } from '../../curl-codes.js'

/**
 * A body of up to this size is held in memory and written in one step when it is complete, unless partial
 * files are kept. Bytes.
 */
const SMALL = 65536
/**
 * The most body bytes that are kept in memory when the status says that the body is no file (an error page).
 * Bytes.
 */
export const MAX_KEPT = 1024 ** 2

/** The download of one transfer, over all its attempts. */
export class Download implements BodySink {
  /**
   * Always false: the file has its final name only when it is complete, so another attempt is always
   * possible.
   */
  readonly isCommitted = false
  requestHeaders: readonly string[] = []

  private file: PartialFile | null = null
  private writer: FileWriter | null = null
  /** The chunks of a small body, as long as no writer was needed. */
  private small: Buffer[] = []
  private disposition: string | undefined = undefined
  /** The number of bytes of `entity` that the file holds, or will hold when all queued chunks are written. */
  private size = 0
  private entity: Entity | null = null
  private from = 0
  private isFinished = false
  private mustBeNew = false
  /** The destination of the body in this attempt; null until the body begins. */
  private destination: 'file' | 'memory' | null = null
  /** The number of body bytes of this attempt that were left in memory. */
  private keptBytes = 0

  /** @param fail ends the transfer because nothing can be written */
  constructor(
    private readonly transfer: Transfer,
    readonly spec: DownloadSpec,
    private readonly fail: (error: unknown) => void,
  ) {}

  get isFull(): boolean {
    return this.writer?.isFull ?? false
  }

  get isToRestart(): boolean {
    // The partial file belongs to something else.
    if (this.from > 0 && this.answer().status === RANGE_NOT_SATISFIABLE) this.mustBeNew = true
    return this.mustBeNew || this.isToGoOn
  }

  /**
   * True if the server sent less than the requested range, which HTTP allows: the next attempt requests the
   * rest.
   */
  private get isToGoOn(): boolean {
    const { transfer, destination, from, size, entity } = this
    if (transfer.errno !== 0 || destination !== 'file' || from === 0 || size <= from) return false
    return entity?.total !== undefined && entity.total !== null && size < entity.total
  }

  begin(): void {
    const { mustBeNew } = this
    this.mustBeNew = false
    this.destination = null
    this.keptBytes = 0
    this.from = 0
    this.requestHeaders = []
    if (this.spec.resume && this.file === null) this.findPartial()
    const validator = this.entity?.validator ?? null
    if (!this.spec.canContinue || mustBeNew || validator === null || this.size === 0) return
    this.from = this.size
    this.requestHeaders = [`Range: bytes=${String(this.size)}-`, `If-Range: ${validator}`]
  }

  write(chunk: Buffer): boolean {
    if (this.destination === null) this.start()
    if (this.destination === 'memory') {
      this.keptBytes += chunk.length
      // An error page can be endless. Bytes above the limit are dropped.
      return this.keptBytes > MAX_KEPT
    }
    this.size += chunk.length
    if (this.writer === null && this.size > SMALL) this.startWriting()
    if (this.writer === null) this.small.push(chunk)
    else this.writer.write(chunk)
    return true
  }

  headersArrived(): void {
    /* Nothing to do: these headers may be those of a redirect. start() reads them when the body begins. */
  }

  finish(): Promise<void> | null {
    if (this.isFinished) return null
    this.isFinished = true
    return this.completeSmall() ? null : this.complete()
  }

  private findPartial(): void {
    this.file = earlierFile(this.spec, this.transfer)
    const found = this.file.find()
    this.size = found?.size ?? 0
    this.entity = found?.entity ?? null
  }

  /** Decides where the body goes. Runs on libcurl's stack, so it calls no user function and opens no file. */
  private start(): void {
    const answer = this.answer()
    this.transfer.responseCode = answer.status ?? 0
    this.destination = 'memory'
    if (isNoFile(answer)) return
    if (this.from > 0 && isPartial(answer)) {
      if (this.entity === null || !continues(this.entity, answer, this.from)) {
        this.mustBeNew = true
        throw new BodyFault(
          'the file on the server has changed, so the download cannot be resumed',
          PARTIAL_FILE,
        )
      }
      this.entity = { ...this.entity, total: this.entity.total ?? answer.part?.total ?? null }
      // The bytes of the earlier attempt are in the file already; those of a small body are still in memory.
      if (this.isKept) this.writer ??= this.makeWriter(this.from)
    } else this.startAnew(answer)
    this.destination = 'file'
  }

  private startAnew(answer: Answer): void {
    const { canContinue } = this.spec
    if (canContinue && isPartial(answer)) {
      throw new BodyFault(
        'the server sent a part of the file although the whole file was requested',
        PARTIAL_FILE,
      )
    }
    // If the body is decoded on its way, or the user set a range, the length and the validator of the
    // response do not describe the file.
    const entity = canContinue ? answer.entity : { ...answer.entity, total: null, validator: null }
    this.entity = entity
    this.size = 0
    this.small = []
    this.disposition = answer.disposition
    if (this.isKept) this.writer ??= this.makeWriter(0)
    this.writer?.restart(async () => this.file?.note(entity))
  }

  /** Opens a writer for a body that turned out to be larger than {@link SMALL}. */
  private startWriting(): void {
    const writer = (this.writer = this.makeWriter(0))
    for (const chunk of this.small) writer.write(chunk)
    this.small = []
  }

  private answer(): Answer {
    return readAnswer(this.transfer.headerLines)
  }

  private makeWriter(position: number): FileWriter {
    const open = (): Promise<FileHandle> => (this.file ??= this.makeFile()).open()
    const { transfer } = this
    const onRoom = (): void => {
      transfer.resume()
    }
    return new FileWriter(open, { onRoom, onFailure: this.fail }, position)
  }

  private makeFile(): PartialFile {
    return fileFor(this.spec, this.transfer, this.disposition)
  }

  /** True if a partial file is kept when the transfer fails. */
  private get isKept(): boolean {
    return keepsPart(this.spec)
  }

  /**
   * Writes a small body to its final place. Returns true if nothing is left to do, also when that failed;
   * false if complete() has to finish the download.
   */
  private completeSmall(): boolean {
    const { transfer } = this
    try {
      // A body of 0 bytes makes a file, too.
      if (transfer.errno === 0 && this.destination === null) {
        if (transfer.getInfo('CONDITION_UNMET') === 1) this.destination = 'memory'
        else this.start()
      }
      if (this.writer !== null || this.isKept) return false
      if (transfer.errno !== 0 || this.destination !== 'file' || !this.isWhole()) return true
      this.file ??= this.makeFile()
      this.file.writeAtOnce(this.small.length === 1 ? (this.small[0] as Buffer) : Buffer.concat(this.small))
      transfer.output = { path: this.file.target, size: this.size }
    } catch (error) {
      transfer.fail(WRITE_ERROR, `${WRITE_FAILED}: ${messageOf(error)}`, error)
    } finally {
      this.small = []
    }
    return true
  }

  private async complete(): Promise<void> {
    const { transfer } = this
    try {
      await this.writer?.end()
      if (this.writer?.failure) throw this.writer.failure.error
      await (transfer.errno === 0 && this.destination === 'file'
        ? this.putInPlace()
        : this.removeUnlessKept())
    } catch (error) {
      await this.removeUnlessKept().catch(() => undefined)
      transfer.fail(WRITE_ERROR, `${WRITE_FAILED}: ${messageOf(error)}`, error)
    } finally {
      this.file?.release()
    }
  }

  private async putInPlace(): Promise<void> {
    const { file, size, transfer } = this
    if (!this.isWhole()) return this.removeUnlessKept()
    await file?.complete()
    if (file !== null) transfer.output = { path: file.target, size }
  }

  /** Returns true if the number of bytes received is the announced one; otherwise fails the transfer. */
  private isWhole(): boolean {
    const { entity, size, transfer } = this
    const total = entity?.total ?? size
    if (size === total) return true
    const received = `${String(size)} of ${String(total)} bytes received`
    transfer.fail(PARTIAL_FILE, `Transferred a partial file: ${received}`, undefined)
    return false
  }

  private async removeUnlessKept(): Promise<void> {
    if (!this.spec.keepPartial) await this.file?.remove()
  }
}
