/**
 * HTTP's rules about methods, statuses and header lines that several parts use. Does not know retries.
 */

/** Methods that change nothing on the server (RFC 9110, 9.2.1). */
export const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/** Methods that may be sent again even if the server has begun to process them (RFC 9110, 9.2.2). */
export const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'])

/** Temporary error statuses: the request may be sent again. */
export const TRANSIENT_STATUSES: readonly number[] = [408, 425, 429, 500, 502, 503, 504]

/** The statuses with which a server asks for fewer requests (RFC 6585, 4; RFC 9110, 15.6.4). */
export const OVERLOAD_STATUSES: ReadonlySet<number> = new Set([429, 503])

/** True for a token (RFC 9110, 5.6.2), such as a method or the name of a header. */
export const isToken = (text: string): boolean => /^[\w!#$%&'*+.^`|~-]+$/.test(text)

/** Returns the name in a header line, in lower case. libcurl's lines may have a semicolon for the colon. */
export function headerName(line: string): string {
  return (/^[^:;]*/.exec(line)?.[0] ?? '').trim().toLowerCase()
}

/** Returns the header lines whose names no line of `others` has. */
export function linesUnlike(lines: readonly string[], others: readonly string[]): readonly string[] {
  if (lines.length === 0) return lines
  const names = new Set(others.map(headerName))
  return lines.filter((line) => !names.has(headerName(line)))
}
