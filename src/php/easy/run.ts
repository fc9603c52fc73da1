/**
 * Runs the transfers of handles on an instance of the main class. Does not know who waits for them.
 */
import { URL_MALFORMED } from '../../curl-codes.js'
import type { ParallelCurl } from '../../parallel-curl.js'
import type { Transfer } from '../../transfer/transfer.js'
import { notesOf } from '../handles/notes.js'
import { resetClosedStreams } from './closed-streams.js'
import type { CurlHandle, Run } from '../handles/curl-handle.js'
import { optionsOf } from '../handles/method.js'
import { finishing } from '../options/finishing.js'
import { translateOptions } from '../options/options.js'
import { CURLOPT_COOKIESESSION, CURLOPT_RETURNTRANSFER, CURLOPT_URL } from '../values/constants.js'
import { CURLOPT_DEBUGFUNCTION, CURLOPT_PREREQFUNCTION } from '../values/newer-constants.js'

/**
 * The options of every instance that runs handles: outcomes are libcurl's own, and infos stay with a handle
 * until its next transfer.
 */
export const FOR_HANDLES = { asLibcurl: true, keepInfo: true, failedContent: 'partial' } as const

/** A transfer of a handle that has ended. */
export interface EndedRun {
  readonly handle: CurlHandle
  readonly transfer: Transfer
  /** The exception of one of the handle's functions. */
  readonly thrown: { readonly error: unknown } | null
}

interface OpenRun extends Run {
  thrown: { readonly error: unknown } | null
}

const NOTHING = { targets: [], notes: {} } as const

/**
 * Starts a transfer with the options of a handle. `ended` is called once, when everything has been written,
 * unless the handle has forgotten the transfer by then. Throws `OptionError` if the options do not go
 * together.
 */
export function startRun(
  handle: CurlHandle,
  curl: ParallelCurl,
  where: string,
  ended: (run: EndedRun) => void,
): void {
  const run: OpenRun = {
    handle,
    transfer: null,
    thrown: null,
    find: () => find(curl, run),
    abort: () => {
      const reason = new Error('the handle was removed')
      curl.abort(reason, (transfer) => transfer.userData === run)
    },
  }
  resetClosedStreams(handle, where)
  const url = handle.options.get(CURLOPT_URL) as string | undefined
  handle.cookies.load(handle.options.get(CURLOPT_COOKIESESSION) === 1)
  const translation = translateOptions(optionsFor(handle, run), where)
  const options = new Map(translation.options)
  const { jar } = handle.cookies
  if (jar !== null) options.set('cookieJar', jar)
  const done = (_content: unknown, _url: string, transfer: Transfer): void => {
    if (handle.run !== run) return
    if (url === undefined && transfer.errno === URL_MALFORMED)
      transfer.fail(URL_MALFORMED, 'No URL set', undefined)
    handle.run = null
    handle.last = transfer
    handle.newUrl = null
    handle.requestHeader = notesOf(transfer).requestHeader
    ended({ handle, transfer, thrown: run.thrown })
  }
  handle.run = run
  handle.requestHeader = undefined
  try {
    void curl.startRequest<unknown>(url ?? '', finishing(done, NOTHING, translation), run, null, options)
  } catch (error) {
    handle.run = null
    throw error
  }
}

/** Ends a transfer, and keeps what has arrived. */
export function forgetRun(handle: CurlHandle): void {
  const { run } = handle
  if (run === null) return
  handle.last = run.transfer ?? run.find()
  handle.run = null
  run.abort()
}

/** Finds the transfer of a run among those in flight. */
function find(curl: ParallelCurl, run: OpenRun): Transfer | null {
  for (const transfer of curl.outstandingRequests.values()) {
    if (transfer.userData !== run) continue
    // Else the callback would get another object, which takes the body along.
    transfer.isKnown = true
    return transfer
  }
  return null
}

/** Returns the options of a handle in order, with its functions bound to it. */
function optionsFor(handle: CurlHandle, run: OpenRun): Map<string | number, unknown> {
  const options = new Map<string | number, unknown>([[CURLOPT_RETURNTRANSFER, false]])
  for (const [id, value] of [...handle.options, ...optionsOf(handle.method)]) {
    if (id === CURLOPT_URL) continue
    const key = NATIVE.get(id as number) ?? id
    options.delete(key)
    options.set(key, typeof value === 'function' ? bound(value as UserFunction, handle, run, id) : value)
  }
  return options
}

type UserFunction = (...args: unknown[]) => unknown

/** Functions that PHP has had since 8.4: the main class passes libcurl's arguments to them. */
const NATIVE: ReadonlyMap<number, string> = new Map([
  [CURLOPT_DEBUGFUNCTION, 'DEBUGFUNCTION'],
  [CURLOPT_PREREQFUNCTION, 'PREREQFUNCTION'],
])

/** Returns a function that gets the handle where the main class passes the transfer. */
function bound(users: UserFunction, handle: CurlHandle, run: OpenRun, id: unknown): UserFunction {
  const call = (transfer: Transfer, args: unknown[]): unknown => {
    run.transfer ??= transfer
    handle.functionsRunning++
    try {
      return users(handle, ...args)
    } catch (error) {
      run.thrown ??= { error }
      throw error
    } finally {
      handle.functionsRunning--
    }
  }
  if (!NATIVE.has(id as number)) return (transfer, ...args) => call(transfer as Transfer, args)
  return function (this: Transfer, ...args) {
    return call(
      this,
      args.map((arg) => (Buffer.isBuffer(arg) ? arg.toString('latin1') : arg)),
    )
  }
}
