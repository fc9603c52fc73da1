/**
 * The header lines of responses, as a cache keeps and renews them. Does not know freshness.
 */

/** Header fields by name in lower case; repeated ones are joined by `, `. */
export type Fields = Readonly<Record<string, string>>

/** Fields of one connection, and not of the response (RFC 9111, 3.1), and cookies, which are secrets. */
const NOT_STORED: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'set-cookie',
  'set-cookie2',
  'te',
  'transfer-encoding',
  'upgrade',
])

/** Fields that a 304 does not renew (RFC 9111, 3.2): they say what the stored body is. */
const OF_THE_BODY: ReadonlySet<string> = new Set([
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
])

/** One response among header lines. */
export interface Head {
  readonly status: number
  /** The status line, then the fields. */
  readonly lines: readonly string[]
}

/**
 * Returns the responses that the request got, the last one at the end: redirects among them, without interim
 * responses, and without the answers of proxies to CONNECT.
 */
export function headsOf(lines: readonly string[]): Head[] {
  const heads: Head[] = []
  let current: string[] | null = null
  let status = 0
  const close = (): void => {
    if (current !== null && status >= 200) heads.push({ status, lines: current })
    current = null
  }
  for (const line of lines) {
    if (current === null) {
      if (!line.startsWith('HTTP/')) continue
      current = [line]
      status = Number(/^HTTP\/\S+ (\d{3})/.exec(line)?.[1] ?? 0)
    } else if (line === '') close()
    else if (/^[ \t]/.test(line)) current.push(`${current.pop() ?? ''} ${line.trim()}`)
    else current.push(line)
  }
  close()
  return heads
}

/** Returns the name of a line in lower case, an empty text if it is no field. */
function nameOf(line: string): string {
  const colon = line.indexOf(':')
  return colon <= 0 ? '' : line.slice(0, colon).trim().toLowerCase()
}

/** Returns the fields of a response. */
export function fieldsOf({ lines }: Pick<Head, 'lines'>): Fields {
  const fields = Object.create(null) as Record<string, string>
  for (const line of lines.slice(1)) {
    const name = nameOf(line)
    if (name === '') continue
    const value = line.slice(line.indexOf(':') + 1).trim()
    const before = fields[name]
    fields[name] = before === undefined ? value : `${before}, ${value}`
  }
  return fields
}

/** Returns the items of a list in a field. */
export function itemsOf(value: string | undefined): string[] {
  if (value === undefined) return []
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

/** Returns the lines that are kept: without the fields of the connection and without cookies. */
export function storedLines(head: Head): string[] {
  const [statusLine, ...lines] = head.lines
  const named = new Set(itemsOf(fieldsOf(head)['connection']).map((name) => name.toLowerCase()))
  return [
    statusLine as string,
    ...lines.filter((line) => {
      const name = nameOf(line)
      return name !== '' && !NOT_STORED.has(name) && !named.has(name)
    }),
  ]
}

/** Returns stored lines, renewed by those of a 304. A field stays in its place. */
export function renewedLines(stored: readonly string[], notModified: Head): string[] {
  const fresh = new Map<string, string[]>()
  for (const line of storedLines(notModified).slice(1)) {
    const name = nameOf(line)
    if (!OF_THE_BODY.has(name)) fresh.set(name, [...(fresh.get(name) ?? []), line])
  }
  const names = new Set(fresh.keys())
  // An age belongs to the response that it came with.
  names.add('age')
  const [statusLine, ...lines] = stored
  const renewed = lines.flatMap((line) => {
    const name = nameOf(line)
    if (!names.has(name)) return [line]
    const those = fresh.get(name) ?? []
    fresh.delete(name)
    return those
  })
  return [statusLine as string, ...renewed, ...[...fresh.values()].flat()]
}

/** Returns the lines of a response from the cache: with its age in seconds (RFC 9111, 4). */
export function withAge(lines: readonly string[], age: number): string[] {
  return [...lines.filter((line) => nameOf(line) !== 'age'), `Age: ${String(age)}`]
}
