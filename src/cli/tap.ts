/**
 * What goes over the wire, as libcurl tells it, without credentials: for -v and for the headers of requests. Does not know where
 * it is shown.
 */
import { redactUrl } from '../errors.js'

/** Types of CURLOPT_DEBUGFUNCTION(3). */
const TEXT = 0
const HEADER_IN = 1
const HEADER_OUT = 2
const MARKS: Readonly<Record<number, string>> = { [TEXT]: '* ', [HEADER_IN]: '< ', [HEADER_OUT]: '> ' }

const SECRET_HEADER = /^((?:proxy-)?authorization|(?:set-)?cookie2?|x-api-key|x-auth-token)(\s*):.*$/i
/** HTTP/2 and 3 spell headers in brackets: `[authorization: Basic ...]`. */
const SECRET_IN_BRACKETS = /\[((?:proxy-)?authorization|(?:set-)?cookie|x-api-key|x-auth-token): [^\]]*\]/gi
const COOKIE_NOTE = /^((?:Added|Replaced|Skipped) cookie [^=\s]*).*$/

/** A line without what must not be shown. */
export function redactLine(line: string): string {
  return line
    .replace(SECRET_HEADER, '$1$2: ***')
    .replace(SECRET_IN_BRACKETS, '[$1: ***]')
    .replace(COOKIE_NOTE, '$1 ***')
    .replace(/[a-z][a-z0-9+.-]*:\/\/[^\s'"]+/gi, (url) => redactUrl(url))
}

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
    for (const line of text.replace(/\r?\n$/, '').split(/\r?\n/)) this.lines.push(mark + redactLine(line))
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
