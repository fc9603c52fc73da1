/**
 * PHP's functions on handles: `curl_init()`, `curl_setopt()`, `curl_exec()` and their kin. Does not know the
 * multi functions.
 */
import { BAD_FUNCTION_ARGUMENT, FAILED_INIT, NOT_BUILT_IN, OK, RECURSIVE_API_CALL } from '../../curl-codes.js'
import { strError } from '../../engine/node-libcurl/binding.js'
import { OptionError } from '../../errors.js'
import { ParallelCurl } from '../../parallel-curl.js'
import { CurlHandle, makeHandle } from '../handles/curl-handle.js'
import { PLAIN_GET } from '../handles/method.js'
import { toIntArgument, toTextArgument, wrongType } from '../values/arguments.js'
import { CURLOPT_UPKEEP_INTERVAL_MS, CURLOPT_URL } from '../values/constants.js'
import { warn } from '../values/warnings.js'
import { FOR_HANDLES, startRun } from './run.js'
import { optionArray, refuseBoth, resolveOption, setOption } from './set-option.js'

/** Runs every `curl_exec()`: they share connections, names and TLS sessions. */
let instance: ParallelCurl | undefined

/** Returns a new handle; with a URL, for that. Throws `OptionError` for a URL with a NUL byte. */
export function curl_init(url: string | URL | null = null): CurlHandle {
  const handle = makeHandle()
  if (url === null) return handle
  const text = toTextArgument({ where: 'curl_init()', position: 1, name: '$url', isNullable: true }, url)
  setOption(handle, CURLOPT_URL, text, 'curl_init()')
  return handle
}

/**
 * Sets an option, given by PHP's constant, its name, or a camelCase name of the main class. Values convert as
 * in PHP.
 *
 * Returns false if libcurl refuses the value; `curl_errno()` then has its code. Throws `OptionError` with
 * PHP's words where PHP throws `TypeError` or `ValueError`. A transfer in flight keeps its options.
 */
export function curl_setopt(handle: CurlHandle, option: number | string, value: unknown): boolean {
  const where = 'curl_setopt()'
  const ch = handleOf(handle, where)
  const named = typeof option === 'string' ? resolveOption(option) : undefined
  const id = named ?? resolveOption(toIntArgument({ where, position: 2, name: '$option' }, option))
  if (id === undefined) {
    throw new OptionError(`${where}: Argument #2 ($option) is not a valid cURL option`, '$option')
  }
  refuseBoth(ch, id, value, where)
  return setOption(ch, id, value, where)
}

/**
 * Sets options in their order. Returns false at the first that libcurl refuses: those after it are not set.
 * Numeric keys of an object come first, in ascending order; a `Map` keeps its order.
 */
export function curl_setopt_array(
  handle: CurlHandle,
  options: Readonly<Record<string | number, unknown>> | ReadonlyMap<string | number, unknown>,
): boolean {
  const where = 'curl_setopt_array()'
  const ch = handleOf(handle, where)
  for (const [option, value] of optionArray(options)) {
    const id = resolveOption(option)
    if (id === undefined) {
      const isNumber = typeof option === 'number' || /^-?\d+$/.test(option)
      const what = isNumber ? 'must contain only valid cURL options' : 'contains an invalid cURL option'
      throw new OptionError(`${where}: Argument #2 ($options) ${what}`, '$options')
    }
    refuseBoth(ch, id, value, where)
    if (!setOption(ch, id, value, where)) return false
  }
  return true
}

/**
 * Performs a transfer. Resolves with the content if `CURLOPT_RETURNTRANSFER` is on, else with true; with
 * false if the transfer fails or the handle is in use. Rejects with the exception of one of the handle's
 * functions.
 *
 * Any number of handles run in parallel: `await Promise.all(handles.map(curl_exec))`.
 *
 * Differs from PHP: returns a promise, and handles share connections.
 */
export function curl_exec(handle: CurlHandle): Promise<string | boolean> {
  const ch = handleOf(handle, 'curl_exec()')
  if (ch.run !== null || ch.multi !== null) {
    ch.settle({ errno: FAILED_INIT, error: 'easy handle already used in multi handle' })
    if (ch.functionsRunning === 0 && ch.multi === null)
      warn('curl_exec(): the handle is in use: await its curl_exec(), or use curl_copy_handle()')
    return Promise.resolve(false)
  }
  return new Promise((resolve, reject) => {
    instance ??= new ParallelCurl(0, FOR_HANDLES)
    startRun(ch, instance, 'curl_exec()', ({ transfer, thrown }) => {
      if (thrown !== null) {
        ch.settle({ errno: OK, error: '' })
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- users throw anything
        reject(thrown.error)
        return
      }
      ch.settle(transfer)
      resolve(transfer.errno !== OK ? false : (ch.content ?? true))
    })
  })
}

