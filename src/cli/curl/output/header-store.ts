/**
 * Header fields of all responses of one transfer, for `%header{}` and `%{header_json}`: those of final
 * responses, without interim ones, those of proxies, and trailers. Does not know who asks.
 */

/** One field. Text is one character a byte, as it came. */
export interface HeaderField {
  readonly name: string
  readonly value: string
}

/** Of whose response the lines are. */
export type HeaderOrigin = 'server' | 'proxy'

/** Collects the fields of one transfer. */
export class HeaderStore {
  /** One list for each request that was answered. */
  readonly responses: HeaderField[][] = []
  /** The number of fields of the last head, of a server or a proxy. */
  lastCount = 0
  private current: HeaderField[] | null = null
  private isEnded = false

  /** A new attempt: what came before it does not count. */
  restart(): void {
    this.responses.length = 0
    this.current = null
    this.isEnded = false
  }

  /** Takes a line as libcurl gives it. */
  hear(line: Buffer, origin: HeaderOrigin): void {
    const text = line.toString('latin1')
    this.count(text)
    if (/^HTTP\//.test(text)) {
      const status = Number(/^HTTP\/[\d.]+ (\d{3})/.exec(text)?.[1] ?? 0)
      this.current = origin === 'server' && (status >= 200 || status === 101) ? [] : null
      if (this.current !== null) this.responses.push(this.current)
    } else if (/^\r?\n/.test(text)) this.current = null
    else this.add(text)
  }

  private count(text: string): void {
    if (text.includes(':')) {
      if (this.isEnded) this.lastCount = 0
      this.isEnded = false
      this.lastCount++
    } else if (text[0] === '\r' || text[0] === '\n') this.isEnded = true
  }

  private add(text: string): void {
    const { current } = this
    if (current === null) return
    const colon = text.indexOf(':')
    if (colon < 0) return
    const value = text.slice(colon + 1).replace(/[\r\n]+$/, '')
    current.push({ name: text.slice(0, colon), value: value.replace(/^[ \t]+|[ \t]+$/g, '') })
  }

  /** Fields of a name in the last response. */
  last(name: string): HeaderField[] {
    return fieldsNamed(this.responses.at(-1) ?? [], name)
  }

  /** Fields of a name in all responses, up to the first that has none. */
  all(name: string): HeaderField[] {
    const found: HeaderField[] = []
    for (const response of this.responses) {
      const fields = fieldsNamed(response, name)
      if (fields.length === 0) break
      found.push(...fields)
    }
    return found
  }
}

function fieldsNamed(fields: readonly HeaderField[], name: string): HeaderField[] {
  const wanted = name.toLowerCase()
  return fields.filter((field) => field.name.toLowerCase() === wanted)
}
