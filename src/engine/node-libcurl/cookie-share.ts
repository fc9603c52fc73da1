/**
 * libcurl's cookie store behind a share handle, which all transfers of one jar read and write while they run.
 * Does not know files, nor the meaning of a cookie: it takes and returns lines in Netscape format.
 */
import { Easy, getInfo, INFO, OPTION, setOption, Share, type NativeEasy } from './binding.js'

const SHARE = OPTION.SHARE as number
const COOKIEJAR = OPTION.COOKIEJAR as number
const COOKIELIST = OPTION.COOKIELIST as number
const COOKIELIST_INFO = INFO.COOKIELIST as number

/** curl/curl.h: CURLSHOPT_SHARE and CURL_LOCK_DATA_COOKIE. */
const SHOPT_SHARE = 1
const LOCK_DATA_COOKIE = 2

/**
 * libcurl copies each string that is set on a handle, and node-libcurl 4 keeps some. A reset now and then
 * frees them.
 */
const USES_BETWEEN_RESETS = 1024

const handles = new WeakSet()

/** True if a share is one of these, which holds cookies and nothing else. */
export function isCookieShare(share: unknown): boolean {
  return typeof share === 'object' && share !== null && handles.has(share)
}

let scratch: NativeEasy | undefined
let uses = 0

/**
 * One cookie store. It must not be closed: closing a share that is still set on a handle aborts the process,
 * and so does the garbage collector if it frees the share too early. Code that sets {@link handle} on an easy
 * handle keeps a reference to it until it has set the option to null.
 */
export class CookieShare {
  /**
   * The value of `CURLOPT_SHARE`. It needs `COOKIEFILE: ''` beside it: without a cookie engine nothing is
   * stored.
   */
  readonly handle: object

  constructor() {
    const share = new Share()
    share.setOpt(SHOPT_SHARE, LOCK_DATA_COOKIE)
    this.handle = share
    handles.add(share)
  }

  /**
   * Returns all cookies as lines. Expired ones may be among them: libcurl 7.88 removes those only when it
   * next looks for cookies to send.
   */
  read(): readonly string[] {
    return this.borrow((easy) => {
      const lines = getInfo(easy, COOKIELIST_INFO)
      return Array.isArray(lines) ? (lines as readonly string[]) : []
    })
  }

  /**
   * Adds cookies, and replaces those of the same name, domain and path. Cookies that libcurl's rules forbid
   * are dropped silently.
   */
  write(lines: readonly string[]): void {
    this.borrow((easy) => {
      for (const line of lines) setOption(easy, COOKIELIST, line)
    })
  }

  /** Removes all cookies. */
  clear(): void {
    this.write(['ALL'])
  }

  /**
   * Writes all cookies to a file as libcurl does: as a whole, the newest first. It says nothing of failures.
   */
  writeFile(path: string): void {
    this.borrow((easy) => {
      setOption(easy, COOKIEJAR, path)
      setOption(easy, COOKIELIST, 'FLUSH')
      setOption(easy, COOKIEJAR, null)
    })
  }

  private borrow<T>(use: (easy: NativeEasy) => T): T {
    const easy = (scratch ??= new Easy())
    setOption(easy, SHARE, this.handle)
    try {
      return use(easy)
    } finally {
      setOption(easy, SHARE, null)
      if (++uses % USES_BETWEEN_RESETS === 0) easy.reset()
    }
  }
}
