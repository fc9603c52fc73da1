/**
 * Forms as they go over the wire, byte for byte as libcurl's mime code writes them. Forms that libcurl can be
 * given as fields are left to it. Source: curl_mime_init(3), lib/mime.c.
 */
import { READ_ERROR } from '../../../curl-codes.js'
import { isUtf8 } from 'node:buffer'
import { basename } from 'node:path'
import { createBoundary } from '../../../options/values/multipart.js'
import { CurlError, type CurlContext } from '../invocation.js'
import type { FormNode, OperationSettings } from '../operation-settings.js'
import { encodeBase64, encodeQuotedPrintable, encoderNamed } from './transfer-encoders.js'

/** A field of CURLOPT_HTTPPOST, as node-libcurl has it. */
export type PostField = Readonly<Record<string, string>>

/**
 * The form as fields that libcurl encodes itself; undefined: it has what such fields cannot say (headers,
 * encoders, parts in parts, types of plain values).
 */
export function postFieldsOf({ content }: FormNode, formEscape: boolean): readonly PostField[] | undefined {
  if (content.kind !== 'parts' || content.parts.length === 0) return undefined
  const fields: PostField[] = []
  for (const part of content.parts) {
    const field = fieldOf(part, formEscape)
    if (field === undefined) return undefined
    fields.push(field)
  }
  return fields
}

function fieldOf(part: FormNode, formEscape: boolean): PostField | undefined {
  const { name, filename, type, encoder, headers, content } = part
  if (name === undefined || encoder !== undefined || headers.length > 0 || formEscape) return undefined
  if (/[\r\n]/.test(name + (filename ?? '') + (type ?? ''))) return undefined
  if (content.kind === 'data')
    return type === undefined && filename === undefined && isUtf8(content.bytes)
      ? { name, contents: content.bytes.toString('utf8') }
      : undefined
  if (content.kind !== 'file' || !content.sendsName) return undefined
  const shown = filename ?? basename(content.path)
  return {
    name,
    file: content.path,
    filename: shown,
    type: type ?? typeOf(shown) ?? typeOf(content.path) ?? OCTETS,
  }
}

const OCTETS = 'application/octet-stream'
/** The types that libcurl knows by the end of a file's name: lib/mime.c. */
const TYPES: readonly (readonly [end: string, type: string])[] = [
  ['.gif', 'image/gif'],
  ['.jpg', 'image/jpeg'],
  ['.jpeg', 'image/jpeg'],
  ['.png', 'image/png'],
  ['.svg', 'image/svg+xml'],
  ['.txt', 'text/plain'],
  ['.htm', 'text/html'],
  ['.html', 'text/html'],
  ['.pdf', 'application/pdf'],
  ['.xml', 'application/xml'],
]

function typeOf(filename: string | undefined): string | undefined {
  const lower = filename?.toLowerCase()
  return TYPES.find(([end]) => lower?.endsWith(end))?.[1]
}

type Segment = Uint8Array | { readonly path: string }

/** These encoders look at every byte. A file is read once: it may be a pipe. */
const READS_FILES: ReadonlySet<string | undefined> = new Set(['7bit', 'base64', 'quoted-printable'])
const LAST_OF_7_BITS = 127
const NOT_7_BITS = `curl: (${String(READ_ERROR)}) read error getting mime data: encoder=7bit takes no byte above 127`

/**
 * A form in pieces: files stay on the disk unless they have to be encoded. @throws CurlError for a file that
 * cannot be read, and for what its encoder cannot send
 */
export function layOutForm(
  form: FormNode,
  { header, formEscape }: Pick<OperationSettings, 'header' | 'formEscape'>,
  context: Pick<CurlContext, 'readFile'>,
): { segments: Segment[]; contentType: string; hasLength: boolean } {
  const given = header
    .map((line) => /^content-type:[ \t]*(.*)$/is.exec(line)?.[1])
    .find((type) => type !== undefined)
  const writer = new FormWriter(formEscape, context)
  const type = given ?? 'multipart/form-data'
  const contentType = `${type}; boundary=${writer.writeParts(form, isFormData(type))}`
  return { segments: writer.finish(), contentType, hasLength: !writer.hasUnknownLength }
}

/** Bodies up to this size are sent without asking the server first: lib/http.c, EXPECT_100_THRESHOLD. */
const MOST_UNASKED = 1024 * 1024

/** Returns true if header lines ask for chunks, as libcurl reads them: the first line of the name decides. */
export function asksForChunks(lines: readonly string[]): boolean {
  const line = lines.find((each) => /^transfer-encoding[:;]/i.test(each)) ?? ''
  return /^transfer-encoding:.*chunked/is.test(line)
}

/**
 * Returns the header lines of a form that is laid out here: those that are given, with its type in the place
 * of a given one.
 *
 * @param more the lines that stand before the type
 */
export function formLines(
  given: readonly string[],
  contentType: string,
  size: number | undefined,
  more: readonly string[] = [],
): string[] {
  const others = given.filter((line) => !/^content-type\s*[:;]/i.test(line))
  return [...others, ...more, `Content-Type: ${contentType}`, ...unasked(given, size)]
}

/**
 * Returns the line that keeps `Expect: 100-continue` away from a small form. libcurl forgets the length of a
 * POST from a callback if chunks are asked for (lib/http.c, set_reader), and asks the server first. Its own
 * forms keep their length.
 */
function unasked(lines: readonly string[], size: number | undefined): string[] {
  const isSmall = size !== undefined && size <= MOST_UNASKED
  const isGiven = lines.some((line) => /^expect[:;]/i.test(line))
  return isSmall && asksForChunks(lines) && !isGiven ? ['Expect:'] : []
}

