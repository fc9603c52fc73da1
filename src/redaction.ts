/**
 * Takes secrets out of what is shown: credentials in URLs, values of headers that carry them. All of it is
 * one walk over the text, linear in its length whatever it holds: servers choose some of these texts. Does
 * not know where the text is shown.
 */

/** What stands in the place of a secret. */
const MASK = '***'
/** So much of a text is shown in a message. In characters. */
const SHOWN = 1000
/** So much of a text that is cut tells which one it was. */
const KEPT_END = 100

/**
 * What a text is. `'url'`: one URL, as a user or a server spelled it, with or without a scheme, well-formed
 * or not. `'text'`: words, some of which may be URLs.
 */
export type TextKind = 'url' | 'text'

/**
 * Credentials in URLs become `***`, everything else stays as it is. Also of URLs within URLs, percent-encoded
 * ones too, and of all that libcurl takes as a URL: one to three slashes, or none and no scheme.
 */
export function redact(text: string, kind: TextKind): string {
  // Without an "@", nothing is a URL's user.
  if (!text.includes('@') && !text.includes('%40')) return text
  const budget = { left: MOST }
  return kind === 'url' ? redactWord(text, 'url', budget) : redactWords(text, budget)
}

/** A URL as data: credentials are gone, all else is as it was. */
export function redactUrl(url: string): string {
  return redact(url, 'url')
}

/** A URL in a message: without credentials, in one line, readable from left to right, and cut. */
export function shownUrl(url: string): string {
  return inMessage(url, 'url')
}

/** Any text in a message, as {@link shownUrl}. */
export function shownText(text: string): string {
  return inMessage(text, 'text')
}

/**
 * A message as one line of a terminal, of a sensible length. What is secret in it has been taken out where it
 * was made.
 */
export function oneLine(message: string): string {
  return readable(cut(message, 4 * SHOWN))
}

function inMessage(text: string, kind: TextKind): string {
  // The secret is taken out before the text is cut: what ends a secret may stand behind the cut.
  return readable(cut(redact(text, kind), SHOWN))
}

function cut(text: string, most: number): string {
  if (text.length <= most) return text
  const left = text.slice(0, most - KEPT_END).replace(/[\ud800-\udbff]$/, '')
  const right = text.slice(-KEPT_END).replace(/^[\udc00-\udfff]/, '')
  return `${left}[... ${String(text.length - left.length - right.length)} characters ...]${right}`
}

/**
 * C0, C1, the ends of lines and paragraphs, and what makes text run from right to left (Unicode,
 * Bidi_Control).
 */
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g

/** Text that moves no cursor, begins no line, and is shown in the order in which it is spelled. */
export function readable(text: string): string {
  return text.replace(CONTROLS, ' ')
}

/**
 * So many URLs of one text are looked at. Nobody reads so many in a line: what follows is masked as a whole.
 */
const MOST = 1000
interface Budget {
  left: number
}

