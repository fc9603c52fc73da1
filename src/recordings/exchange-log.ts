/**
 * What was sent and received for one transfer, hop by hop, out of libcurl's log. Does not know in which form it is kept.
 */
import { ChunkedBody, valuesOf } from '../stand-in/request-reader.js'
import { asOneLine, statusOf } from '../transfer/response-headers.js'
import { redactHeaderValue } from '../redaction.js'
import { MASK } from '../shown-proxy.js'
import { isWebUrl, withoutCredentials } from '../url/comparable-url.js'
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
  /** The length of the body of the request as it was sent, -1 if unknown; the body is empty where it is not kept. Bytes. */
  readonly requestBytes: number
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
  readonly url: string | null
  readonly sentAt: number
  answeredAt: number
  endedAt: number
}

/** Collects the exchanges of one transfer. */
export class ExchangeLog {
  private drafts: Draft[] = []

  /**
   * @param urlNow returns the URL that is being fetched. Default: what redirects lead to
   * @param mostKept the longest body of a request that is kept. Bytes
   */
  constructor(
    private readonly urlNow: (() => string) | null = null,
    private readonly mostKept = MOST_KEPT,
  ) {}

  /** Takes what a `DEBUGFUNCTION` gets. */
  readonly listen = (type: number, data: Buffer): number => {
    const last = this.drafts.at(-1)
    const now = performance.timeOrigin + performance.now()
    if (type === HEADER_OUT) this.send(data.toString('latin1'), last, now)
    else if (last === undefined) return 0
    else if (type === DATA_OUT) {
      last.bodyBytes += data.length
      if (last.bodyBytes <= this.mostKept) last.body.push(Buffer.from(data))
    } else if (type === HEADER_IN)
      this.receive(asOneLine(data.toString('latin1').replace(/\r?\n$/, '')), last, now)
    if (type === DATA_IN && last !== undefined) last.endedAt = now
    return 0
  }

  /**
   * Returns the exchanges with servers so far, in their order.
   *
   * @param url the URL of the transfer
   */
  exchanges(url: string): Exchange[] {
    const all: Exchange[] = []
    for (const draft of this.drafts.filter(isForServer)) {
      const target = draft.head.split(' ', 2)[1] ?? ''
      const at = withoutCredentials(draft.url ?? nextUrl(url, all.at(-1), target))
      all.push(exchangeOf(draft, at, this.mostKept))
    }
    return all
  }

  private send(text: string, last: Draft | undefined, now: number): void {
    if (last !== undefined && isUnfinished(last)) {
      // A long head is sent in several pieces.
      last.head += text
      return
    }
    // What was sent on a connection that had died is sent again.
    if (last?.lines.length === 0) this.drafts.pop()
    const url = this.urlNow?.() ?? null
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
}

/** Returns the URL of a request with this target: after a redirect that of its location, else that of the transfer. */
function nextUrl(url: string, last: Exchange | undefined, target: string): string {
  if (last === undefined) return url
  const { status } = statusOf(last.responseLines[0] ?? null)
  const to = status >= 300 && status < 400 ? fieldOf(last.responseLines, 'location') : undefined
  const next = to !== undefined && URL.canParse(to, last.url) ? new URL(to, last.url).href : last.url
  // Another attempt begins with the URL of the transfer.
  return hasTarget(next, target) || !hasTarget(url, target) ? next : url
}

/** Returns the exchanges of the last attempt: redirects and challenges, and what they led to. */
export function lastAttempt(exchanges: readonly Exchange[]): readonly Exchange[] {
  let first = exchanges.length - 1
  for (; first > 0; first--) {
    const before = exchanges[first - 1] as Exchange
    const { status } = statusOf(before.responseLines[0] ?? null)
    if (!(status >= 300 && status < 400) && status !== 401 && status !== 407) break
  }
  return exchanges.slice(Math.max(0, first))
}

/** True for a head whose next piece may follow. */
function isUnfinished({ head, lines }: Draft): boolean {
  return lines.length === 0 && !head.includes(BLANK_LINE) && (!head.includes('\r\n') || isRequest(head))
}

/** True for a head of HTTP. libcurl logs commands of other protocols as heads, too: those of FTP have a password. */
function isRequest(head: string): boolean {
  return / HTTP\/\d[.\d]*\r\n/.test(head.slice(0, head.indexOf('\r\n') + 2))
}

function isForServer({ head, url }: Draft): boolean {
  return !head.startsWith('CONNECT ') && isRequest(head) && (url === null || isWebUrl(url))
}

/** True if a request for the URL has this target: its path and query, or the whole URL. */
function hasTarget(url: string, target: string): boolean {
  if (!URL.canParse(url)) return false
  const { pathname, search } = new URL(url)
  return target.endsWith(pathname + search)
}

function exchangeOf(draft: Draft, url: string, mostKept: number): Exchange {
  const requestLines = draft.head.split('\r\n').filter((line) => line !== '')
  const [method = '', ...rest] = (requestLines[0] ?? '').split(' ')
  const { lines, sentAt, answeredAt, endedAt } = draft
  const isKept = draft.bodyBytes <= mostKept
  return {
    method,
    url,
    httpVersion: rest.at(-1) ?? '',
    requestLines,
    requestBody: isKept ? unchunked(Buffer.concat(draft.body), requestLines) : Buffer.alloc(0),
    requestBytes: draft.bodyBytes,
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
function fieldsOf(lines: readonly string[]): [string, string][] {
  return lines.flatMap((line): [string, string][] => {
    const at = line.indexOf(':')
    return at < 1 ? [] : [[line.slice(0, at), line.slice(at + 1).trim()]]
  })
}

/** Returns the value of the first field of a name, in lower case, among header lines. */
export function fieldOf(lines: readonly string[], name: string): string | undefined {
  return valuesOf(fieldsOf(lines), name)[0]
}

/** Returns the fields among header lines of a request. Without `secrets`, their values are masked. */
export function sentFields(lines: readonly string[], secrets: boolean): Fields {
  const fields = fieldsOf(lines)
  return secrets ? fields : fields.map(([name, value]) => [name, redactHeaderValue(name, value)])
}

/**
 * Returns the fields among header lines of a response. Without `secrets`, those that would be masked are left out, so
 * that nothing takes a mask for a value.
 */
export function receivedFields(lines: readonly string[], secrets: boolean): Fields {
  const fields = fieldsOf(lines)
  if (secrets) return fields
  return fields.flatMap(([name, value]): [string, string][] => {
    const shown = redactHeaderValue(name, value)
    if (shown === value) return [[name, value]]
    return shown === MASK ? [] : [[name, shown.replaceAll(`${MASK}@`, '')]]
  })
}
