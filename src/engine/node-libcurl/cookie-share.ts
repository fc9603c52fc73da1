/**
 * libcurl's cookie store behind a share handle: what all transfers of one jar read and write while they run.
 * Does not know files, nor what a cookie means: lines in Netscape format go in and come out.
 */
import { Easy, getInfo, INFO, OPTION, setOption, Share, type NativeEasy } from './binding.js'

const SHARE = OPTION.SHARE as number
const COOKIELIST = OPTION.COOKIELIST as number
const COOKIELIST_INFO = INFO.COOKIELIST as number

/** curl/curl.h: CURLSHOPT_SHARE and CURL_LOCK_DATA_COOKIE. */
const SHOPT_SHARE = 1
const LOCK_DATA_COOKIE = 2

/**
 * libcurl copies each string that is set on a handle, and node-libcurl 4 keeps some: forget them now and
 * then.
 */
const USES_BETWEEN_RESETS = 1024

const handles = new WeakSet()

/** Whether a share is one of these: it holds cookies and nothing else. */
export function isCookieShare(share: unknown): boolean {
  return typeof share === 'object' && share !== null && handles.has(share)
}

let scratch: NativeEasy | undefined
let uses = 0

/**
 * One store. It is never closed by hand: closing a share that a handle still has aborts the process, and so
 * does the garbage collector where it comes too early. Whoever sets {@link handle} on an easy handle keeps a
 * reference until it has set it to null.
 */
export class CookieShare {
  /**
   * For `CURLOPT_SHARE`. `COOKIEFILE: ''` has to stand beside it: without a cookie engine nothing is stored.
   */
  readonly handle: object

  constructor() {
    const share = new Share()
    share.setOpt(SHOPT_SHARE, LOCK_DATA_COOKIE)
    this.handle = share
    handles.add(share)
  }

  /**
   * All cookies as lines. Expired ones may be among them: libcurl 7.88 removes those when it next looks for
   * cookies to send.
   */
  read(): readonly string[] {
    return this.borrow((easy) => {
      const lines = getInfo(easy, COOKIELIST_INFO)
      return Array.isArray(lines) ? (lines as readonly string[]) : []
    })
  }

  /**
   * Adds cookies, or replaces those of the same name, domain and path. What libcurl's rules forbid is dropped
   * without a word.
   */
  write(lines: readonly string[]): void {
    this.borrow((easy) => {
      for (const line of lines) setOption(easy, COOKIELIST, line)
    })
  }

  /** Forgets all cookies. */
  clear(): void {
    this.write(['ALL'])
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
