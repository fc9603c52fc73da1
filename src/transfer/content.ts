/**
 * From bytes to the content that a callback gets: which charset, and the quickest way to decode it. Does not
 * know where the bytes came from.
 */
import { isAscii, isUtf8 } from 'node:buffer'

/**
 * What `encoding` makes of a body: `'auto'`, `'buffer'`, a Node encoding (`latin1`, `utf8`) or a WHATWG label
 * (`shift_jis`).
 */
export type ContentEncoding = string

const ESCAPE = 0x1b
const BOM = 0xfeff

/**
 * Below this length an ASCII body may still be UTF-16 by chance (every byte under 0x80, and no NUL); above it
 * the odds are under 1 in 2^32 for text, so that asking libcurl for the content type can be saved.
 */
const SURELY_ASCII_BYTES = 64

/**
 * How much of a long body is looked at first: isAscii() and isUtf8() read all of it before they say no, and
 * what is neither shows that at its beginning as a rule.
 */
const FIRST_LOOK_BYTES = 1024
/** And how much before that, of what is no text at all: a part of a buffer costs more than these. */
const GLANCE_BYTES = 32

/**
 * Whether these bytes read the same in every charset that a response may declare (WHATWG's are all supersets
 * of ASCII but UTF-16 and ISO-2022-JP).
 */
export function isPlainAscii(bytes: Buffer): boolean {
  return isLongAscii(bytes) && !bytes.includes(0) && !bytes.includes(ESCAPE)
}

function isLongAscii(bytes: Buffer): boolean {
  return (
    bytes.length >= SURELY_ASCII_BYTES &&
    beginsAscii(bytes) &&
    (bytes.length <= FIRST_LOOK_BYTES || isAscii(bytes.subarray(0, FIRST_LOOK_BYTES))) &&
    isAscii(bytes)
  )
}

function beginsAscii(bytes: Buffer): boolean {
  for (let i = 0; i < GLANCE_BYTES; i++) if ((bytes[i] as number) > 0x7f) return false
  return true
}

function isAllUtf8(bytes: Buffer): boolean {
  if (bytes.length <= FIRST_LOOK_BYTES) return isUtf8(bytes)
  // A character that is cut in two is none: the look ends before the last one begins.
  let end = FIRST_LOOK_BYTES
  while (end > FIRST_LOOK_BYTES - 4 && ((bytes[end] as number) & 0xc0) === 0x80) end--
  return isUtf8(bytes.subarray(0, end)) && isUtf8(bytes)
}

const charsets = new Map<string, string | undefined>()
const MAX_REMEMBERED = 256

/** The charset that a `Content-Type` declares, lower case; undefined where it declares none. */
export function declaredCharset(contentType: string | null | undefined): string | undefined {
  if (!contentType) return undefined
  if (charsets.has(contentType)) return charsets.get(contentType)
  const charset = /;\s*charset\s*=\s*["']?([^\s;"',]+)/i.exec(contentType)?.[1]?.toLowerCase()
  if (charsets.size >= MAX_REMEMBERED) charsets.clear()
  charsets.set(contentType, charset)
  return charset
}

/** What becomes known by decoding. */
export interface DecodingNote {
  /** One character for each byte: `Buffer.from(content, 'latin1')` gives the bytes back. */
  isBinary: boolean
}

function binary(text: string, note: DecodingNote | undefined): string {
  if (note !== undefined) note.isBinary = true
  return text
}

function asBinary(bytes: Buffer, note: DecodingNote | undefined): string {
  return binary(bytes.toString('latin1'), note)
}

function decodeUtf8(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  return text.charCodeAt(0) === BOM ? text.slice(1) : text
}

/** UTF-8 where the bytes are UTF-8, else one character a byte: lossless, and quick. */
function decodeUndeclared(bytes: Buffer, note: DecodingNote | undefined): string {
  return isAllUtf8(bytes) ? decodeUtf8(bytes) : asBinary(bytes, note)
}

/** What WHATWG's windows-1252 has from 0x80 to 0x9f; all else is Latin 1. */
const C1 =
  '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178'

/**
 * Most pages that declare iso-8859-1 mean it. Node 20's own decoder takes it for Latin 1: quotes and dashes
 * become control characters.
 */
function decodeWindows1252(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(/[\x80-\x9f]/g, (character) => C1.charAt(character.charCodeAt(0) - 0x80))
}

function decodeAs(label: string, bytes: Buffer, note: DecodingNote | undefined): string {
  if (label === 'utf-8' || label === 'utf8') return decodeUtf8(bytes)
  try {
    const decoder = new TextDecoder(label)
    return decoder.encoding === 'windows-1252' ? decodeWindows1252(bytes) : decoder.decode(bytes)
  } catch {
    // A label that WHATWG does not know, or that it maps to its "replacement" encoding: as if none had been
    // declared.
    return decodeUndeclared(bytes, note)
  }
}

/** Whether `encoding` is one that {@link decodeContent} knows. */
export function isContentEncoding(encoding: string): boolean {
  if (encoding === 'auto' || encoding === 'buffer' || Buffer.isEncoding(encoding)) return true
  try {
    new TextDecoder(encoding)
    return true
  } catch {
    return false
  }
}

/**
 * Decodes a body.
 *
 * @param contentType asked only where it matters, since it costs a native call
 * @param note gets what becomes known thereby; it is only ever set
 */
export function decodeContent(
  bytes: Buffer,
  encoding: ContentEncoding | undefined,
  contentType: () => string | null | undefined,
  note?: DecodingNote,
): string {
  if (encoding === undefined || encoding === 'auto' || encoding === 'buffer') {
    if (bytes.length === 0) return ''
    if (isLongAscii(bytes)) {
      // What isPlainAscii() looks for in bytes; a text is searched without leaving compiled code.
      const text = bytes.toString('latin1')
      if (!text.includes('\0') && !text.includes('\x1b')) return binary(text, note)
    }
    const charset = declaredCharset(contentType())
    return charset === undefined ? decodeUndeclared(bytes, note) : decodeAs(charset, bytes, note)
  }
  if (encoding === 'utf8' || encoding === 'utf-8') return decodeUtf8(bytes)
  if (encoding === 'latin1' || encoding === 'binary') return asBinary(bytes, note)
  return Buffer.isEncoding(encoding) ? bytes.toString(encoding) : decodeAs(encoding, bytes, note)
}
