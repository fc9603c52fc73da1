/**
 * Formats libcurl's debug output without credentials, for -v and for the request headers in reports. Does not
 * print it.
 */
import { ExchangeLog } from '../../recordings/exchange-log.js'
import { redactLine } from '../../redaction.js'
import { asOneLine } from '../../transfer/response-headers.js'

/** The data types of CURLOPT_DEBUGFUNCTION(3). */
const TEXT = 0
const HEADER_IN = 1
const HEADER_OUT = 2
const MARKS: Readonly<Record<number, string>> = { [TEXT]: '* ', [HEADER_IN]: '< ', [HEADER_OUT]: '> ' }

/** Records the debug output of one transfer. */
export class Tap {
  private readonly lines: string[] = []
  /** What was sent and received, without bodies, for reports. */
  readonly log = new ExchangeLog(null, 0)

  constructor(private readonly keepsLines: boolean) {}

  /** The callback for DEBUGFUNCTION. */
  readonly listen = (type: number, data: Buffer): number => {
    this.log.listen(type, data)
    const mark = MARKS[type]
    if (mark === undefined) return 0
    const text = data.toString('latin1')
    if (!this.keepsLines) return 0
    const whole = text.replace(/\r?\n$/, '')
    // libcurl delivers received headers one by one. A line end inside one comes from the server and must not
    // begin a new line.
    const lines = type === HEADER_IN ? [asOneLine(whole)] : whole.split(/\r?\n/)
    for (const line of lines) this.lines.push(mark + redactLine(line))
    return 0
  }

  /** The whole log as one text. */
  get text(): string {
    return this.lines
      .map((line) => `${line.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '?')}\n`)
      .join('')
  }
}
