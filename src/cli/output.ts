/**
 * Where the outcome of each transfer goes: bodies, JSON lines and -w. stdout is only data. Does not know what counts as a failure.
 */
import type { Transfer } from '../index.js'
import { explainWrite, writeAll, writeBody } from './files.js'
import type { Input } from './input-line.js'
import { jsonLine } from './json-line.js'
import { OutputError } from './mistakes.js'
import type { Naming } from './naming.js'
import type { Settings } from './settings.js'
import { needsHeaders, writeOut } from './write-out.js'

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

  constructor(
    private readonly settings: Settings,
    private readonly naming: Naming,
    private readonly libcurl: string,
  ) {
    const { writeOut: format, include, withHeaders } = settings
    this.needsHeaders = include || withHeaders || (format !== undefined && needsHeaders(format))
  }

  /** Writes all that there is to write of a transfer; resolves when it is with the system. */
  async put({ transfer, input, n, failed }: Outcome): Promise<void> {
    const { settings } = this
    const path = await this.putBody(transfer, input, n)
    if (settings.jsonl) {
      const { withHeaders, body } = settings
      await this.stdout(jsonLine(transfer, { input, n, failed, path, withHeaders, body }))
    }
    if (settings.writeOut === undefined) return
    const written = { transfer, n, path, hasHeaders: this.needsHeaders, libcurl: this.libcurl }
    for (const { text, to } of writeOut(settings.writeOut, written)) {
      if (to === 'stdout') await this.stdout(text)
      else await writeAll(process.stderr, text, 'stderr')
    }
  }

  /** Returns the name of its file. */
  private async putBody(transfer: Transfer, input: Input, n: number): Promise<string | undefined> {
    if (transfer.errno === WRITE_ERROR && isOfTheSystem(transfer.cause)) {
      const name = this.naming.name(input, n, transfer) ?? 'output'
      throw new OutputError(`${name}: ${explainWrite(transfer.cause)}`)
    }
    // What broke off is no output.
    if (transfer.errno !== 0) return undefined
    if (transfer.output !== null) return this.naming.name(input, n, transfer)
    const path = this.naming.path(input, n, transfer)
    if (path !== undefined) writeBody(path, this.content(transfer))
    else if (!this.settings.jsonl) await this.stdout(this.content(transfer))
    return path === undefined ? undefined : this.naming.name(input, n, transfer)
  }

  private async stdout(data: string | Uint8Array): Promise<void> {
    if (data.length > 0) await writeAll(process.stdout, data, 'stdout')
  }

  private content(transfer: Transfer): Uint8Array {
    if (!this.settings.include) return transfer.body
    const lines = transfer.headerList
    const text = lines.map((line) => `${line}\r\n`).join('')
    const headers = Buffer.from(lines.length === 0 || lines.at(-1) === '' ? text : `${text}\r\n`, 'latin1')
    return Buffer.concat([headers, transfer.body])
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
