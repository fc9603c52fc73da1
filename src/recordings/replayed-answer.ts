/** The answer that an entry of an archive stands for. Does not know which entry is played back. */
import type { Answer, Failure } from '../stand-in/answer.js'
import { valuesOf } from '../stand-in/request-reader.js'
import type { ArrivedRequest } from '../stand-in/stand-in.js'
import {
  ABORTED_BY_CALLBACK,
  BAD_CONTENT_ENCODING,
  FILESIZE_EXCEEDED,
  HTTP_RETURNED_ERROR,
  PARTIAL_FILE,
  READ_ERROR,
  TOO_LARGE,
  TOO_MANY_REDIRECTS,
  WRITE_ERROR,
} from '../curl-codes.js'
import type { ReadEntry } from './har-reader.js'
import type { Fields } from './har-format.js'
import { inCharset } from './text-charset.js'

/** Failures that libcurl, or this library, finds in the response by itself. */
const BY_THE_CLIENT = new Set([
  PARTIAL_FILE,
  HTTP_RETURNED_ERROR,
  WRITE_ERROR,
  READ_ERROR,
  ABORTED_BY_CALLBACK,
  TOO_MANY_REDIRECTS,
  BAD_CONTENT_ENCODING,
  FILESIZE_EXCEEDED,
  TOO_LARGE,
])

/** Returns the answer of an entry. */
export function replayed(entry: ReadEntry, request: ArrivedRequest, isOurs: boolean): Answer | Failure {
  const { body, error } = entry
  // A browser has used what it had stored. Whoever asks without a condition cannot.
  const isStored = entry.status === 304 && (body?.length ?? 0) > 0 && !isConditional(request)
  const status = isStored ? 200 : entry.status
  const errno = Number(/^\d+/.exec(error)?.[0] ?? 0)
  // A failure after the response had begun; those that libcurl finds by itself come again by themselves.
  if (errno !== 0 && !BY_THE_CLIENT.has(errno))
    return { errno, reason: new Error(`recorded: ${error.replace(/^\d+: /, '')}`), delayMs: 0 }
  if (status < 200) {
    const reason = new Error(`the recording ends with status ${String(status)}`)
    return { errno: ABORTED_BY_CALLBACK, reason, delayMs: 0 }
  }
  if (body === null && request.method !== 'HEAD') {
    const reason = new Error('the body of this response was not recorded: export the archive with contents')
    return { errno: ABORTED_BY_CALLBACK, reason, delayMs: 0 }
  }
  const { headers: coded, bytes } = encoded(entry, body ?? Buffer.alloc(0), request, isOurs)
  // Archives have bodies without the codings of the connection.
  const headers = withValue(coded, 'transfer-encoding', 'chunked')
  const length = Number(valuesOf(headers, 'content-length')[0] ?? NaN)
  const hasBody = request.method !== 'HEAD' && status !== 204 && status !== 304
  const isShort = hasBody && bytes.length < length && errno !== 0
  // Whatever was not recorded whole has another length than was announced.
  const fields = hasBody && !isShort ? withValue(headers, 'content-length', String(bytes.length)) : headers
  const isCut = isShort || (errno === PARTIAL_FILE && hasBody)
  return {
    status,
    statusText: isStored ? undefined : entry.statusText,
    headers: fields,
    body: bytes,
    trailers: entry.trailers,
    delayMs: 0,
    ...(isCut && { cutAfter: bytes.length }),
  }
}

function isConditional({ headers }: ArrivedRequest): boolean {
  return headers.some(([name]) => /^if-(?:none-match|modified-since)$/i.test(name))
}

function isNamed(name: string, wanted: string): boolean {
  return name.toLowerCase() === wanted
}

function withValue(headers: Fields, wanted: string, value: string): Fields {
  return headers.map(([name, given]) => [name, isNamed(name, wanted) ? value : given])
}

/** Archives have decoded bodies: they are encoded again, so that libcurl sees the headers that it saw. */
function encoded(
  { headers: recorded, isEncoded, isText }: ReadEntry,
  body: Buffer,
  request: ArrivedRequest,
  isOurs: boolean,
): { headers: Fields; bytes: Buffer } {
  const coding = valuesOf(recorded, 'content-encoding')[0]?.trim().toLowerCase() ?? ''
  const [type = ''] = valuesOf(recorded, 'content-type')
  const { bytes, contentType } =
    isOurs || !isText ? { bytes: body, contentType: type } : inCharset(body, type)
  const headers = withValue(recorded, 'content-type', contentType)
  if (isEncoded || coding === '' || bytes.length === 0) return { headers, bytes }
  const encode = encoderOf(coding)
  const isAccepted = valuesOf(request.headers, 'accept-encoding').join().toLowerCase().includes(coding)
  if (encode !== null && isAccepted) return { headers, bytes: encode(bytes) }
  return { headers: headers.filter(([name]) => !isNamed(name, 'content-encoding')), bytes }
}

function encoderOf(coding: string): ((bytes: Buffer) => Buffer) | null {
  const zlib = process.getBuiltinModule('node:zlib')
  if (coding === 'gzip' || coding === 'x-gzip') return (bytes) => zlib.gzipSync(bytes)
  if (coding === 'deflate') return (bytes) => zlib.deflateSync(bytes)
  if (coding === 'br') return (bytes) => zlib.brotliCompressSync(bytes)
  // Not in Node.js 20.
  const zstd = (zlib as { zstdCompressSync?: (bytes: Buffer) => Buffer }).zstdCompressSync
  return coding === 'zstd' && zstd !== undefined ? (bytes) => zstd(bytes) : null
}
