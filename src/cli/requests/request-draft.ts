/**
 * Builds a request's options from options of the command: translates curl's flags to libcurl's options. Does
 * not depend on where the flags were given (command line, config file, curl command, line of input).
 */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { RequestOptions } from '../../index.js'
import type { Given } from '../arguments/flags.js'
import { formOf, type FormField } from './form.js'
import { messageOf, UsageError } from '../errors/errors.js'
import { setting } from './request-settings.js'
import { assignment } from '../arguments/values.js'

/** A request, merged from all layers. */
export interface RequestDraft {
  readonly options: RequestOptions
  /** The query that `-G` appends to the URL. */
  readonly query: string | null
  readonly isHead: boolean
  /** True with `--fail-with-body`. */
  readonly failsByStatus: boolean
  /** The file name that `-T` adds to a URL that ends with `/`. */
  readonly uploadName: string | null
}

const DATA = new Set(['data', 'data-ascii', 'data-raw', 'data-binary', 'data-urlencode', 'json'])
const FORM = new Set(['form', 'form-string'])
/** The libcurl options that take a list, even for one value. */
const LISTS =
  /^(CURLOPT_)?(CONNECT_TO|HTTP200ALIASES|HTTPHEADER|MAIL_RCPT|POSTQUOTE|PREQUOTE|PROXYHEADER|QUOTE|RESOLVE|RTSPHEADER)$/

interface Parts {
  readonly options: Record<string, unknown>
  headers: string[]
  data: Buffer[]
  isJson: boolean
  form: FormField[]
  isGet: boolean
  isHead: boolean
  method: string | undefined
  auth: number
  upload: string | undefined
  failsByStatus: boolean
}

/**
 * Merges layers into a request. Later layers win: their body replaces the earlier one, and each of their
 * headers replaces those of the same name.
 *
 * @throws UsageError for invalid values, and for files that cannot be read
 */
export function draftRequest(...layers: readonly (readonly Given[])[]): RequestDraft {
  const parts: Parts = {
    options: {},
    headers: [],
    data: [],
    isJson: false,
    form: [],
    isGet: false,
    isHead: false,
    method: undefined,
    auth: 0,
    upload: undefined,
    failsByStatus: false,
  }
  for (const layer of layers) addLayer(parts, layer)
  return finish(parts)
}

function addLayer(parts: Parts, layer: readonly Given[]): void {
  const hasBody = layer.some(([long]) => DATA.has(long) || FORM.has(long))
  if (hasBody) [parts.data, parts.form, parts.isJson, parts.upload] = [[], [], false, undefined]
  const headers: string[] = []
  const ownOptions = new Set<string>()
  for (const [long, value] of layer) {
    if (DATA.has(long)) addData(parts, long, value ?? '')
    else if (FORM.has(long)) parts.form.push({ text: value ?? '', isLiteral: long === 'form-string' })
    else if (long === 'header') headers.push(...headerLines(value ?? ''))
    else if (long === 'opt') addOption(parts.options, ownOptions, value ?? '')
    else addOne(parts, long, value)
  }
  const names = new Set(headers.map(headerName))
  parts.headers = [...parts.headers.filter((line) => !names.has(headerName(line))), ...headers]
}

function addOne(parts: Parts, long: string, value: string | null): void {
  switch (long) {
    case 'request':
      parts.method = value ?? ''
      return
    case 'get':
      parts.isGet = true
      return
    case 'head':
      parts.isHead = true
      return
    case 'upload-file':
      parts.upload = value ?? ''
      return
    case 'fail-with-body':
      parts.failsByStatus = true
      return
    default: {
      const { auth = 0, ...options } = setting(long, value ?? '', parts.options)
      parts.auth |= auth as number
      Object.assign(parts.options, options)
    }
  }
}

function addOption(options: Record<string, unknown>, own: Set<string>, text: string): void {
  const [name, value] = assignment(text, 'opt')
  if (!/^[A-Z\d]/.test(name)) throw new UsageError(`--opt takes libcurl's options in capitals; got ${name}`)
  const isList = LISTS.test(name)
  const before = own.has(name) ? options[name] : undefined
  options[name] = isList ? [...((before as string[] | undefined) ?? []), value] : value
  own.add(name)
}

