/**
 * Decodes bytes to the content for a callback: chooses the charset, and the fastest way to decode. Does not
 * know where the bytes came from.
 */
import { isAscii, isUtf8 } from 'node:buffer'
import { htmlCharset } from './html-charset.js'

/**
 * A value of the option `encoding`: `'auto'`, `'html'`, `'buffer'`, a Node encoding (`latin1`, `utf8`) or a
 * WHATWG label (`shift_jis`).
 */
export type ContentEncoding = string

const ESCAPE = 0x1b
const BOM = 0xfeff

/**
 * A shorter ASCII body may be UTF-16 by chance (every byte below 0x80, and no NUL). For a longer text the
 * odds are below 1 in 2^32, so the content type need not be read from libcurl.
 */
const SURELY_ASCII_BYTES = 64

/**
 * The length of the first part of a long body that is checked first: isAscii() and isUtf8() read a whole
 * buffer before they return false, and a body that is neither usually shows that at its beginning.
 */
const FIRST_LOOK_BYTES = 1024
/**
 * The length that is checked before that, byte by byte: for a binary body this is cheaper than making a
 * subarray.
 */
const GLANCE_BYTES = 32

/**
 * True if these bytes are the same text in every charset that a response may declare. All WHATWG charsets are
 * supersets of ASCII, except UTF-16 and ISO-2022-JP.
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
  // A character that is cut in two is invalid, so the first part ends before the last character begins.
  let end = FIRST_LOOK_BYTES
  while (end > FIRST_LOOK_BYTES - 4 && ((bytes[end] as number) & 0xc0) === 0x80) end--
  return isUtf8(bytes.subarray(0, end)) && isUtf8(bytes)
}

const charsets = new Map<string, string | undefined>()
const MAX_REMEMBERED = 256

/** Returns the charset that a `Content-Type` declares, in lower case; undefined if it declares none. */
export function declaredCharset(contentType: string | null | undefined): string | undefined {
  if (!contentType) return undefined
  if (charsets.has(contentType)) return charsets.get(contentType)
  const charset = /;\s*charset\s*=\s*["']?([^\s;"',]+)/i.exec(contentType)?.[1]?.toLowerCase()
  if (charsets.size >= MAX_REMEMBERED) charsets.clear()
  charsets.set(contentType, charset)
  return charset
}

/** Facts that are found while decoding. */
export interface DecodingNote {
  /** True if each character stands for one byte: `Buffer.from(content, 'latin1')` returns the bytes. */
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

/**
 * Decodes as UTF-8 if the bytes are valid UTF-8, else one character for each byte, which is lossless and
 * fast.
 */
function decodeUndeclared(bytes: Buffer, note: DecodingNote | undefined): string {
  return isAllUtf8(bytes) ? decodeUtf8(bytes) : asBinary(bytes, note)
}

/** The characters of WHATWG's windows-1252 from 0x80 to 0x9f; the others are those of Latin 1. */
const C1 =
  '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178'

/**
 * Decodes windows-1252, which WHATWG also uses for iso-8859-1. Node 20's own decoder treats it as Latin 1,
 * which turns quotes and dashes into control characters.
 */
function decodeWindows1252(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(/[\x80-\x9f]/g, (character) => C1.charAt(character.charCodeAt(0) - 0x80))
}

/** Decodes bytes in a charset of WHATWG; where it knows none of this name, as if none were declared. */
export function decodeAs(label: string, bytes: Buffer, note?: DecodingNote): string {
  if (label === 'utf-8' || label === 'utf8') return decodeUtf8(bytes)
  try {
    const decoder = new TextDecoder(label)
    return decoder.encoding === 'windows-1252' ? decodeWindows1252(bytes) : decoder.decode(bytes)
  } catch {
    // WHATWG does not know the label, or maps it to its "replacement" encoding: treated as if no charset were
    // declared.
    return decodeUndeclared(bytes, note)
  }
}

/** Encodings that neither Node nor WHATWG knows. */
const OWN: ReadonlySet<string> = new Set(['auto', 'html', 'buffer'])

/** True if {@link decodeContent} supports the encoding. */
export function isContentEncoding(encoding: string): boolean {
  if (OWN.has(encoding) || Buffer.isEncoding(encoding)) return true
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
 * @param contentType called only if it matters, because it costs a native call
 * @param note its `isBinary` is set to true if that is the case, and otherwise left as it is
 */
export function decodeContent(
  bytes: Buffer,
  encoding: ContentEncoding | undefined,
  contentType: () => string | null | undefined,
  note?: DecodingNote,
): string {
  if (encoding === undefined || OWN.has(encoding)) {
    if (bytes.length === 0) return ''
    if (isLongAscii(bytes)) {
      // The same check as in isPlainAscii(), on the text: V8 searches a string without leaving compiled code.
      const text = bytes.toString('latin1')
      if (!text.includes('\0') && !text.includes('\x1b')) return binary(text, note)
    }
    const declared = declaredCharset(contentType())
    const charset = encoding === 'html' ? htmlCharset(bytes, declared) : declared
    return charset === undefined ? decodeUndeclared(bytes, note) : decodeAs(charset, bytes, note)
  }
  if (encoding === 'utf8' || encoding === 'utf-8') return decodeUtf8(bytes)
  if (encoding === 'latin1' || encoding === 'binary') return asBinary(bytes, note)
  return Buffer.isEncoding(encoding) ? bytes.toString(encoding) : decodeAs(encoding, bytes, note)
}
