/**
 * Writes the outcome of each transfer: body, JSON line and -w. stdout gets only data. Does not decide what
 * counts as a failure.
 */
import { appendFileSync, writeFileSync } from 'node:fs'
import type { Transfer } from '../../index.js'
import { headerBlock } from './header-block.js'
import { writeAll, writeWhole } from '../files/files.js'
import type { Input } from '../input/input-line.js'
import { jsonLine } from './json-line.js'
import type { Interruption } from '../errors/interruption.js'
import { explainWrite, OutputError } from '../errors/errors.js'
import type { Naming } from './names/naming.js'
import type { Settings } from '../settings/settings.js'
import type { StdoutStream } from './stdout-stream.js'
import { isSpecial, writeSpecial } from '../files/special-file.js'
import type { Piece, WriteOutFormat } from './write-out.js'
import { WRITE_ERROR } from '../../curl-codes.js'
import { DEV_NULL } from '../files/dev-null.js'

const NOT_MODIFIED = 304

/** A finished transfer that still holds its handle, with its input. */
export interface Outcome {
  readonly transfer: Transfer
  readonly input: Input
  readonly n: number
}

/** Writes outcomes, one at a time. */
export class Output {
  /** True if response headers have to be captured. */
  readonly needsHeaders: boolean
  /** True if libcurl has to keep the certificates (`CERTINFO`). */
  readonly needsCertificates: boolean
  /** True if an output shows the names of files. */
  private readonly needsNames: boolean
  private waiting: Uint8Array[] = []
  private size = 0

  /**
   * @param format the format of -w; null if there is none
   * @param interruption ends the wait for a slow reader
   * @param stream prints the body of the only request as it arrives; null if bodies are printed when complete
   */
  constructor(
    private readonly settings: Settings,
    private readonly naming: Naming,
    private readonly format: WriteOutFormat | null,
    private readonly interruption: Interruption,
    private readonly stream: StdoutStream | null,
  ) {
    const { include, withHeaders } = settings
    this.needsHeaders = include || withHeaders || (format?.needsHeaders ?? false)
    this.needsCertificates = format?.needsCertificates ?? false
    this.needsNames = settings.jsonl || format !== null
  }

  /** The number of bytes that wait for {@link flush}. */
  get waitingBytes(): number {
    return this.size
  }

  /**
   * Writes the body of a transfer; stdout is written at the next flush. If its file cannot be written, the
   * transfer fails; if no file can be written, throws `OutputError`. Returns the name of the file.
   */
  async putBody(outcome: Outcome): Promise<string | undefined> {
    const { transfer, input, n } = outcome
    if (this.stream?.failure) throw this.stream.failure.error
    try {
      if (transfer.errno === 0) return await this.writeBody(outcome)
    } catch (error) {
      if (error instanceof OutputError) throw error
      transfer.fail(WRITE_ERROR, `the file cannot be written: ${explainWrite(error)}`, error)
    }
    const { cause } = transfer
    if (transfer.errno === WRITE_ERROR && this.naming.endsTheRun(input, n, cause)) {
      throw new OutputError(`${this.naming.name(input, n, transfer) ?? 'output'}: ${explainWrite(cause)}`)
    }
    // An incomplete body is not printed.
    return undefined
  }

  /** Writes the JSON line and the -w text of a transfer. */
  async putLines(
    { transfer, input, n, isInlined }: Outcome & { readonly isInlined: boolean },
    failed: boolean,
    path: string | undefined,
  ): Promise<void> {
    const { settings } = this
    if (settings.jsonl) {
      const { withHeaders } = settings
      const body = isInlined ? settings.body : undefined
      this.stdout(jsonLine(transfer, { input, n, failed, path, withHeaders, body }))
    }
    if (this.format === null) return
    const written = { transfer, n, path, hasHeaders: this.needsHeaders }
    await this.putPieces(this.format.expand(written))
  }

  /**
   * Writes the pieces of -w. As in curl, if a file cannot be opened, its text goes where the text before it
   * went.
   */
  private async putPieces(pieces: readonly Piece[]): Promise<void> {
    let asked: Piece['to'] = 'stdout'
    let to: Piece['to'] = 'stdout'
    for (const piece of pieces) {
      if (piece.to !== asked) {
        asked = piece.to
        if (typeof asked === 'string' || tryOpen(asked)) to = asked
      }
      if (to === 'stdout') this.stdout(piece.text)
      else if (to === 'stderr') process.stderr.write(piece.text)
      else if (!isSpecial(to.path)) append(to.path, piece.text)
      else if (piece.text.length > 0) await writeSpecial(to.path, piece.text, this.interruption.stopped)
    }
  }

  /**
   * Resolves when the operating system has accepted everything. Rejects with `OutputError` for a closed pipe
   * or a full disk.
   */
  async flush(): Promise<void> {
    const { waiting } = this
    if (waiting.length === 0) return
    this.waiting = []
    this.size = 0
    await writeAll(
      process.stdout,
      waiting.length === 1 ? (waiting[0] as Uint8Array) : Buffer.concat(waiting),
      'stdout',
      this.interruption.left,
    )
  }

  private async writeBody({ transfer, input, n }: Outcome): Promise<string | undefined> {
    const { naming } = this
    if (transfer.output !== null) return this.needsNames ? naming.name(input, n, transfer) : undefined
    const place = naming.path(input, n, transfer)
    if (place === undefined) {
      if (!this.settings.jsonl) this.stdout(this.stream?.rest(transfer) ?? this.content(transfer))
      return undefined
    }
    if (place.isSpecial) {
      if (place.path !== DEV_NULL)
        await writeSpecial(place.path, this.content(transfer), this.interruption.stopped)
    } else if (this.mustNotReplaceFile(transfer)) return undefined
    else writeWhole(place.path, this.content(transfer))
    return this.needsNames ? naming.name(input, n, transfer) : undefined
  }

  /**
   * True if the response has no body that could replace an existing file: it was 304, a failure, or a
   * response to HEAD.
   */
  private mustNotReplaceFile(transfer: Transfer): boolean {
    if (transfer.body.length > 0) return false
    const { responseCode } = transfer
    if (responseCode === NOT_MODIFIED || transfer.getInfo('CONDITION_UNMET') === 1) return true
    if (transfer.getInfo('EFFECTIVE_METHOD') === 'HEAD') return !this.settings.include
    return responseCode >= 300 && !this.settings.include
  }

  private stdout(data: string | Uint8Array): void {
    if (data.length === 0) return
    const bytes = typeof data === 'string' ? Buffer.from(data) : data
    this.waiting.push(bytes)
    this.size += bytes.length
  }

  private content(transfer: Transfer): Uint8Array {
    if (!this.settings.include) return transfer.body
    const { head, trailers } = headerBlock(transfer)
    return Buffer.concat([head, transfer.body, trailers])
  }
}

function tryOpen({ path, isAppended }: Exclude<Piece['to'], string>): boolean {
  try {
    if (isSpecial(path)) return true
    writeFileSync(path, '', { flag: isAppended ? 'a' : 'w' })
    return true
  } catch {
    return false
  }
}

function append(path: string, text: Uint8Array): void {
  try {
    appendFileSync(path, text)
  } catch (error) {
    throw new OutputError(`${path}: ${explainWrite(error)}`)
  }
}
