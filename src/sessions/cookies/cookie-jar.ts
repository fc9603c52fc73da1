/**
 * CookieJar: cookies that any number of transfers read and write while they run, in memory or in a file. Does
 * not know transfers: libcurl stores the cookies of servers, and chooses the cookies to send.
 */
import { resolve } from 'node:path'
import { inspect } from 'node:util'
import { CookieShare } from '../../engine/node-libcurl/cookie-share.js'
import { OptionError } from '../../errors.js'
import { mustBe } from '../../wrong-value.js'
import { asSent, cookieTarget, matches, secureOneBelow } from './cookie-match.js'
import {
  checkCookie,
  checkStored,
  fromLibcurl,
  isExpired,
  toDeletingLines,
  toLine,
  type Cookie,
  type CookieInit,
} from './cookie.js'
import { readPrivateFile, removeStaleFiles, writePrivateFile } from './private-file.js'
import { checkFileOptions, linesOf, type CookieFileOptions } from './cookie-file.js'
import { fromSetCookie } from './set-cookie.js'

const HEADER = '# Netscape HTTP Cookie File\n# https://curl.se/docs/http-cookies.html\n\n'

/** A choice of cookies: all that agree with every property that is given. */
export interface CookieFilter {
  name?: string | undefined
  /** The host, as in {@link Cookie.domain}: without a dot in front. */
  domain?: string | undefined
  path?: string | undefined
}

/** A value may be a cookie. */
const IN_JAR = { option: 'cookieJar', isSecret: true } as const

/** A jar as JSON. It holds cookie values: keep it like passwords. */
export interface CookieJarJson {
  readonly cookies: readonly Cookie[]
}

/**
 * A cookie jar. Pass it to an instance, a request or a session (`cookieJar: jar`): all transfers that use it
 * share one live store, even if they are in flight together. libcurl decides which cookies are stored and
 * sent (domains, paths, public suffixes, expiry, secure, `__Host-`).
 *
 * ```ts
 * await using jar = await CookieJar.open('cookies.txt')
 * await using curl = new ParallelCurl(10, { cookieJar: jar })
 * ```
 */
export class CookieJar {
  private readonly store = new CookieShare()
  /** @internal The name by which a cache knows it in other processes, too; null: it has none. */
  lastingName: string | null = null
  private filePath: string | null = null
  private written: string | null = null
  private saving: Promise<void> | null = null

  /** Makes a jar in memory. Throws `OptionError` for a cookie that cannot be stored. */
  constructor(cookies: Iterable<CookieInit> = []) {
    if (typeof (cookies as Partial<Iterable<CookieInit>> | null)?.[Symbol.iterator] !== 'function')
      throw mustBe('cookies', 'a list of cookies', cookies, { where: 'CookieJar', ...IN_JAR })
    for (const cookie of cookies) this.set(cookie)
  }

  /**
   * Opens a jar that is stored in a file in Netscape format, as curl and other programs write it. A missing
   * file is an empty jar; {@link save} creates it.
   *
   * A bad line among good ones is reported and skipped; {@link save} does not write it again. Rejects with
   * `OptionError` for a file of bad lines alone, and with `strict` for any bad line: the message names the
   * line, and no value of a cookie.
   */
  static async open(path: string, options: CookieFileOptions = {}): Promise<CookieJar> {
    if (typeof path !== 'string' || path === '')
      throw mustBe('path', 'the path of a file', path, { where: 'CookieJar.open', option: 'cookieJar' })
    checkFileOptions(options)
    const text = await readPrivateFile(path)
    const jar = text === null ? new CookieJar() : CookieJar.fromText(text, path, options)
    jar.filePath = path
    jar.lastingName = resolve(path)
    if (text !== null) jar.written = jar.toNetscape()
    await removeStaleFiles(path)
    return jar
  }

  /** @internal Returns an empty jar in memory that a cache knows by this name. */
  static named(name: string): CookieJar {
    const jar = new CookieJar()
    jar.lastingName = name
    return jar
  }

  /** @internal Returns a jar in memory with the cookies of a file in Netscape format. */
  static fromText(text: string, path: string, options: CookieFileOptions): CookieJar {
    const jar = new CookieJar()
    jar.store.write(linesOf(text, path, options))
    return jar
  }

