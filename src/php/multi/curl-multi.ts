/**
 * PHP's functions on many handles: the loop over `curl_multi_exec()` and `curl_multi_select()`, with `await`.
 * Does not know options of single handles.
 */
import { OptionError } from '../../errors.js'
import { mustBe } from '../../wrong-value.js'
import { resetClosedStreams } from '../easy/closed-streams.js'
import { handleOf } from '../easy/easy.js'
import type { CurlHandle } from '../handles/curl-handle.js'
import { toErrorCode, toFloatArgument, toIntArgument, wrongType } from '../values/arguments.js'
import { toInteger } from '../values/casts.js'
import * as c from '../values/constants.js'
import { warn } from '../values/warnings.js'
import { CurlMultiHandle, makeMultiHandle } from './curl-multi-handle.js'
import { multiStrError } from './multi-errors.js'

/** An argument that PHP takes by reference: the function sets its `value`. */
export interface Reference<T> {
  value: T
}

/** A transfer that has ended. */
export interface MultiMessage {
  /** `CURLMSG_DONE`. */
  readonly msg: number
  /** libcurl's code (`CURLE_*`). */
  readonly result: number
  readonly handle: CurlHandle
}

/** `CURLM_UNKNOWN_OPTION`, which PHP has no name for. */
const UNKNOWN_OPTION = 6
const DEFAULT_TIMEOUT_S = 1
const MAX_TIMEOUT_S = 2_147_484
const MS = 1000

/** Returns a new multi handle. Its handles share connections, names and TLS sessions. */
export function curl_multi_init(): CurlMultiHandle {
  return makeMultiHandle()
}

/**
 * Adds a handle. It starts at the next `curl_multi_exec()`. Returns `CURLM_OK`, or `CURLM_ADDED_ALREADY` if
 * it is in a multi handle, or in use by `curl_exec()`.
 */
export function curl_multi_add_handle(multi_handle: CurlMultiHandle, handle: CurlHandle): number {
  const where = 'curl_multi_add_handle()'
  const mh = multiOf(multi_handle, where)
  const ch = handleOf(handle, where, 2)
  resetClosedStreams(ch, where)
  return (mh.errno = mh.add(ch))
}

/**
 * Removes a handle; its transfer ends if it is in flight. What has arrived stays in
 * `curl_multi_getcontent()`. Returns `CURLM_OK`, or `CURLM_BAD_EASY_HANDLE` if it is in another multi handle.
 */
export function curl_multi_remove_handle(multi_handle: CurlMultiHandle, handle: CurlHandle): number {
  const where = 'curl_multi_remove_handle()'
  const mh = multiOf(multi_handle, where)
  return (mh.errno = mh.remove(handleOf(handle, where, 2)))
}

/**
 * Starts the handles that were added, yields one turn of the event loop, and sets `still_running` to the
 * number of transfers in flight. Returns `CURLM_OK`. Rejects with the exception of a handle's function, and
 * with `OptionError` for options that do not go together; that handle's message follows all the same.
 *
 * Differs from PHP: returns a promise, and transfers advance between calls, too.
 */
export async function curl_multi_exec(
  multi_handle: CurlMultiHandle,
  still_running: Reference<number>,
): Promise<number> {
  const where = 'curl_multi_exec()'
  const mh = multiOf(multi_handle, where)
  const running = referenceOf(still_running, '$still_running', where)
  await mh.advance()
  running.value = mh.running
  mh.errno = c.CURLM_OK
  const thrown = mh.takeThrown()
  if (thrown !== null) throw thrown.error
  return c.CURLM_OK
}

/**
 * Waits until a transfer has ended, or for `timeout` seconds (default: 1), without using the processor.
 * Returns at once if none is in flight, or if one has ended since the last `curl_multi_exec()`.
 *
 * Differs from PHP: resolves with the number of transfers that have ended (there: of sockets that are ready),
 * 0 at the timeout, -1 with a warning for a timeout that is out of range.
 */
export async function curl_multi_select(
  multi_handle: CurlMultiHandle,
  timeout: number = DEFAULT_TIMEOUT_S,
): Promise<number> {
  const where = 'curl_multi_select()'
  const mh = multiOf(multi_handle, where)
  const seconds = toFloatArgument({ where, position: 2, name: '$timeout' }, timeout)
  if (!(seconds >= 0 && seconds <= MAX_TIMEOUT_S)) {
    warn(`${where}: timeout must be between 0 and ${String(MAX_TIMEOUT_S)}`)
    return -1
  }
  return mh.wait(seconds * MS)
}

