/**
 * `--write-out`: a text with variables, expanded when a transfer is over. Does not know where values come
 * from, nor where text goes.
 */
import type { HeaderStore } from '../header-store.js'
import { strftime } from './strftime.js'
import { STATUS_VARIABLES, VARIABLES, type WriteOutFacts } from './variables.js'

const MAX_NAME = 23
const MAX_FILE_NAME = 511
const MAX_HEADER_NAME = 255

/** Returns true if a text asks for header fields: they are collected for it. */
export function asksForHeaders(template: string | undefined): boolean {
  return template !== undefined && /%header\{|%\{(header_json|num_headers|json)\}/.test(template)
}

/** Where text may go. */
export type WriteOutTarget = 'stdout' | 'stderr' | { readonly path: string; readonly isAppended: boolean }

/** Takes the text of one transfer, piece by piece. It begins with stdout. */
export interface WriteOutSink {
  put(bytes: Buffer): void
  /** Sends the text from here on elsewhere. Where that cannot be, it goes on where it went. */
  turnTo(target: WriteOutTarget): void
  /** There is no variable of this name. */
  unknown(name: string): void
  end(): void
}

/** Expands one text. */
export class WriteOut {
  /**
   * @param sink where the text goes
   * @param version the version of libcurl for `%{json}`
   */
  constructor(
    private readonly sink: WriteOutSink,
    private readonly version: string,
  ) {}

  /** Expands a template with what is known of a transfer. */
  print(template: string, facts: WriteOutFacts): void {
    let at = 0
    while (at >= 0 && at < template.length) {
      const next = template.slice(at).search(/[%\\]/)
      if (next < 0) {
        this.put(template.slice(at))
        break
      }
      this.put(template.slice(at, at + next))
      at += next
      at = template[at] === '\\' ? this.escape(template, at) : this.percent(template, at, facts)
    }
    this.sink.end()
  }

  private put(text: string, encoding: BufferEncoding = 'utf8'): void {
    if (text !== '') this.sink.put(Buffer.from(text, encoding))
  }

  private escape(template: string, at: number): number {
    const next = template[at + 1]
    if (next === undefined) {
      this.put('\\')
      return at + 1
    }
    const meant = { r: '\r', n: '\n', t: '\t' }[next]
    this.put(meant ?? `\\${next}`)
    return at + 2
  }

  /** Where the text goes on; -1: it is over. */
  private percent(template: string, at: number, facts: WriteOutFacts): number {
    const rest = template.slice(at + 1)
    if (rest === '') {
      this.put('%')
      return at + 1
    }
    if (rest[0] === '%') {
      this.put('%')
      return at + 2
    }
    if (rest[0] === '{') return this.variable(template, at + 2, facts)
    if (rest.startsWith('header{')) return this.header(template, at + 8, facts.headers)
    if (rest.startsWith('time{')) return this.time(template, at + 6)
    if (rest.startsWith('output{')) return this.output(template, at + 8)
    this.put(`%${String(rest[0])}`)
    return at + 2
  }

  private variable(template: string, start: number, facts: WriteOutFacts): number {
    const end = template.indexOf('}', start)
    if (end < 0) {
      this.put('%{')
      return start
    }
    const name = template.slice(start, end)
    if (name.length > MAX_NAME) return -1
    if (name === 'onerror') {
      if (facts.exitCode === 0) return -1
    } else if (name === 'stdout' || name === 'stderr') this.sink.turnTo(name)
    else if (name === 'json') this.json(facts)
    else if (name === 'header_json') this.headerJson(facts.headers)
    else {
      const variable = VARIABLES.get(name)
      if (variable === undefined) this.sink.unknown(name)
      else {
        const value = variable.read(facts) ?? ''
        this.put(STATUS_VARIABLES.has(name) ? value.padStart(3, '0') : value)
      }
    }
    return end + 1
  }

  private json(facts: WriteOutFacts): void {
    this.put('{')
    for (const [name, variable] of VARIABLES) {
      const value = variable.read(facts)
      const shown = value === undefined ? 'null' : variable.kind === 'number' ? value : JSON.stringify(value)
      this.put(`"${name}":${shown},`)
    }
    this.put(`"curl_version":${JSON.stringify(this.version)}}`)
  }

  private headerJson(headers: HeaderStore): void {
    const groups = new Map<string, string[]>()
    for (const { name, value } of headers.responses.at(-1) ?? []) {
      const key = lowerAscii(name)
      const values = groups.get(key)
      if (values === undefined) groups.set(key, [value])
      else values.push(value)
    }
    const fields = [...groups].map(([name, values]) => `${JSON.stringify(name)}:${JSON.stringify(values)}`)
    this.put(`{${fields.join(',\n')}\n}`, 'latin1')
  }

  private header(template: string, start: number, headers: HeaderStore): number {
    let end = template.indexOf('}', start)
    while (end > 0 && template[end - 1] === '\\') end = template.indexOf('}', end + 1)
    if (end < 0) {
      this.put('%header{')
      return start
    }
    const [, name = '', separator] = /^([^:]*)(?::all:([^]*))?/.exec(
      template.slice(start, end),
    ) as RegExpExecArray
    const asked = separator === undefined ? template.slice(start, end) : name
    if (asked.length <= MAX_HEADER_NAME) {
      if (separator === undefined) this.put(headers.last(asked)[0]?.value ?? '', 'latin1')
      else
        this.put(
          headers
            .all(asked)
            .map(({ value }) => value)
            .join(unescaped(separator)),
          'latin1',
        )
    }
    return end + 1
  }

  private time(template: string, start: number): number {
    const end = template.indexOf('}', start)
    if (end < 0) {
      this.put('%time{')
      return start
    }
    const now = performance.timeOrigin + performance.now()
    this.put(strftime(template.slice(start, end), new Date(now), Math.floor((now % 1000) * 1000)))
    return end + 1
  }

  private output(template: string, start: number): number {
    const end = template.indexOf('}', start)
    if (end < 0) {
      this.put('%output{')
      return template.startsWith('>>', start) ? start + 2 : start
    }
    const appends = template.startsWith('>>', start)
    const path = template.slice(appends ? start + 2 : start, end)
    if (Buffer.byteLength(path) <= MAX_FILE_NAME) this.sink.turnTo({ path, isAppended: appends })
    return end + 1
  }
}

const SEPARATORS: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t', '}': '}' }

function unescaped(separator: string): string {
  return separator.replace(/\\([^]?)/g, (all, next: string) => SEPARATORS[next] ?? (next === '' ? '' : all))
}

function lowerAscii(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}
