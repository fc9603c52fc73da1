/**
 * CookieJar: cookies that any number of transfers read and write while they run, in memory or in a file. Does
 * not know transfers: libcurl stores what servers set, and decides what is sent.
 */
import { inspect } from 'node:util'
import { CookieShare } from '../../engine/node-libcurl/cookie-share.js'
import { OptionError } from '../../errors.js'
import { asSent, cookieTarget, matches, secureOneBelow } from './cookie-match.js'
import {
  checkCookie,
  checkStored,
  fromLibcurl,
  fromLine,
  isExpired,
  toDeletingLines,
  toLine,
  type Cookie,
  type CookieInit,
} from './cookie.js'
import { readPrivateFile, removeStaleFiles, writePrivateFile } from './private-file.js'
import { fromSetCookie } from './set-cookie.js'

const HEADER = '# Netscape HTTP Cookie File\n# https://curl.se/docs/http-cookies.html\n\n'

/** Which cookies are meant: all that agree with what is given. */
export interface CookieFilter {
  name?: string | undefined
  /** The host, as in {@link Cookie.domain}: without a dot in front. */
  domain?: string | undefined
  path?: string | undefined
}

/** A jar as JSON. Cookie values are in it: keep it as you would keep passwords. */
export interface CookieJarJson {
  readonly cookies: readonly Cookie[]
}

/**
 * A cookie jar. Give it to an instance, a request or a session (`cookieJar: jar`): all transfers that use it
 * share one store, live, also those that are in flight together. Which cookies are kept and sent is libcurl's
 * decision (domains, paths, public suffixes, expiry, secure, `__Host-`).
 *
 * ```ts
 * await using jar = await CookieJar.open('cookies.txt')
 * await using curl = new ParallelCurl(10, { cookieJar: jar })
 * ```
 */
export class CookieJar {
  private readonly store = new CookieShare()
  private filePath: string | null = null
  private written: string | null = null
  private saving: Promise<void> | null = null

  /** A jar in memory. */
  constructor(cookies: Iterable<CookieInit> = []) {
    for (const cookie of cookies) this.set(cookie)
  }

  /**
   * A jar that is kept in a file in Netscape format, as curl and others write it. A file that is not there is
   * an empty jar; {@link save} makes it.
   *
   * Rejects with `OptionError` for a malformed file: it names the line, and no value of a cookie.
   */
  static async open(path: string): Promise<CookieJar> {
    if (typeof path !== 'string' || path === '')
      throw new OptionError('CookieJar.open: path must be a string', 'cookieJar')
    const text = await readPrivateFile(path)
    const jar = new CookieJar()
    jar.filePath = path
    if (text !== null) {
      jar.store.write(parse(text, path))
      jar.written = jar.toNetscape()
    }
    await removeStaleFiles(path)
    return jar
  }

  /** The jar that {@link toJSON} made. Throws `OptionError` for what is none. */
  static fromJSON(json: CookieJarJson): CookieJar {
    const isObject = typeof json === 'object' && (json as unknown) !== null
    const cookies: unknown = isObject && Object.hasOwn(json, 'cookies') ? json.cookies : undefined
    if (!Array.isArray(cookies))
      throw new OptionError('CookieJar.fromJSON: expected { cookies: [...] }', 'cookieJar')
    const jar = new CookieJar()
    const lines = cookies.map((cookie: Cookie, i) =>
      toLine(checkStored(cookie, undefined, `CookieJar.fromJSON: cookies[${String(i)}]`)),
    )
    jar.store.write(lines)
    return jar
  }

  /** The file that it is kept in; null: only in memory. */
  get path(): string | null {
    return this.filePath
  }

  /**
   * The cookies that libcurl sends to this URL, in the order in which it sends them: at most 150, and no more
   * than fit into a header of 8,190 bytes.
   */
  get(url: string | URL): Cookie[] {
    const target = cookieTarget(toUrl(url, 'CookieJar.get'))
    return asSent(this.all().filter((cookie) => matches(cookie, target)))
  }

  /** Every cookie that has not ended. */
  all(): Cookie[] {
    const now = Date.now()
    return this.store
      .read()
      .map(fromLibcurl)
      .filter((cookie) => !isExpired(cookie, now))
  }

