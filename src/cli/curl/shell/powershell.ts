/**
 * Commands as PowerShell reads them: `curl.exe` with words, and `Invoke-WebRequest` as browsers copy it,
 * which becomes the words of a curl command. Does not run anything: of PowerShell's language it knows no more
 * than that.
 */
import { UsageError } from '../../errors/errors.js'
import { needsShell, unfinished, type Words } from './shell-words.js'

/** The commands of a text. @throws UsageError */
export function readPowerShell(text: string): Words[] {
  return new Statements(tokensOf(text.replaceAll('\r\n', '\n'))).read()
}

type Token =
  { readonly kind: 'word' | 'text'; readonly text: string } | { readonly kind: 'mark'; readonly text: string }

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\u0007',
  b: '\b',
  e: '\u001b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  const mark = (found: string): void => {
    tokens.push({ kind: 'mark', text: found })
    at += found.length
  }
  while (at < text.length) {
    const rest = text.slice(at)
    const blank = /^(?:[ \t]+|`\n|#[^\n]*)/.exec(rest)?.[0]
    if (blank !== undefined) at += blank.length
    else if (rest.startsWith('@{')) mark('@{')
    else if (/^[\n;{}(),=|&<>]/.test(rest)) mark(rest.charAt(0))
    else if (rest.startsWith('"') || rest.startsWith("'")) {
      const { value, length } = rest.startsWith('"') ? expandable(rest) : literal(rest)
      tokens.push({ kind: 'text', text: value })
      at += length
    } else {
      const word = /^[^\s;{}(),=|&<>"'`]+/.exec(rest)?.[0]
      if (word === undefined) throw needsShell(`PowerShell's ${rest.charAt(0)}`)
      tokens.push({ kind: 'word', text: word })
      at += word.length
    }
  }
  return tokens
}

function literal(text: string): { value: string; length: number } {
  const found = /^'((?:[^']|'')*)'/.exec(text)
  if (found === null) throw unfinished('a single quote')
  return { value: (found[1] ?? '').replaceAll("''", "'"), length: found[0].length }
}

