/**
 * URLs with `{a,b}`, `[1-10:2]` and `[a-z]` in them, read as curl reads them, and expanded one at a time.
 * Does not know what they are fetched for.
 */

/** A glob cannot be read. `position` counts from 1; 0: nowhere in particular. */
export class GlobError extends Error {
  constructor(
    message: string,
    readonly position: number,
  ) {
    super(message)
  }

  /** Returns curl's lines about it, with the text and a mark below it. */
  lines(code: number, text: string): string[] {
    if (this.position === 0) return [`curl: (${code}) ${this.message}`]
    return [
      `curl: (${code}) ${this.message} in position ${this.position}:`,
      text,
      `${' '.repeat(Math.max(this.position - 1, 1))}^`,
    ]
  }
}

/** Values of one place in a URL, made when they are asked for. */
interface Pattern {
  readonly size: number
  valueAt(index: number): string
  /** `<name>` at its beginning. */
  readonly name?: string
  /** Text between globs is none, and has no number. */
  readonly isGlob: boolean
}

const MOST_ELEMENTS = 100_000
const MOST_PATTERNS = 255
const LONGEST_NAME = 64
const LONGEST_ADDRESS = 128
const MAX_INT64 = 2n ** 63n - 1n
const ESCAPABLE = '{[}]'
/** The characters that mean something. */
const SPECIAL = /[{}[\]\\]/

/** True if a text is the only one that it stands for. */
export function isLiteral(text: string): boolean {
  return !SPECIAL.test(text)
}

function fixed(value: string): Pattern {
  return { size: 1, isGlob: false, valueAt: () => value }
}

/** A URL of many, and which of them is next. */
export class UrlGlob {
  private readonly patterns: readonly Pattern[]
  private readonly indexes: number[]
  private isStarted = false

  /** @throws GlobError */
  constructor(text: string) {
    this.patterns = new GlobReader(text).read()
    this.indexes = this.patterns.map(() => 0)
  }

  /** Moves on to the next URL; undefined after the last one. */
  next(): string | undefined {
    if (this.isStarted && !this.advance()) return undefined
    this.isStarted = true
    return this.patterns.map((pattern, i) => pattern.valueAt(this.indexes[i] ?? 0)).join('')
  }

  /** Counts, the last place first. */
  private advance(): boolean {
    for (let i = this.patterns.length - 1; i >= 0; i--) {
      const index = (this.indexes[i] ?? 0) + 1
      if (index < (this.patterns[i]?.size ?? 0)) {
        this.indexes[i] = index
        return true
      }
      this.indexes[i] = 0
    }
    return false
  }

  /** The current value of `#1`, by its number; undefined: there is no such glob. */
  valueOfNumber(number: number): string | undefined {
    let seen = 0
    for (const [i, pattern] of this.patterns.entries()) {
      if (pattern.isGlob && ++seen === number) return pattern.valueAt(this.indexes[i] ?? 0)
    }
    return undefined
  }

  /** The current value of `#<name>`. */
  valueOfName(name: string): string | undefined {
    const i = this.patterns.findIndex((pattern) => pattern.name === name)
    return this.patterns[i]?.valueAt(this.indexes[i] ?? 0)
  }
}

/**
 * The name of an output with `#1` and `#<name>` replaced.
 *
 * @param first - of the URL; numbers are its own
 * @param second - of the upload
 * @throws GlobError for a name that no glob has
 */
export function fillTemplate(
  template: string,
  first: UrlGlob | undefined,
  second: UrlGlob | undefined,
): string {
  return template.replace(
    /#(?:(\d+)|<([^>]{1,64})>)/g,
    (all: string, digits?: string, name?: string, at = 0) => {
      if (digits !== undefined) return first?.valueOfNumber(Number(digits)) ?? all
      const value = first?.valueOfName(name ?? '') ?? second?.valueOfName(name ?? '')
      if (value !== undefined) return value
      throw new GlobError('no glob exists with this name', (at as number) + all.length)
    },
  )
}

class GlobReader {
  private at = 0
  /** As curl counts it, which is not always where the mistake is. */
  private position = 1
  private readonly patterns: Pattern[] = []
  private amount = 1n

  constructor(private readonly text: string) {}

  read(): Pattern[] {
    while (this.at < this.text.length) {
      const literal = this.readLiteral()
      if (literal !== '') this.add(fixed(literal))
      else this.readGlob()
    }
    return this.patterns
  }

  private add(pattern: Pattern): void {
    this.patterns.push(pattern)
    if (this.patterns.length >= MOST_PATTERNS) throw new GlobError('too many {} sets', this.position)
  }

  private take(): string {
    this.position++
    return this.text[this.at++] ?? ''
  }

