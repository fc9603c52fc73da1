/**
 * libcurl's own reading of a `Set-Cookie` header, for headers that come from elsewhere than a transfer. Does
 * not know for which hosts a server may set cookies.
 */
import { Easy, getInfo, INFO, OPTION, setOption, versionInfo } from './binding.js'
import { hasFault } from './faults.js'

const COOKIELIST = OPTION.COOKIELIST as number
const COOKIELIST_INFO = INFO.COOKIELIST as number

/** How this libcurl compares cookies. Source: lib/cookie.c. */
export const cookieRules = {
  /** Whether `a` and `A` are one cookie. */
  foldsNames: hasFault('cookie-names-folded'),
  /** Whether an insecure cookie may not cover a secure one of a domain above or below it either. */
  guardsRelatedDomains: !hasFault('secure-cookies-covered'),
  /** Whether a public suffix that sets a cookie for itself gets one for itself alone. */
  narrowsPublicSuffixes: !hasFault('public-suffix-cookies-wide'),
  /** Whether this build knows public suffixes (libpsl). */
  get hasPublicSuffixes(): boolean {
    return versionInfo().features.includes('PSL')
  },
}

/**
 * The Netscape line of the cookie that libcurl makes of this text; null where it takes none. Where the text
 * names no domain, libcurl lists nothing: it has to name one.
 *
 * On a handle of its own each time: a handle takes 50 cookies before it is used for a transfer.
 */
export function readSetCookie(text: string): string | null {
  const easy = new Easy()
  try {
    setOption(easy, COOKIELIST, `Set-Cookie: ${text}`)
    const lines = getInfo(easy, COOKIELIST_INFO)
    return Array.isArray(lines) ? ((lines as readonly string[])[0] ?? null) : null
  } finally {
    easy.close()
  }
}

let stops: boolean | undefined

/**
 * Whether libcurl reads no further where an attribute begins with "=" (newer ones), instead of skipping it.
 */
export function stopsAtNamelessAttribute(): boolean {
  return (stops ??= !(readSetCookie('a=1;=;domain=0.0.0.0')?.startsWith('0.0.0.0') ?? false))
}

let empties: boolean | undefined

/** Whether `Path=` means the default path (newer ones), instead of `/`. */
export function defaultsEmptyPath(): boolean {
  return (empties ??= readSetCookie('a=1;domain=0.0.0.0;path=/x;path=')?.split('\t')[2] === '/')
}

let keeps: boolean | undefined

/**
 * Whether libcurl lists paths as the server wrote them, with their quotes, and takes these off where it
 * compares (older ones).
 */
export function listsPathsAsGiven(): boolean {
  return (keeps ??= readSetCookie('a=1;domain=0.0.0.0;path="/x"')?.includes('"') ?? false)
}

let folds: boolean | undefined

/** Whether `__host-` in other letters than `__Host-` has that meaning, too. */
export function foldsPrefixes(): boolean {
  return (folds ??= readSetCookie('__host-a=1;domain=0.0.0.0;path=/') === null)
}
