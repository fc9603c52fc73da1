/**
 * Reads requests from the command line and from files, as they are needed. Does not depend on what is done
 * with them.
 */
import { createReadStream } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import type { InputFormat } from '../arguments/flags/run-draft.js'
import { parseLine, type Input } from './input-line.js'
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

const MAX_LINE = 64 * 1024 * 1024
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
  if (/\.csv$/i.test(path)) return 'csv'
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
  for await (const line of splitLines(bytes)) {
    number++
    // An estimate: these are characters, not bytes.
    progress.readBytes += line.length + 1
    const where = `${name(path)}:${String(number)}`
    const text = line.trim()
    if (text === '' || text.startsWith('#')) continue
    if (format !== 'lines' && (format === 'jsonl' || text.startsWith('{')))
      yield attempt(where, () => parseLine(text))
    else yield { url: text, where }
  }
}

async function* splitLines(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  let isFirst = true
  for await (const chunk of bytes) {
    let text = decoder.write(chunk)
    if (isFirst && text !== '') [text, isFirst] = [text.replace(/^\ufeff/, ''), false]
    if (!text.includes('\n')) {
      rest += text
      if (rest.length > MAX_LINE) throw new UsageError('--input: a line is longer than 64 MiB')
      continue
    }
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  rest += decoder.end()
  if (rest !== '') yield rest
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
  const bad: BadLine[] = []
  const parser = parse({
    bom: true,
    columns: true,
    info: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    trim: true,
  })
  parser.on('skip', (error: { message: string; lines?: number } | undefined) => {
    bad.push({ where: `${name(path)}:${String(error?.lines ?? 0)}`, problem: error?.message ?? 'not CSV' })
  })
  const feeding = feed(bytes, parser)
  // The reader of the parser gets the error. Here it must not count as unhandled.
  feeding.catch((error: unknown) => parser.destroy(error as Error))
  for await (const { record, info } of parser as AsyncIterable<CsvRecord>) {
    yield* bad.splice(0)
    progress.readBytes = info.bytes
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

async function feed(bytes: AsyncIterable<Buffer>, parser: NodeJS.WritableStream): Promise<void> {
  for await (const chunk of bytes) {
    if (!parser.write(chunk)) await new Promise((resolve) => parser.once('drain', resolve))
  }
  parser.end()
}

/** True if the input is a line that is not a valid request. */
export function isBadLine(input: Input | BadLine): input is BadLine {
  return 'problem' in input
}