function headerName(line: string): string {
  return (/^[^:;]*/.exec(line)?.[0] ?? '').trim().toLowerCase()
}

function headerLines(value: string): string[] {
  if (!value.startsWith('@')) return [value]
  return readInput(value.slice(1), 'header')
    .toString('utf8')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
}

/** Reads a file that an option names, or stdin. */
function readInput(path: string, option: string): Buffer {
  try {
    return readFileSync(path === '-' ? 0 : path)
  } catch (error) {
    throw new UsageError(`--${option}: ${messageOf(error)}`)
  }
}

function addData(parts: Parts, long: string, value: string): void {
  if (long === 'data-urlencode') parts.data.push(Buffer.from(urlencoded(value)))
  else if (long === 'data-raw' || !value.startsWith('@')) parts.data.push(Buffer.from(value))
  else {
    const content = readInput(value.slice(1), long)
    const isAsItIs = long === 'data-binary' || long === 'json'
    // curl removes line ends and NULs from the files of -d.
    parts.data.push(
      isAsItIs ? content : (content.filter((byte) => byte !== 10 && byte !== 13 && byte !== 0) as Buffer),
    )
  }
  if (long === 'json') parts.isJson = true
}

/** Encodes a value of --data-urlencode. Source: curl(1). */
function urlencoded(value: string): string {
  const at = value.search(/[=@]/)
  if (at < 0) return encode(Buffer.from(value))
  const name = at === 0 ? '' : `${value.slice(0, at)}=`
  const rest = value.slice(at + 1)
  return name + encode(value[at] === '@' ? readInput(rest, 'data-urlencode') : Buffer.from(rest))
}

function encode(bytes: Buffer): string {
  // As in curl: everything except unreserved characters is encoded, and a space becomes `+`.
  let text = ''
  for (const byte of bytes) {
    const character = String.fromCharCode(byte)
    if (character === ' ') text += '+'
    else
      text += /[A-Za-z0-9\-._~]/.test(character)
        ? character
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return text
}

function finish(parts: Parts): RequestDraft {
  const { options, headers, data, form, method, isHead, isGet, isJson, failsByStatus, upload } = parts
  if (form.length > 0 && data.length > 0) throw new UsageError('-F and -d make two bodies: use one of them')
  const body = data.length === 0 ? null : joined(data, isJson)
  const isPost = (body !== null && !isGet) || form.length > 0
  if (isHead && isPost) throw new UsageError('-I requests only headers: it cannot be combined with a body')
  const hasBody = isPost || upload !== undefined
  if (method === 'HEAD' && hasBody) throw new UsageError('HEAD cannot have a body')
  if (upload !== undefined && (isPost || isHead))
    throw new UsageError('-T is the body: it cannot be combined with -d, -F or -I')
  if (isJson) addMissing(headers, 'Content-Type: application/json', 'Accept: application/json')
  const result: Record<string, unknown> = { ...options }
  if (parts.auth !== 0) result['HTTPAUTH'] = parts.auth
  if (isHead) result['NOBODY'] = 1
  const isStdin = upload === '-' || upload === '.'
  if (upload !== undefined) result['upload'] = isStdin ? process.stdin : upload
  if (form.length > 0) result['POSTFIELDS'] = formOf(form)
  else if (isPost && body !== null) result['POSTFIELDS'] = asText(body)
  if (method !== undefined) result['CUSTOMREQUEST'] = method
  if (headers.length > 0) result['HTTPHEADER'] = headers
  const query = isGet && body !== null ? body.toString('utf8') : null
  const uploadName = upload === undefined || isStdin ? null : basename(upload)
  return { options: result, query, isHead, failsByStatus, uploadName }
}

function joined(data: readonly Buffer[], isJson: boolean): Buffer {
  if (isJson) return Buffer.concat(data)
  return Buffer.concat(data.flatMap((part, i) => (i === 0 ? [part] : [Buffer.from('&'), part])))
}

function addMissing(headers: string[], ...lines: readonly string[]): void {
  const names = new Set(headers.map(headerName))
  headers.push(...lines.filter((line) => !names.has(headerName(line))))
}

function asText(body: Buffer): string | Buffer {
  const text = body.toString('utf8')
  return Buffer.from(text).equals(body) ? text : body
}