/**
 * Returns the next message about a transfer that has ended, false if there is none. `queued_messages` is set
 * to the number of messages that are left.
 */
export function curl_multi_info_read(
  multi_handle: CurlMultiHandle,
  queued_messages: Reference<number> | null = null,
): MultiMessage | false {
  const where = 'curl_multi_info_read()'
  const mh = multiOf(multi_handle, where)
  const queued = queued_messages === null ? null : referenceOf(queued_messages, '$queued_messages', where)
  const handle = mh.nextMessage()
  if (handle === null) return false
  if (queued !== null) queued.value = mh.messages
  return { msg: c.CURLMSG_DONE, result: handle.errno, handle }
}

/** The options that libcurl's multi handle takes, by number. */
const MULTI_OPTIONS: ReadonlyMap<number, string> = new Map([
  [c.CURLMOPT_PIPELINING, 'PIPELINING'],
  [c.CURLMOPT_MAXCONNECTS, 'MAXCONNECTS'],
  [c.CURLMOPT_MAX_HOST_CONNECTIONS, 'MAX_HOST_CONNECTIONS'],
  [c.CURLMOPT_MAX_PIPELINE_LENGTH, 'MAX_PIPELINE_LENGTH'],
  [c.CURLMOPT_MAX_TOTAL_CONNECTIONS, 'MAX_TOTAL_CONNECTIONS'],
  [c.CURLMOPT_CONTENT_LENGTH_PENALTY_SIZE, 'CONTENT_LENGTH_PENALTY_SIZE'],
  [c.CURLMOPT_CHUNK_LENGTH_PENALTY_SIZE, 'CHUNK_LENGTH_PENALTY_SIZE'],
  [c.CURLMOPT_MAX_CONCURRENT_STREAMS, 'MAX_CONCURRENT_STREAMS'],
])
/** `CURLPIPE_HTTP1`. */
const PIPE_HTTP1 = 1

/** Sets an option: `CURLMOPT_*`. Throws `OptionError` for an unknown one, and for `CURLMOPT_PUSHFUNCTION`. */
export function curl_multi_setopt(multi_handle: CurlMultiHandle, option: number, value: unknown): boolean {
  const where = 'curl_multi_setopt()'
  const mh = multiOf(multi_handle, where)
  const id = toIntArgument({ where, position: 2, name: '$option' }, option)
  const name = MULTI_OPTIONS.get(id)
  if (name === undefined) {
    mh.errno = UNKNOWN_OPTION
    const isPush = id === c.CURLMOPT_PUSHFUNCTION
    const what = isPush
      ? 'CURLMOPT_PUSHFUNCTION: node-libcurl delivers no pushed transfers'
      : 'is not a valid cURL multi option'
    throw new OptionError(`${where}: Argument #2 ($option) ${what}`, '$option')
  }
  const number = Number(toInteger({ where, name: `CURLMOPT_${name}` }, value))
  if (name === 'PIPELINING' && (number & PIPE_HTTP1) !== 0)
    warn(`${where}: CURLPIPE_HTTP1 is no longer supported`)
  mh.setOption(name, number)
  mh.errno = c.CURLM_OK
  return true
}

/** Returns the handles that were added and not removed, in their order. PHP has had it since 8.5. */
export function curl_multi_get_handles(multi_handle: CurlMultiHandle): CurlHandle[] {
  return [...multiOf(multi_handle, 'curl_multi_get_handles()').handles]
}

/** Returns the code (`CURLM_*`) of the last call. */
export function curl_multi_errno(multi_handle: CurlMultiHandle): number {
  return multiOf(multi_handle, 'curl_multi_errno()').errno
}

/** Returns libcurl's text for a code of the multi functions (`CURLM_*`). */
export function curl_multi_strerror(error_code: number): string {
  return multiStrError(toErrorCode('curl_multi_strerror()', error_code))
}

/** Removes all handles; transfers in flight end. The multi handle can be used again, as in PHP 8. */
export function curl_multi_close(multi_handle: CurlMultiHandle): void {
  multiOf(multi_handle, 'curl_multi_close()').close()
}

function multiOf(value: unknown, where: string): CurlMultiHandle {
  if (value instanceof CurlMultiHandle) return value
  throw wrongType({ where, position: 1, name: '$multi_handle' }, 'CurlMultiHandle', value)
}

function referenceOf<T>(reference: Reference<T>, name: string, where: string): Reference<T> {
  if (typeof reference === 'object' && (reference as unknown) !== null) return reference
  throw mustBe(`Argument #2 (${name})`, 'an object with a value, such as { value: 0 }', reference, {
    where,
    option: name,
    isSecret: true,
  })
}
