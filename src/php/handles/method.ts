/**
 * The method that libcurl makes of the options in the order of the calls: `HTTPGET`, `POST`, `NOBODY`,
 * `UPLOAD` and `POSTFIELDS` change one another. Does not know custom methods.
 */
import {
  CURLOPT_HTTPGET,
  CURLOPT_NOBODY,
  CURLOPT_POST,
  CURLOPT_POSTFIELDS,
  CURLOPT_PUT,
  CURLOPT_UPLOAD,
} from '../values/constants.js'

/** The state of a handle that these options change. Source: libcurl's lib/setopt.c. */
export interface MethodState {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'FORM' | 'PUT'
  readonly hasNoBody: boolean
  /** The post fields that are text or bytes: they stay with the handle. */
  readonly fields: unknown
  readonly form: unknown
}

export const PLAIN_GET: MethodState = { method: 'GET', hasNoBody: false, fields: undefined, form: undefined }

/** The options that {@link afterOption} takes. */
export const METHOD_OPTIONS: ReadonlySet<number> = new Set([
  CURLOPT_HTTPGET,
  CURLOPT_NOBODY,
  CURLOPT_POST,
  CURLOPT_POSTFIELDS,
  CURLOPT_PUT,
  CURLOPT_UPLOAD,
])

/** Returns the state after an option was set. @param value - the value, cast */
export function afterOption(state: MethodState, id: number, value: unknown): MethodState {
  if (id === CURLOPT_POSTFIELDS) {
    return isForm(value)
      ? { ...state, method: 'FORM', hasNoBody: false, form: value }
      : { ...state, method: 'POST', fields: value }
  }
  const isOn = Number(value) !== 0
  switch (id) {
    case CURLOPT_HTTPGET:
      return isOn ? { ...state, method: 'GET', hasNoBody: false } : state
    case CURLOPT_POST:
      return isOn ? { ...state, method: 'POST', hasNoBody: false } : { ...state, method: 'GET' }
    case CURLOPT_NOBODY:
      if (isOn) return { ...state, method: 'HEAD', hasNoBody: true }
      return { ...state, method: state.method === 'HEAD' ? 'GET' : state.method, hasNoBody: false }
    default:
      return isOn ? { ...state, method: 'PUT', hasNoBody: false } : { ...state, method: 'GET' }
  }
}

/** Returns the options that say the same, in the order in which they have to be set. */
export function optionsOf({ method, hasNoBody, fields, form }: MethodState): [number, unknown][] {
  const options: [number, unknown][] = hasNoBody ? [[CURLOPT_NOBODY, 1]] : []
  if (method === 'PUT') options.push([CURLOPT_UPLOAD, 1])
  else if (method === 'FORM') options.push([CURLOPT_POSTFIELDS, form])
  else if (method === 'POST' && fields === undefined) options.push([CURLOPT_POST, 1])
  else if (method === 'POST') options.push([CURLOPT_POSTFIELDS, fields])
  return options
}

/** True for an array that is sent as multipart/form-data. An empty one is an empty body. */
function isForm(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false
  const size = value instanceof Map ? value.size : Object.keys(value).length
  return size > 0 && (Array.isArray(value) || value instanceof Map || isPlain(value))
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}
