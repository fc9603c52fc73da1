/**
 * The cookies of one handle, which outlive its transfers: libcurl's engine in a jar, cookie files that it
 * reads, and the file that it writes. Does not know transfers.
 */
import { existsSync, readFileSync } from 'node:fs'
import { CookieJar } from '../../sessions/cookies/cookie-jar.js'
import { warn } from '../values/warnings.js'

/** The jars with a file, which the end of the process writes. */
const unwritten = new Set<HandleCookies>()
/** Writes the file of a handle that is gone. Held by the cookies, which do not know their handle. */
const collected = new FinalizationRegistry<HandleCookies>((cookies) => {
  cookies.close()
})

process.on('exit', () => {
  for (const cookies of unwritten) cookies.flush()
})

/** The cookies of a handle. The engine is off until an option switches it on. */
export class HandleCookies {
  /** The store that transfers use; null while the engine is off. */
  jar: CookieJar | null = null
  private jarFile: string | null = null
  /** The files to be read before the next transfer. */
  private unread: string[] = []
  private files: string[] = []

  /** `CURLOPT_COOKIEFILE`: reads a file before the next transfer; `''` only switches the engine on. */
  addFile(path: string): void {
    this.open()
    this.files.push(path)
    this.unread.push(path)
  }

  /** `CURLOPT_COOKIEJAR`: the file that is written in the end. */
  setJarFile(path: string, handle: object): void {
    this.open()
    this.jarFile = path
    unwritten.add(this)
    collected.register(handle, this, this)
  }

  /** `CURLOPT_COOKIELIST`: a cookie in either form, or a command. */
  command(line: string): void {
    const jar = this.open()
    const word = line.toUpperCase()
    if (word === 'FLUSH') this.flush()
    else if (word === 'RELOAD') {
      this.unread = [...this.files]
      this.load(false)
    } else jar.take([word === 'ALL' || word === 'SESS' ? word : line])
  }

  /** `CURLINFO_COOKIELIST`. */
  list(): readonly string[] {
    return this.jar?.lines() ?? []
  }

  /** Reads the files that were named since the last transfer. A file that cannot be read is an empty one. */
  load(isNewSession: boolean): void {
    if (this.jarFile !== null) unwritten.add(this)
    const { unread } = this
    this.unread = []
    for (const path of unread) this.open().take(linesOf(path, isNewSession))
  }

  /** Forgets the files, as `curl_reset()` does. Cookies stay. */
  forgetFiles(): void {
    this.files = []
    this.unread = []
    this.jarFile = null
    unwritten.delete(this)
    collected.unregister(this)
  }

  /** Writes the file, if there is one. */
  flush(): void {
    const { jarFile, jar } = this
    if (jarFile === null || jar === null) return
    jar.writeAsLibcurl(jarFile)
    // libcurl says nothing; without a word, a login would be lost unnoticed.
    if (jarFile !== '-' && !existsSync(jarFile))
      warn('CURLOPT_COOKIEJAR: the file of the cookies could not be written')
  }

  /** Writes the file for the last time. */
  close(): void {
    this.flush()
    unwritten.delete(this)
  }

  /** Cookies for a copy of the handle: the same files, no cookies. */
  copyTo(copy: HandleCookies, handle: object): void {
    if (this.jar !== null) copy.open()
    for (const path of this.files) copy.addFile(path)
    if (this.jarFile !== null) copy.setJarFile(this.jarFile, handle)
  }

  private open(): CookieJar {
    return (this.jar ??= new CookieJar())
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
