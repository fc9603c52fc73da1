/**
 * The cookies of the files of `-b`: in Netscape format, or as browser extensions export them. Does not know
 * who sends them.
 */
import { existsSync } from 'node:fs'
import { OptionError } from '../../errors.js'
import { CookieJar, type Cookie, type CookieInit } from '../../index.js'
import { messageOf, UsageError } from '../errors/errors.js'
import { readInput } from '../files/read-input.js'

/** The settings for reading cookie files. */
export interface CookieFileSettings {
  readonly cookieFiles: readonly string[]
  /** The file of `-c`. */
  readonly cookieJar: string | undefined
  readonly dropsSessionCookies: boolean
  readonly strict: boolean
  /** Called with each bad line, which is skipped. */
  readonly onBadCookie: (message: string) => void
}

/** Returns the cookies of all files of -b; null if there is no -b with a file. */
export async function readCookieFiles(settings: CookieFileSettings): Promise<Cookie[] | null> {
  const { cookieFiles: files, cookieJar: jarPath, dropsSessionCookies } = settings
  if (files.length === 0) return null
  const cookies: Cookie[] = []
  for (const file of files) {
    // -b '' switches the cookie engine on without reading cookies, as in curl.
    if (file === '') continue
    if (file !== '-' && file !== jarPath && !existsSync(file)) {
      throw new UsageError(`--cookie ${file}: there is no such file (cookies themselves are name=value)`)
    }
    try {
      cookies.push(...(await openFile(file, settings)).all())
    } catch (error) {
      if (error instanceof OptionError || error instanceof UsageError) throw error
      throw new UsageError(`--cookie ${file}: ${messageOf(error)}`)
    }
  }
  return dropsSessionCookies ? cookies.filter(({ expires }) => expires !== null) : cookies
}

async function openFile(file: string, { strict, onBadCookie }: CookieFileSettings): Promise<CookieJar> {
  const options = {
    strict,
    onBadLine: ({ message }: OptionError): void => {
      onBadCookie(`${message}; the line is skipped`)
    },
  }
  if (file !== '-' && !existsSync(file)) return CookieJar.open(file, options)
  const text = readInput(file, `--cookie ${file}`).toString('utf8')
  if (/^\s*[[{]/.test(text)) return new CookieJar(exported(text, file))
  if (file === '-') return CookieJar.fromText(text, 'stdin', options)
  return CookieJar.open(file, options)
}

/** Returns the cookies of an export: a list, or an object with a list of `cookies`. */
function exported(text: string, file: string): CookieInit[] {
  const where = `--cookie ${file}`
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The message of the parser quotes the text, which holds cookies.
    throw new UsageError(`${where}: this is not JSON, nor a file in Netscape format`)
  }
  const list: unknown = Array.isArray(value) ? value : (value as { cookies?: unknown }).cookies
  if (!Array.isArray(list))
    throw new UsageError(`${where}: JSON is a list of cookies, or an object with a list of "cookies"`)
  return list.map((item: unknown, i) => {
    const cookie = asCookie(item)
    if (cookie === null)
      throw new UsageError(`${where}: cookie ${String(i)} needs a "name", a "value" and a "domain" of text`)
    return cookie
  })
}

function asCookie(item: unknown): CookieInit | null {
  if (typeof item !== 'object' || item === null) return null
  const given = item as Record<string, unknown>
  const { name, value, domain, path, secure, httpOnly, hostOnly, session } = given
  if (typeof name !== 'string' || typeof value !== 'string' || typeof domain !== 'string') return null
  return {
    name,
    value,
    domain: domain.replace(/^\./, ''),
    includeSubdomains: hostOnly === undefined ? domain.startsWith('.') : hostOnly !== true,
    ...(typeof path === 'string' && { path }),
    secure: secure === true,
    httpOnly: httpOnly === true,
    expires: session === true ? null : expiryOf(given),
  }
}

/** Extensions name the time differently. It is in seconds; -1 and 0 mean the end of the session. */
function expiryOf({ expirationDate, expires, expiry }: Record<string, unknown>): number | null {
  const seconds = Number(expirationDate ?? expires ?? expiry ?? 0)
  return seconds > 0 ? Math.min(seconds * 1000, 8.64e15) : null
}
