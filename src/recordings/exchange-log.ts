/**
 * What was sent and received for one transfer, hop by hop, out of libcurl's log. Does not know in which form it is kept.
 */
import { ChunkedBody } from '../stand-in/request-reader.js'
import { asOneLine, statusOf } from '../transfer/response-headers.js'
import { redactHeaderValue } from '../redaction.js'
import { withoutCredentials } from '../url/comparable-url.js'
import type { Fields } from './har-format.js'

/** The data types of CURLOPT_DEBUGFUNCTION(3). */
const HEADER_IN = 1
const HEADER_OUT = 2
const DATA_IN = 3
const DATA_OUT = 4
const BLANK_LINE = '\r\n\r\n'
/** The longest body of a request that is kept. Bytes. */
export const MOST_KEPT = 64 * 1024 ** 2

/** A request and its response. */
export interface Exchange {
  readonly method: string
  /** Without credentials. */
  readonly url: string
  /** `HTTP/1.1`, `HTTP/2`: as in the request line. */
  readonly httpVersion: string
  /** The request line and the header lines. Credentials are not removed. */
  readonly requestLines: readonly string[]
  readonly requestBody: Buffer
  /** True if the body of the request was longer than what is kept. */
  readonly isBodyCut: boolean
  /** The status line and the header lines; empty if there was no response. */
  readonly responseLines: readonly string[]
  /** Header lines after the body. */
  readonly trailers: readonly string[]
  /** Milliseconds since the epoch: when it was sent, when its response began, and when the last byte came. */
  readonly sentAt: number
  readonly answeredAt: number
  readonly endedAt: number
}

interface Draft {
  head: string
  bodyBytes: number
  readonly body: Buffer[]
  lines: string[]
  readonly trailers: string[]
  isAnswered: boolean
  readonly url: string
  readonly sentAt: number
  answeredAt: number
  endedAt: number
}

/** Collects the exchanges of one transfer. */
export class ExchangeLog {
  private drafts: Draft[] = []

  /**
   * @param url the URL of the transfer
   * @param urlNow returns the URL that is being fetched. Default: what redirects lead to
   */
  constructor(
    private readonly url: string,
    private readonly urlNow: (() => string) | null = null,
  ) {}

  /** Forgets everything: another attempt begins. */
  restart(): void {
    this.drafts = []
  }

  /** Takes what a `DEBUGFUNCTION` gets. */
  readonly listen = (type: number, data: Buffer): number => {
    const last = this.drafts.at(-1)
    const now = performance.timeOrigin + performance.now()
    if (type === HEADER_OUT) this.send(data.toString('latin1'), last, now)
    else if (last === undefined) return 0
    else if (type === DATA_OUT) {
      last.bodyBytes += data.length
      if (last.bodyBytes <= MOST_KEPT) last.body.push(Buffer.from(data))
    } else if (type === HEADER_IN)
      this.receive(asOneLine(data.toString('latin1').replace(/\r?\n$/, '')), last, now)
    if (type === DATA_IN && last !== undefined) last.endedAt = now
    return 0
  }

  /** The exchanges with servers so far, in their order. */
  get exchanges(): Exchange[] {
    return this.drafts.filter(({ head }) => !head.startsWith('CONNECT ')).map(exchangeOf)
  }

  private send(text: string, last: Draft | undefined, now: number): void {
    if (last !== undefined && !last.head.includes(BLANK_LINE)) {
      // A long head is sent in several pieces.
      last.head += text
      return
    }
    // What was sent on a connection that had died is sent again.
    if (last?.lines.length === 0) this.drafts.pop()
    const url = withoutCredentials(this.urlNow?.() ?? this.nextUrl())
    const times = { sentAt: now, answeredAt: 0, endedAt: 0 }
    this.drafts.push({
      head: text,
      bodyBytes: 0,
      body: [],
      lines: [],
      trailers: [],
      isAnswered: false,
      url,
      ...times,
    })
  }

  private receive(line: string, draft: Draft, now: number): void {
    draft.answeredAt ||= now
    draft.endedAt = now
    // Another response follows a 100 Continue, whose blank line is not logged.
    const isInterim = draft.lines.length > 0 && statusOf(draft.lines[0] ?? null).status < 200
    if (isInterim && line.startsWith('HTTP/')) {
      draft.lines = []
      draft.isAnswered = false
    }
    if (draft.isAnswered && line !== '') draft.trailers.push(line)
    if (draft.isAnswered) return
    if (line === '') draft.isAnswered = true
    else draft.lines.push(line)
  }

  /** Returns the URL of the next request: after a redirect, its target. */
  private nextUrl(): string {
    const last = this.drafts.filter(({ head }) => !head.startsWith('CONNECT ')).at(-1)
    if (last === undefined) return this.url
    const { status } = statusOf(last.lines[0] ?? null)
    const to = status >= 300 && status < 400 ? fieldOf(last.lines, 'location') : undefined
    return to !== undefined && URL.canParse(to, last.url) ? new URL(to, last.url).href : last.url
  }
}

function fieldOf(lines: readonly string[], name: string): string | undefined {
  return fieldsOf(lines).find(([given]) => given.toLowerCase() === name)?.[1]
}

function exchangeOf(draft: Draft): Exchange {
  const requestLines = draft.head.split('\r\n').filter((line) => line !== '')
  const [method = '', ...rest] = (requestLines[0] ?? '').split(' ')
  const { url, lines, sentAt, answeredAt, endedAt } = draft
  const isBodyCut = draft.bodyBytes > MOST_KEPT
  return {
    method,
    url,
    httpVersion: rest.at(-1) ?? '',
    requestLines,
    requestBody: isBodyCut ? Buffer.alloc(0) : unchunked(Buffer.concat(draft.body), requestLines),
    isBodyCut,
    responseLines: lines,
    trailers: draft.trailers,
    sentAt,
    answeredAt: answeredAt || sentAt,
    endedAt: endedAt || answeredAt || sentAt,
  }
}

/** Takes a body out of its chunks: some versions of libcurl log them as they are on the wire. */
function unchunked(body: Buffer, lines: readonly string[]): Buffer {
  if (!/^chunked$/i.test(fieldOf(lines, 'transfer-encoding') ?? '')) return body
  const reader = new ChunkedBody()
  reader.read(body)
  return reader.isDone ? reader.content : body
}

/** Returns the fields among header lines. */
export function fieldsOf(lines: readonly string[]): [string, string][] {
  return lines.flatMap((line): [string, string][] => {
    const at = line.indexOf(':')
    return at < 1 ? [] : [[line.slice(0, at), line.slice(at + 1).trim()]]
  })
}

/** Returns the fields of a request without secrets: they are masked. */
export function maskedFields(fields: Fields): [string, string][] {
  return fields.map(([name, value]) => [name, redactHeaderValue(name, value)])
}

const MASK = '***'

/**
 * Returns the fields of a response without secrets: those that are masked are left out, so that nothing takes a mask
 * for a value.
 */
export function harmlessFields(fields: Fields): [string, string][] {
  return fields.flatMap(([name, value]): [string, string][] => {
    const shown = redactHeaderValue(name, value)
    if (shown === value) return [[name, value]]
    return shown === MASK ? [] : [[name, shown.replaceAll(`${MASK}@`, '')]]
  })
}
