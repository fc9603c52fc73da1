/** Header lines of the rolling classes, in either of PHP's forms. Does not know requests. */
import { toTexts } from '../values/casts.js'

/** Headers: a list of lines, or values by name. */
export type RollingHeaders = readonly string[] | Readonly<Record<string, string>>

/** Returns header lines from a list of lines, or from values by name. A number as the key means a line. */
export function headerLines(headers: RollingHeaders, where: string): string[] {
  const cast = { where, name: '$headers' }
  const lines = toTexts(cast, headers)
  if (Array.isArray(headers)) return lines
  return Object.keys(headers).map((name, index) => {
    const text = lines[index] ?? ''
    return /^\d+$/.test(name) ? text : `${name}: ${text}`
  })
}

/** Merges header lines. A request's own headers replace shared ones of the same name. */
export function mergeHeaders(shared: readonly string[], own: readonly string[]): string[] {
  const nameOf = (line: string): string =>
    line
      .replace(/[:;].*/s, '')
      .trim()
      .toLowerCase()
  const names = new Set(own.map(nameOf))
  return [...shared.filter((line) => !names.has(nameOf(line))), ...own]
}