  /** Returns the jar that {@link toJSON} made. Throws `OptionError` for any other value. */
  static fromJSON(json: CookieJarJson): CookieJar {
    const isObject = typeof json === 'object' && (json as unknown) !== null
    const cookies: unknown = isObject && Object.hasOwn(json, 'cookies') ? json.cookies : undefined
    if (!Array.isArray(cookies))
      throw mustBe('json', '{ cookies: [...] }', json, { where: 'CookieJar.fromJSON', ...IN_JAR })
    const jar = new CookieJar()
    const lines = cookies.map((cookie: Cookie, i) =>
      toLine(checkStored(cookie, undefined, `CookieJar.fromJSON: cookies[${String(i)}]`)),
    )
    jar.store.write(lines)
    return jar
  }

  /** The file of the jar; null if it is only in memory. */
  get path(): string | null {
    return this.filePath
  }

  /**
   * Returns the cookies that libcurl sends to this URL, in the order in which it sends them: at most 150, and
   * no more than fit into a header of 8,190 bytes.
   */
  get(url: string | URL): Cookie[] {
    const target = cookieTarget(toUrl(url, 'CookieJar.get'))
    return asSent(this.all().filter((cookie) => matches(cookie, target)))
  }

  /** Returns all cookies that have not expired. */
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
   * @param cookie the parts of a cookie, or the text of a `Set-Cookie` header.
   * @param url the URL of the response. Needed for a text, and for a cookie without `domain`, which is then
   * for this host.
   *
   * Throws `OptionError` for a cookie that no server could set: a text has to follow libcurl's rules for
   * responses from that URL. A cookie that is given by its parts may be secure without TLS, or for a public
   * suffix.
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

  /** Removes the cookies that agree with the filter. Returns their number. */
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

  /** Removes all cookies. */
  clear(): void {
    this.store.clear()
  }

  /** Returns all cookies as plain data for {@link fromJSON}. Cookie values are included. */
  toJSON(): CookieJarJson {
    return { cookies: this.all() }
  }

  /** Returns all cookies as the text of a file in Netscape format. Cookie values are included. */
  toNetscape(): string {
    return (
      HEADER +
      this.all()
        .map((cookie) => `${toLine(cookie)}\n`)
        .join('')
    )
  }

  /**
   * Writes the file as a whole, with mode 0600. A reader sees the old cookies or the new ones, and a killed
   * process leaves one of both. The file is also written if cookies have changed: before
   * `finishAllRequests()` of an instance with this jar resolves, and on dispose. A jar in memory does
   * nothing. If two processes save to the same file, the last one wins.
   *
   * Rejects if the file cannot be written; the old file stays.
   */
  save(): Promise<void> {
    return this.enqueue(true)
  }

  /** @internal Saves if there is something new. */
  saveChanges(): Promise<void> {
    return this.enqueue(false)
  }

  /** Saves changes at the end of a block: `await using jar = await CookieJar.open(path)`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.saveChanges()
  }

  /** Returns the text for `console.log`, without cookies. */
  [inspect.custom](): string {
    return `CookieJar { path: ${inspect(this.filePath)}, cookies: ${String(this.all().length)} }`
  }

  /** @internal Returns the cookies as libcurl's `COOKIELIST` lists them, in its order. */
  lines(): readonly string[] {
    return this.store.read()
  }

  /** @internal Writes a file as libcurl's `COOKIEJAR` does. */
  writeAsLibcurl(path: string): void {
    this.store.writeFile(path)
  }

  /** @internal Passes lines to libcurl's `COOKIELIST`: cookies in either form, `ALL` or `SESS`. */
  take(lines: readonly string[]): void {
    this.store.write(lines)
  }

  /** @internal libcurl's share handle, for `CURLOPT_SHARE`. */
  get share(): object {
    return this.store.handle
  }

  private enqueue(always: boolean): Promise<void> {
    const { filePath } = this
    if (filePath === null) return Promise.resolve()
    // One call at a time, in order: an earlier call must not write after a later one.
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

function toUrl(url: string | URL, where: string): URL {
  if (url instanceof URL) return url
  try {
    return new URL(url)
  } catch {
    // The message has no URL, because it may hold credentials.
    throw new OptionError(`${where}: url is not an absolute URL`, 'url')
  }
}
