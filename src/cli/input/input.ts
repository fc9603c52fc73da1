/**
 * Reads requests from the command line and from files, as they are needed. Does not depend on what is done
 * with them.
 */
import { createReadStream } from 'node:fs'
import type { InputFormat } from '../arguments/flags/run-draft.js'
import { parseLine, requestOf, type Input } from './input-line.js'
import { parseJson } from './spelled-numbers.js'
import { decoded, linesOf, restOf } from './text.js'
import { messageOf, UsageError } from '../errors/errors.js'

/** A line that is not a valid request. */
export interface BadLine {
  readonly where: string
  readonly problem: string
}

/** Settings for reading files. */
export interface InputSettings {
  readonly format: InputFormat | undefined
  readonly urlColumn: string
}

/** The progress of reading the files, to estimate the total number of requests. */
export interface InputProgress {
  readBytes: number
  /** The size of all files; NaN if one has no known size, such as stdin. */
  totalBytes: number
}

const name = (path: string): string => (path === '-' ? 'stdin' : path)

/** Yields the requests of a file. Throws `UsageError` if the file cannot be read. */
export async function* readInputs(
  path: string,
  settings: InputSettings,
  progress: InputProgress,
): AsyncGenerator<Input | BadLine> {
  const format = settings.format ?? formatOf(path)
  const bytes = readBytes(path)
  if (format === 'csv') yield* readCsv(bytes, path, settings.urlColumn, progress)
  else yield* readLines(bytes, path, format, progress)
}

function formatOf(path: string): InputFormat | undefined {
  if (/\.[ct]sv$/i.test(path)) return 'csv'
  return /\.(jsonl|ndjson)$/i.test(path) ? 'jsonl' : undefined
}

async function* readBytes(path: string): AsyncGenerator<Buffer> {
  const stream = path === '-' ? process.stdin : createReadStream(path, { highWaterMark: 64 * 1024 })
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      yield chunk
    }
  } catch (error) {
    throw new UsageError(`--input ${name(path)}: ${messageOf(error)}`)
  }
}

async function* readLines(
  bytes: AsyncIterable<Buffer>,
  path: string,
  format: 'lines' | 'jsonl' | undefined,
  progress: InputProgress,
): AsyncGenerator<Input | BadLine> {
  let number = 0
  const lines = linesOf(decoded(bytes))
  for await (const line of lines) {
    number++
    // An estimate: these are characters, not bytes.
    progress.readBytes += line.length + 1
    const where = `${name(path)}:${String(number)}`
    const text = line.trim()
    if (text === '' || text.startsWith('#')) continue
    if (text.includes('\0')) {
      yield { where, problem: 'it has NULs in it: is this UTF-16 without a byte order mark?' }
    } else if (format !== 'lines' && (format === 'jsonl' ? text.startsWith('[') : ARRAY.test(text))) {
      yield* readArray(isJson(text) ? text : await restOf(line, lines), where)
    } else if (format !== 'lines' && (format === 'jsonl' || text.startsWith('{')))
      yield attempt(where, () => parseLine(text))
    else yield { url: text.replace(/\s+#.*$/, ''), where }
  }
}

/** The beginning of an array of requests. A URL in brackets begins with a number. */
const ARRAY = /^\[\s*(?:[{"\]]|$)/

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Yields the requests of a JSON array. */
function* readArray(text: string, where: string): Generator<Input | BadLine> {
  let values: unknown
  try {
    values = parseJson(text)
  } catch (error) {
    yield {
      where,
      problem: `this begins an array of JSON that is not valid: ${messageOf(error).slice(0, 200)}`,
    }
    return
  }
  for (const [i, value] of (values as unknown[]).entries())
    yield attempt(`${where}[${String(i)}]`, () => requestOf(value))
}

function attempt(where: string, make: () => Input): Input | BadLine {
  try {
    return { ...make(), where }
  } catch (error) {
    if (error instanceof UsageError) return { where, problem: error.message }
    throw error
  }
}

interface CsvRecord {
  readonly record: Readonly<Record<string, string>>
  readonly info: { readonly lines: number; readonly bytes: number }
}

async function* readCsv(
  bytes: AsyncIterable<Buffer>,
  path: string,
  urlColumn: string,
  progress: InputProgress,
): AsyncGenerator<Input | BadLine> {
  // Loaded only for CSV, because loading it takes longer than a small run.
  const { parse } = await import('csv-parse')
  const { header, texts } = await withHeader(decoded(bytes))
  const before = progress.readBytes
  const bad: BadLine[] = []
  const parser = parse({
    columns: true,
    delimiter: delimiterOf(header, urlColumn),
    info: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    skip_empty_lines: true,
    skip_records_with_error: true,
    trim: true,
  })
  parser.on('skip', (error: { message: string; lines?: number } | undefined) => {
    bad.push({ where: `${name(path)}:${String(error?.lines ?? 0)}`, problem: error?.message ?? 'not CSV' })
  })
  const feeding = feed(texts, parser)
  // The reader of the parser gets the error. Here it must not count as unhandled.
  feeding.catch((error: unknown) => parser.destroy(error as Error))
  for await (const { record, info } of parser as AsyncIterable<CsvRecord>) {
    yield* bad.splice(0)
    progress.readBytes = before + info.bytes
    const url = Object.hasOwn(record, urlColumn) ? record[urlColumn] : undefined
    const where = `${name(path)}:${String(info.lines)}`
    if (url === undefined) {
      throw new UsageError(`--input ${path}: there is no column "${urlColumn}" (--url-column names another)`)
    }
    if (url === '') yield { where, problem: `the column "${urlColumn}" is empty` }
    else yield { url, id: record['id'], where, columns: record }
  }
  yield* bad.splice(0)
  await feeding
}

/** The longest header line that is looked at for its delimiter. Characters. */
const MAX_HEADER = 64 * 1024

/** Reads on until the header line is there. Returns it, and all texts. */
async function withHeader(
  texts: AsyncGenerator<string>,
): Promise<{ header: string; texts: AsyncGenerator<string> }> {
  let start = ''
  while (!/[\r\n]/.test(start.trimStart()) && start.length < MAX_HEADER) {
    const next = await texts.next()
    if (next.done === true) break
    start += next.value
  }
  async function* all(): AsyncGenerator<string> {
    yield start
    yield* texts
  }
  return { header: /^[^\r\n]*/.exec(start.trimStart())?.[0] ?? '', texts: all() }
}

/**
 * Returns the delimiter that parts the URL's column from the others: a comma, unless only another one does.
 */
function delimiterOf(header: string, urlColumn: string): string {
  const hasColumn = (delimiter: string): boolean =>
    header.split(delimiter).some((column) => column.trim().replace(/^"(.*)"$/, '$1') === urlColumn)
  return [',', ';', '\t'].find(hasColumn) ?? ','
}

async function feed(texts: AsyncIterable<string>, parser: NodeJS.WritableStream): Promise<void> {
  for await (const text of texts) {
    if (!parser.write(text)) await new Promise((resolve) => parser.once('drain', resolve))
  }
  parser.end()
}

/** True if the input is a line that is not a valid request. */
export function isBadLine(input: Input | BadLine): input is BadLine {
  return 'problem' in input
}
