/**
 * A body that becomes a file: written as it arrives, continued where it was cut, in its place only when it is complete. Does not know
 * libcurl, nor who tries again and when.
 */
import type { FileHandle } from 'node:fs/promises'
import { HeaderLines } from '../response-headers.js'
import type { BodySink, Transfer } from '../transfer.js'
import { continues, readAnswer, type Answer, type Entity } from './entity.js'
import { FileWriter } from './file-writer.js'
import { nameOf, resolveOutput } from './output-path.js'
import { PartialFile } from './partial-file.js'

const PARTIAL_FILE = 18
const WRITE_ERROR = 23
const PARTIAL_CONTENT = 206
const RANGE_NOT_SATISFIABLE = 416
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
  /** What the file holds, or will when what waits is written: `size` bytes of `entity`. */
  private size = 0
  private entity: Entity | null = null
  private from = 0
  private isFinished = false
  private mustBeNew = false
  /** Where the body of this attempt goes; null: not known yet. */
  private way: 'file' | 'memory' | null = null

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
    return this.mustBeNew
  }

  begin(): void {
    const { mustBeNew } = this
    this.mustBeNew = false
    this.way = null
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
    if (this.way === 'memory') return false
    this.size += chunk.length
    ;(this.writer as FileWriter).write(chunk)
    return true
  }

  headersArrived(): void {
    /* What they say counts when the body comes: before, they may be those of a redirect. */
  }

  finish(): Promise<void> | null {
    if (this.isFinished) return null
    this.isFinished = true
    return this.complete()
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
    if (status === PARTIAL_CONTENT && this.from > 0) {
      if (this.entity === null || !continues(this.entity, answer, this.from)) {
        this.mustBeNew = true
        throw new Error('the rest of the file does not fit: it has changed')
      }
      this.entity = { ...this.entity, total: this.entity.total ?? answer.part?.total ?? null }
      this.writer ??= this.makeWriter(answer)
    } else this.startAnew(answer)
    this.way = 'file'
  }

  private startAnew(answer: Answer): void {
    const { canContinue } = this.spec
    if (canContinue && answer.status === PARTIAL_CONTENT) {
      throw new Error('the server sent a part of the file where the whole was asked for')
    }
    // Of what is decoded on its way, or a range of the user's, neither length nor validator can be held against the file.
    const entity = canContinue ? answer.entity : { ...answer.entity, total: null, validator: null }
    this.entity = entity
    this.size = 0
    this.writer ??= this.makeWriter(answer)
    this.writer.restart(async () => this.file?.note(entity))
  }

  private answer(): Answer {
    return readAnswer(this.transfer.headerLines ?? new HeaderLines())
  }

  private makeWriter(answer: Answer): FileWriter {
    const open = (): Promise<FileHandle> => {
      const { keepPartial, resume } = this.spec
      this.file ??= new PartialFile(
        this.targetOf(answer.disposition),
        this.transfer.url,
        keepPartial || resume,
      )
      return this.file.open()
    }
    const { transfer } = this
    const onRoom = (): void => {
      transfer.resume()
    }
    return new FileWriter(open, { onRoom, onFailure: this.fail }, this.size)
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

  private async complete(): Promise<void> {
    const { transfer } = this
    try {
      // A body of 0 bytes is a file, too.
      if (transfer.errno === 0 && this.way === null) this.start()
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
    const { entity, file, size, transfer } = this
    const total = entity?.total ?? size
    if (size !== total) {
      const received = `${String(size)} of ${String(total)} bytes received`
      transfer.fail(PARTIAL_FILE, `Transferred a partial file: ${received}`, undefined)
      return this.leave()
    }
    await file?.complete()
    if (file !== null) transfer.output = { path: file.target, size }
  }

  private async leave(): Promise<void> {
    if (!this.spec.keepPartial) await this.file?.remove()
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
