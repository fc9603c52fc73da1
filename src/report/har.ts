/**
 * A run as an HTTP archive (HAR 1.2), which browsers' developer tools can open. Source:
 * http://www.softwareishard.com/blog/har-12-spec/. Does not know where the archive is stored.
 */
import type { RunEntry } from './entry.js'

/** A name and its value. */
export interface NameValue {
  name: string
  value: string
}

/** One transfer. Unknown values are empty or -1, as the format requires. */
export interface HarEntry {
  /** The time of the call, as an ISO date. */
  startedDateTime: string
  /** The sum of `timings`. Milliseconds. */
  time: number
  request: {
    method: string
    url: string
    httpVersion: string
    cookies: NameValue[]
    headers: NameValue[]
    queryString: NameValue[]
    headersSize: number
    bodySize: number
  }
  response: {
    status: number
    statusText: string
    httpVersion: string
    cookies: NameValue[]
    headers: NameValue[]
    content: { size: number; mimeType: string }
    redirectURL: string
    headersSize: number
    bodySize: number
    _trailers?: NameValue[]
    _error?: string
  }
  cache: Record<string, never>
  timings: {
    blocked: number
    dns: number
    connect: number
    ssl: number
    send: number
    wait: number
    receive: number
  }
  serverIPAddress?: string
  connection?: string
  comment?: string
}

/** An archive. */
export interface Har {
  log: {
    version: '1.2'
    creator: { name: string; version: string }
    entries: HarEntry[]
  }
}

/** The name and version of the program that made the archive. */
export interface HarOptions {
  name?: string
  version?: string
}

/**
 * Returns the archive entry of one transfer. A retried transfer has one entry: its last attempt, with the
 * time before it as `blocked`.
 */
export function harEntry(entry: RunEntry): HarEntry {
  const { phases, queueMs, retryMs } = entry
  const isNew = phases.connect > 0 || phases.tls > 0
  const timings = {
    blocked: round(queueMs + retryMs),
    dns: isNew ? round(phases.dns) : -1,
    // In this format, `connect` includes TLS, and `ssl` states it once more.
    connect: isNew ? round(phases.connect + phases.tls) : -1,
    ssl: phases.tls > 0 ? round(phases.tls) : -1,
    send: round(phases.send),
    wait: round(phases.wait),
    receive: round(phases.receive),
  }
  const { blocked, dns, connect, send, wait, receive } = timings
  const counted = [blocked, dns, connect, send, wait, receive].filter((time) => time >= 0)
  const tried = entry.attempts.length
  return {
    startedDateTime: new Date(entry.queuedAt).toISOString(),
    time: round(counted.reduce((sum, time) => sum + time, 0)),
    request: {
      method: entry.method,
      url: entry.effectiveUrl,
      httpVersion: entry.httpVersion,
      cookies: requestCookies(entry.requestHeaders),
      headers: named(entry.requestHeaders),
      queryString: queryOf(entry.effectiveUrl),
      headersSize: entry.sizes.request > 0 ? Math.max(0, entry.sizes.request - entry.sizes.upload) : -1,
      bodySize: entry.sizes.upload,
    },
    response: {
      status: entry.status,
      statusText: entry.statusText,
      httpVersion: entry.httpVersion,
      cookies: responseCookies(entry.responseHeaders),
      headers: named(entry.responseHeaders),
      content: { size: Math.max(0, entry.contentSize), mimeType: entry.contentType },
      redirectURL: entry.redirectUrl,
      headersSize: entry.sizes.header > 0 ? entry.sizes.header : -1,
      bodySize: entry.sizes.download,
      ...(entry.responseTrailers.length > 0 && { _trailers: named(entry.responseTrailers) }),
      ...(entry.errno !== 0 && { _error: `${String(entry.errno)}: ${entry.error}` }),
    },
    cache: {},
    timings,
    ...(entry.remoteIp !== '' && { serverIPAddress: entry.remoteIp }),
    ...(entry.remotePort > 0 && { connection: String(entry.remotePort) }),
    ...(tried > 1 && { comment: `${String(tried)} attempts` }),
  }
}

/** Returns the archive of a run. Entries are in the order of their start, as the format recommends. */
export function toHar(entries: Iterable<RunEntry>, options: HarOptions = {}): Har {
  const { name = 'parallelcurl', version = '' } = options
  const sorted = [...entries].sort((a, b) => a.queuedAt - b.queuedAt)
  return { log: { version: '1.2', creator: { name, version }, entries: sorted.map(harEntry) } }
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000
}

function named(headers: RunEntry['requestHeaders']): NameValue[] {
  return headers.map(([name, value]) => ({ name, value }))
}

function valuesOf(headers: RunEntry['requestHeaders'], wanted: string): string[] {
  return headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value)
}

function requestCookies(headers: RunEntry['requestHeaders']): NameValue[] {
  return valuesOf(headers, 'cookie').flatMap((line) => line.split('; ').flatMap(cookie))
}

function responseCookies(headers: RunEntry['responseHeaders']): NameValue[] {
  return valuesOf(headers, 'set-cookie').flatMap((line) => cookie(line.split(';')[0] ?? ''))
}

function cookie(pair: string): NameValue[] {
  const at = pair.indexOf('=')
  return at < 1 ? [] : [{ name: pair.slice(0, at).trim(), value: pair.slice(at + 1) }]
}

function queryOf(url: string): NameValue[] {
  const query = /\?([^#]*)/.exec(url)?.[1]
  if (query === undefined) return []
  return Array.from(new URLSearchParams(query), ([name, value]) => ({ name, value }))
}
