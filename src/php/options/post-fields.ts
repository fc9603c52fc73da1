/**
 * Converts PHP's post fields to those of the main class: CURLFile and CURLStringFile become files of a form.
 * Does not send them and does not access the disk.
 */
import { FormFile } from '../../options/values/form-file.js'
import { CURLFile, CURLStringFile } from '../values/curl-file.js'

const DEFAULT_TYPE = 'application/octet-stream'

/**
 * Returns the post fields with PHP's files replaced. Anything but an array (a list, an object, a `Map`) is
 * returned unchanged.
 */
export function toFormFields(fields: unknown): unknown {
  return mapFields(fields, (value) => mapFields(value, toFormFile))
}

function mapFields(fields: unknown, change: (value: unknown) => unknown): unknown {
  const file = toFormFile(fields)
  if (file !== fields || typeof fields !== 'object' || fields === null) return file
  if (Array.isArray(fields)) return fields.map(change)
  if (fields instanceof Map)
    return new Map([...(fields as Map<unknown, unknown>)].map(([key, value]) => [key, change(value)]))
  const prototype: unknown = Object.getPrototypeOf(fields)
  if (prototype !== Object.prototype && prototype !== null) return fields
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, change(value)]))
}

function toFormFile(value: unknown): unknown {
  if (value instanceof CURLFile) {
    return new FormFile({ path: value.name }, value.postname || value.name, value.mime || DEFAULT_TYPE)
  }
  if (value instanceof CURLStringFile) {
    return new FormFile({ content: value.data }, value.postname, value.mime)
  }
  return value
}
