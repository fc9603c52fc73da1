/**
 * Removes secrets from texts that are shown: credentials in URLs, values of headers that carry credentials.
 * Every function takes one pass over the text, in time linear to its length for any content: servers choose
 * some of these texts. Does not know where the text is shown.
 */

import { MASK, withoutQuotedProxy } from './shown-proxy.js'

/** The longest text in a message. Characters. */
const SHOWN = 1000
/** The number of characters that are kept at the end of a text that is cut. */
const KEPT_END = 100

/**
 * The kind of a text. `'url'`: one URL, as a user or a server spelled it, with or without a scheme,
 * well-formed or not. `'text'`: words, some of which may be URLs.
 */
export type TextKind = 'url' | 'text'

/**
 * Replaces credentials in URLs by `***`, and leaves everything else as it is. This includes URLs within URLs,
 * percent-encoded ones, too, and everything that libcurl accepts as a URL: with one to three slashes, or
 * without slashes and scheme.
 */
export function redact(text: string, kind: TextKind): string {
  // Without an "@" there is no user in any URL.
  if (!text.includes('@') && !text.includes('%40')) return text
  const budget = { left: MAX_URLS }
  return kind === 'url' ? redactWord(text, 'url', budget) : redactWords(text, budget)
}

/** Returns a URL as data: without credentials, and otherwise unchanged. */
export function redactUrl(url: string): string {
  return redact(url, 'url')
}

/**
 * Returns a URL for a message: without credentials, in one line, readable from left to right, and cut if it
 * is long.
 */
export function shownUrl(url: string): string {
  return inMessage(url, 'url')
}

/** Returns any text for a message, as {@link shownUrl}. */
export function shownText(text: string): string {
  return inMessage(text, 'text')
}

/**
 * Returns a message as one line of a terminal, of a limited length. Secrets have to be removed before, by the
 * code that makes the message.
 */
export function oneLine(message: string): string {
  return readable(cut(message, 4 * SHOWN))
}

function inMessage(text: string, kind: TextKind): string {
  // The secret is removed before the text is cut: the end of the secret may be behind the cut.
  return readable(cut(redact(text, kind), SHOWN))
}

function cut(text: string, most: number): string {
  if (text.length <= most) return text
  const left = text.slice(0, most - KEPT_END).replace(/[\ud800-\udbff]$/, '')
  const right = text.slice(-KEPT_END).replace(/^[\udc00-\udfff]/, '')
  return `${left}[... ${String(text.length - left.length - right.length)} characters ...]${right}`
}

/**
 * C0, C1, the separators of lines and paragraphs, and the characters that reverse the direction of text
 * (Unicode, Bidi_Control).
 */
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g

/**
 * Returns a text without control characters: it moves no cursor, begins no line, and is shown in its own
 * order.
 */
export function readable(text: string): string {
  return text.replace(CONTROLS, ' ')
}

/**
 * The number of URLs in one text that are searched. The text after them is masked as a whole: no person reads
 * so many in a line.
 */
const MAX_URLS = 1000
interface Budget {
  left: number
}

