/**
 * Response headers from the lines that libcurl hands over. Does not know which transfer they belong to.
 */

/** Names in lower case. A name that came more than once is joined by `', '`; `set-cookie` is always a list. */
export interface ResponseHeaders {
  readonly [name: string]: string | readonly string[] | undefined
  readonly 'set-cookie'?: readonly string[]
}

/** Header lines as they came: kept as bytes until somebody looks. */
export class HeaderLines {
  private readonly raw: Buffer[] = []
  private read: string[] | null = null

  /** Takes one line as libcurl gives it, line end included. The buffer is a private copy and is kept. */
  push(line: Buffer): void {
    this.raw.push(line)
  }

  /** All lines so far without their ends, one character a byte. Blank lines stand between responses. */
  lines(): readonly string[] {
    if (this.read?.length !== this.raw.length) this.read = this.raw.map(withoutLineEnd)
    return this.read
  }
}

function withoutLineEnd(line: Buffer): string {
  let end = line.length
  while (end > 0 && (line[end - 1] === 10 || line[end - 1] === 13)) end--
  return line.toString('latin1', 0, end)
}

/** The headers of the last block that `lines` hold: earlier ones belong to redirects, `100 Continue` and proxies. */
export function lastResponseHeaders(captured: HeaderLines): ResponseHeaders {
  const headers = Object.create(null) as Record<string, string | string[] | undefined>
  const lines = captured.lines()
  const start = lines.findLastIndex((line) => line.startsWith('HTTP/'))
  let last = ''
  for (const line of lines.slice(start + 1)) {
    if (line === '') continue
    if (last !== '' && (line.startsWith(' ') || line.startsWith('\t'))) {
      append(headers, last, line.trim(), ' ')
      continue
    }
    const colon = line.indexOf(':')
    if (colon <= 0) continue
    last = line.slice(0, colon).trim().toLowerCase()
    append(headers, last, line.slice(colon + 1).trim(), ', ')
  }
  return headers
}

function append(
  headers: Record<string, string | string[] | undefined>,
  name: string,
  value: string,
  joint: string,
): void {
  const before = headers[name]
  if (Array.isArray(before)) {
    if (joint === ' ') before.push(`${before.pop() ?? ''} ${value}`)
    else before.push(value)
  } else if (before !== undefined) headers[name] = before + joint + value
  else headers[name] = name === 'set-cookie' ? [value] : value
}
