/**
 * Commands as bash and other shells of POSIX read them. Does not run anything: what only a shell can do is
 * refused by name. Source: POSIX, Shell Command Language, 2.2 and 2.10; bash(1), QUOTING.
 */
import { loneByte, needsShell, unfinished, WordList, type Words } from './shell-words.js'

/** The commands of a text. @throws UsageError */
export function readBash(text: string): Words[] {
  return new BashReader(text).read()
}

const LETTERS: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  e: '\u001b',
  E: '\u001b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

class BashReader {
  private at = 0
  private readonly list = new WordList()

  constructor(private readonly text: string) {}

  read(): Words[] {
    while (this.at < this.text.length) this.step()
    this.list.endCommand()
    return this.list.commands
  }

  private step(): void {
    const character = this.text[this.at] ?? ''
    switch (character) {
      case '\r':
        // The end of a line from Windows.
        if (this.text[this.at + 1] === '\n') this.at++
        else this.take(character)
        break
      case '\n':
      case ';':
        this.at++
        this.list.endCommand()
        break
      case ' ':
      case '\t':
        this.at++
        this.list.endWord()
        break
      case '&':
        this.ampersand()
        break
      case '\\':
        this.backslash()
        break
      case "'":
        this.add(this.until("'", 'a single quote'))
        break
      case '"':
        this.doubleQuoted()
        break
      case '$':
        this.dollar()
        break
      case '#':
        if (this.list.isInWord) this.take(character)
        else this.comment()
        break
      case '`':
        throw needsShell('a command in backquotes')
      case '|':
        throw needsShell(this.text[this.at + 1] === '|' ? '||' : 'the pipe |')
      case '<':
      case '>':
        throw needsShell(`the redirection ${character}`)
      case '(':
      case ')':
        throw needsShell(`the bracket ${character}`)
      default:
        this.take(character)
    }
  }

  private take(text: string): void {
    this.list.add(text)
    this.at += text.length
  }

  private add(text: string): void {
    this.list.add(text)
  }

  private ampersand(): void {
    const next = this.text[this.at + 1]
    if (next === '>') throw needsShell('the redirection &>')
    this.at += next === '&' ? 2 : 1
    this.list.endCommand()
  }

  private comment(): void {
    const end = this.text.indexOf('\n', this.at)
    this.at = end < 0 ? this.text.length : end
  }

  /** A line end behind a backslash is none. */
  private lineEnd(at: number): number {
    if (this.text[at] === '\n') return 1
    return this.text[at] === '\r' && this.text[at + 1] === '\n' ? 2 : 0
  }

  private backslash(): void {
    this.at++
    const skipped = this.lineEnd(this.at)
    if (skipped > 0) {
      this.at += skipped
      return
    }
    this.take(this.text[this.at] ?? '\\')
  }

  /** @returns what stands before the closing quote; goes behind it */
  private until(quote: string, what: string): string {
    const end = this.text.indexOf(quote, this.at + 1)
    if (end < 0) throw unfinished(what)
    const inside = this.text.slice(this.at + 1, end)
    this.at = end + 1
    return inside
  }

  private doubleQuoted(): void {
    this.at++
    this.add('')
    for (;;) {
      const character = this.text[this.at]
      if (character === undefined) throw unfinished('a double quote')
      if (character === '"') break
      if (character === '`') throw needsShell('a command in backquotes')
      if (character === '$') this.dollarInQuotes()
      else if (character === '\\') this.backslashInQuotes()
      else this.take(character)
    }
    this.at++
  }

  private backslashInQuotes(): void {
    const next = this.text[this.at + 1] ?? ''
    const skipped = this.lineEnd(this.at + 1)
    if (skipped > 0) this.at += 1 + skipped
    else if (next !== '' && '$`"\\'.includes(next)) {
      this.at++
      this.take(next)
    } else this.take('\\')
  }

  private dollarInQuotes(): void {
    this.refuseExpansion()
    this.take('$')
  }

  private refuseExpansion(): void {
    const found = /^\$(?:[A-Za-z_]\w*|[0-9@*#?$!-]|\{[^}]*\}?|\(+)/.exec(
      this.text.slice(this.at, this.at + 80),
    )
    if (found !== null) throw needsShell(found[0])
  }

  private dollar(): void {
    const next = this.text[this.at + 1]
    if (next === "'") {
      this.at++
      this.ansiQuoted()
    } else if (next === '"') this.at++
    else {
      this.refuseExpansion()
      this.take('$')
    }
  }

  /** `$'...'`. */
  private ansiQuoted(): void {
    this.at++
    this.add('')
    for (;;) {
      const character = this.text[this.at]
      if (character === undefined) throw unfinished("$'")
      if (character === "'") break
      if (character === '\\') this.escape()
      else this.take(character)
    }
    this.at++
  }

  private escape(): void {
    const rest = this.text.slice(this.at + 1, this.at + 10)
    const [whole = '', octal, hex, short, long, control] =
      /^(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|c(.))/s.exec(rest) ?? []
    this.at += 1 + whole.length
    if (octal !== undefined) this.add(loneByte(Number.parseInt(octal, 8) & 255))
    else if (hex !== undefined) this.add(loneByte(Number.parseInt(hex, 16)))
    else if (short !== undefined || long !== undefined)
      this.add(characterOf(Number.parseInt(short ?? long ?? '', 16)))
    else if (control !== undefined) this.add(String.fromCharCode(control.charCodeAt(0) & 31))
    else {
      const character = this.text[this.at] ?? ''
      this.at++
      this.add(LETTERS[character] ?? ('\\\'"?'.includes(character) ? character : `\\${character}`))
    }
  }
}

function characterOf(code: number): string {
  return code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code)
}