  private readLiteral(): string {
    let literal = ''
    while (this.at < this.text.length) {
      const character = this.text[this.at] ?? ''
      if (character === '{') break
      if (character === '[') {
        const length = this.plainBrackets()
        if (length === 0) break
        literal += this.text.slice(this.at, this.at + length)
        this.at += length
        continue
      }
      if (character === '}' || character === ']')
        throw new GlobError('unmatched close brace/bracket', this.position)
      const next = this.text[this.at + 1] ?? ''
      if (character === '\\' && next !== '' && ESCAPABLE.includes(next)) this.take()
      literal += this.take()
    }
    return literal
  }

  /** The length of an IPv6 address in its brackets, or of `[]`; 0: it is a range. */
  private plainBrackets(): number {
    const end = this.text.indexOf(']', this.at)
    if (end < 0) return 0
    const length = end - this.at + 1
    const inside = this.text.slice(this.at + 1, end)
    if (inside === '') return length
    return length < LONGEST_ADDRESS &&
      process.getBuiltinModule('node:net').isIPv6(inside.replace(/%(25)?[^%]+$/, ''))
      ? length
      : 0
  }

  private readGlob(): void {
    const isSet = this.take() === '{'
    const match = /^<([^>]{1,64})>/.exec(this.text.slice(this.at, this.at + LONGEST_NAME + 2))
    const name = match?.[1]
    if (match !== null) {
      if (this.patterns.some((pattern) => pattern.name === name))
        throw new GlobError('Duplicate glob name', this.at + match[0].length)
      this.at += match[0].length
      this.position += match[0].length
    }
    const pattern = isSet ? this.readSet() : this.readRange()
    this.multiply(pattern.size, isSet)
    this.add(name === undefined ? pattern : { ...pattern, name })
  }

  private multiply(size: number, isSet: boolean): void {
    this.amount *= BigInt(size)
    if (this.amount > MAX_INT64) throw new GlobError('range overflow', isSet ? 0 : this.position)
  }

  private readSet(): Pattern {
    const values: string[] = []
    const start = this.at
    let value = ''
    for (;;) {
      const character = this.text[this.at]
      switch (character) {
        case undefined:
          throw new GlobError('unmatched brace', this.position)
        case '{':
        case '[':
          throw new GlobError('nested brace', this.position)
        case ']':
          throw new GlobError('unexpected close bracket', this.position)
        case '}':
          if (this.at === start) throw new GlobError('empty string within braces', this.position)
          values.push(value)
          this.checkSize(values)
          this.at++
          return { size: values.length, isGlob: true, valueAt: (index) => values[index] ?? '' }
        case ',':
          values.push(value)
          this.checkSize(values)
          value = ''
          this.take()
          break
        default:
          if (character === '\\' && this.at + 1 < this.text.length) this.take()
          value += this.take()
      }
    }
  }

  private checkSize({ length }: readonly string[]): void {
    if (length > MOST_ELEMENTS) throw new GlobError('range overflow', 0)
  }

  private readRange(): Pattern {
    const rest = this.text.slice(this.at)
    if (/^[A-Za-z]/.test(rest)) return this.readLetters(rest)
    if (/^\d/.test(rest)) return this.readNumbers(rest)
    throw new GlobError('bad range specification', this.position)
  }

  private skip(length: number): void {
    this.at += length
    this.position += length
  }

  private readLetters(rest: string): Pattern {
    const match = /^([A-Za-z])-(.)(?::(\d+))?\]/s.exec(rest)
    if (match === null) throw new GlobError('bad range', this.position)
    const [all, from = '', to = '', by] = match
    const [first, last, step] = [from.charCodeAt(0), to.charCodeAt(0), Number(by ?? 1)]
    this.skip(all.length)
    const span = last - first
    const isBad = step === 0 || step > 255 || (span === 0 ? step !== 1 : span < 0 || step > span || span > 25)
    if (isBad) throw new GlobError('bad range', this.position)
    return {
      size: Math.floor(span / step) + 1,
      isGlob: true,
      valueAt: (index) => String.fromCharCode(first + index * step),
    }
  }

  private readNumbers(rest: string): Pattern {
    const match = /^(\d+)-[ \t]*(\d+)(?::(\d+))?\]/.exec(rest)
    if (match === null) throw new GlobError('bad range', this.position)
    const [all, from = '', to = '', by = '1'] = match
    this.skip(all.length)
    const [first, last, step] = [BigInt(from), BigInt(to), BigInt(by)]
    const span = last - first
    const isBad = step === 0n || last > MAX_INT64 || (span === 0n ? step !== 1n : span < 0n || step > span)
    if (isBad) throw new GlobError('bad range', this.position)
    if (MAX_INT64 - step < last) throw new GlobError('range end/step overflow', this.position)
    const width = from.startsWith('0') ? from.length : 0
    return {
      size: Number(span / step) + 1,
      isGlob: true,
      valueAt: (index) => String(first + BigInt(index) * step).padStart(width, '0'),
    }
  }
}
