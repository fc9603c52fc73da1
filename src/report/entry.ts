/**
 * One transfer as a plain record, for reports that are made when the transfer itself is gone. Does not know
 * the form of a report.
 */
import { phasesOf, type Phases } from '../recordings/phases.js'
import { redactHeaderValue, redactUrl } from '../redaction.js'
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
  const { secrets = false, requestLines = [], earlier = [] } = details
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
  const answer = answerOf(capturedLines(transfer), secrets)
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
    requestHeaders: pairs(requestLines.slice(1), secrets),
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
    responseHeaders: pairs(head, secrets),
    responseTrailers: pairs(trailers, secrets),
  }
}

function pairs(lines: readonly string[], secrets: boolean): [string, string][] {
  return lines.flatMap((line): [string, string][] => {
    const at = line.indexOf(':')
    if (at < 1) return []
    const name = line.slice(0, at)
    const value = line.slice(at + 1).trim()
    return [[name, secrets ? value : redactHeaderValue(name, value)]]
  })
}