function expandable(text: string): { value: string; length: number } {
  let value = ''
  for (let at = 1; at < text.length; at++) {
    const character = text[at] ?? ''
    const next = text[at + 1] ?? ''
    if (character === '"' && next !== '"') return { value, length: at + 1 }
    if (character === '"') {
      value += '"'
      at++
    } else if (character === '`') {
      at++
      value += next === '\n' ? '' : (ESCAPES[next] ?? next)
    } else if (character === '$') {
      // Chrome spells what is not ASCII by its number.
      const code = /^\$\(\[char\](\d+)\)/i.exec(text.slice(at, at + 20))
      if (code === null && /[\w({]/.test(next)) throw needsShell(`PowerShell's ${text.slice(at, at + 12)}`)
      value += code === null ? '$' : String.fromCharCode(Number(code[1]))
      at += (code?.[0].length ?? 1) - 1
    } else value += character
  }
  throw unfinished('a double quote')
}

/** Headers that are no headers: Chrome copies what HTTP/2 has in their place. */
const PSEUDO = ['authority', 'method', 'path', 'scheme']

class Statements {
  private at = 0
  private userAgent: string | undefined
  private readonly cookies: string[] = []
  private readonly commands: Words[] = []

  constructor(private readonly tokens: readonly Token[]) {}

  read(): Words[] {
    while (this.at < this.tokens.length) this.statement()
    return this.commands
  }

  private peek(): Token | undefined {
    return this.tokens[this.at]
  }

  private next(): Token | undefined {
    return this.tokens[this.at++]
  }

  private isMark(text: string): boolean {
    const token = this.peek()
    return token?.kind === 'mark' && token.text === text
  }

  private get isOver(): boolean {
    return this.peek() === undefined || this.isMark('\n') || this.isMark(';')
  }

  private statement(): void {
    if (this.isOver) {
      this.at++
      return
    }
    const first = this.next()
    const name = first?.text ?? ''
    if (first?.kind === 'word' && /(^|[/\\])curl(\.exe)?$/i.test(name)) this.curl(name)
    else if (/^(invoke-webrequest|invoke-restmethod|iwr|irm)$/i.test(name)) this.webRequest()
    else if (name.startsWith('$')) this.session(name)
    else
      throw new UsageError(
        `--from-curl: of PowerShell only curl and Invoke-WebRequest are known here; got ${name}`,
      )
  }

  private curl(name: string): void {
    const words = [name]
    while (!this.isOver) {
      const token = this.next()
      if (token?.kind === 'mark') throw needsShell(`PowerShell's ${token.text}`)
      words.push(token?.text ?? '')
    }
    this.commands.push(words)
  }

  /** Reads the lines that browsers put first: the session with its user agent and cookies. */
  private session(name: string): void {
    const texts: string[] = []
    while (!this.isOver) {
      const token = this.next()
      if (token?.kind === 'text') texts.push(token.text)
    }
    const [first = '', second = ''] = texts
    if (/\.UserAgent$/i.test(name)) this.userAgent = first
    else if (/\.Cookies\.Add$/i.test(name)) this.cookies.push(`${first}=${second}`)
  }

  private webRequest(): void {
    const words: Words = ['curl']
    let url = ''
    let hasAgent = false
    while (!this.isOver) {
      const parameter = this.next()?.text.toLowerCase() ?? ''
      switch (parameter) {
        case '-usebasicparsing':
          break
        case '-uri':
          url = this.value()
          break
        case '-method':
          words.push('-X', this.value())
          break
        case '-websession':
          this.next()
          break
        case '-useragent':
          hasAgent = true
          words.push('-A', this.value())
          break
        case '-contenttype':
          words.push('-H', `Content-Type: ${this.value()}`)
          break
        case '-headers':
          words.push(...this.headers())
          break
        case '-body':
          words.push('--data-raw', this.value())
          break
        default:
          throw new UsageError(`--from-curl: ${parameter} of Invoke-WebRequest is not known here`)
      }
    }
    if (!hasAgent && this.userAgent !== undefined) words.push('-A', this.userAgent)
    for (const cookie of this.cookies) words.push('-b', cookie)
    this.commands.push([...words, '--url', url])
  }

  /** Text, or the UTF-8 bytes of a text: `([System.Text.Encoding]::UTF8.GetBytes("..."))`. */
  private value(): string {
    const token = this.next()
    if (token === undefined) throw new UsageError('--from-curl: a value is missing at the end')
    if (token.kind !== 'mark') return token.text
    if (token.text !== '(') throw needsShell(`PowerShell's ${token.text}`)
    let text: string | undefined
    for (let depth = 1; depth > 0;) {
      const inner = this.next()
      if (inner === undefined) throw unfinished('a bracket')
      if (inner.kind === 'text') text = inner.text
      else if (inner.kind === 'mark') depth += inner.text === '(' ? 1 : inner.text === ')' ? -1 : 0
      else if (!/^\[System\.Text\.Encoding\]::UTF8\.GetBytes$/i.test(inner.text))
        throw needsShell(`PowerShell's ${inner.text}`)
    }
    return text ?? ''
  }

  private headers(): string[] {
    if (this.next()?.text !== '@{') throw new UsageError('--from-curl: -Headers is followed by @{ ... }')
    const pairs: [name: string, value: string][] = []
    for (;;) {
      const token = this.next()
      if (token === undefined) throw unfinished('@{')
      if (token.kind === 'mark' && token.text === '}') break
      if (token.kind === 'mark') continue
      if (this.next()?.text !== '=') throw new UsageError(`--from-curl: = is missing after ${token.text}`)
      pairs.push([token.text, this.value()])
    }
    const names = pairs.map(([name]) => name.toLowerCase())
    const isHttp2 = PSEUDO.every((name) => names.includes(name))
    return pairs
      .filter(([name]) => !(isHttp2 && PSEUDO.includes(name.toLowerCase())))
      .flatMap(([name, value]) => ['-H', value === '' ? `${name};` : `${name}: ${value}`])
  }
}
