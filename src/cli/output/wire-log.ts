/**
 * What goes over the wire, as libcurl tells it, without credentials: for -v and for the headers of requests.
 * Does not know where it is shown.
 */
import { redactLine } from '../../redaction.js'
import { asOneLine } from '../../transfer/response-headers.js'

/** Types of CURLOPT_DEBUGFUNCTION(3). */
const TEXT = 0
const HEADER_IN = 1
const HEADER_OUT = 2
const MARKS: Readonly<Record<number, string>> = { [TEXT]: '* ', [HEADER_IN]: '< ', [HEADER_OUT]: '> ' }

/** Listens to one transfer. */
export class Tap {
  private readonly lines: string[] = []
  private sent: string[] = []

  constructor(private readonly keepsLines: boolean) {}

  /** For DEBUGFUNCTION. */
  readonly listen = (type: number, data: Buffer): number => {
    const mark = MARKS[type]
    if (mark === undefined) return 0
    const text = data.toString('latin1')
    if (type === HEADER_OUT) {
      // Each request begins anew: of redirects, the last one counts.
      this.sent = text.split('\r\n').filter((line) => line !== '')
    }
    if (!this.keepsLines) return 0
    const whole = text.replace(/\r?\n$/, '')
    // Headers that come are given one by one: a line end within one is the server's, and begins no line.
    const lines = type === HEADER_IN ? [asOneLine(whole)] : whole.split(/\r?\n/)
    for (const line of lines) this.lines.push(mark + redactLine(line))
    return 0
  }

  /** All that there is to show, in one piece. */
  get text(): string {
    return this.lines
      .map((line) => `${line.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '?')}\n`)
      .join('')
  }

  /** The header lines of the last request, its request line first; with secrets. */
  get requestLines(): readonly string[] {
    return this.sent
  }
}
