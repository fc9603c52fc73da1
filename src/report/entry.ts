/**
 * One transfer as a plain record, for reports that are made when the transfer itself is gone. Does not know
 * the form of a report.
 */
import { contentOf, hopEntry, postDataOf } from '../recordings/exchange-entry.js'
import {
  fieldOf,
  lastAttempt,
  receivedFields,
  sentFields,
  type Exchange,
  type ExchangeLog,
} from '../recordings/exchange-log.js'
import type { HarContent, HarEntry, PostData } from '../recordings/har-format.js'
import { phasesOf, type Phases } from '../recordings/phases.js'
import { redactUrl } from '../redaction.js'
import { isWebUrl, withoutCredentials } from '../url/comparable-url.js'
import type { Attempt, InfoValue, Transfer } from '../index.js'
import { lastResponseLines, statusOf } from '../transfer/response-headers.js'

export type { Phases }

/** The record of one transfer. URLs have no credentials. Headers have no secrets, unless `secrets` is set. */
export interface RunEntry {
  /** The URL of the request, without credentials. */
  url: string
  /** The URL of the response, the last one after redirects. */
  effectiveUrl: string
  method: string
  status: number
  errno: number
  /** The message of the failure; `''` if there is none. */
  error: string
  /** The time of the call, in milliseconds since the epoch. */
  queuedAt: number
  /** The time before the first attempt. Milliseconds. */
  queueMs: number
  /**
   * The time from the first attempt to the last one: failed attempts, and the pauses between them.
   * Milliseconds.
   */
  retryMs: number
  /** The phases of the last attempt. */
  phases: Phases
  attempts: readonly Attempt[]
  httpVersion: string
  remoteIp: string
  remotePort: number
  contentType: string
  redirectUrl: string
  /** Bytes on the wire. */
  sizes: { request: number; upload: number; header: number; download: number }
  /** Bytes of the decoded body. */
  contentSize: number
  /** The hops before the response: redirects and challenges that libcurl has followed. */
  hops?: readonly HarEntry[]
  /** When the last request was sent, and its times, if there were hops. */
  lastHop?: { sentAt: number; waitMs: number; receiveMs: number } | null
  postData?: PostData | null
  /** The body, if it is to be kept. */
  content?: HarContent | null
  /** Pairs of name and value, as far as they are known. */
  requestHeaders: readonly (readonly [string, string])[]
  responseHeaders: readonly (readonly [string, string])[]
  responseTrailers: readonly (readonly [string, string])[]
  statusText: string
}

/** Data for a record that the transfer does not have. */
export interface EntryDetails {
  /** Header lines of the request, as a `DEBUGFUNCTION` receives them. */
  requestLines?: readonly string[]
  /** What a log of libcurl's has heard of the transfer: hops, the headers of requests, their bodies. */
  log?: ExchangeLog | undefined
  /** Keeps the text of bodies, as far as the log and the transfer have them. Default: false. */
  bodies?: boolean
  /** Attempts before those of the transfer, if it is not the first one for its request. Default: none. */
  earlier?: readonly Attempt[] | undefined
  /**
   * The time of the first call for the request, in milliseconds since the epoch. Default: that of the
   * transfer.
   */
  queuedAt?: number | undefined
  /** Bytes of the decoded body, where a `WRITEFUNCTION` took them. Default: as far as the transfer knows. */
  contentSize?: number | undefined
  /** Keeps the values of cookies and credentials. Default: false. */
  secrets?: boolean
}

/** The values are from curl/curl.h, CURL_HTTP_VERSION_*. */
const HTTP_VERSIONS: Readonly<Record<number, string>> = {
  1: 'HTTP/1.0',
  2: 'HTTP/1.1',
  3: 'HTTP/2',
  30: 'HTTP/3',
}

/**
 * Returns the record of a transfer. The transfer has to be held: call it in its callback or in the loop over
 * `stream()`.
 *
 * The response headers are only recorded with `captureHeaders`.
 */
