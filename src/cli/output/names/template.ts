/**
 * File names made from requests: templates, and names from URLs. No URL, server or input line can lead out of
 * the output folder. Does not touch the disk.
 */
import { isAbsolute } from 'node:path'
import { DEFAULT_PORTS } from '../../../url/url-parts.js'
import type { Input } from '../../input/input-line.js'
import { DataError, UsageError } from '../../errors/errors.js'

const VARIABLE = /\{([^{}]+)\}/g
const KNOWN = new Set(['n', 'id', 'host', 'path', 'name', 'ext', 'sha1', 'status', 'scheme', 'port', 'query'])
/** The replacement for an empty value: a path must have no empty parts, and must not begin with `/`. */
const EMPTY = '_'
/** The longest part of a path. ext4 and others allow 255 bytes; the rest is left for suffixes. */
const MAX_SEGMENT = 200

/** The values that a name is made from. */
export interface Named {
  readonly input: Input
  readonly n: number
  readonly status: number
}

/** True if the template contains a variable. */
export function hasVariables(template: string): boolean {
  return template.search(VARIABLE) >= 0
}

/**
 * @param hasColumns true if variables may be columns of CSV, which are not known yet
 * @param isBelow true if names must stay below `--output-dir`
 * @throws UsageError if the template has an unknown variable or gives no file name
 */
export function checkTemplate(template: string, hasColumns: boolean, isBelow = false): void {
  if (template === '' || template.endsWith('/')) throw new UsageError(`-o "${template}": it names no file`)
  if (isBelow && (isAbsolute(template) || template.split('/').includes('..'))) {
    throw new UsageError(`-o ${template}: with --output-dir it names files below that folder`)
  }
  for (const [, variable = ''] of template.matchAll(VARIABLE)) {
    if (KNOWN.has(variable) || hasColumns) continue
    throw new UsageError(`-o: there is no {${variable}}: ${availableFor(undefined)}`)
  }
}

/**
 * Returns the name that a template gives. @throws DataError if this request does not have one of its
 * variables
 */
export function fillTemplate(template: string, named: Named): string {
  return template.replace(VARIABLE, (_whole, variable: string) => valueOf(variable, named))
}

function valueOf(variable: string, { input, n, status }: Named): string {
  switch (variable) {
    case 'n':
      return String(n)
    case 'status':
      return String(status)
    case 'id':
      return safeSegment(input.id ?? String(n))
    case 'sha1':
      return sha1(input.url)
    default: {
      const { columns } = input
      if (columns !== undefined && Object.hasOwn(columns, variable))
        return safeSegment(columns[variable] ?? '')
      if (KNOWN.has(variable)) return urlPart(variable, input.url)
      throw new DataError(`-o: there is no {${variable}}: ${availableFor(columns)}`)
    }
  }
}

function availableFor(columns: Input['columns']): string {
  const names = [...KNOWN, ...Object.keys(columns ?? {})]
  return `there are ${names.map((name) => `{${name}}`).join(' ')}`
}

function urlPart(variable: string, text: string): string {
  const url = parseUrl(text)
  const name = lastSegment(url?.pathname ?? '')
  switch (variable) {
    case 'host':
      return safeSegment(url?.hostname ?? '_')
    case 'port':
      return safeSegment(url?.port || (DEFAULT_PORTS[url?.protocol.slice(0, -1) ?? ''] ?? ''))
    case 'scheme':
      return safeSegment(url?.protocol.replace(':', '') ?? '_')
    case 'query':
      return safeSegment(url?.search.slice(1) ?? '')
    case 'name':
      return safeSegment(name === '' ? 'index' : name)
    case 'ext':
      return safeSegment(/\.([^.]+)$/.exec(name)?.[1] ?? '')
    case 'path':
      return pathOf(url?.pathname ?? '')
    default:
      return ''
  }
}

/** A path that ends with `/` is a folder with an index, so that the pages below it have a place. */
function pathOf(pathname: string): string {
  const segments = pathname.split('/').filter((segment) => segment !== '')
  if (segments.length === 0 || pathname.endsWith('/')) segments.push('index')
  return segments.map(safeSegment).join('/')
}

/**
 * True if no two requests get the same name: in a segment of a known place, `{n}` follows fixed text, and
 * something that is no digit follows `{n}`.
 */
export function isNumbered(template: string): boolean {
  const segments = template.split('/')
  const isPath = segments.map((segment) => segment.includes('{path}'))
  return segments.some(
    (segment, i) =>
      /^[^{}]*\{n\}(?:$|[^\d{])/.test(segment) &&
      !(isPath.slice(0, i).includes(true) && isPath.slice(i + 1).includes(true)),
  )
}

function parseUrl(text: string): URL | null {
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`
  return URL.canParse(whole) ? new URL(whole) : null
}

function lastSegment(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/**
 * Returns the file name for `-O`: the last segment of the URL's path, as it is spelled. If it is empty:
 * curl_response, as in newer versions of curl.
 */
export function remoteName(url: string): string {
  const path = url.replace(/[?#].*$/s, '').replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '')
  const name = lastSegment(path)
  return name === '' ? 'curl_response' : safeSegment(name)
}

/** Makes a text a safe segment of a path. */
function safeSegment(text: string): string {
  if (text === '') return EMPTY
  const plain = text.replace(/[/\\\u0000-\u001f\u007f]/g, '_')
  const dotless = /^\.{1,2}$/.test(plain) ? plain.replace(/\./g, '_') : plain
  if (Buffer.byteLength(dotless) <= MAX_SEGMENT) return dotless
  const digest = sha1(text).slice(0, 12)
  return `${Buffer.from(dotless)
    .subarray(0, 80)
    .toString('utf8')
    .replace(/\ufffd+$/, '')}-${digest}`
}

/** Checks the `output` of a line of input. @throws DataError if it would lead out of the folder */
export function checkLineOutput(output: string): void {
  const parts = output.split(/[/\\]/)
  if (
    output === '' ||
    isAbsolute(output) ||
    parts.includes('..') ||
    output.includes('\0') ||
    output.endsWith('/')
  ) {
    throw new DataError('"output" is the name of a file below --output-dir')
  }
}

/** Loading `node:crypto` takes a tenth of a start, so it is loaded on demand. */
function sha1(text: string): string {
  return process.getBuiltinModule('node:crypto').createHash('sha1').update(text).digest('hex')
}
