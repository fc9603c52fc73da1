/**
 * The body of a request in every form that undici takes, as a body of this library. Does not know headers.
 */
import { isReadable, Readable } from 'node:stream'
import { errors } from 'undici'
import type { RequestOptions } from '../running/options/run-options.js'
import { LengthMismatch } from './dispatch-errors.js'
import { formOf, isNamed } from '../options/values/other-copies.js'

/** Hears of a body that is a stream. */
export interface BodyOwner {
  /** Called whenever a chunk has been taken. */
  sent(): void
  /** Called if the source fails, or is not as long as it should be, and nobody else would find that out. */
  fail(error: Error): void
}

/** The body of one request. */
export interface RequestBody {
  /** `upload` and `uploadSize`; empty if the body is a form, or there is none. */
  readonly options: Pick<RequestOptions, 'upload' | 'uploadSize'>
  readonly form: FormData | null
  /** The type of the content that the body itself knows. */
  readonly contentType: string | null
  /** Ends a stream that nobody reads to its end. */
  destroy(error: Error | null): void
}

const NO_BODY: RequestBody = { options: {}, form: null, contentType: null, destroy: () => undefined }

/**
 * Reads the body. Throws undici's error if it is none.
 *
 * @param length the value of `content-length`
 * @param owner hears of the progress of a stream
 */
export function requestBody(given: unknown, length: number | null, owner: BodyOwner): RequestBody {
  if (given === undefined || given === null) return NO_BODY
  if (typeof given === 'string') return ofBytes(Buffer.from(given), length)
  if (given instanceof Uint8Array) return ofBytes(given, length)
  if (ArrayBuffer.isView(given))
    return ofBytes(new Uint8Array(given.buffer, given.byteOffset, given.byteLength), length)
  if (given instanceof ArrayBuffer) return ofBytes(new Uint8Array(given), length)
  if (typeof given === 'object') {
    if (isStream(given)) return ofStream(given, length, owner)
    if (isFormData(given)) return { ...NO_BODY, form: formOf(FormData, given) }
    if (isBlob(given)) return { ...sized(given, given.size, length), contentType: given.type || null }
    if (Symbol.asyncIterator in given || Symbol.iterator in given)
      return ofIterable(given as AsyncIterable<unknown>, length, owner)
  }
  throw new errors.InvalidArgumentError(
    'body must be a string, a Buffer, a Readable stream, an iterable, or an async iterable',
  )
}

function ofBytes(bytes: Uint8Array, length: number | null): RequestBody {
  // As in undici: nothing to send is no body.
  return bytes.length === 0 && (length ?? 0) === 0 ? NO_BODY : sized(bytes, bytes.length, length)
}

function sized(upload: Uint8Array | Blob, size: number, length: number | null): RequestBody {
  if (length !== null && length !== size) throw new errors.RequestContentLengthMismatchError()
  return { ...NO_BODY, options: { upload } }
}

function ofStream(stream: Readable, length: number | null, owner: BodyOwner): RequestBody {
  // Streams of the first kind have events only.
  const chunks = Symbol.asyncIterator in stream ? stream : new Readable().wrap(stream)
  const body = ofIterable(chunks, length, owner)
  // An error may come before anybody reads, and after the transfer has ended.
  stream.on('error', () => undefined)
  return {
    ...body,
    destroy: (error) => {
      const isToEnd = error !== null || isReadable(stream)
      if (isToEnd && !stream.destroyed && typeof (stream as Partial<Readable>).destroy === 'function')
        stream.destroy(error ?? undefined)
    },
  }
}

function ofIterable(
  chunks: AsyncIterable<unknown> | Iterable<unknown>,
  length: number | null,
  owner: BodyOwner,
): RequestBody {
  const iterator = read(chunks, length, owner)
  // A generator that waits for its source ends when the source does: nobody waits for that here.
  const destroy = (): void => void iterator.return(undefined).catch(() => undefined)
  if (length !== 0) {
    const upload = iterator as AsyncIterable<Uint8Array>
    return { ...NO_BODY, options: { upload, ...(length !== null && { uploadSize: length }) }, destroy }
  }
  // libcurl reads nothing of a body without a length: what there is has to be found here.
  iterator.next().catch((error: unknown) => {
    owner.fail(
      error instanceof LengthMismatch ? new errors.RequestContentLengthMismatchError() : (error as Error),
    )
  })
  return { ...NO_BODY, destroy }
}

async function* read(
  chunks: AsyncIterable<unknown> | Iterable<unknown>,
  length: number | null,
  owner: BodyOwner,
): AsyncGenerator<unknown, void> {
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += byteLength(chunk)
    if (length !== null && bytes > length) throw new LengthMismatch(MISMATCH)
    owner.sent()
    yield chunk
  }
  if (length !== null && bytes !== length) throw new LengthMismatch(MISMATCH)
}

const MISMATCH = 'Request body length does not match content-length header'

function byteLength(chunk: unknown): number {
  if (typeof chunk === 'string') return Buffer.byteLength(chunk)
  return (chunk as { readonly byteLength?: number }).byteLength ?? 0
}

const isStream = (value: object): value is Readable =>
  typeof (value as Readable).pipe === 'function' && typeof (value as Readable).on === 'function'

const isFormData = (value: object): value is FormData => isNamed(value, 'FormData')
const isBlob = (value: object): value is Blob => isNamed(value, 'Blob') || isNamed(value, 'File')
