/**
 * The charset of HTML, as browsers find it: a byte order mark, the header, or `<meta>` in the first 1,024
 * bytes. Does not decode.
 */
import { isUtf8 } from 'node:buffer'
import { ownRequire } from '../own-require.js'

/** The interface of `html-encoding-sniffer`, which has no types. */
type Sniff = (
  bytes: Uint8Array,
  options: { transportLayerEncodingLabel: string | undefined; defaultEncoding: string },
) => string

let sniff: Sniff | undefined

/**
 * Returns the name of the charset. Where nothing declares one, it is UTF-8 if the bytes are valid UTF-8, else
 * windows-1252, the default of browsers.
 *
 * @param declared the charset of the `Content-Type`
 */
export function htmlCharset(bytes: Buffer, declared: string | undefined): string {
  const options = { transportLayerEncodingLabel: declared, defaultEncoding: '' }
  const found = sniffer()(bytes, options)
  return found === '' ? (isUtf8(bytes) ? 'utf-8' : 'windows-1252') : found.toLowerCase()
}

/** Loads the package on first use: few processes need it. */
function sniffer(): Sniff {
  return (sniff ??= ownRequire()('html-encoding-sniffer') as Sniff)
}
