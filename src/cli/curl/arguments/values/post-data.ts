/**
 * The data of `-d` and its kin, and of `--url-query`. Does not know how it is sent.
 */
import { formEncoded } from '../../../../url/percent-encoding.js'
import type { Parsing } from '../parsing.js'
import { withoutLineEnds } from '../../../files/read-input.js'
import { readInput, toBytes } from './files.js'

export type DataKind = 'data' | 'raw' | 'binary' | 'urlencode' | 'json'

/** Adds to the body of the operation. */
export function addData(parsing: Parsing, kind: DataKind, value: string): void {
  const { settings } = parsing
  const added = contentOf(parsing, kind, value)
  if (kind === 'json') settings.json = true
  const { data } = settings
  if (data === undefined || data.length === 0) settings.data = added
  else settings.data = Buffer.concat(kind === 'json' ? [data, added] : [data, Buffer.from('&'), added])
}

function contentOf(parsing: Parsing, kind: DataKind, value: string): Buffer {
  if (kind === 'urlencode') return Buffer.from(urlencoded(parsing, value))
  if (kind === 'raw' || !value.startsWith('@')) return toBytes(value)
  const content = readInput(parsing, value.slice(1))
  return kind === 'data' ? withoutLineEnds(content) : content
}

/** Adds to the query of the operation: urlencoded, but for what begins with `+`. */
export function addQuery(parsing: Parsing, value: string): void {
  const { settings } = parsing
  const added = value.startsWith('+') ? value.slice(1) : urlencoded(parsing, value)
  settings.urlQuery = settings.urlQuery === undefined ? added : `${settings.urlQuery}&${added}`
}

/** `content`, `=content`, `name=content`, `@file`, `name@file`. */
function urlencoded(parsing: Parsing, value: string): string {
  const equals = value.indexOf('=')
  const at = equals >= 0 ? equals : value.indexOf('@')
  if (at < 0) return formEncoded(toBytes(value))
  const name = value.slice(0, at)
  const rest = value.slice(at + 1)
  const content = value[at] === '@' ? readInput(parsing, rest) : toBytes(rest)
  return `${name === '' ? '' : `${name}=`}${formEncoded(content)}`
}
