/**
 * Where the outcome of each transfer goes: bodies, JSON lines and -w. stdout is only data. Does not know what counts as a failure.
 */
import { appendFileSync, writeFileSync } from 'node:fs'
import type { Transfer } from '../index.js'
import { lastResponseLines } from '../response-headers.js'
import { explainWrite, writeAll, writeBody } from './files.js'
import type { Input } from './input-line.js'
import { jsonLine } from './json-line.js'
import { OutputError } from './mistakes.js'
import type { Naming } from './naming.js'
import type { Settings } from './settings.js'
import { needsCertificates, needsHeaders, writeOut, type FileTarget, type Piece } from './write-out.js'

const WRITE_ERROR = 23

/** A transfer that is held, and what it was made of. */
export interface Outcome {
  readonly transfer: Transfer
  readonly input: Input
  readonly n: number
  readonly failed: boolean
}

/** Takes outcomes, one at a time. */
export class Output {
  /** Whether headers have to be captured. */
  readonly needsHeaders: boolean
  /** Whether libcurl has to keep what it learns of certificates. */
  readonly needsCertificates: boolean
  private waiting: Uint8Array[] = []
  private size = 0

  constructor(
    private readonly settings: Settings,
    private readonly naming: Naming,
    private readonly libcurl: string,
  ) {
    const { writeOut: format, include, withHeaders } = settings
    this.needsHeaders = include || withHeaders || (format !== undefined && needsHeaders(format))
    this.needsCertificates = format !== undefined && needsCertificates(format)
  }

  /** Bytes for stdout that wait for {@link flush}. */
  get waitingBytes(): number {
    return this.size
  }

  /** Writes all that there is to write of a transfer; what is for stdout waits. */
  put({ transfer, input, n, failed }: Outcome): void {
    const { settings } = this
    const path = this.putBody(transfer, input, n)
    if (settings.jsonl) {
      const { withHeaders, body } = settings
      this.stdout(jsonLine(transfer, { input, n, failed, path, withHeaders, body }))
    }
    if (settings.writeOut === undefined) return
    const written = { transfer, n, path, hasHeaders: this.needsHeaders, libcurl: this.libcurl }
    this.putPieces(writeOut(settings.writeOut, written))
  }

  /** As with curl, what is for a file that cannot be opened goes where the text before it went. */
  private putPieces(pieces: readonly Piece[]): void {
    let asked: Piece['to'] = 'stdout'
    let to: Piece['to'] = 'stdout'
    for (const piece of pieces) {
      if (piece.to !== asked) {
        asked = piece.to
        if (typeof asked === 'string' || tryOpen(asked)) to = asked
      }
      if (to === 'stdout') this.stdout(piece.text)
      else if (to === 'stderr') process.stderr.write(piece.text)
      else append(to.path, piece.text)
    }
  }

  /** Resolves when all that has been put is with the system. A closed pipe, a full disk: `OutputError`. */
  async flush(): Promise<void> {
    const { waiting } = this
    if (waiting.length === 0) return
    this.waiting = []
    this.size = 0
    await writeAll(
      process.stdout,
      waiting.length === 1 ? (waiting[0] as Uint8Array) : Buffer.concat(waiting),
      'stdout',
    )
  }

  /** Returns the name of its file. */
  private putBody(transfer: Transfer, input: Input, n: number): string | undefined {
    if (transfer.errno === WRITE_ERROR && isOfTheSystem(transfer.cause)) {
      const name = this.naming.name(input, n, transfer) ?? 'output'
      throw new OutputError(`${name}: ${explainWrite(transfer.cause)}`)
    }
    // What broke off is no output.
    if (transfer.errno !== 0) return undefined
    if (transfer.output !== null) return this.naming.name(input, n, transfer)
    const path = this.naming.path(input, n, transfer)
    if (path !== undefined) writeBody(path, this.content(transfer))
    else if (!this.settings.jsonl) this.stdout(this.content(transfer))
    return path === undefined ? undefined : this.naming.name(input, n, transfer)
  }

  private stdout(data: string | Uint8Array): void {
    if (data.length === 0) return
    const bytes = typeof data === 'string' ? Buffer.from(data) : data
    this.waiting.push(bytes)
    this.size += bytes.length
  }

  private content(transfer: Transfer): Uint8Array {
    if (!this.settings.include) return transfer.body
    const lines = transfer.headerList
    const { trailers } = lastResponseLines(lines)
    const head = lines.slice(0, lines.length - trailers.length)
    const bytes = (some: readonly string[]): Buffer =>
      Buffer.from(some.map((line) => `${line}\r\n`).join(''), 'latin1')
    const isWhole = head.length === 0 || head.at(-1) === ''
    return Buffer.concat([bytes(isWhole ? head : [...head, '']), transfer.body, bytes(trailers)])
  }
}

function tryOpen({ path, isAppended }: FileTarget): boolean {
  try {
    writeFileSync(path, '', { flag: isAppended ? 'a' : 'w' })
    return true
  } catch {
    return false
  }
}

function append(path: string, text: string): void {
  try {
    appendFileSync(path, text)
  } catch (error) {
    throw new OutputError(`${path}: ${explainWrite(error)}`)
  }
}

/** Whether the system refused: the next file would not fare better. */
function isOfTheSystem(cause: unknown): boolean {
  return (
    typeof cause === 'object' &&
    cause !== null &&
    typeof (cause as { syscall?: unknown }).syscall === 'string'
  )
}
