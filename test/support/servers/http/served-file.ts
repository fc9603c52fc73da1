/**
 * Serves a file as real servers do: with validators, ranges, and connections that end early. Does not record
 * requests.
 */
import type { ServerResponse } from 'node:http'
import type { RecordedRequest } from './http-exchange.js'

/** A file on the server. Read anew for each request. */
export interface Served {
  bytes: Buffer
  etag?: string
  lastModified?: string
  /**
   * The response to a range: the part (206), everything (200), refused (416), or the wrong part (`wrong`).
   */
  ranges?: 'part' | 'ignored' | 'refused' | 'wrong' | 'ignoresIfRange'
  /**
   * The number of body bytes after which the connection ends, for each response in order. The last entry
   * applies to all later responses.
   */
  cuts?: (number | undefined)[]
}

/** @param index the number of the response among those of this file, from 0 */
export function serveFile(
  served: Served,
  request: RecordedRequest,
  response: ServerResponse,
  index: number,
): void {
  const { bytes, etag, lastModified, ranges = 'part', cuts = [undefined] } = served
  if (etag !== undefined) response.setHeader('ETag', etag)
  if (lastModified !== undefined) response.setHeader('Last-Modified', lastModified)
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '')
  const ifRange = request.headers['if-range']
  const isSame = ranges !== 'part' || ifRange === undefined || ifRange === etag || ifRange === lastModified
  let [from, to] = [0, bytes.length]
  if (range !== null && ranges === 'refused') {
    response.writeHead(416, { 'Content-Range': `bytes */${bytes.length}` }).end('no such range')
    return
  }
  if (range !== null && isSame && ranges !== 'ignored') {
    from = Number(range[1])
    to = Math.min(to, Number(range[2] || Infinity) + 1)
    const said = ranges === 'wrong' ? from + 1 : from
    response.setHeader('Content-Range', `bytes ${said}-${to - 1}/${bytes.length}`)
    response.statusCode = 206
  }
  const body = bytes.subarray(from, to)
  response.setHeader('Content-Length', body.length)
  const cut = index < cuts.length ? cuts[index] : cuts.at(-1)
  if (cut === undefined || cut >= body.length) {
    response.end(body)
    return
  }
  response.flushHeaders()
  if (cut === 0) response.socket?.end()
  else response.write(body.subarray(0, cut), () => response.socket?.end())
}
