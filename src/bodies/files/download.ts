/**
 * A body that becomes a file: written as it arrives, continued where it was cut, in its place only when it is
 * complete. Does not know libcurl, nor who tries again and when.
 */
import type { FileHandle } from 'node:fs/promises'
import { BodyFault, messageOf } from '../../errors.js'
import { HeaderLines } from '../../transfer/response-headers.js'
import type { Transfer } from '../../transfer/transfer.js'
import type { BodySink } from '../../transfer/transfer-types.js'
import { continues, isWholeOf, readAnswer, type Answer, type Entity } from './resumable-entity.js'
import { FileWriter } from './file-writer.js'
import { isServersName, nameOf, resolveOutput } from './output-path.js'
import { PartialFile } from './partial-file.js'
import { WRITE_ERROR } from '../../curl-codes.js'

const PARTIAL_FILE = 18
const PARTIAL_CONTENT = 206
const RANGE_NOT_SATISFIABLE = 416
/** A body that is no longer, and of which no part is to be kept, is written when it is complete. Bytes. */
const SMALL = 65536
/** How much is kept of a body that becomes no file, because its status says that there is none. Bytes. */
const MAX_KEPT = 1024 ** 2
/** libcurl's text for 23. */
const WRITE_FAILED = 'Failed writing received data to disk/application'

/** What somebody wants of a download. */
export interface DownloadSpec {
  /** A path, what gives one, or true: the name that the server says. */
  readonly output: string | true | ((transfer: Transfer) => string)
  readonly outputDir: string | undefined
  readonly createDirs: boolean
  readonly keepPartial: boolean
  readonly resume: boolean
  /** Whether a range of the answer is a range of the file: a plain GET without encodings. */
  readonly canContinue: boolean
}

/** A download of one transfer, over all its attempts. */
export class Download implements BodySink {
  /** Nobody sees the file before it is complete. */
  readonly isCommitted = false
  requestHeaders: readonly string[] = []

  private file: PartialFile | null = null
  private writer: FileWriter | null = null
  /** A small body so far, where there is no writer. */
  private small: Buffer[] = []
  private disposition: string | undefined = undefined
  /** What the file holds, or will when what waits is written: `size` bytes of `entity`. */
  private size = 0
  private entity: Entity | null = null
  private from = 0
  private isFinished = false
  private mustBeNew = false
  /** Where the body of this attempt goes; null: not known yet. */
  private way: 'file' | 'memory' | null = null
  /** How much of it is in memory. */
  private keptBytes = 0

  /** @param fail ends the transfer: nothing can be written */
  constructor(
    private readonly transfer: Transfer,
    private readonly spec: DownloadSpec,
    private readonly fail: (error: unknown) => void,
  ) {}

  get isFull(): boolean {
    return this.writer?.isFull ?? false
  }

  get isToRestart(): boolean {
    // The range begins behind the end: what is here is of something else.
    if (this.from > 0 && this.answer().status === RANGE_NOT_SATISFIABLE) this.mustBeNew = true
    return this.mustBeNew || this.isToGoOn
  }

  /**
   * Whether the server gave less than the range that was asked for, as it may: the next range begins behind
   * that.
   */
  private get isToGoOn(): boolean {
    const { transfer, way, from, size, entity } = this
    if (transfer.errno !== 0 || way !== 'file' || from === 0 || size <= from) return false
    return entity?.total !== undefined && entity.total !== null && size < entity.total
  }

  begin(): void {
    const { mustBeNew } = this
    this.mustBeNew = false
    this.way = null
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
    if (this.way === null) this.start()
    if (this.way === 'memory') {
      this.keptBytes += chunk.length
      // An answer that says "no such file" may be without end; what is taken here is dropped.
      return this.keptBytes > MAX_KEPT
    }
    this.size += chunk.length
    if (this.writer === null && this.size > SMALL) this.startWriting()
    if (this.writer === null) this.small.push(chunk)
    else this.writer.write(chunk)
    return true
  }

  headersArrived(): void {
    /* What they say counts when the body comes: before, they may be those of a redirect. */
  }

  finish(): Promise<void> | null {
    if (this.isFinished) return null
    this.isFinished = true
    return this.completeSmall() ? null : this.complete()
  }

  private findPartial(): void {
    this.file = new PartialFile(this.targetOf(undefined), this.transfer.url, true)
    const found = this.file.find()
    this.size = found?.size ?? 0
    this.entity = found?.entity ?? null
  }

