/** The bytes of a file of input as text and lines. Does not depend on what the lines say. */
import { UsageError } from '../errors/errors.js'

const MAX_LINE = 64 * 1024 * 1024

/** Yields the text of a file in UTF-8, or in UTF-16 with a byte order mark, which is left out. */
export async function* decoded(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let decoder: InstanceType<typeof TextDecoder> | null = null
  let start: Buffer = Buffer.alloc(0)
  for await (const chunk of bytes) {
    if (decoder !== null) {
      yield decoder.decode(chunk, { stream: true })
      continue
    }
    start = Buffer.concat([start, chunk])
    // Two bytes decide: the mark of UTF-8 has three, and its decoder removes it.
    if (start.length < 2) continue
    decoder = new TextDecoder(encodingOf(start))
    yield decoder.decode(start, { stream: true })
  }
  decoder ??= new TextDecoder()
  yield start.length < 2 ? decoder.decode(start) : decoder.decode()
}

/** Returns the bytes of a whole file as {@link decoded} does. */
export function textOf(bytes: Buffer): string {
  return new TextDecoder(bytes.length < 2 ? 'utf-8' : encodingOf(bytes)).decode(bytes)
}

function encodingOf(start: Buffer): string {
  const mark = start.readUInt16BE(0)
  return mark === 0xfffe ? 'utf-16le' : mark === 0xfeff ? 'utf-16be' : 'utf-8'
}

/** Yields lines without their ends, which are `\n`, `\r\n` or `\r`. */
export async function* linesOf(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const text of texts) {
    if (!text.includes('\n')) {
      rest += text
      if (rest.length > MAX_LINE) throw new UsageError('--input: a line is longer than 64 MiB')
      continue
    }
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield* parted(line)
  }
  if (rest !== '') yield* parted(rest)
}

function parted(line: string): readonly string[] {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line
  return text.includes('\r') ? text.split('\r') : [text]
}

/** Returns all further lines as one text. Throws `UsageError` if they are too many to be in memory. */
export async function restOf(first: string, lines: AsyncIterator<string>): Promise<string> {
  const parts = [first]
  let length = first.length
  for (;;) {
    const next = await lines.next()
    if (next.done === true) return parts.join('\n')
    parts.push(next.value)
    length += next.value.length
    if (length > MAX_LINE)
      throw new UsageError(
        '--input: an array of more than 64 MiB: use lines of JSON (jq -c ".[]" makes them)',
      )
  }
}
