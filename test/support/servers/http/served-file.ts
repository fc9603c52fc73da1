/**
 * Answers with a file as servers do: validators, ranges, and connections that end early. Does not record what
 * it is asked.
 */
import type { ServerResponse } from 'node:http'
import type { RecordedRequest } from './http-exchange.js'

/** A file on the server, as it is when it is asked for. */
export interface Served {
  bytes: Buffer
  etag?: string
  lastModified?: string
  /**
   * What answers a range: the part (206), everything (200), nothing (416), or a part that is not the one
   * (`wrong`).
   */
  ranges?: 'part' | 'ignored' | 'refused' | 'wrong' | 'ignoresIfRange'
  /** After how many bytes of each answer the connection ends; the last one stands for all later ones. */
  cuts?: (number | undefined)[]
}

/** @param index of the answer among those of this file, from 0 */
export function serveFile(
  served: Served,
  request: RecordedRequest,
  response: ServerResponse,
  index: number,
): void {
  const { bytes, etag, lastModified, ranges = 'part', cuts = [undefined] } = served
  if (etag !== undefined) response.setHeader('ETag', etag)
  if (lastModified !== undefined) response.setHeader('Last-Modified', lastModified)
  const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')
  const ifRange = request.headers['if-range']
  const isSame = ranges !== 'part' || ifRange === undefined || ifRange === etag || ifRange === lastModified
  let from = 0
  if (range !== null && ranges === 'refused') {
    response.writeHead(416, { 'Content-Range': `bytes */${bytes.length}` }).end('no such range')
    return
  }
  if (range !== null && isSame && ranges !== 'ignored') {
    from = Number(range[1])
    const said = ranges === 'wrong' ? from + 1 : from
    response.setHeader('Content-Range', `bytes ${said}-${bytes.length - 1}/${bytes.length}`)
    response.statusCode = 206
  }
  const body = bytes.subarray(from)
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
