/**
 * Builds a request's options from options of the command: translates curl's flags to libcurl's options. Does
 * not depend on where the flags were given (command line, config file, curl command, line of input).
 */
import { basename } from 'node:path'
import type { RequestOptions } from '../../index.js'
import { flagNamed, type Given } from '../arguments/flags.js'
import { linesUnlike } from '../../http-semantics.js'
import { RequestParts } from '../arguments/flags/request-parts.js'
import { formOptions } from './form.js'
import { UsageError } from '../errors/errors.js'

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

/**
 * Merges layers into a request. Later layers win: their body replaces the earlier one, and each of their
 * headers replaces those of the same name.
 *
 * @throws UsageError for invalid values, and for files that cannot be read
 */
export function draftRequest(...layers: readonly (readonly Given[])[]): RequestDraft {
  const parts = new RequestParts()
  for (const layer of layers) {
    parts.beginLayer(layer.some(([long]) => flagNamed(long)?.isBody === true))
    for (const [long, value] of layer) {
      const effect = flagNamed(long)?.onRequest
      if (effect === undefined) throw new UsageError(`--${long} is not an option of a request`)
      effect(parts, value ?? '', long)
    }
    parts.endLayer()
  }
  return finish(parts)
}

function finish(parts: RequestParts): RequestDraft {
  const headers = parts.allHeaders()
  const { options, data, form, method, isHead, isGet, isJson, failsByStatus, upload } = parts
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
  if (isPost && body !== null) result['POSTFIELDS'] = asText(body)
  if (method !== undefined) result['CUSTOMREQUEST'] = method
  if (headers.length > 0) result['HTTPHEADER'] = headers
  if (form.length > 0) Object.assign(result, formOptions(form, headers))
  const query = isGet && body !== null ? body.toString('utf8') : null
  const uploadName = upload === undefined || isStdin ? null : basename(upload)
  return { options: result, query, isHead, failsByStatus, uploadName }
}

function joined(data: readonly Buffer[], isJson: boolean): Buffer {
  if (isJson) return Buffer.concat(data)
  return Buffer.concat(data.flatMap((part, i) => (i === 0 ? [part] : [Buffer.from('&'), part])))
}

function addMissing(headers: string[], ...lines: readonly string[]): void {
  headers.push(...linesUnlike(lines, headers))
}

function asText(body: Buffer): string | Buffer {
  const text = body.toString('utf8')
  return Buffer.from(text).equals(body) ? text : body
}
