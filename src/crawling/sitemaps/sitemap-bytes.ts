/** The text of a sitemap's bytes: decompressed, decoded, and no more than may be. Does not know what it says. */
import type { Readable } from 'node:stream'
import { GzipProblem, gunzipped, isGzip } from './gunzipped.js'
import { SitemapError } from './sitemap-error.js'

const SNIFFED_BYTES = 256

/**
 * Yields the text of a file in parts. A file may be compressed by gzip, whatever its name. Throws `SitemapError`
 * if it is larger than `maxBytes`, or cannot be decompressed.
 */
export async function* textOf(url: string, body: Readable, maxBytes: number): AsyncGenerator<string> {
  let bytes = 0
  let decoder: InstanceType<typeof TextDecoder> | null = null
  for await (const chunk of decompressed(url, body, maxBytes)) {
    bytes += chunk.length
    const isOver = bytes > maxBytes
    const part = isOver ? chunk.subarray(0, chunk.length - (bytes - maxBytes)) : chunk
    decoder ??= new TextDecoder(charsetOf(part))
    yield decoder.decode(part, { stream: true })
    if (isOver) throw tooLarge(url, maxBytes)
  }
  const last = decoder?.decode() ?? ''
  if (last !== '') yield last
}

function tooLarge(url: string, maxBytes: number): SitemapError {
  return new SitemapError(url, `has more than ${String(maxBytes)} bytes: maxBytes`)
}

async function* decompressed(url: string, body: Readable, maxBytes: number): AsyncGenerator<Buffer> {
  const chunks = merged(readAhead(url, body, maxBytes))
  const first = await chunks.next()
  if (first.done === true) return
  const whole = (async function* () {
    yield first.value
    yield* chunks
  })()
  if (!isGzip(first.value)) {
    yield* whole
    return
  }
  try {
    yield* merged(gunzipped(whole))
  } catch (error) {
    if (error instanceof GzipProblem) throw new SitemapError(url, `cannot be decompressed: ${error.message}`)
    throw error
  }
}

/**
 * Yields a body that is read as fast as it comes, however slow the reader is: its request holds a slot that what the
 * reader does with the entries may have to wait for. Throws the error of the body after what came before it.
 */
async function* readAhead(url: string, body: Readable, maxBytes: number): AsyncGenerator<Buffer> {
  const chunks: Buffer[] = []
  const state = { bytes: 0, isOver: false, failure: null as Error | null, wake: (): void => undefined }
  const end = (failure: Error | null): void => {
    if (!state.isOver) Object.assign(state, { isOver: true, failure })
    state.wake()
  }
  body.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    state.bytes += chunk.length
    if (state.bytes <= maxBytes) {
      state.wake()
      return
    }
    end(tooLarge(url, maxBytes))
    body.destroy()
  })
  body.on('error', end)
  body.once('end', () => {
    end(null)
  })
  body.once('close', () => {
    end(new Error('the body was closed'))
  })
  for (;;) {
    for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) yield chunk
    if (state.isOver) break
    await new Promise<void>((resolve) => {
      state.wake = resolve
    })
  }
  if (state.failure !== null) throw state.failure
}

/** The first chunk is long enough to see what is in it, unless the file is shorter. */
async function* merged(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer | null = Buffer.alloc(0)
  let failure: { readonly error: unknown } | null = null
  try {
    for await (const chunk of chunks) {
      if (held === null) {
        yield chunk
        continue
      }
      held = Buffer.concat([held, chunk])
      if (held.length < SNIFFED_BYTES) continue
      yield held
      held = null
    }
  } catch (error) {
    failure = { error }
  }
  if (held !== null && held.length > 0) yield held
  if (failure !== null) throw failure.error
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