/**
 * Writes the file of `CURLOPT_COOKIEJAR`. The handle can be used again, as in PHP 8. Not needed for anything
 * else. Throws `OptionError` inside one of the handle's functions.
 *
 * Differs from PHP: there the file is written when the last reference to the handle is gone.
 */
export function curl_close(handle: CurlHandle): void {
  const ch = handleOf(handle, 'curl_close()')
  if (ch.functionsRunning > 0)
    throw new OptionError('curl_close(): Attempt to close cURL handle from a callback', '$handle')
  ch.cookies.close()
}

/**
 * Resets all options. Cookies, connections and `CURLOPT_PRIVATE` stay. Throws `OptionError` during a
 * transfer.
 */
export function curl_reset(handle: CurlHandle): void {
  const ch = handleOf(handle, 'curl_reset()')
  if (ch.functionsRunning > 0)
    throw new OptionError('curl_reset(): Attempt to reset cURL handle from a callback', '$handle')
  if (ch.run !== null)
    throw new OptionError('curl_reset(): the handle is in use: await its transfer first', '$handle')
  ch.options.clear()
  ch.method = PLAIN_GET
  ch.cookies.forgetFiles()
  ch.cookies.share = null
  ch.last = null
  ch.newUrl = null
}

/** Returns a new handle with the same options, without cookies and infos. */
export function curl_copy_handle(handle: CurlHandle): CurlHandle {
  const ch = handleOf(handle, 'curl_copy_handle()')
  const copy = makeHandle()
  for (const [option, value] of ch.options) copy.options.set(option, value)
  copy.method = ch.method
  copy.privateData = ch.privateData
  copy.newUrl = (ch.options.get(CURLOPT_URL) as string | undefined) ?? null
  ch.cookies.copyTo(copy.cookies, copy)
  return copy
}

/**
 * Pauses or continues a transfer in flight: `CURLPAUSE_RECV`, `CURLPAUSE_SEND`, `CURLPAUSE_ALL`,
 * `CURLPAUSE_CONT`. Returns 0, or 43 without a transfer. It takes effect in the next turn of the event loop.
 */
export function curl_pause(handle: CurlHandle, flags: number): number {
  const where = 'curl_pause()'
  const ch = handleOf(handle, where)
  const bits = toIntArgument({ where, position: 2, name: '$flags' }, flags)
  const { source } = (ch.run === null ? null : ch.transfer) ?? { source: null }
  if (source?.pauseTo === undefined) return BAD_FUNCTION_ARGUMENT
  source.pauseTo(bits)
  return OK
}

/** libcurl's default of `CURLOPT_UPKEEP_INTERVAL_MS`. */
const DEFAULT_UPKEEP_MS = 60_000

/**
 * Has libcurl send a PING on HTTP/2 connections that had none for `CURLOPT_UPKEEP_INTERVAL_MS`. Returns true,
 * and false with the code in `curl_errno()` if that is not possible: 4 and a warning with a libcurl older
 * than 8.10, 93 in a function of a transfer.
 *
 * libcurl (7.88 and 8.22, with PHP, too) sends the PING with the next request on the connection, not before.
 *
 * Differs from PHP: the connections are those that the handles of `curl_exec()` share, or those of the multi
 * handle that it was added to.
 */
export function curl_upkeep(handle: CurlHandle): boolean {
  const where = 'curl_upkeep()'
  const ch = handleOf(handle, where)
  const interval = Number(ch.options.get(CURLOPT_UPKEEP_INTERVAL_MS) ?? DEFAULT_UPKEEP_MS)
  const errno =
    ch.functionsRunning > 0 ? RECURSIVE_API_CALL : ((ch.multi ?? instance)?.keepUp(interval) ?? OK)
  ch.settle({ errno, error: errno === OK ? '' : strError(errno) })
  if (errno === NOT_BUILT_IN) warn(`${where}: libcurl 8.10 or newer is needed`)
  return errno === OK
}

/** Returns the handle of an argument. Throws `OptionError` as PHP's `TypeError`. */
export function handleOf(handle: unknown, where: string, position = 1): CurlHandle {
  if (handle instanceof CurlHandle) return handle
  throw wrongType({ where, position, name: '$handle' }, 'CurlHandle', handle)
}