  /** The body begins: on libcurl's stack, so nothing is asked or opened yet. */
  private start(): void {
    const answer = this.answer()
    const { status } = answer
    this.transfer.responseCode = status ?? 0
    this.way = 'memory'
    // What says that there is no file is none.
    if (status !== null && status >= 300) return
    // Some servers give a part, and say so, with status 200.
    if (this.from > 0 && (status === PARTIAL_CONTENT || !isWholeOf(answer))) {
      if (this.entity === null || !continues(this.entity, answer, this.from)) {
        this.mustBeNew = true
        throw new BodyFault('the rest of the file does not fit: it has changed', PARTIAL_FILE)
      }
      this.entity = { ...this.entity, total: this.entity.total ?? answer.part?.total ?? null }
      // What came before is in the file; of a small one, still here.
      if (this.isKept) this.writer ??= this.makeWriter(this.from)
    } else this.startAnew(answer)
    this.way = 'file'
  }

  private startAnew(answer: Answer): void {
    const { canContinue } = this.spec
    if (canContinue && (answer.status === PARTIAL_CONTENT || !isWholeOf(answer))) {
      throw new BodyFault('the server sent a part of the file where the whole was asked for', PARTIAL_FILE)
    }
    // Of what is decoded on its way, or a range of the user's, neither length nor validator can be held
    // against the file.
    const entity = canContinue ? answer.entity : { ...answer.entity, total: null, validator: null }
    this.entity = entity
    this.size = 0
    this.small = []
    this.disposition = answer.disposition
    if (this.isKept) this.writer ??= this.makeWriter(0)
    this.writer?.restart(async () => this.file?.note(entity))
  }

  /** It is no small body after all. */
  private startWriting(): void {
    const writer = (this.writer = this.makeWriter(0))
    for (const chunk of this.small) writer.write(chunk)
    this.small = []
  }

  private answer(): Answer {
    return readAnswer(this.transfer.headerLines ?? new HeaderLines())
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
    const { disposition, transfer, spec } = this
    const mustBeNew = spec.output === true && isServersName(disposition, transfer.url, transfer.effectiveUrl)
    return new PartialFile(this.targetOf(disposition), transfer.url, this.isKept, mustBeNew)
  }

  /** Whether a part of the body is of use to somebody. */
  private get isKept(): boolean {
    return this.spec.keepPartial || this.spec.resume
  }

  private targetOf(disposition: string | undefined): string {
    const { output, outputDir, createDirs } = this.spec
    if (output === true) {
      const url = disposition === undefined ? this.transfer.effectiveUrl : this.transfer.url
      return resolveOutput(nameOf(disposition, url), outputDir ?? '.', createDirs)
    }
    const path = typeof output === 'string' ? output : output.call(undefined, this.transfer)
    return resolveOutput(path, outputDir, createDirs)
  }

  /** Whether all is done: it was a small body, and is in its place, or could not get there. */
  private completeSmall(): boolean {
    const { transfer } = this
    try {
      // A body of 0 bytes is a file, too.
      if (transfer.errno === 0 && this.way === null) {
        if (transfer.getInfo('CONDITION_UNMET') === 1) this.way = 'memory'
        else this.start()
      }
      if (this.writer !== null || this.isKept) return false
      if (transfer.errno !== 0 || this.way !== 'file' || !this.isWhole()) return true
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
      await (transfer.errno === 0 && this.way === 'file' ? this.putInPlace() : this.leave())
    } catch (error) {
      await this.leave().catch(() => undefined)
      transfer.fail(WRITE_ERROR, `${WRITE_FAILED}: ${messageOf(error)}`, error)
    } finally {
      this.file?.release()
    }
  }

  private async putInPlace(): Promise<void> {
    const { file, size, transfer } = this
    if (!this.isWhole()) return this.leave()
    await file?.complete()
    if (file !== null) transfer.output = { path: file.target, size }
  }

  /** Whether as much has come as was announced; else the transfer has failed. */
  private isWhole(): boolean {
    const { entity, size, transfer } = this
    const total = entity?.total ?? size
    if (size === total) return true
    const received = `${String(size)} of ${String(total)} bytes received`
    transfer.fail(PARTIAL_FILE, `Transferred a partial file: ${received}`, undefined)
    return false
  }

  private async leave(): Promise<void> {
    if (!this.spec.keepPartial) await this.file?.remove()
  }
}
