/**
 * Reads a `Set-Cookie` header with libcurl itself, for headers that do not come from a transfer. Does not
 * know for which hosts a server may set cookies.
 */
import { Easy, getInfo, INFO, OPTION, setOption, versionInfo } from './binding.js'
import { hasFault } from './faults.js'

const COOKIELIST = OPTION.COOKIELIST as number
const COOKIELIST_INFO = INFO.COOKIELIST as number

/** The rules by which this libcurl compares cookies. Source: lib/cookie.c. */
export const cookieRules = {
  /** True if `a` and `A` are the same cookie. */
  foldsNames: hasFault('cookie-names-folded'),
  /** True if an insecure cookie may not cover a secure one of a parent or child domain either. */
  guardsRelatedDomains: !hasFault('secure-cookies-covered'),
  /** True if a cookie that a public suffix sets for itself is sent to that host only. */
  narrowsPublicSuffixes: !hasFault('public-suffix-cookies-wide'),
  /** True if this build has a list of public suffixes (libpsl). */
  get hasPublicSuffixes(): boolean {
    return versionInfo().features.includes('PSL')
  },
}

/**
 * Returns the Netscape line of the cookie that libcurl makes of this text, null if libcurl rejects it. The
 * text has to name a domain: otherwise libcurl lists nothing.
 *
 * Each call has a new handle: a handle takes only 50 cookies before it is used for a transfer.
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
 * True if libcurl stops reading at an attribute that begins with "=" (newer versions), instead of skipping
 * it.
 */
export function stopsAtNamelessAttribute(): boolean {
  return (stops ??= !(readSetCookie('a=1;=;domain=0.0.0.0')?.startsWith('0.0.0.0') ?? false))
}

let empties: boolean | undefined

/** True if `Path=` means the default path (newer versions), instead of `/`. */
export function defaultsEmptyPath(): boolean {
  return (empties ??= readSetCookie('a=1;domain=0.0.0.0;path=/x;path=')?.split('\t')[2] === '/')
}

let keeps: boolean | undefined

/**
 * True if libcurl lists paths as the server wrote them, with quotes, and removes the quotes when it compares
 * (older versions).
 */
export function listsPathsAsGiven(): boolean {
  return (keeps ??= readSetCookie('a=1;domain=0.0.0.0;path="/x"')?.includes('"') ?? false)
}

let folds: boolean | undefined

/** True if `__host-` in other letters than `__Host-` has the same meaning. */
export function foldsPrefixes(): boolean {
  return (folds ??= readSetCookie('__host-a=1;domain=0.0.0.0;path=/') === null)
}
