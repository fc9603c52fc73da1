/**
 * The cookies of handles, which outlive their transfers: libcurl's engine in a jar, of one handle or of a
 * share, cookie files that a handle reads, and the file that it writes. Does not know transfers.
 */
import { existsSync, readFileSync } from 'node:fs'
import { CookieJar } from '../../sessions/cookies/cookie-jar.js'
import { warn } from '../values/warnings.js'

/** The handles' cookies with a file that has not been written: the end of the process does it. */
const unwritten = new Set<HandleCookies>()
/** Writes the file of a handle that is gone. Held by the cookies, which do not know their handle. */
const collected = new FinalizationRegistry<HandleCookies>((cookies) => {
  // Else a file that was written by curl_close(), and by another handle since, would lose the newer cookies.
  if (unwritten.has(cookies)) cookies.close()
})

process.on('exit', () => {
  for (const cookies of unwritten) cookies.flush()
})

/** Where cookies are: with one handle, or with a share. */
export class CookieStore {
  private opened: CookieJar | null = null

  /** The cookies. Made when it is first asked for. */
  get jar(): CookieJar {
    return (this.opened ??= new CookieJar())
  }

  /** The cookies as lines of `CURLINFO_COOKIELIST`. */
  get lines(): readonly string[] {
    return this.opened?.lines() ?? []
  }
}

/** Whatever shares its cookies with handles: `CurlShareHandle`. */
export interface CookieOwner {
  /** null if it shares no cookies. */
  readonly cookies: CookieStore | null
}

/** The cookies of a handle. The engine is off until an option switches it on: a share does not. */
export class HandleCookies {
  /** The value of `CURLOPT_SHARE`. */
  share: CookieOwner | null = null
  private readonly own = new CookieStore()
  private isOn = false
  private hasRun = false
  private jarFile = ''
  /** The files to be read before the next transfer. */
  private unread: string[] = []
  private files: string[] = []

  /** The cookies that transfers use; null while the engine is off. */
  get jar(): CookieJar | null {
    return this.isOn ? this.store.jar : null
  }

  /** `CURLOPT_COOKIEFILE`: reads a file before the next transfer; `''` only switches the engine on. */
  addFile(path: string): void {
    this.isOn = true
    this.files.push(path)
    this.unread.push(path)
  }

  /** `CURLOPT_COOKIEJAR`: the file that is written in the end; `''` for none. */
  setJarFile(path: string, handle: object): void {
    this.isOn = true
    collected.unregister(this)
    this.jarFile = path
    if (path === '') return void unwritten.delete(this)
    unwritten.add(this)
    collected.register(handle, this, this)
  }

  /** `CURLOPT_COOKIELIST`: a cookie in either form, or a command; `''` only switches the engine on. */
  command(line: string): void {
    this.isOn = true
    const word = line.toUpperCase()
    if (word === 'FLUSH') this.flush()
    else if (word === 'RELOAD') {
      this.unread = [...this.files]
      this.read(false)
    } else if (line !== '') this.store.jar.take([word === 'ALL' || word === 'SESS' ? word : line])
  }

  /** `CURLINFO_COOKIELIST`. */
  list(): readonly string[] {
    return this.isOn ? this.store.lines : []
  }

  /** Prepares a transfer: reads the files that were named since the last one. */
  load(isNewSession: boolean): void {
    this.hasRun = true
    if (this.jarFile !== '') unwritten.add(this)
    this.read(isNewSession)
  }

  /** Forgets the files, as `curl_reset()` does. Cookies stay. */
  forgetFiles(): void {
    this.files = []
    this.unread = []
    this.jarFile = ''
    unwritten.delete(this)
    collected.unregister(this)
  }

  /**
   * Writes the file, if there is one. libcurl decides whether it does so without a transfer: 7.88 does, 8.22
   * not, because the files to be read have not been read then.
   */
  flush(): void {
    const { jarFile, jar } = this
    if (jarFile === '' || jar === null) return
    this.read(false)
    jar.writeAsLibcurl(jarFile)
    // libcurl says nothing; without a word, a login would be lost unnoticed.
    if (this.hasRun && jarFile !== '-' && !existsSync(jarFile))
      warn('CURLOPT_COOKIEJAR: the file of the cookies could not be written')
  }

  /** Writes the file for the last time. */
  close(): void {
    this.flush()
    unwritten.delete(this)
  }

  /** Cookies for a copy of the handle: the same files, no cookies. */
  copyTo(copy: HandleCookies, handle: object): void {
    copy.share = this.share
    copy.isOn = this.isOn
    for (const path of this.files) copy.addFile(path)
    if (this.jarFile !== '') copy.setJarFile(this.jarFile, handle)
  }

  private get store(): CookieStore {
    return this.share?.cookies ?? this.own
  }

  /** Reads the files that were not read. A file that cannot be read is an empty one. */
  private read(isNewSession: boolean): void {
    const { unread } = this
    this.unread = []
    for (const path of unread) this.store.jar.take(linesOf(path, isNewSession))
  }
}

const EXPIRES = 4
const FIELDS = 7

/** Returns the cookies of a file as libcurl reads it: in Netscape's format, or as `Set-Cookie:` lines. */
function linesOf(path: string, isNewSession: boolean): string[] {
  if (path === '') return []
  let text: string
  try {
    text = readFileSync(path === '-' ? 0 : path, 'utf8')
  } catch {
    return []
  }
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''))
  return lines.filter((line) => {
    if (/^set-cookie:/i.test(line)) return !isNewSession || /;\s*(expires|max-age)=/i.test(line)
    const fields = line.split('\t')
    if (fields.length < FIELDS - 1 || (line.startsWith('#') && !line.startsWith('#HttpOnly_'))) return false
    return !isNewSession || fields[EXPIRES] !== '0'
  })
}
