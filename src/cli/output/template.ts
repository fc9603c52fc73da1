/**
 * Names of files made of requests: templates, and the names that URLs suggest. Nothing that a URL, a server
 * or a line says leads out of the folder that files go to. Does not touch the disk.
 */
import { createHash } from 'node:crypto'
import { isAbsolute } from 'node:path'
import type { Input } from '../input/input-line.js'
import { DataError, UsageError } from '../errors/errors.js'

const VARIABLE = /\{([^{}]+)\}/g
const KNOWN = new Set(['n', 'id', 'host', 'path', 'name', 'ext', 'sha1', 'status', 'scheme', 'port', 'query'])
/**
 * What a value that is empty is called: a name has no empty parts, and one that begins with `/` would lead
 * anywhere.
 */
const EMPTY = '_'
/** What ext4 and others allow is 255 bytes; the rest is for our own endings. */
const MAX_SEGMENT = 200

/** What a name is made of. */
export interface Named {
  readonly input: Input
  readonly n: number
  readonly status: number
}

/** Whether a template gives different requests different names. */
export function hasVariables(template: string): boolean {
  return template.search(VARIABLE) >= 0
}

/**
 * @param hasColumns variables may be columns of CSV, which are known later
 * @param isBelow names have to stay below `--output-dir`
 * @throws UsageError where a template has a variable that there is not, or gives no names of files
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

/** The name that a template gives. @throws DataError where it has a variable that this request has not */
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
      return createHash('sha1').update(input.url).digest('hex')
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
      return safeSegment(url?.port || (DEFAULT_PORTS[url?.protocol ?? ''] ?? ''))
    case 'scheme':
      return safeSegment(url?.protocol.replace(':', '') ?? '_')
    case 'query':
      return safeSegment(url?.search.slice(1) ?? '')
    case 'name':
      return safeSegment(name === '' ? 'index' : name)
    case 'ext':
      return safeSegment(/\.([^.]+)$/.exec(name)?.[1] ?? '')
    case 'path':
      return (
        (url?.pathname ?? '')
          .split('/')
          .filter((segment) => segment !== '')
          .map(safeSegment)
          .join('/') || 'index'
      )
    default:
      return ''
  }
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = {
  'http:': '80',
  'https:': '443',
  'ftp:': '21',
  'ftps:': '990',
}

function parseUrl(text: string): URL | null {
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`
  return URL.canParse(whole) ? new URL(whole) : null
}

function lastSegment(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/**
 * The name of `-O`: how the URL's path ends, as it is spelled. Without a name it is curl_response, as in
 * newer curls.
 */
export function remoteName(url: string): string {
  const path = url.replace(/[?#].*$/s, '').replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '')
  const name = lastSegment(path)
  return name === '' ? 'curl_response' : safeSegment(name)
}

/** A name that is one part of a path, whatever the text. */
function safeSegment(text: string): string {
  if (text === '') return EMPTY
  const plain = text.replace(/[/\\\u0000-\u001f\u007f]/g, '_')
  const dotless = /^\.{1,2}$/.test(plain) ? plain.replace(/\./g, '_') : plain
  if (Buffer.byteLength(dotless) <= MAX_SEGMENT) return dotless
  const digest = createHash('sha1').update(text).digest('hex').slice(0, 12)
  return `${Buffer.from(dotless)
    .subarray(0, 80)
    .toString('utf8')
    .replace(/\ufffd+$/, '')}-${digest}`
}

/** What a line of input calls its output. @throws DataError where it leads out of the folder. */
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
