/**
 * Writes multipart/form-data byte for byte as libcurl's mime code does (RFC 7578). Does not know where the
 * parts come from.
 */

/** A file on the disk. It is read when it is sent. */
export interface StoredFile {
  readonly path: string
}

/** A source that is opened when it is sent: a stream, a Blob, or a function that opens one. */
export interface LaterSource {
  readonly source: unknown
}

/** One part of a form: a name and a value, or a file. */
export interface FormPart {
  readonly name: string
  readonly content: string | Uint8Array | StoredFile | LaterSource
  readonly filename?: string
  readonly contentType?: string
}

/** A body of type multipart/form-data. */
export interface MultipartBody {
  readonly bytes: Buffer
  /** The content type, with the boundary. */
  readonly contentType: string
}

const CHARACTERS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

/**
 * Returns a boundary like libcurl's: 24 dashes and 22 random characters. With 130 random bits it does not
 * occur in the data, so the data is not searched for it.
 */
export function createBoundary(): string {
  // Loaded on demand: loading it takes as long as loading this whole library.
  const { randomBytes } = process.getBuiltinModule('node:crypto')
  let boundary = '------------------------'
  for (const byte of randomBytes(22)) boundary += CHARACTERS.charAt(byte % CHARACTERS.length)
  return boundary
}

export function encodeMultipart(parts: readonly FormPart[], boundary: string): MultipartBody {
  const bytes = layOutMultipart(parts, boundary) as readonly Uint8Array[]
  return { bytes: Buffer.concat(bytes), contentType: multipartType(boundary) }
}

/** A piece of a body. */
export type Segment = Uint8Array | StoredFile | LaterSource

/** Returns the pieces of a form in the order in which they are sent. Files stay on the disk. */
export function layOutMultipart(parts: readonly FormPart[], boundary: string): Segment[] {
  const segments: Segment[] = []
  let text = ''
  for (const part of parts) {
    text += `--${boundary}\r\n${partHeader(part)}\r\n`
    if (typeof part.content === 'string') text += part.content
    else {
      segments.push(Buffer.from(text), part.content)
      text = ''
    }
    text += '\r\n'
  }
  segments.push(Buffer.from(`${text}--${boundary}--\r\n`))
  return segments
}

export function multipartType(boundary: string): string {
  return `multipart/form-data; boundary=${boundary}`
}

function partHeader({ name, filename, contentType }: FormPart): string {
  const file = filename === undefined ? '' : `; filename="${escapeParameter(filename)}"`
  const type = contentType === undefined ? '' : `Content-Type: ${contentType}\r\n`
  return `Content-Disposition: form-data; name="${escapeParameter(name)}"${file}\r\n${type}`
}

/** Escapes as browsers do, and libcurl since 7.81; backslashes stay as they are. */
function escapeParameter(text: string): string {
  return text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}
