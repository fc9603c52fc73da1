/**
 * A run as an HTTP archive (HAR 1.2), which browsers' developer tools can open. Source:
 * http://www.softwareishard.com/blog/har-12-spec/. Does not know where the archive is stored.
 */
import {
  addressField,
  named,
  queryOf,
  requestCookies,
  responseCookies,
  rounded,
  sumOf,
  timingsOf,
  timingsOfHop,
  type Har,
  type HarEntry,
} from '../recordings/har-format.js'
import type { RunEntry } from './entry.js'

export type { Har, HarContent, HarEntry, NameValue, PostData } from '../recordings/har-format.js'

/** The name and version of the program that made the archive. */
export interface HarOptions {
  name?: string
  version?: string
}

/**
 * Returns the archive entries of one transfer: one for each redirect and challenge that libcurl has followed, and
 * that of {@link harEntry}.
 */
export function harEntries(entry: RunEntry): HarEntry[] {
  const { hops = [], lastHop = null, queueMs, retryMs, queuedAt } = entry
  const last = harEntry(entry)
  const [first, ...others] = hops
  if (first === undefined) return [last]
  const blocked = rounded(queueMs + retryMs)
  const timings = { ...first.timings, blocked }
  const begun = { ...first, startedDateTime: new Date(queuedAt).toISOString(), timings, time: sumOf(timings) }
  if (lastHop === null) {
    // libcurl measures all of them together: nobody knows how long each took.
    const comment = 'the times of all redirects are in the last entry'
    const at = { startedDateTime: last.startedDateTime }
    return [begun, ...others.map((hop) => ({ ...hop, ...at })), { ...last, comment }]
  }
  const { sentAt, waitMs, receiveMs } = lastHop
  const own = timingsOfHop(waitMs, receiveMs)
  const startedDateTime = new Date(sentAt).toISOString()
  return [begun, ...others, { ...last, startedDateTime, timings: own, time: sumOf(own) }]
}

/**
 * Returns the archive entry of the last request of a transfer. A retried transfer has its last attempt, with the
 * time before it as `blocked`.
 */
export function harEntry(entry: RunEntry): HarEntry {
  const { phases, queueMs, retryMs, postData = null, content = null } = entry
  const url = entry.effectiveUrl.replaceAll('***@', '')
  const timings = timingsOf(phases, queueMs + retryMs)
  const tried = entry.attempts.length
  return {
    startedDateTime: new Date(entry.queuedAt).toISOString(),
    time: sumOf(timings),
    request: {
      method: entry.method,
      url,
      httpVersion: entry.httpVersion,
      cookies: requestCookies(entry.requestHeaders),
      headers: named(entry.requestHeaders),
      queryString: queryOf(url),
      ...(postData !== null && { postData }),
      headersSize: entry.sizes.request > 0 ? Math.max(0, entry.sizes.request - entry.sizes.upload) : -1,
      bodySize: entry.sizes.upload,
    },
    response: {
      status: entry.status,
      statusText: entry.statusText,
      httpVersion: entry.httpVersion,
      cookies: responseCookies(entry.responseHeaders),
      headers: named(entry.responseHeaders),
      content: content ?? { size: Math.max(0, entry.contentSize), mimeType: entry.contentType },
      redirectURL: entry.redirectUrl.replaceAll('***@', ''),
      headersSize: entry.sizes.header > 0 ? entry.sizes.header : -1,
      bodySize: entry.sizes.download,
      ...(entry.responseTrailers.length > 0 && { _trailers: named(entry.responseTrailers) }),
      ...(entry.errno !== 0 && { _error: `${String(entry.errno)}: ${entry.error}` }),
    },
    cache: {},
    timings,
    ...addressField(entry.remoteIp),
    ...(entry.remotePort > 0 && { connection: String(entry.remotePort) }),
    ...(tried > 1 && { comment: `${String(tried)} attempts` }),
  }
}

/** Returns the archive of a run. Entries are in the order of their start, as the format recommends. */
export function toHar(entries: Iterable<RunEntry>, options: HarOptions = {}): Har {
  const { name = 'parallelcurl', version = '' } = options
  const sorted = [...entries].sort((a, b) => a.queuedAt - b.queuedAt)
  return { log: { version: '1.2', creator: { name, version }, entries: sorted.flatMap(harEntries) } }
}
