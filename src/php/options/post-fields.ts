/**
 * Converts PHP's post fields to those of the main class: CURLFile and CURLStringFile become files of a form.
 * Does not send them and does not access the disk.
 */
import { FormFile } from '../../options/values/form-file.js'
import { numberToPhpString } from '../../options/values/php-string.js'
import { isPhpArray, toText, type Cast } from '../values/casts.js'
import { CURLFile, CURLStringFile } from '../values/curl-file.js'
import { decodedBytes } from '../values/url.js'

const DEFAULT_TYPE = 'application/octet-stream'

/**
 * Returns a copy of the post fields with PHP's files replaced, and arrays in arrays in arrays as `Array`,
 * with a warning. Anything but an array (a list, an object, a `Map`) is returned unchanged.
 */
export function toFormFields(fields: unknown): unknown {
  return mapFields(fields, (value) => mapFields(value, toFormValue))
}

function mapFields(fields: unknown, change: (value: unknown) => unknown): unknown {
  const file = toFormValue(fields, false)
  if (file !== fields || typeof fields !== 'object' || fields === null) return file
  if (Array.isArray(fields)) return fields.map(change)
  if (fields instanceof Map)
    return new Map([...(fields as Map<unknown, unknown>)].map(([key, value]) => [key, change(value)]))
  const prototype: unknown = Object.getPrototypeOf(fields)
  if (prototype !== Object.prototype && prototype !== null) return fields
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, change(value)]))
}

/** @param isInner - true for an element of an array in an array, which PHP makes a string of */
function toFormValue(value: unknown, isInner: unknown = true): unknown {
  if (value instanceof CURLFile) {
    const content = contentOfUrl(value.name)
    const source = content === undefined ? { path: value.name } : { content }
    return new FormFile(source, untilNul(value.postname) || value.name, untilNul(value.mime) || DEFAULT_TYPE)
  }
  if (value instanceof CURLStringFile) {
    return new FormFile({ content: value.data }, untilNul(value.postname), untilNul(value.mime))
  }
  if (typeof value === 'number' && !Number.isFinite(value)) return numberToPhpString(value)
  return isInner !== false && isPhpArray(value) ? toText(FIELD, value) : value
}

/** The part that libcurl gets of a string: C ends it at a NUL byte. */
function untilNul(text: string): string {
  return text.split('\0', 1)[0] ?? ''
}

/** Returns the content of a `data:` URL in either of PHP's spellings; undefined for other names. */
function contentOfUrl(name: string): Uint8Array | undefined {
  const [, isBase64, data] = /^data:(?:\/\/)?[^,]*?(;base64)?,(.*)$/is.exec(name) ?? []
  if (data === undefined) return undefined
  const bytes = decodedBytes(data, false)
  return isBase64 === undefined ? bytes : Buffer.from(bytes.toString('latin1'), 'base64')
}

const FIELD: Cast = { where: 'CURLOPT_POSTFIELDS', name: 'a field' }
