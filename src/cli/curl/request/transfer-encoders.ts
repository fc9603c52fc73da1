/**
 * Content-Transfer-Encoding of parts of a form: base64 and quoted-printable (RFC 2045), in lines as libcurl
 * breaks them. Does not know forms.
 */

const LINE_LENGTH = 76
const ENCODERS: ReadonlySet<string> = new Set(['binary', '8bit', '7bit', 'base64', 'quoted-printable'])

/** Returns the name of an encoder as it is sent; undefined: there is none of this name, or no name. */
export function encoderNamed(name: string | undefined): string | undefined {
  const lower = name?.toLowerCase() ?? ''
  return ENCODERS.has(lower) ? lower : undefined
}

/** Lines of 76 characters, without an end of the last one. */
export function encodeBase64(bytes: Buffer): Buffer {
  const text = bytes.toString('base64')
  return Buffer.from((text.match(/.{1,76}/g) ?? []).join('\r\n'))
}

const [TAB, LF, CR, BLANK, EQUALS, TILDE] = [9, 10, 13, 32, 61, 126] as const

/** CRLF stays an end of a line; blanks before one, and all that is not printable, are escaped. */
export function encodeQuotedPrintable(bytes: Buffer): Buffer {
  let text = ''
  let column = 0
  const endsAt = (at: number): boolean => at >= bytes.length || (bytes[at] === CR && bytes[at + 1] === LF)
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte === CR && bytes[at + 1] === LF) {
      text += '\r\n'
      column = 0
      at++
      continue
    }
    const isBlank = byte === BLANK || byte === TAB
    const isPlain = isBlank ? !endsAt(at + 1) : byte > BLANK && byte <= TILDE && byte !== EQUALS
    const piece = isPlain ? String.fromCharCode(byte) : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
    const length = column + piece.length
    // A line may be filled to its end only if that is the end of a line.
    if (length > LINE_LENGTH || (length === LINE_LENGTH && !endsAt(at + 1))) {
      text += '=\r\n'
      column = 0
    }
    text += piece
    column += piece.length
  }
  return Buffer.from(text)
}
