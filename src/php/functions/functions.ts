/**
 * PHP's functions that read what became of a transfer, on handles of `curl_init()` and on those that
 * callbacks get. Does not run transfers.
 */
import { strError, versionInfo } from '../../engine/node-libcurl/binding.js'
import { Transfer } from '../../transfer/transfer.js'
import { CurlHandle } from '../handles/curl-handle.js'
import { toErrorCode, toIntArgument, wrongType } from '../values/arguments.js'
import * as constants from '../values/constants.js'
import * as newer from '../values/newer-constants.js'
import {
  CURLVERSION_NOW,
  type CURLINFO_CERTINFO,
  type CURLINFO_COOKIELIST,
  type CURLINFO_EFFECTIVE_METHOD,
  type CURLINFO_EFFECTIVE_URL,
  type CURLINFO_HEADER_OUT,
  type CURLINFO_LOCAL_IP,
  type CURLINFO_PRIMARY_IP,
  type CURLINFO_SSL_ENGINES,
  type NumberInfo,
  type StringInfo,
} from '../values/constants.js'
import {
  infoArray,
  infoValue,
  type CertificateInfo,
  type CurlInfo,
  type HandleNotes,
  type InfoReader,
} from '../handles/getinfo.js'
import { notesOf } from '../handles/notes.js'

/** A handle of `curl_init()`, or the one that a callback of the classes gets. */
export type AnyHandle = CurlHandle | Transfer

/** The result of `curl_version()`. */
export interface CurlVersion {
  version_number: number
  age: number
  /** Bits: `CURL_VERSION_*`. */
  features: number
  ssl_version_number: number
  version: string
  /** Differs from PHP: the platform that Node was built for, such as `x64-linux`. */
  host: string
  ssl_version: string
  libz_version: string
  protocols: string[]
  ares: string
  ares_num: number
  libidn: string
  iconv_ver_num: number
  libssh_version: string
  brotli_ver_num: number
  brotli_version: string
}

/** String infos that libcurl always has. */
type AlwaysString =
  | typeof CURLINFO_EFFECTIVE_URL
  | typeof CURLINFO_EFFECTIVE_METHOD
  | typeof CURLINFO_PRIMARY_IP
  | typeof CURLINFO_LOCAL_IP

/**
 * Returns all infos of a transfer, with PHP's keys in PHP's order. With a constant (`CURLINFO_HTTP_CODE`),
 * returns only that info; false if libcurl has no value.
 *
 * The infos of a `CurlHandle` stay until its next transfer; those of a transfer can be read until its
 * callback has settled. Throws `OptionError` for a number that is no info of a transfer (of a handle: false,
 * as in PHP), and an `Error` that explains how to keep infos if a transfer no longer holds its libcurl
 * handle.
 */
export function curl_getinfo(ch: AnyHandle, option?: null): CurlInfo
export function curl_getinfo(ch: AnyHandle, option: NumberInfo): number
export function curl_getinfo(ch: AnyHandle, option: AlwaysString): string
export function curl_getinfo(ch: AnyHandle, option: StringInfo | typeof CURLINFO_HEADER_OUT): string | false
export function curl_getinfo(ch: AnyHandle, option: typeof CURLINFO_CERTINFO): CertificateInfo[]
export function curl_getinfo(
  ch: AnyHandle,
  option: typeof CURLINFO_COOKIELIST | typeof CURLINFO_SSL_ENGINES,
): string[]
export function curl_getinfo(ch: AnyHandle, option: number | null): unknown
export function curl_getinfo(ch: AnyHandle, option: number | null = null): unknown {
  const { read, notes } = infosOf(ch)
  if (option === null) return infoArray(read, notes)
  const argument = { where: 'curl_getinfo()', position: 2, name: '$option', isNullable: true }
  const info = toIntArgument(argument, option)
  if (ch instanceof CurlHandle && !INFOS.has(info)) return false
  return infoValue(read, info, notes)
}

/** The lowest number of an info: those below are what a `CURLOPT_DEBUGFUNCTION` is told of. */
const FIRST_INFO = 0x100000
/** Every info of PHP's. */
const INFOS: ReadonlySet<number> = new Set([
  constants.CURLINFO_HEADER_OUT,
  ...Object.entries({ ...constants, ...newer }).flatMap(([name, info]) =>
    name.startsWith('CURLINFO_') && info >= FIRST_INFO ? [info] : [],
  ),
])

function infosOf(ch: AnyHandle): { read: InfoReader; notes: HandleNotes } {
  if (ch instanceof CurlHandle) return { read: ch.readInfo, notes: ch.notes }
  const transfer = transferOf(ch, 'curl_getinfo()')
  return { read: (info) => transfer.getInfo(info), notes: notesOf(transfer) }
}

/** Returns libcurl's code (`CURLE_*`); 0 if the transfer succeeded. */
export function curl_errno(ch: AnyHandle): number {
  return handleOf(ch, 'curl_errno()').errno
}

/**
 * Returns the error message; `''` if the transfer succeeded.
 *
 * Differs from PHP: libcurl's text for the code, with details added by this library. With `captureErrorText:
 * true`, libcurl's exact text.
 */
export function curl_error(ch: AnyHandle): string {
  return handleOf(ch, 'curl_error()').error
}

/** Returns libcurl's text for a code. It depends on the libcurl build. */
export function curl_strerror(errorCode: number): string {
  return strError(toErrorCode('curl_strerror()', errorCode))
}

/**
 * Returns the content that was received, also of a failed transfer; null if it went elsewhere
 * (`CURLOPT_FILE`, `CURLOPT_WRITEFUNCTION`, stdout).
 */
export function curl_multi_getcontent(ch: AnyHandle): string | null {
  if (ch instanceof CurlHandle) return ch.content
  const transfer = transferOf(ch, 'curl_multi_getcontent()')
  if (!transfer.hasContent) return null
  return transfer.errno === 0 ? transfer.content : transfer.text()
}

/** Returns the version and the features of the libcurl in use. */
export function curl_version(): CurlVersion {
  const info = versionInfo()
  return {
    version_number: info.versionNumber,
    age: CURLVERSION_NOW,
    features: info.rawFeatures,
    ssl_version_number: info.sslVersionNum,
    version: info.version,
    host: `${process.arch}-${process.platform}`,
    ssl_version: info.sslVersion,
    libz_version: info.libzVersion,
    protocols: info.protocols,
    ares: info.aresVersion ?? '',
    ares_num: info.aresVersionNumber,
    libidn: info.libidnVersion ?? '',
    iconv_ver_num: info.iconvVersionNumber,
    libssh_version: info.libsshVersion ?? '',
    brotli_ver_num: info.brotliVersionNumber,
    brotli_version: info.brotliVersion ?? '',
  }
}

/** Either kind of handle, for what both have. */
function handleOf(ch: unknown, call: string): CurlHandle | Transfer {
  return ch instanceof CurlHandle ? ch : transferOf(ch, call)
}

function transferOf(ch: unknown, call: string): Transfer {
  if (ch instanceof Transfer) return ch
  throw wrongType(
    { where: call, position: 1, name: '$handle' },
    'CurlHandle, or the handle that a callback gets',
    ch,
  )
}
