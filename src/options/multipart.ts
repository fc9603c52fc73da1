/**
 * Writes multipart/form-data byte for byte as libcurl's mime code does (RFC 7578). Does not know where the parts come from.
 */
import { randomBytes } from 'node:crypto'

/** One part of a form: a name and a value, or a file. */
export interface FormPart {
  readonly name: string
  readonly content: string | Uint8Array
  readonly filename?: string
  readonly contentType?: string
}

/** A body of type multipart/form-data. */
export interface MultipartBody {
  readonly bytes: Buffer
  /** With the boundary. */
  readonly contentType: string
}

const CHARACTERS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** As libcurl's: 24 dashes and 22 random characters. With 130 random bits no data has it in it, so data is not searched for it. */
export function createBoundary(): string {
  let boundary = '------------------------'
  for (const byte of randomBytes(22)) boundary += CHARACTERS.charAt(byte % CHARACTERS.length)
  return boundary
}

export function encodeMultipart(parts: readonly FormPart[], boundary: string): MultipartBody {
  const chunks: Uint8Array[] = []
  let text = ''
  for (const part of parts) {
    text += `--${boundary}\r\n${partHeader(part)}\r\n`
    if (typeof part.content === 'string') text += part.content
    else {
      chunks.push(Buffer.from(text), part.content)
      text = ''
    }
    text += '\r\n'
  }
  text += `--${boundary}--\r\n`
  const end = Buffer.from(text)
  return {
    bytes: chunks.length === 0 ? end : Buffer.concat([...chunks, end]),
    contentType: `multipart/form-data; boundary=${boundary}`,
  }
}

function partHeader({ name, filename, contentType }: FormPart): string {
  const file = filename === undefined ? '' : `; filename="${escapeParameter(filename)}"`
  const type = contentType === undefined ? '' : `Content-Type: ${contentType}\r\n`
  return `Content-Disposition: form-data; name="${escapeParameter(name)}"${file}\r\n${type}`
}

/** As browsers do, and libcurl since 7.81; backslashes stay as they are. */
function escapeParameter(text: string): string {
  return text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}
