/**
 * Sets options of a handle as `curl_setopt()` does: casts, checks, and stores them. Does not apply them.
 */
import { strError } from '../../engine/node-libcurl/binding.js'
import { OptionError } from '../../errors.js'
import { compileOptions } from '../../options/compile-options.js'
import { SETTING_NAMES } from '../../options/settings.js'
import { RefusedValue } from '../../options/values/option-checks.js'
import { checkedAs } from '../../running/make/compile-request.js'
import { RUN_SETTINGS } from '../../running/options/run-options.js'
import { wrongType } from '../values/arguments.js'
import type { CookieOwner } from '../handles/cookies.js'
import type { CurlHandle } from '../handles/curl-handle.js'
import { afterOption, METHOD_OPTIONS } from '../handles/method.js'
import { castOption } from '../options/cast-option.js'
import { idOf, isOption, optionName, translateOptions } from '../options/options.js'
import { isPhpArray } from '../values/casts.js'
import {
  CURLINFO_HEADER_OUT,
  CURLOPT_COOKIEFILE,
  CURLOPT_COOKIEJAR,
  CURLOPT_COOKIELIST,
  CURLOPT_PRIVATE,
  CURLOPT_SHARE,
  CURLOPT_URL,
} from '../values/constants.js'
import * as newer from '../values/newer-constants.js'

/** The options that only the main class has, and that single requests may have. */
const SETTINGS: ReadonlySet<string> = new Set([...SETTING_NAMES, ...Object.keys(RUN_SETTINGS)])

/** Returns an option's number; the name for one that only the main class has; undefined for none. */
export function resolveOption(option: string | number): string | number | undefined {
  const id =
    idOf(option) ??
    (newer as Readonly<Record<string, number>>)[`CURLOPT_${String(option).replace(/^CURLOPT_/, '')}`]
  if (id !== undefined) return isOption(id) ? id : undefined
  return SETTINGS.has(String(option)) ? option : undefined
}

/**
 * Sets an option. Returns false if libcurl refuses the value, with its code in `handle.errno`. Throws
 * `OptionError` where PHP throws, and for what the table "What differs from PHP" names.
 */
export function setOption(
  handle: CurlHandle,
  option: string | number,
  value: unknown,
  where: string,
): boolean {
  const cast = { where, name: typeof option === 'number' ? optionName(option) : option }
  const own = typeof option === 'string'
  const checked = own ? value : castOption(option, value, cast)
  const errno = refusalOf(option, checked, where)
  handle.settle({ errno, error: errno === 0 ? '' : strError(errno) })
  if (errno !== 0) return false
  if (own || !store(handle, option, checked)) {
    if (option === CURLOPT_URL) handle.newUrl = String(checked)
    handle.options.delete(option)
    handle.options.set(option, checked)
  }
  return true
}

/** Stores what is not simply replayed before each transfer. Returns false for all other options. */
function store(handle: CurlHandle, id: number, value: unknown): boolean {
  const { cookies } = handle
  if (METHOD_OPTIONS.has(id)) handle.method = afterOption(handle.method, id, value)
  else if (id === CURLOPT_PRIVATE) handle.privateData = { value }
  else if (id === CURLOPT_COOKIEFILE) cookies.addFile(String(value))
  else if (id === CURLOPT_COOKIEJAR) cookies.setJarFile(String(value), handle)
  else if (id === CURLOPT_COOKIELIST) cookies.command(String(value))
  else if (id === CURLOPT_SHARE) return setShare(handle, value)
  else return false
  return true
}

/** Returns false for what the main class has to know: a `Share` of node-libcurl, or null instead of one. */
function setShare({ cookies }: CurlHandle, value: unknown): boolean {
  if (isCookieOwner(value)) cookies.share = value
  // PHP ignores null.
  else if (value !== null || cookies.share === null) {
    cookies.share = null
    return false
  }
  return true
}

function isCookieOwner(value: unknown): value is CookieOwner {
  return typeof value === 'object' && value !== null && 'cookies' in value
}

/** Options that never reach libcurl as they are. */
const OWN: ReadonlySet<number> = new Set([
  CURLOPT_PRIVATE,
  CURLOPT_COOKIEFILE,
  CURLOPT_COOKIEJAR,
  CURLOPT_COOKIELIST,
])

/** Returns libcurl's code for setting the option to this value. */
function refusalOf(option: string | number, value: unknown, where: string): number {
  if (OWN.has(option as number) || (option === CURLOPT_SHARE && isCookieOwner(value))) return 0
  try {
    compileOptions(translateOptions(new Map([[option, value]]), where).options, checkedAs('request', where))
    return 0
  } catch (error) {
    if (error instanceof RefusedValue) return error.errno
    throw error
  }
}

/** Throws if `CURLINFO_HEADER_OUT` and a `DEBUGFUNCTION` would both be set, as PHP 8.4 does. */
export function refuseBoth(handle: CurlHandle, option: string | number, value: unknown, where: string): void {
  if (option !== CURLINFO_HEADER_OUT || !value) return
  if (!handle.options.get(newer.CURLOPT_DEBUGFUNCTION)) return
  throw new OptionError(
    `${where}: CURLINFO_HEADER_OUT option must not be set when the CURLOPT_DEBUGFUNCTION option is set`,
    'CURLINFO_HEADER_OUT',
  )
}

/** Returns the options of a PHP array, in its order. Throws `OptionError` as PHP's `TypeError`. */
export function optionArray(options: unknown): Iterable<readonly [string | number, unknown]> {
  if (options instanceof Map) return options as ReadonlyMap<string | number, unknown>
  if (isPhpArray(options)) return Object.entries(options)
  throw wrongType({ where: 'curl_setopt_array()', position: 2, name: '$options' }, 'array', options)
}
