/**
 * Puts text that another program has decoded back into the charset of its response. Does not know archives.
 */
import { declaredCharset, decodeAs } from '../transfer/content.js'
import { htmlCharset } from '../transfer/html-charset.js'

/** A body, and the `Content-Type` with which it is read as the text that it is. */
export interface TypedBody {
  readonly bytes: Buffer
  readonly contentType: string
}

const HTML = /^\s*(?:text\/html|application\/xhtml\+xml)\b/i
const CHARSET = /;\s*charset\s*=\s*(?:"[^"]*"|[^;,\s]*)/i
/** The bytes of each character, of charsets with one byte for each. */
const tables = new Map<string, ReadonlyMap<string, number>>()

/**
 * Returns the bytes of a text in its charset. Charsets with several bytes for a character cannot be written here: the
 * type says UTF-8 then.
 *
 * @param utf8 the text in UTF-8
 */
export function inCharset(utf8: Buffer, contentType: string): TypedBody {
  const unchanged = { bytes: utf8, contentType }
  const declared = declaredCharset(contentType)
  const charset = HTML.test(contentType) ? htmlCharset(utf8, declared) : declared
  if (charset === undefined) return unchanged
  const text = utf8.toString('utf8')
  const isRight = (bytes: Buffer): boolean => decodeAs(charset, bytes) === text.replace(/^\uFEFF/, '')
  if (isRight(utf8)) return unchanged
  const bytes = encoded(text, tableOf(charset))
  if (bytes !== null && isRight(bytes)) return { bytes, contentType }
  const utf8Type = CHARSET.test(contentType)
    ? contentType.replace(CHARSET, '; charset=utf-8')
    : `${contentType}; charset=utf-8`
  return { bytes: utf8, contentType: utf8Type }
}

function tableOf(charset: string): ReadonlyMap<string, number> {
  let table = tables.get(charset)
  if (table === undefined) {
    table = new Map(Array.from({ length: 256 }, (_, byte) => [decodeAs(charset, Buffer.of(byte)), byte]))
    tables.set(charset, table)
  }
  return table
}

/** Returns null if the table does not have every character. */
function encoded(text: string, table: ReadonlyMap<string, number>): Buffer | null {
  const bytes = Buffer.alloc(text.length)
  for (let at = 0; at < text.length; at++) {
    const byte = table.get(text.charAt(at))
    if (byte === undefined) return null
    bytes[at] = byte
  }
  return bytes
}
