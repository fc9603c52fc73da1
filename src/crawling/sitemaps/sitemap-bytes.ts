/** The text of a sitemap's bytes: decompressed, decoded, and no more than may be. Does not know what it says. */
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { SitemapError } from './sitemap-error.js'

const SNIFFED_BYTES = 256

/**
 * Yields the text of a file in parts. A file may be compressed by gzip, whatever its name. Throws `SitemapError`
 * if it is larger than `maxBytes`, or cannot be decompressed.
 */
export async function* textOf(url: string, body: Readable, maxBytes: number): AsyncGenerator<string> {
  let bytes = 0
  let decoder: InstanceType<typeof TextDecoder> | null = null
  for await (const chunk of inflated(url, body)) {
    bytes += chunk.length
    const isOver = bytes > maxBytes
    const part = isOver ? chunk.subarray(0, chunk.length - (bytes - maxBytes)) : chunk
    decoder ??= new TextDecoder(charsetOf(part))
    yield decoder.decode(part, { stream: true })
    if (isOver) throw new SitemapError(url, `has more than ${String(maxBytes)} bytes: maxBytes`)
  }
  const last = decoder?.decode() ?? ''
  if (last !== '') yield last
}

async function* inflated(url: string, body: Readable): AsyncGenerator<Buffer> {
  const chunks = merged(body)
  const first = await chunks.next()
  if (first.done === true) return
  const whole = (async function* () {
    yield first.value
    yield* chunks
  })()
  if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) {
    yield* whole
    return
  }
  const gunzip = createGunzip()
  // Its error is that of the iteration below.
  pipeline(whole, gunzip, () => undefined)
  try {
    yield* gunzip as AsyncIterable<Buffer>
  } catch (error) {
    const { code } = error as { code?: unknown }
    if (typeof code !== 'string' || !code.startsWith('Z_')) throw error
    throw new SitemapError(url, `cannot be decompressed: ${(error as Error).message}`)
  }
}

/** The first chunk is long enough to see what is in it, unless the file is shorter. */
async function* merged(body: Readable): AsyncGenerator<Buffer> {
  let held: Buffer | null = Buffer.alloc(0)
  for await (const chunk of body as AsyncIterable<Buffer>) {
    if (held === null) {
      yield chunk
      continue
    }
    held = Buffer.concat([held, chunk])
    if (held.length < SNIFFED_BYTES) continue
    yield held
    held = null
  }
  if (held !== null && held.length > 0) yield held
}

/** The protocol wants UTF-8; others are found by a byte order mark, or in the declaration of the XML. */
function charsetOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  const head = bytes.toString('latin1', 0, SNIFFED_BYTES)
  const label = /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w-]+)["']/.exec(head)?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(label).encoding
  } catch {
    return 'utf-8'
  }
}