export function entryOf(transfer: Transfer, details: EntryDetails = {}): RunEntry {
  const { secrets = false, requestLines = [], earlier = [], bodies = false, log } = details
  const info = (name: string): InfoValue => {
    try {
      return transfer.getInfo(name)
    } catch {
      // The transfer was aborted before its launch, so there is no handle with infos.
      return null
    }
  }
  const text = (name: string): string => String(info(name) ?? '')
  const number = (name: string): number => Number(info(name) ?? 0)
  const attempts = [...earlier, ...transfer.attempts]
  const first = attempts[0]
  const last = attempts.at(-1)
  const queuedAt = details.queuedAt ?? queuedTime(transfer, last)
  const lines = capturedLines(transfer)
  const answer = answerOf(lines, secrets)
  const exchanges =
    log === undefined
      ? exchangesOf(lines, transfer, text('EFFECTIVE_METHOD'))
      : lastAttempt(log.exchanges(transfer.url))
  // After a redirect to another protocol, the last request is none of HTTP.
  const isWeb = log === undefined || isWebUrl(text('EFFECTIVE_URL'))
  const exchange = isWeb ? exchanges.at(-1) : undefined
  const hops = isWeb ? exchanges.slice(0, -1) : exchanges
  const sentLines = log === undefined ? requestLines : (exchange?.requestLines ?? requestLines)
  return {
    url: redactUrl(transfer.url),
    effectiveUrl: redactUrl(text('EFFECTIVE_URL') || transfer.url),
    method: text('EFFECTIVE_METHOD') || 'GET',
    status: transfer.responseCode,
    errno: transfer.errno,
    error: transfer.error,
    queuedAt,
    queueMs: first === undefined ? 0 : Math.max(0, first.startedAt - queuedAt),
    retryMs: first === undefined || last === undefined ? 0 : last.startedAt - first.startedAt,
    phases: phasesOf(number),
    attempts,
    httpVersion: HTTP_VERSIONS[number('HTTP_VERSION')] ?? '',
    remoteIp: text('PRIMARY_IP'),
    remotePort: number('PRIMARY_PORT'),
    contentType: text('CONTENT_TYPE'),
    redirectUrl: redactUrl(text('REDIRECT_URL')),
    sizes: {
      request: number('REQUEST_SIZE'),
      upload: number('SIZE_UPLOAD_T'),
      header: number('HEADER_SIZE'),
      download: number('SIZE_DOWNLOAD_T'),
    },
    contentSize:
      details.contentSize ?? transfer.output?.size ?? (transfer.keptBytes || transfer.receivedBytes),
    hops: hops.map((hop) => hopEntry(hop, { secrets, bodies })),
    lastHop:
      hops.length === 0 || exchange === undefined || log === undefined
        ? null
        : {
            sentAt: exchange.sentAt,
            waitMs: exchange.answeredAt - exchange.sentAt,
            receiveMs: exchange.endedAt - exchange.answeredAt,
          },
    postData: (exchange && postDataOf(exchange, { bodies })) ?? null,
    content: bodies && transfer.keptBytes > 0 ? contentOf(transfer.body, text('CONTENT_TYPE'), false) : null,
    requestHeaders: sentFields(sentLines.slice(1), secrets),
    ...answer,
  }
}

function queuedTime(transfer: Transfer, last: Attempt | undefined): number {
  if (last === undefined) return Date.now()
  const { queuedAt } = transfer
  return performance.timeOrigin + queuedAt
}

function capturedLines(transfer: Transfer): readonly string[] {
  try {
    return transfer.headerList
  } catch {
    // The headers were not captured.
    return []
  }
}

function answerOf(
  lines: readonly string[],
  secrets: boolean,
): Pick<RunEntry, 'statusText' | 'responseHeaders' | 'responseTrailers'> {
  const { statusLine, head, trailers } = lastResponseLines(lines)
  if (statusLine === null) return { statusText: '', responseHeaders: [], responseTrailers: [] }
  return {
    statusText: statusOf(statusLine).text,
    responseHeaders: receivedFields(head, secrets),
    responseTrailers: receivedFields(trailers, secrets),
  }
}

/** Returns the exchanges that header lines tell of, without their requests. The method of a hop is taken to be the last one. */
function exchangesOf(lines: readonly string[], { url }: Transfer, method: string): Exchange[] {
  const nothing = {
    httpVersion: '',
    requestLines: [],
    requestBody: Buffer.alloc(0),
    requestBytes: 0,
    trailers: [],
    sentAt: 0,
    answeredAt: 0,
    endedAt: 0,
  }
  const found: Exchange[] = []
  let at = withoutCredentials(url)
  for (const block of lines.join('\n').split('\n\n')) {
    const responseLines = block.split('\n')
    const { status } = statusOf(responseLines[0] ?? null)
    const to = fieldOf(responseLines, 'location')
    const isRedirect = status >= 300 && status < 400 && to !== undefined && URL.canParse(to, at)
    // The heads of tunnels, of 100 Continue, and trailers are no hops.
    if (!isRedirect && status !== 401) continue
    found.push({ ...nothing, method: method || 'GET', url: at, responseLines })
    if (isRedirect) at = withoutCredentials(new URL(to, at).href)
  }
  // The last response is that of the transfer.
  if (found.length > 0 && endsWith(lines, found.at(-1))) return found
  return [...found, { ...nothing, method, url: at, responseLines: [] }]
}

/** True if the last response among the lines is this one. */
function endsWith(lines: readonly string[], exchange: Exchange | undefined): boolean {
  const { statusLine, head } = lastResponseLines(lines)
  const own = exchange?.responseLines ?? []
  return own[0] === statusLine && own.slice(1).join('\n') === head.join('\n')
}
