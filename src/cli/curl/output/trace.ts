/**
 * `-v`, `--trace` and `--trace-ascii`: what libcurl says of a transfer while it works, in curl's forms. Does
 * not know what it means.
 */
import { openSync } from 'node:fs'
import type { Trace } from '../invocation.js'
import { withoutQuotedProxy } from '../../../shown-proxy.js'
import { STDERR, STDOUT, tryWrite } from './descriptors.js'
import type { RunMessages } from './messages.js'

/** `curl_infotype`. */
const TEXT = 0
const HEADER_IN = 1
const HEADER_OUT = 2
const MARKS = ['* ', '< ', '> ', '{ ', '} ', '{ ', '} ']
const NAMES = [
  '',
  '<= Recv header',
  '=> Send header',
  '<= Recv data',
  '=> Send data',
  '<= Recv SSL data',
  '=> Send SSL data',
]
const LINE_FEED = 10
const CARRIAGE_RETURN = 13

/** The numbers that a line may begin with. */
export interface TraceIds {
  readonly transfer: number
  readonly connection: number
}

/** Writes the trace of a run. */
export class TraceLog {
  private fd: number | null = null
  /** True if the line that was written last goes on. */
  private isWithinLine = false
  private saidData = false

  /** @param isOnTerminal returns true if bodies are shown on the terminal: the trace leaves them out then */
  constructor(
    private readonly trace: Trace,
    private readonly messages: RunMessages,
    private readonly isOnTerminal: () => boolean,
  ) {}

  /** Takes what libcurl's DEBUGFUNCTION gets. */
  hear(type: number, given: Buffer, ids: () => TraceIds): void {
    // The proxy's password is masked: nobody expects it among the texts about a connection.
    const data = type === TEXT ? Buffer.from(withoutQuotedProxy(given.toString('latin1')), 'latin1') : given
    const fd = this.target()
    const { kind, time } = this.trace
    const start = `${time ? `${clockTime()} ` : ''}${this.trace.ids ? idText(ids()) : ''}`
    if (kind === 'plain') this.plain(fd, type, data, start)
    else if (type === TEXT) tryWrite(fd, Buffer.concat([Buffer.from(`${start}* `), data]))
    else if (NAMES[type] !== undefined) tryWrite(fd, dump(data, `${start}${NAMES[type]}`, kind === 'ascii'))
  }

  private target(): number {
    if (this.fd !== null) return this.fd
    const { file } = this.trace
    if (file === undefined || file === '%') return this.messages.fd
    if (file === '-') return (this.fd = STDOUT)
    try {
      return (this.fd = openSync(file, 'w'))
    } catch {
      this.messages.warn('Failed to create/open output')
      return (this.fd = STDERR)
    }
  }

  private plain(fd: number, type: number, data: Buffer, start: string): void {
    const mark = start + (MARKS[type] ?? '')
    if (type === TEXT || type === HEADER_IN || type === HEADER_OUT) {
      const pieces: Buffer[] = []
      // Only what is sent comes in blocks of lines.
      for (const line of type === HEADER_OUT ? linesOf(data) : [data]) {
        if (!this.isWithinLine) pieces.push(Buffer.from(mark))
        pieces.push(line)
        this.isWithinLine = line[line.length - 1] !== LINE_FEED
      }
      tryWrite(fd, Buffer.concat(pieces))
      this.saidData = false
    } else if (!this.saidData && MARKS[type] !== undefined) {
      const isShown = this.isOnTerminal() && (fd === this.messages.fd || fd === STDOUT)
      if (isShown) return
      tryWrite(fd, `${this.isWithinLine ? '' : mark}[${String(data.length)} bytes data]\n`)
      this.isWithinLine = false
      this.saidData = true
    }
  }
}

function* linesOf(data: Buffer): Generator<Buffer> {
  let start = 0
  while (start < data.length) {
    const end = data.indexOf(LINE_FEED, start)
    const next = end < 0 ? data.length : end + 1
    yield data.subarray(start, next)
    start = next
  }
}

function clockTime(): string {
  const now = performance.timeOrigin + performance.now()
  const date = new Date(now)
  const two = (number: number): string => String(number).padStart(2, '0')
  const micro = Math.floor((now % 1000) * 1000)
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(micro).padStart(6, '0')}`
}

function idText({ transfer, connection }: TraceIds): string {
  if (transfer < 0) return ''
  return `[${String(transfer)}-${connection < 0 ? 'x' : String(connection)}] `
}

/** Bytes in lines of 64 characters, or of 16 with their hexadecimal form. */
function dump(data: Buffer, title: string, isAscii: boolean): string {
  const { length } = data
  const width = isAscii ? 64 : 16
  let text = `${title}, ${String(length)} bytes (0x${length.toString(16)})\n`
  const isLineEnd = (at: number): boolean =>
    isAscii && data[at] === CARRIAGE_RETURN && data[at + 1] === LINE_FEED
  let at = 0
  while (at < length) {
    text += `${at.toString(16).padStart(4, '0')}: `
    const end = Math.min(at + width, length)
    if (!isAscii) {
      for (let i = at; i < at + width; i++)
        text += i < length ? `${(data[i] as number).toString(16).padStart(2, '0')} ` : '   '
    }
    let i = at
    while (i < end && !isLineEnd(i)) {
      const unit = data[i] as number
      text += unit >= 0x20 && unit < 0x7f ? String.fromCharCode(unit) : '.'
      i++
    }
    // A line end takes no line of its own, also where it follows a full one.
    at = isLineEnd(i) ? i + 2 : i
    text += '\n'
  }
  return text
}