function isFormData(type: string): boolean {
  return /^multipart\/form-data(?:[;\s]|$)/i.test(type)
}

class FormWriter {
  private readonly segments: Segment[] = []
  private text: Buffer[] = []
  /** libcurl encodes while it sends, and does not know the length of quoted-printable before. */
  hasUnknownLength = false

  constructor(
    private readonly formEscape: boolean,
    private readonly context: Pick<CurlContext, 'readFile'>,
  ) {}

  finish(): Segment[] {
    this.flush()
    return this.segments
  }

  private write(text: string | Buffer): void {
    this.text.push(typeof text === 'string' ? Buffer.from(text) : text)
  }

  private flush(): void {
    if (this.text.length > 0) this.segments.push(Buffer.concat(this.text))
    this.text = []
  }

  /** @returns the boundary */
  writeParts({ content }: FormNode, isForm: boolean): string {
    const boundary = createBoundary()
    this.writePartsWith(content.kind === 'parts' ? content.parts : [], boundary, isForm)
    return boundary
  }

  private writePartsWith(parts: readonly FormNode[], boundary: string, isForm: boolean): void {
    for (const [i, part] of parts.entries()) {
      this.write(`${i === 0 ? '' : '\r\n'}--${boundary}\r\n`)
      this.writePart(part, isForm)
    }
    this.write(`${parts.length === 0 ? '' : '\r\n'}--${boundary}--\r\n`)
  }

  private writePart(part: FormNode, isForm: boolean): void {
    const boundary = part.content.kind === 'parts' ? createBoundary() : undefined
    const { lines, type } = this.headersOf(part, isForm, boundary)
    const own = part.headers.filter((line) => !/^content-type:/i.test(line))
    this.write(`${[...lines, ...own].map((line) => `${line}\r\n`).join('')}\r\n`)
    if (part.content.kind === 'parts' && boundary !== undefined)
      this.writePartsWith(part.content.parts, boundary, isFormData(type ?? ''))
    else this.writeContent(part)
  }

  private headersOf(
    part: FormNode,
    isForm: boolean,
    boundary: string | undefined,
  ): { lines: string[]; type: string | undefined } {
    const { name, content, encoder, headers } = part
    const filename =
      part.filename ?? (content.kind === 'file' && content.sendsName ? basename(content.path) : undefined)
    const has = (header: string): boolean =>
      headers.some((line) => line.toLowerCase().startsWith(`${header}:`))
    const ownType =
      part.type ??
      headers.map((line) => /^content-type:[ \t]*(.*)$/is.exec(line)?.[1]).find((one) => one !== undefined)
    let type = ownType ?? this.typeByName(content, filename)
    if (
      ownType === undefined &&
      type !== undefined &&
      /^text\/plain(?:[;\s]|$)/i.test(type) &&
      filename === undefined
    )
      type = undefined
    const lines: string[] = []
    if (!has('content-disposition')) {
      // Outside of forms, only what has a type, and is no group, is an attachment.
      const isAttachment = type !== undefined && !/^multipart\//i.test(type)
      const disposition = isForm
        ? 'form-data'
        : filename !== undefined || name !== undefined || isAttachment
          ? 'attachment'
          : undefined
      if (
        disposition !== undefined &&
        !(disposition === 'attachment' && name === undefined && filename === undefined)
      )
        lines.push(
          `Content-Disposition: ${disposition}${this.parameter('name', name)}${this.parameter('filename', filename)}`,
        )
    }
    if (type !== undefined)
      lines.push(`Content-Type: ${type}${boundary === undefined ? '' : `; boundary=${boundary}`}`)
    if (encoder !== undefined && !has('content-transfer-encoding'))
      lines.push(`Content-Transfer-Encoding: ${encoderNamed(encoder) ?? encoder}`)
    return { lines, type }
  }

  private typeByName(content: FormNode['content'], filename: string | undefined): string | undefined {
    if (content.kind === 'parts') return 'multipart/mixed'
    if (content.kind === 'data') return typeOf(filename)
    return typeOf(filename) ?? typeOf(content.path) ?? (filename === undefined ? undefined : OCTETS)
  }

  private parameter(key: string, value: string | undefined): string {
    if (value === undefined) return ''
    const escaped = this.formEscape
      ? value.replace(/[\\"]/g, '\\$&')
      : value.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
    return `; ${key}="${escaped}"`
  }

  private readFile(path: string): Buffer {
    try {
      return this.context.readFile(path)
    } catch {
      throw new CurlError(READ_ERROR, [`curl: (26) Failed to open ${path}`])
    }
  }

  private writeContent({ content, encoder }: FormNode): void {
    if (content.kind === 'parts') return
    const name = encoderNamed(encoder)
    if (content.kind === 'file' && !READS_FILES.has(name)) {
      this.flush()
      this.segments.push({ path: content.path })
      return
    }
    const bytes = content.kind === 'file' ? this.readFile(content.path) : content.bytes
    if (name === '7bit' && bytes.some((byte) => byte > LAST_OF_7_BITS))
      throw new CurlError(READ_ERROR, [NOT_7_BITS])
    if (bytes.length > 0 && name === 'quoted-printable') this.hasUnknownLength = true
    this.write(encoded(bytes, name))
  }
}

function encoded(bytes: Buffer, encoder: string | undefined): Buffer {
  switch (encoder) {
    case 'base64':
      return encodeBase64(bytes)
    case 'quoted-printable':
      return encodeQuotedPrintable(bytes)
    default:
      return bytes
  }
}
