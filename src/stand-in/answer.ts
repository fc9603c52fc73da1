/**
 * An answer of a stand-in, and its bytes on the wire. Does not know who made it, nor when it is sent.
 */

/** A response, as it is put on the wire. */
export interface Answer {
  readonly status: number
  /** The text after the status. Default: the usual one of the status. */
  readonly statusText?: string | undefined
  /** Names and values, in their order. The headers that frame the body are added where they are missing. */
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Buffer | AsyncIterable<string | Uint8Array>
  /** Header fields after the body, which is then sent in chunks. */
  readonly trailers: readonly (readonly [string, string])[]
  /** The time before the first byte, by the clock of the stand-in. Milliseconds. */
  readonly delayMs: number
  /** The connection ends after so many bytes of the body. Undefined: it does not. */
  readonly cutAfter?: number | undefined
}

/** A failure in place of a response. */
export interface Failure {
  /** libcurl's code (`CURLE_*`). */
  readonly errno: number
  /** The reason. It becomes the `cause` of the transfer, and is in its message. */
  readonly reason: Error
  /** The time before it, by the clock of the stand-in. Milliseconds. */
  readonly delayMs: number
}

export function isFailure(answer: Answer | Failure): answer is Failure {
  return 'errno' in answer
}

/** The framing of the body of an answer. */
export interface Framing {
  readonly head: string
  readonly isChunked: boolean
  /** False if the response has no body, whatever the answer says: HEAD, 1xx, 204, 304. */
  readonly hasBody: boolean
}

/** Returns the head of an answer, with what frames its body. */
export function framingOf(answer: Answer, method: string): Framing {
  const { status, headers, body, trailers } = answer
  const has = (name: string): boolean => headers.some(([given]) => given.toLowerCase() === name)
  const isEmpty = status < 200 || status === 204 || status === 304
  const saysChunked = has('transfer-encoding')
  const isChunked =
    !isEmpty && (saysChunked || trailers.length > 0 || (!Buffer.isBuffer(body) && !has('content-length')))
  const added: [string, string][] = []
  if (isChunked && !saysChunked) added.push(['Transfer-Encoding', 'chunked'])
  if (!isEmpty && !isChunked && !has('content-length'))
    added.push(['Content-Length', String((body as Buffer).length)])
  const text = answer.statusText ?? process.getBuiltinModule('node:http').STATUS_CODES[status] ?? ''
  const lines = [...headers, ...added].map(([name, value]) => `${name}: ${value}\r\n`)
  const head = `HTTP/1.1 ${String(status)} ${text}\r\n${lines.join('')}\r\n`
  return { head, isChunked, hasBody: !isEmpty && method !== 'HEAD' }
}

/** Returns a piece of a body in a chunk; an empty piece has none, because that would end the body. */
export function chunkOf(piece: Buffer): Buffer {
  if (piece.length === 0) return piece
  return Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')])
}

/** Returns the end of a body in chunks. */
export function lastChunk(trailers: Answer['trailers']): string {
  return `0\r\n${trailers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
}
