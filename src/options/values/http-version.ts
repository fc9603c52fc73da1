/** The names of HTTP versions in `httpVersion`, and libcurl's numbers for them. Does not know what a build can do. */
import { mismatch, type Subject } from './option-checks.js'

/** A version for `httpVersion`. */
export type RequestedHttpVersion = '1.1' | '2' | '3' | '3only'

/** curl/curl.h: `CURL_HTTP_VERSION_3` and `CURL_HTTP_VERSION_3ONLY`. */
export const HTTP_3 = 30
export const HTTP_3_ONLY = 31

/** The first two are `CURL_HTTP_VERSION_1_1` and `CURL_HTTP_VERSION_2TLS`. */
const NUMBERS = new Map<unknown, number>([
  ['1.1', 2],
  ['2', 4],
  ['3', HTTP_3],
  ['3only', HTTP_3_ONLY],
])

/** Returns libcurl's number of a version. Throws `OptionError` if it is none. */
export function httpVersionNumber(subject: Subject, value: unknown): number {
  const number = NUMBERS.get(value)
  if (number === undefined) throw mismatch(subject, "'1.1', '2', '3' or '3only'", value)
  return number
}
