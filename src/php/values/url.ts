/**
 * PHP's URL encoding and decoding: urlencode, rawurlencode and their inverses, byte by byte as in PHP. Does
 * not parse URLs.
 */
import { isUtf8 } from 'node:buffer'
import { toStringArgument } from './arguments.js'

/**
 * The counterpart of a PHP string: a JavaScript string stands for its UTF-8 bytes, a `Uint8Array` (`Buffer`)
 * for its bytes.
 */
export type PhpStringLike = string | Uint8Array | number | bigint | boolean

const FORM = encodingTable('-_.')
FORM[0x20] = '+'
const RFC3986 = encodingTable('-_.~')

/** Returns the encoded form of each byte. */
function encodingTable(kept: string): string[] {
  return Array.from({ length: 256 }, (_, byte) => {
    const character = String.fromCharCode(byte)
    if (/[A-Za-z0-9]/.test(character) || kept.includes(character)) return character
    return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  })
}

function encode(value: string | Uint8Array, table: readonly string[]): string {
  if (typeof value === 'string' && /^[A-Za-z0-9_.-]*$/.test(value)) return value
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value
  let encoded = ''
  for (const byte of bytes) encoded += table[byte] as string
  return encoded
}

function decode(value: string | Uint8Array, plusIsSpace: boolean): string {
  const bytes = decodedBytes(value, plusIsSpace)
  return isUtf8(bytes) ? bytes.toString('utf8') : bytes.toString('latin1')
}

/** Returns the bytes that an encoded string stands for: `%E9` alone is no UTF-8. */
export function decodedBytes(value: string | Uint8Array, plusIsSpace: boolean): Buffer {
  const text = typeof value === 'string' ? Buffer.from(value, 'utf8').toString('latin1') : latin1(value)
  const spaced = plusIsSpace ? text.replaceAll('+', ' ') : text
  const decoded = spaced.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  )
  return Buffer.from(decoded, 'latin1')
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

/**
 * Returns what a PHP function with a string parameter receives. Throws `OptionError` where PHP throws
 * `TypeError`.
 */
function stringArgument(value: unknown, where: string, position = 1): string | Uint8Array {
  return toStringArgument({ where, position, name: '$string' }, value)
}

/** Encodes a string: letters, digits and `-_.` stay, a space becomes `+`, every other byte becomes `%XX`. */
export function urlencode(string: PhpStringLike): string {
  return encode(stringArgument(string, 'urlencode()'), FORM)
}

/** Encodes a string by RFC 3986: letters, digits and `-_.~` stay, every other byte becomes `%XX`. */
export function rawurlencode(string: PhpStringLike): string {
  return encode(stringArgument(string, 'rawurlencode()'), RFC3986)
}

/**
 * Decodes `%XX` to bytes and `+` to a space. A `%` without two hexadecimal digits stays.
 *
 * Differs from PHP, whose strings are bytes: the result is UTF-8 text if the bytes are valid UTF-8; otherwise
 * it has one character per byte.
 */
export function urldecode(string: PhpStringLike): string {
  return decode(stringArgument(string, 'urldecode()'), true)
}

/** Like {@link urldecode}, but `+` stays. */
export function rawurldecode(string: PhpStringLike): string {
  return decode(stringArgument(string, 'rawurldecode()'), false)
}

/** Like {@link rawurlencode}, as libcurl's curl_easy_escape(3) does. The handle is not used. */
export function curl_escape(_ch: unknown, string: PhpStringLike): string {
  return encode(stringArgument(string, 'curl_escape()', 2), RFC3986)
}

/** Like {@link rawurldecode}, as libcurl's curl_easy_unescape(3) does. The handle is not used. */
export function curl_unescape(_ch: unknown, string: PhpStringLike): string {
  return decode(stringArgument(string, 'curl_unescape()', 2), false)
}
