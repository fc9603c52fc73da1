/** Bytes as text of a URL. Does not know in which part of the URL they stand. */

/** Encodes all bytes but those of unreserved characters as `%XX`. Source: curl_easy_escape(3). */
export function percentEncoded(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) {
    const character = String.fromCharCode(byte)
    text += /[A-Za-z0-9\-._~]/.test(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return text
}

/** Encodes bytes as forms have them: a space becomes `+`. */
export function formEncoded(bytes: Uint8Array): string {
  return percentEncoded(bytes).replaceAll('%20', '+')
}
