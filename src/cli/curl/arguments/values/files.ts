/**
 * Content that options take from files and stdin: lines, text, bytes. Does not know which option it is for.
 */
import { isUtf8 } from 'node:buffer'
import type { Parsing } from '../parsing.js'
import { OptionProblem } from '../problems.js'

/** A file, or stdin for `-`. `what` goes into the message of one that cannot be read. */
export function readInput(parsing: Parsing, path: string): Buffer {
  const { context } = parsing
  if (path === '-') return context.readStdin()
  try {
    return context.readFile(path)
  } catch {
    parsing.error(`Failed to open ${path}`)
    throw new OptionProblem('unreadable')
  }
}

/** The bytes of a text; U+DC80 and above stand for single bytes, where a shell's words had such. */
export function toBytes(text: string): Buffer {
  if (!/[\udc80-\udcff]/u.test(text)) return Buffer.from(text)
  return Buffer.concat(
    Array.from(text, (character) =>
      /^[\udc80-\udcff]$/u.test(character)
        ? Buffer.from([character.charCodeAt(0) - 0xdc00])
        : Buffer.from(character),
    ),
  )
}

/** Returns a text if the bytes are one: libcurl keeps a text, and can send it again at any time. */
export function textOrBytes(bytes: Buffer): string | Buffer {
  return isUtf8(bytes) ? bytes.toString('utf8') : bytes
}

/** Text for libcurl, which node-libcurl takes as UTF-8 only. */
export function toText(bytes: Buffer, path: string): string {
  if (isUtf8(bytes)) return bytes.toString('utf8')
  throw new OptionProblem('badUse', `${path} holds bytes that are not UTF-8, which Node.js cannot hand on`)
}

/** Lines that are neither blank nor begin with `#`, with their numbers from 1. */
export function* linesOf(text: string): Generator<readonly [number: number, line: string]> {
  let number = 0
  let start = 0
  while (start < text.length) {
    const found = text.indexOf('\n', start)
    const end = found < 0 ? text.length : found
    const line = text.slice(start, end)
    start = end + 1
    if (line === '') continue
    // curl counts the lines that it hands out.
    const first = line.replace(/^[ \t]+/, '')
    if (first === '' || first.startsWith('#')) continue
    number++
    yield [number, line]
  }
}
