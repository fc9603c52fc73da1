/**
 * Response headers from the lines that libcurl hands over. Does not know which transfer they belong to.
 */

/**
 * Names in lower case. A name that came more than once is joined by `', '`; `set-cookie` is always a list.
 */
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
  return asOneLine(line.toString('latin1', 0, end))
}

/**
 * What ends a line or a text, within a line: RFC 9110, 5.5 has it replaced. HTTP/2 can carry it, and some
 * builds hand it on.
 */
const LINE_ENDS = /[\r\n\0]/g

/** A text of a server's as one line. Each character keeps its place. */
export function asOneLine(text: string): string {
  return text.replace(LINE_ENDS, ' ')
}

/** The last response among header lines; earlier ones belong to redirects, `100 Continue` and proxies. */
export interface ResponseLines {
  /** null: the lines are not those of HTTP. */
  readonly statusLine: string | null
  readonly head: readonly string[]
  /** What the server sent after the body. RFC 9110, 6.5: never to be mixed with the head. */
  readonly trailers: readonly string[]
}

/** Takes the lines apart. Within a head, a line is a field even where it looks like a status line. */
export function lastResponseLines(lines: readonly string[]): ResponseLines {
  let start = -1
  let end = -1
  for (const [at, line] of lines.entries()) {
    const isInHead = start >= 0 && end < 0
    if (isInHead && line === '') end = at
    else if (!isInHead && line.startsWith('HTTP/')) {
      start = at
      end = -1
    }
  }
  if (start < 0) return { statusLine: null, head: lines, trailers: [] }
  const head = lines.slice(start + 1, end < 0 ? undefined : end)
  const trailers = end < 0 ? [] : lines.slice(end + 1)
  return { statusLine: lines[start] as string, head, trailers }
}

/** The headers of the last response. */
export function lastResponseHeaders(captured: HeaderLines): ResponseHeaders {
  return fieldsOf(lastResponseLines(captured.lines()).head)
}

/** The trailers of the last response: fields that came after its body. */
export function lastResponseTrailers(captured: HeaderLines): ResponseHeaders {
  return fieldsOf(lastResponseLines(captured.lines()).trailers)
}

function fieldsOf(lines: readonly string[]): ResponseHeaders {
  const headers = Object.create(null) as Record<string, string | string[] | undefined>
  let last = ''
  for (const line of lines) {
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
