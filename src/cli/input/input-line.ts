/**
 * Parses one JSON line into a request. A line is data: it cannot make this command read a file as a body.
 * Does not depend on the source of the line.
 */
import type { RequestOptions } from '../../index.js'
import { nearest } from '../../options/catalog/suggest.js'
import { FLAGS, flagNamed, type Given } from '../arguments/flags.js'
import { UsageError } from '../errors/errors.js'
import { parseJson, SpelledNumber, toJson } from './spelled-numbers.js'

/** An option of a pasted curl command. */
export interface PastedOption {
  readonly long: string
  /** One letter, or ''. */
  readonly short: string
  /** The value; null for a switch. */
  readonly value: string | null
  /** False if the option was given as `--no-...`. */
  readonly isOn: boolean
}

/** The settings of a request that come from a pasted curl command. */
export interface PastedRequest {
  readonly options: RequestOptions
  /** True if the command sets a user agent. */
  readonly hasOwnAgent: boolean
  /** True with `--fail-with-body`. */
  readonly failsByStatus: boolean
  /** The command's options about requests, in order. */
  readonly given: readonly PastedOption[]
}

/** One request as it was given. */
export interface Input {
  readonly url: string
  readonly id?: string | undefined
  /** The request's own options. */
  readonly layer?: readonly Given[] | undefined
  /** The settings of a pasted curl command, in place of `layer`. */
  readonly pasted?: PastedRequest | undefined
  /** The file for the body. */
  readonly output?: string | undefined
  /** The file and line number of the input. */
  readonly where?: string | undefined
  /** The columns of a CSV record. */
  readonly columns?: Readonly<Record<string, string>> | undefined
}

const OF_REQUESTS = FLAGS.filter((flag) => flag.ofRequest)
const ALIASES: ReadonlyMap<string, string> = new Map(
  OF_REQUESTS.flatMap(({ long, jsonName }) => (jsonName === undefined ? [] : [[jsonName, long]])),
)
/** The names that a line may have, for suggestions. */
const NAMES = [...OF_REQUESTS.map(({ long }) => long), 'url', 'id', 'method', 'headers', 'output']

/** Parses a line. Throws `UsageError` if it is invalid. */
export function parseLine(text: string): Input {
  let value: unknown
  try {
    value = parseJson(text)
  } catch {
    throw new UsageError('this is not JSON')
  }
  return requestOf(value)
}

/** Returns the request of a value of {@link parseJson}. Throws `UsageError` if it is none. */
export function requestOf(value: unknown): Input {
  if (typeof value === 'string') return { url: value }
  if (!isRecord(value)) throw new UsageError('a line of JSON is an object with a "url", or a string')
  const { url, id, output, ...rest } = value
  if (typeof url !== 'string' || url === '') throw new UsageError('there is no "url"')
  if (id !== undefined && !isScalar(id)) throw new UsageError('"id" is a string or a number')
  if (output !== undefined && typeof output !== 'string')
    throw new UsageError('"output" is the name of a file')
  const layer = Object.entries(rest).flatMap(([key, given]) => (given === null ? [] : flagsOf(key, given)))
  if (rest['json'] !== undefined && rest['json'] !== null) layer.unshift(...missingHeaders(layer))
  return {
    url,
    ...(id !== undefined && { id: String(id) }),
    ...(output !== undefined && { output }),
    ...(layer.length > 0 && { layer }),
  }
}

function flagsOf(key: string, value: unknown): Given[] {
  if (/^[A-Z][A-Z\d_]+$/.test(key)) return optionsOf(key, value)
  const kebab = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replace(/_/g, '-')
  const long = ALIASES.get(kebab) ?? kebab
  const flag = flagNamed(long)
  if (flag?.ofRequest !== true) {
    const near = nearest(key, NAMES)
    throw new UsageError(`there is no "${key}"${near === undefined ? '' : ` (did you mean "${near}"?)`}`)
  }
  if (long === 'opt' && isRecord(value))
    return Object.entries(value).flatMap(([name, of]) => optionsOf(name, of))
  if (long === 'header') return headersOf(value)
  if (long === 'json') return [['data-raw', toJson(value)]]
  if (long === 'data' || long === 'data-ascii' || long === 'data-binary') return [['data-raw', dataOf(value)]]
  if (long === 'data-urlencode' || long === 'form') return pairsOf(long, value)
  if (flag.value === undefined) {
    if (typeof value !== 'boolean') throw new UsageError(`"${key}" is true or false`)
    return value ? [[long, null]] : []
  }
  const values = (Array.isArray(value) ? value : [value]).map((item: unknown) => optionValue(item, key))
  if (long === 'cookie' && values.some((item) => !item.includes('='))) {
    throw new UsageError('"cookie" must be name=value: a line of input cannot name a cookie file')
  }
  return values.map((item) => [long, item])
}

/** Returns the headers that mark a body as JSON, without those that the line has. */
function missingHeaders(layer: readonly Given[]): Given[] {
  const has = (name: string): boolean =>
    layer.some(([long, value]) => long === 'header' && value?.toLowerCase().startsWith(`${name}:`))
  return ['Content-Type', 'Accept']
    .filter((name) => !has(name.toLowerCase()))
    .map((name) => ['header', `${name}: application/json`])
}

function headersOf(value: unknown): Given[] {
  if (Array.isArray(value)) return value.map((line: unknown) => header(scalar(line, 'headers')))
  if (!isRecord(value)) throw new UsageError('"headers" is an object, or a list of lines')
  return Object.entries(value).flatMap(([name, of]) =>
    (Array.isArray(of) ? of : [of]).map((item: unknown): Given => {
      // curl's spelling: `Name:` removes a header that would be sent, `Name;` sends an empty one.
      if (item === null) return header(`${name}:`)
      const text = scalar(item, `headers.${name}`)
      return header(text === '' ? `${name};` : `${name}: ${text}`)
    }),
  )
}

function header(line: string): Given {
  // On the command line, `@` reads a file.
  if (line.startsWith('@')) throw new UsageError('a header line of the input cannot name a file')
  return ['header', line]
}

function dataOf(value: unknown): string {
  if (!isRecord(value)) return scalar(value, 'data')
  return new URLSearchParams(
    Object.entries(value).map(([name, of]): [string, string] => [name, scalar(of, `data.${name}`)]),
  ).toString()
}

function pairsOf(long: string, value: unknown): Given[] {
  if (!isRecord(value)) throw new UsageError(`"${long}" is an object of names and values`)
  const pairs = Object.entries(value).map(
    ([name, of]) => [name, scalar(of, `${long}.${name}`)] as [string, string],
  )
  if (long === 'form') return pairs.map(([name, of]) => ['form-string', `${name}=${of}`])
  return [['data-raw', new URLSearchParams(pairs).toString()]]
}

function optionsOf(name: string, value: unknown): Given[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value]
  return items.map((item) => [
    'opt',
    `${name}=${typeof item === 'boolean' ? Number(item) : optionValue(item, name)}`,
  ])
}

function scalar(value: unknown, key: string): string {
  if (isScalar(value)) return String(value)
  throw new UsageError(`"${key}" is a string or a number`)
}

/** The value of an option. Options take plain decimal numbers, so `1e3` becomes `1000`. */
function optionValue(value: unknown, key: string): string {
  const text = scalar(value, key)
  return value instanceof SpelledNumber && /[.eE]/.test(text) ? String(Number(text)) : text
}

function isScalar(value: unknown): value is string | number | SpelledNumber {
  return typeof value === 'string' || typeof value === 'number' || value instanceof SpelledNumber
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof SpelledNumber)
  )
}
