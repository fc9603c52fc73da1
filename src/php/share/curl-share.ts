/**
 * PHP's share handles: cookies that several handles use. Connections, names and TLS sessions are shared
 * without one. Does not know transfers.
 */
import { OptionError } from '../../errors.js'
import { mustBe } from '../../wrong-value.js'
import { CookieStore } from '../handles/cookies.js'
import { toErrorCode, toIntArgument, wrongType } from '../values/arguments.js'
import { toInteger } from '../values/casts.js'
import * as c from '../values/constants.js'

/** The right to make a share handle. */
const MAKE = Symbol('make')
/** curl/curl.h: `CURLSHE_OK` and `CURLSHE_BAD_OPTION`. */
const OK = 0
const BAD_OPTION = 1
/** `CURL_LOCK_DATA_HSTS`, which PHP has no name for. */
const LOCK_DATA_HSTS = 7
/**
 * The kinds that a share handle may share: `CURL_LOCK_DATA_*`. `CURL_LOCK_DATA_SHARE` (1) is libcurl's own.
 */
const SHAREABLE: ReadonlySet<number> = new Set([
  c.CURL_LOCK_DATA_COOKIE,
  c.CURL_LOCK_DATA_DNS,
  c.CURL_LOCK_DATA_SSL_SESSION,
  c.CURL_LOCK_DATA_CONNECT,
  c.CURL_LOCK_DATA_PSL,
  LOCK_DATA_HSTS,
])

/** A handle of `curl_share_init()`: the value of `CURLOPT_SHARE`. */
export class CurlShareHandle {
  /** @internal */ errno = OK
  /** @internal The cookies, if it shares cookies. */
  cookies: CookieStore | null = null

  /** @internal */
  constructor(key: symbol) {
    if (key !== MAKE)
      throw new OptionError('Cannot directly construct CurlShareHandle, use curl_share_init() instead')
  }
}

/** A handle of `curl_share_init_persistent()`. */
export class CurlSharePersistentHandle {
  /** @internal A persistent handle shares no cookies. */
  readonly cookies = null
  /** The kinds that it shares: `CURL_LOCK_DATA_*`, in ascending order. */
  readonly options: readonly number[]

  /** @internal */
  constructor(key: symbol, options: readonly number[]) {
    if (key !== MAKE)
      throw new OptionError(
        'Cannot directly construct CurlSharePersistentHandle, use curl_share_init_persistent() instead',
      )
    this.options = Object.freeze([...options])
  }
}

/** Returns a new share handle, which shares nothing yet. */
export function curl_share_init(): CurlShareHandle {
  return new CurlShareHandle(MAKE)
}

/**
 * Sets what is shared: `CURLSHOPT_SHARE` or `CURLSHOPT_UNSHARE` with a `CURL_LOCK_DATA_*`. Returns false if
 * there is no such thing to share. Throws `OptionError` for another option.
 *
 * Differs from PHP: handles share connections, names and TLS sessions anyway, with or without a share handle.
 */
export function curl_share_setopt(share_handle: CurlShareHandle, option: number, value: unknown): boolean {
  const where = 'curl_share_setopt()'
  const sh = shareOf(share_handle, where)
  const id = toIntArgument({ where, position: 2, name: '$option' }, option)
  if (id !== c.CURLSHOPT_SHARE && id !== c.CURLSHOPT_UNSHARE) {
    sh.errno = BAD_OPTION
    throw new OptionError(`${where}: Argument #2 ($option) is not a valid cURL share option`, '$option')
  }
  const data = Number(toInteger({ where, name: 'CURLSHOPT_SHARE' }, value))
  const isLasting = id === c.CURLSHOPT_UNSHARE && data === c.CURL_LOCK_DATA_PSL
  sh.errno = SHAREABLE.has(data) && !isLasting ? OK : BAD_OPTION
  if (data === c.CURL_LOCK_DATA_COOKIE)
    sh.cookies = id === c.CURLSHOPT_SHARE ? (sh.cookies ?? new CookieStore()) : null
  return sh.errno === OK
}

/** Returns the code (`CURLSHE_*`) of the last `curl_share_setopt()`. */
export function curl_share_errno(share_handle: CurlShareHandle): number {
  return shareOf(share_handle, 'curl_share_errno()').errno
}

/** Source: curl_share_strerror(3) and libcurl-errors(3). */
const TEXTS = [
  'No error',
  'Unknown share option',
  'Share currently in use',
  'Invalid share handle',
  'Out of memory',
  'Feature not enabled in this library',
]

/** Returns libcurl's text for a code of the share functions (`CURLSHE_*`). */
export function curl_share_strerror(error_code: number): string {
  return TEXTS[toErrorCode('curl_share_strerror()', error_code)] ?? 'CURLSHcode unknown'
}

/** Does nothing, as in PHP 8: the handle lives as long as something refers to it. */
export function curl_share_close(share_handle: CurlShareHandle): void {
  shareOf(share_handle, 'curl_share_close()')
}

const persistent = new Map<string, CurlSharePersistentHandle>()

/**
 * Returns the share handle for these kinds of data (`CURL_LOCK_DATA_*`): the same one for the same kinds, as
 * long as the process lives. Throws `OptionError` for none, for cookies, and for what cannot be shared.
 *
 * Source: PHP 8.5.
 */
export function curl_share_init_persistent(share_options: readonly number[]): CurlSharePersistentHandle {
  const where = 'curl_share_init_persistent(): Argument #1 ($share_options)'
  if (!Array.isArray(share_options))
    throw mustBe(where, 'of type array', share_options, { option: '$share_options', isSecret: true })
  const kinds = [...new Set(share_options as readonly number[])].sort((a, b) => a - b)
  if (kinds.length === 0) throw new OptionError(`${where} must not be empty`, '$share_options')
  if (kinds.includes(c.CURL_LOCK_DATA_COOKIE)) {
    const why = 'sharing cookies across PHP requests is unsafe'
    throw new OptionError(`${where} must not contain CURL_LOCK_DATA_COOKIE because ${why}`, '$share_options')
  }
  if (kinds.some((kind) => !SHAREABLE.has(kind)))
    throw new OptionError(`${where} must contain only CURL_LOCK_DATA_* constants`, '$share_options')
  const key = kinds.join()
  let handle = persistent.get(key)
  if (handle === undefined) persistent.set(key, (handle = new CurlSharePersistentHandle(MAKE, kinds)))
  return handle
}

function shareOf(value: unknown, where: string): CurlShareHandle {
  if (value instanceof CurlShareHandle) return value
  throw wrongType({ where, position: 1, name: '$share_handle' }, 'CurlShareHandle', value)
}
