/**
 * The options with credentials, which belong to the origin that they were given for. Does not know which requests
 * go to another one.
 */
import { headerName } from '../../http-semantics.js'
import { optionName } from './compile-request.js'

/** The names of options with credentials, which must not be taken along to another origin. */
export const CREDENTIALS: readonly string[] = [
  'USERPWD',
  'USERNAME',
  'PASSWORD',
  'XOAUTH2_BEARER',
  'AWS_SIGV4',
  'COOKIE',
].map(optionName)

/** The names of headers with credentials, in lower case. */
export const CREDENTIAL_HEADERS: ReadonlySet<string> = new Set(['authorization', 'cookie'])

/**
 * Returns options without those of these names ({@link optionName}), however they are spelled, and without header
 * lines of these names (in lower case).
 */
export function entriesWithout(
  entries: ReadonlyMap<string | number, unknown>,
  names: ReadonlySet<string>,
  headers: ReadonlySet<string>,
): ReadonlyMap<string | number, unknown> {
  const kept = new Map<string | number, unknown>()
  for (const [key, value] of entries) {
    const name = optionName(key)
    if (!names.has(name)) kept.set(key, name === 'HTTPHEADER' ? linesWithout(value, headers) : value)
  }
  return kept
}

/** Returns header lines without those of these names. What is no list is left to the check of options. */
function linesWithout(value: unknown, names: ReadonlySet<string>): unknown {
  if (names.size === 0 || !Array.isArray(value)) return value
  return value.filter((line) => !names.has(headerName(String(line))))
}