  /**
   * Adds a cookie, or replaces the one of the same name, domain and path.
   *
   * @param cookie its parts, or the text of a `Set-Cookie` header.
   * @param url where it comes from. Needed with a text, and where no `domain` is given: it is for that host
   * then.
   *
   * Throws `OptionError` for what no server could set: a text follows the rules that libcurl has for
   * responses from that URL. A cookie that is given by its parts may be secure without TLS, or for a public
   * suffix: you may know better.
   */
  set(cookie: CookieInit | string, url?: string | URL): this {
    const from = url === undefined ? undefined : toUrl(url, 'CookieJar.set')
    if (typeof cookie === 'string' && from === undefined)
      throw new OptionError('CookieJar.set: the text of a Set-Cookie header needs its URL', 'cookieJar')
    const checked =
      typeof cookie === 'string'
        ? this.asFrom(from as URL, cookie)
        : checkCookie(cookie, from && cookieTarget(from).host, 'CookieJar.set')
    this.store.write([toLine(checked)])
    return this
  }

  private asFrom(url: URL, text: string): Cookie {
    const cookie = fromSetCookie(text, url, 'CookieJar.set')
    if (!cookieTarget(url).isSecure && secureOneBelow(cookie, this.all()) !== undefined)
      throw new OptionError(
        `CookieJar.set: cookie "${cookie.name}" would cover a secure one, and comes without TLS`,
        'cookieJar',
      )
    return cookie
  }

  /** Takes out what agrees with the filter. Returns how many those were. */
  delete(filter: CookieFilter): number {
    const { name, domain, path } = filter
    const host = domain?.replace(/^\./, '').toLowerCase()
    const found = this.all().filter(
      (cookie) =>
        (name === undefined || cookie.name === name) &&
        (host === undefined || cookie.domain.toLowerCase() === host) &&
        (path === undefined || cookie.path === path),
    )
    this.store.write(found.flatMap(toDeletingLines))
    return found.length
  }

  /** Takes everything out. */
  clear(): void {
    this.store.clear()
  }

  /** All cookies as plain data, {@link fromJSON}'s counterpart. Values are in it. */
  toJSON(): CookieJarJson {
    return { cookies: this.all() }
  }

  /** All cookies as the text of a file in Netscape format. Values are in it. */
  toNetscape(): string {
    return (
      HEADER +
      this.all()
        .map((cookie) => `${toLine(cookie)}\n`)
        .join('')
    )
  }

  /**
   * Writes the file, for this user only (mode 0600), and as a whole: whoever reads it sees the old cookies or
   * the new ones, and a process that is killed leaves one of both. Happens by itself, where cookies have
   * changed, before `finishAllRequests()` of an instance that uses the jar resolves, and on dispose. A jar in
   * memory: nothing happens. Of two processes that save to the same file, the last one wins.
   *
   * Rejects where the file cannot be written; the old one stays.
   */
  save(): Promise<void> {
    return this.enqueue(true)
  }

  /** @internal {@link save}, where there is something new. */
  saveChanges(): Promise<void> {
    return this.enqueue(false)
  }

  /** `await using jar = await CookieJar.open(path)`: saves. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.saveChanges()
  }

  /** What `console.log` shows: no cookie. */
  [inspect.custom](): string {
    return `CookieJar { path: ${inspect(this.filePath)}, cookies: ${String(this.all().length)} }`
  }

  /** @internal libcurl's share handle: for `CURLOPT_SHARE`. */
  get share(): object {
    return this.store.handle
  }

  private enqueue(always: boolean): Promise<void> {
    const { filePath } = this
    if (filePath === null) return Promise.resolve()
    // One at a time, in order: what an earlier call writes must not come after a later one's.
    const earlier = this.saving ?? Promise.resolve()
    return (this.saving = earlier.catch(() => undefined).then(() => this.write(filePath, always)))
  }

  private async write(path: string, always: boolean): Promise<void> {
    const text = this.toNetscape()
    if (text === this.written && !always) return
    await writePrivateFile(path, text)
    this.written = text
  }
}

/** The lines of a file, as libcurl wants them. */
function parse(text: string, path: string): string[] {
  const lines: string[] = []
  for (const [i, line] of text
    .replace(/^\ufeff/, '')
    .split('\n')
    .entries()) {
    const cookie = fromLine(line, `cookie file ${path}, line ${String(i + 1)}`)
    if (cookie !== null) lines.push(toLine(cookie))
  }
  return lines
}

function toUrl(url: string | URL, where: string): URL {
  if (url instanceof URL) return url
  try {
    return new URL(url)
  } catch {
    // Not the URL itself: it may hold credentials.
    throw new OptionError(`${where}: url is not an absolute URL`, 'url')
  }
}
