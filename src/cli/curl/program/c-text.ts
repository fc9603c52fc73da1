/** Bytes as string literals of C. Does not know what they are for. */

const NAMED: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r', 34: '\\"', 92: '\\\\' }
/** Escaped, too: two of them could begin a trigraph. */
const QUESTION_MARK = 63
const [FIRST, LAST] = [32, 126] as const

/** Returns the literal, with its quotes. */
export function cString(value: string | Uint8Array): string {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value
  let text = ''
  for (const [i, byte] of bytes.entries()) {
    const named = NAMED[byte]
    if (named !== undefined) text += named
    else if (byte === QUESTION_MARK) text += '\\?'
    else if (byte >= FIRST && byte <= LAST) text += String.fromCharCode(byte)
    // A hexadecimal code has no end of its own.
    else if (isHexDigit(bytes[i + 1])) text += `\\${byte.toString(8).padStart(3, '0')}`
    else text += `\\x${byte.toString(16).padStart(2, '0')}`
  }
  return `"${text}"`
}

function isHexDigit(byte: number | undefined): boolean {
  return byte !== undefined && /[\da-f]/i.test(String.fromCharCode(byte))
}
