/**
 * CurlHandle: the options, the cookies and the last outcome of one of PHP's handles, between its transfers.
 * Does not run transfers, and does not check options.
 */
import { inspect, type InspectOptions } from 'node:util'
import { OptionError } from '../../errors.js'
import type { Transfer } from '../../transfer/transfer.js'
import { shownUrl } from '../../redaction.js'
import * as c from '../values/constants.js'
import type { HandleNotes, InfoReader, RawInfo } from './getinfo.js'
import { notesOf } from './notes.js'
import { HandleCookies } from './cookies.js'
import { PLAIN_GET, type MethodState } from './method.js'

/** One transfer of a handle. */
export interface Run {
  readonly handle: CurlHandle
  /** Found when it is needed, or when it is done. */
  transfer: Transfer | null
  /** Looks the transfer up while it is in flight. */
  readonly find: () => Transfer | null
  readonly abort: () => void
}

/** The object that a handle is added to, which has the connections: `CurlMultiHandle`. */
export interface ConnectionOwner {
  /** Keeps connections up that had no upkeep for so long. Returns libcurl's code. */
  keepUp(intervalMs: number): number
}

/** The right to make a handle. */
const MAKE = Symbol('make')

/**
 * A handle of `curl_init()`: options, cookies, and the outcome of the last transfer.
 *
 * Differs from PHP: {@link transfer} has what PHP has not, such as the bytes of the body and parsed headers.
 */
export class CurlHandle {
  /** @internal Options by number or name, cast, in the order in which they were last set. */
  readonly options = new Map<string | number, unknown>()
  /** @internal */ method: MethodState = PLAIN_GET
  /** @internal */ readonly cookies = new HandleCookies()
  /** @internal */ errno = 0
  /** @internal */ error = ''
  /** @internal The transfer that is in flight. */
  run: Run | null = null
  /** @internal The multi handle that it was added to. */
  multi: ConnectionOwner | null = null
  /** @internal The number of its functions that are running. */
  functionsRunning = 0
  /** @internal */ privateData: { readonly value: unknown } | null = null
  /** @internal */ requestHeader: string | undefined = undefined
  /** @internal */ last: Transfer | null = null
  /** @internal The URL that was set after the last transfer. */
  newUrl: string | null = null

  /** @internal */
  constructor(key: symbol) {
    if (key !== MAKE) throw new OptionError('Cannot directly construct CurlHandle, use curl_init() instead')
  }

  /**
   * The transfer in flight, else the last one; null if there was none. Has the body's bytes, headers,
   * timings.
   */
  get transfer(): Transfer | null {
    const { run } = this
    return run === null ? this.last : (run.transfer ??= run.find())
  }

  /** @internal False if the content goes to standard output, a file or a function: the last of them wins. */
  get returnsContent(): boolean {
    let returns = false
    for (const [id, value] of this.options) {
      if (id === c.CURLOPT_RETURNTRANSFER) returns = value === true
      else if (id === c.CURLOPT_FILE || id === c.CURLOPT_WRITEFUNCTION) returns = false
    }
    return returns
  }

  /** @internal What `curl_multi_getcontent()` returns. */
  get content(): string | null {
    if (!this.returnsContent) return null
    const { transfer } = this
    if (transfer?.hasContent !== true) return ''
    return this.run === null && transfer.errno === 0 ? transfer.content : transfer.text()
  }

  /** Returns the text for `console.log()`: no options, which may be secrets. */
  [inspect.custom](depth: number, options: InspectOptions): string {
    if (depth < 0) return '[CurlHandle]'
    const { errno, error, transfer, newUrl } = this
    const url = newUrl ?? transfer?.url ?? null
    return `CurlHandle ${inspect({ url: url === null ? null : shownUrl(url), errno, error, transfer }, options)}`
  }

  /** @internal What PHP keeps beside libcurl's infos. */
  get notes(): HandleNotes {
    const { run, privateData, transfer } = this
    const live = run === null || transfer === null ? undefined : notesOf(transfer).requestHeader
    const requestHeader = live ?? this.requestHeader
    return { requestHeader, ...(privateData !== null && { privateData: privateData.value }) }
  }

  /** @internal Reads an info of the transfer in flight, the last one, or a handle without one. */
  readonly readInfo: InfoReader = (info) => {
    if (info === c.CURLINFO_COOKIELIST) return this.cookies.list()
    const { newUrl, transfer } = this
    if (info === c.CURLINFO_EFFECTIVE_URL && newUrl !== null) return newUrl
    if (transfer === null || transfer.launchedAt === 0) return this.infoBefore(info)
    return transfer.getInfo(info)
  }

  private infoBefore(info: number): RawInfo {
    if (info === c.CURLINFO_EFFECTIVE_METHOD) return this.effectiveMethod
    return UNKNOWN.has(info)
      ? -1
      : (info & TYPE_MASK) === STRING
        ? null
        : (info & TYPE_MASK) === LIST
          ? []
          : 0
  }

  private get effectiveMethod(): string {
    const custom = this.options.get(c.CURLOPT_CUSTOMREQUEST)
    const { method } = this.method
    return typeof custom === 'string' ? custom : method === 'FORM' ? 'POST' : method
  }

  /** @internal Takes the outcome of a transfer: what `curl_errno()` says from now on. */
  settle({ errno, error }: { readonly errno: number; readonly error: string }): void {
    this.errno = errno
    this.error = errno === 0 ? '' : error
  }
}

/** Infos that are -1 while they are not known. */
const UNKNOWN: ReadonlySet<number> = new Set([
  c.CURLINFO_FILETIME,
  c.CURLINFO_FILETIME_T,
  c.CURLINFO_CONTENT_LENGTH_DOWNLOAD,
  c.CURLINFO_CONTENT_LENGTH_DOWNLOAD_T,
  c.CURLINFO_CONTENT_LENGTH_UPLOAD,
  c.CURLINFO_CONTENT_LENGTH_UPLOAD_T,
])
// The bits of an info's number that contain its type (curl/curl.h).
const TYPE_MASK = 0xf00000
const STRING = 0x100000
const LIST = 0x400000

/** Makes a handle without options. */
export function makeHandle(): CurlHandle {
  return new CurlHandle(MAKE)
}