/** Where a word of a text ends: white space, and what stands around URLs in texts and can be in none. */
const WORD_END = /[\u0000-\u0020"<>\u2028\u2029]/g
/** Escaped ones count as well: within another URL. */
const SIGN = /@|%40/g
const SCHEME = /^[a-z0-9+.-]+:(?:[/\\]|%2f)+/i
const TWO_SLASHES = /^[/\\]{2,}/
/**
 * Where a URL within a URL or a word has its authority. One slash is enough behind a scheme; "C:/" is a
 * drive.
 */
const INNER = /(?:(?<=[a-z0-9+.-]{2}):(?:[/\\]|%2f)+|:(?:[/\\]|%2f){2,}|%3a(?:[/\\]|%2f)+)/gi
const AUTHORITY_END = /[/?#\\]|%(?:2f|3f|23)/gi
const COLON = /:|%3a/i
/** A port, and in a sentence what may follow it. */
const PORT = /^(?::|%3a)\d*$/i
const PORT_IN_TEXT = /^(?::|%3a)\d*['")\]},.;:!]*$/i
const OPENING = /^['([{]+/

function redactWords(text: string, budget: Budget): string {
  let done = ''
  let copied = 0
  for (let at = nextAt(text, 0); at >= 0;) {
    const start = wordStart(text, at, copied)
    if (budget.left <= 0) return done + text.slice(copied, start) + MASK
    const end = indexFrom(WORD_END, text, at)
    done += text.slice(copied, start) + redactWord(text.slice(start, end), 'text', budget)
    copied = end
    at = nextAt(text, end)
  }
  return done + text.slice(copied)
}

function nextAt(text: string, from: number): number {
  const at = indexFrom(SIGN, text, from)
  return at === text.length ? -1 : at
}

/** Where a word begins that ends here, or later. */
function wordStart(text: string, at: number, from: number): number {
  for (let i = at - 1; i >= from; i--) {
    const unit = text.charCodeAt(i)
    if (unit <= 32 || unit === 34 || unit === 60 || unit === 62 || unit === 0x2028 || unit === 0x2029)
      return i + 1
  }
  return from
}

/** Where the pattern is found next; the length of the text where it is not. */
function indexFrom(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from
  return pattern.exec(text)?.index ?? text.length
}

/** One URL, or one word that may hold some. */
function redactWord(word: string, kind: TextKind, budget: Budget): string {
  budget.left--
  const lastAt = lastAtOf(word)
  let done = ''
  let copied = 0
  for (let start = firstStart(word, kind); start >= 0 && start <= lastAt;) {
    if (budget.left-- <= 0) return done + word.slice(copied, start) + MASK
    const end = indexFrom(AUTHORITY_END, word, start)
    const authority = word.slice(start, end)
    let at = lastAtOf(authority)
    if (at >= 0) at += start
    else if (isBroken(authority, kind)) at = lastAt
    if (at > start) {
      // The "@" stays, escaped or not.
      done += word.slice(copied, start) + MASK
      copied = at
    }
    INNER.lastIndex = Math.max(end, copied)
    start = INNER.exec(word) === null ? -1 : INNER.lastIndex
  }
  return done + word.slice(copied)
}

/** Where the first authority begins; -1: there is none. */
function firstStart(word: string, kind: TextKind): number {
  const quotes = kind === 'text' ? (OPENING.exec(word)?.[0].length ?? 0) : 0
  const rest = word.slice(quotes)
  const scheme = SCHEME.exec(rest) ?? TWO_SLASHES.exec(rest)
  if (scheme !== null) return quotes + scheme[0].length
  // Without a scheme, a URL begins with its authority. A word may do so: "user:password@host", but not
  // "name@host".
  if (kind === 'url' || isPairWithHost(rest)) return quotes
  INNER.lastIndex = quotes
  return INNER.exec(word) === null ? -1 : INNER.lastIndex
}

function isPairWithHost(word: string): boolean {
  const colon = word.indexOf(':')
  if (colon < 0 || word.charAt(colon + 1) === '/' || lastAtOf(word) < colon) return false
  return indexFrom(AUTHORITY_END, word, 0) > colon
}

/**
 * A password with an unescaped "/", "?" or "#" in it: what stands after the colon is no port, and an "@"
 * comes later.
 */
function isBroken(authority: string, kind: TextKind): boolean {
  const colon = authority.startsWith('[') ? -1 : authority.search(COLON)
  return colon >= 0 && !(kind === 'url' ? PORT : PORT_IN_TEXT).test(authority.slice(colon))
}

/** Where the last "@" is, escaped ones too. */
function lastAtOf(text: string): number {
  return Math.max(text.lastIndexOf('@'), text.lastIndexOf('%40'))
}

/** Names of headers whose values are secrets. "auth", but not an author or HTTP/2's `:authority`. */
const SECRET_NAME = /cookie|key|token|secret|auth(?!or(?!i[sz]))|passw|pwd|session|credential|signature|jwt/i
/** They ask for credentials: what they say is no secret, and tells people what is wanted. */
const CHALLENGE = /^(?:www|proxy)-authenticate$/i

/** Whether a header of this name carries a secret. */
export function isSecretHeader(name: string): boolean {
  return SECRET_NAME.test(name) && !CHALLENGE.test(name)
}

/** The value of a header as it may be shown. */
export function redactHeaderValue(name: string, value: string): string {
  return isSecretHeader(name) ? MASK : redact(value, 'text')
}

const COOKIE_NOTE = /^(?:Added|Replaced|Skipped) cookie /

/** A line that libcurl says of a transfer (`-v`), or a header line, as it may be shown. */
export function redactLine(line: string): string {
  if (COOKIE_NOTE.test(line)) return redactCookieNote(line)
  const colon = line.indexOf(':')
  const name = colon > 0 ? line.slice(0, colon).trimEnd() : ''
  if (!isToken(name)) return redact(redactBrackets(line), 'text')
  return isSecretHeader(name) ? `${line.slice(0, colon)}: ${MASK}` : redact(line, 'text')
}

/** `Added cookie name="value" for domain ...`. */
function redactCookieNote(line: string): string {
  const equals = line.indexOf('=')
  return equals < 0 ? `${line.split(' ', 3).join(' ')} ${MASK}` : `${line.slice(0, equals)} ${MASK}`
}

/**
 * HTTP/2 and 3 spell headers in brackets: `[HTTP/2] [1] [authorization: Basic ...]`. The value is all the
 * rest: it may hold brackets.
 */
function redactBrackets(line: string): string {
  const colon = line.indexOf(': ')
  const open = colon < 0 ? -1 : line.lastIndexOf('[', colon)
  const name = line.slice(open + 1, colon)
  return open >= 0 && isToken(name) && isSecretHeader(name) ? `${line.slice(0, colon)}: ${MASK}]` : line
}

/** A name of a header (RFC 9110, 5.6.2), as long as names of headers are. */
function isToken(text: string): boolean {
  return text.length > 0 && text.length <= 100 && /^:?[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(text)
}