/** The end of a word: white space, and characters that surround URLs in texts but never occur in them. */
const WORD_END = /[\u0000-\u0020"<>\u2028\u2029]/g
/** An "@" that is escaped counts, too: the URL may be inside another URL. */
const SIGN = /@|%40/g
const SCHEME = /^[a-z0-9+.-]+:(?:[/\\]|%2f)+/i
const TWO_SLASHES = /^[/\\]{2,}/
/**
 * The start of an authority in a URL within a URL or a word. One slash is enough after a scheme, but "C:/" is
 * a drive.
 */
const INNER = /(?:(?<=[a-z0-9+.-]{2}):(?:[/\\]|%2f)+|:(?:[/\\]|%2f){2,}|%3a(?:[/\\]|%2f)+)/gi
const AUTHORITY_END = /[/?#\\]|%(?:2f|3f|23)/gi
const COLON = /:|%3a/i
/** A port; in a text, punctuation may follow it. */
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

/** Returns the start of the word around this position. */
function wordStart(text: string, at: number, from: number): number {
  for (let i = at - 1; i >= from; i--) {
    const unit = text.charCodeAt(i)
    if (unit <= 32 || unit === 34 || unit === 60 || unit === 62 || unit === 0x2028 || unit === 0x2029)
      return i + 1
  }
  return from
}

/** Returns the next position of the pattern, the length of the text if there is none. */
function indexFrom(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from
  return pattern.exec(text)?.index ?? text.length
}

/** Masks one URL, or one word that may hold some. */
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

/** Returns the start of the first authority, -1 if there is none. */
function firstStart(word: string, kind: TextKind): number {
  const quotes = kind === 'text' ? (OPENING.exec(word)?.[0].length ?? 0) : 0
  const rest = word.slice(quotes)
  const scheme = SCHEME.exec(rest) ?? TWO_SLASHES.exec(rest)
  if (scheme !== null) return quotes + scheme[0].length
  // A URL without a scheme begins with its authority. A word may do so, too: "user:password@host", but not
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
 * True for a password with an unescaped "/", "?" or "#" in it: the text after the colon is not a port, and an
 * "@" follows later.
 */
function isBroken(authority: string, kind: TextKind): boolean {
  const colon = authority.startsWith('[') ? -1 : authority.search(COLON)
  return colon >= 0 && !(kind === 'url' ? PORT : PORT_IN_TEXT).test(authority.slice(colon))
}

/** Returns the position of the last "@", escaped or not. */
function lastAtOf(text: string): number {
  return Math.max(text.lastIndexOf('@'), text.lastIndexOf('%40'))
}

/** Names of headers whose values are secrets. "auth" does not match "author" or HTTP/2's `:authority`. */
const SECRET_NAME = /cookie|key|token|secret|auth(?!or(?!i[sz]))|passw|pwd|session|credential|signature|jwt/i
/** Headers that ask for credentials: their values are not secret, and help to find the right credentials. */
const CHALLENGE = /^(?:www|proxy)-authenticate$/i

/** True if a header of this name carries a secret. */
export function isSecretHeader(name: string): boolean {
  return SECRET_NAME.test(name) && !CHALLENGE.test(name)
}

/** Returns the value of a header without secrets. */
export function redactHeaderValue(name: string, value: string): string {
  return isSecretHeader(name) ? MASK : redact(value, 'text')
}

const COOKIE_NOTE = /^(?:Added|Replaced|Skipped) cookie /

/** Returns a verbose line of libcurl (`-v`) or a header line without secrets. */
export function redactLine(given: string): string {
  const line = withoutQuotedProxy(given)
  if (COOKIE_NOTE.test(line)) return redactCookieNote(line)
  const colon = line.indexOf(':')
  const name = colon > 0 ? line.slice(0, colon).trimEnd() : ''
  if (!isToken(name)) return redact(redactBrackets(line), 'text')
  return isSecretHeader(name) ? `${line.slice(0, colon)}: ${MASK}` : redact(line, 'text')
}

/** Masks the value in `Added cookie name="value" for domain ...`. */
function redactCookieNote(line: string): string {
  const equals = line.indexOf('=')
  return equals < 0 ? `${line.split(' ', 3).join(' ')} ${MASK}` : `${line.slice(0, equals)} ${MASK}`
}

/**
 * Masks the value in libcurl's form of HTTP/2 and 3 headers: `[HTTP/2] [1] [authorization: Basic ...]`. The
 * value is the whole rest: it may hold brackets.
 */
function redactBrackets(line: string): string {
  const colon = line.indexOf(': ')
  const open = colon < 0 ? -1 : line.lastIndexOf('[', colon)
  const name = line.slice(open + 1, colon)
  return open >= 0 && isToken(name) && isSecretHeader(name) ? `${line.slice(0, colon)}: ${MASK}]` : line
}

/** True for a header name (RFC 9110, 5.6.2) of a usual length. */
function isToken(text: string): boolean {
  return text.length > 0 && text.length <= 100 && /^:?[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(text)
}
