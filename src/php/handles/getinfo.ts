/**
 * Converts libcurl's infos to the result of PHP's curl_getinfo: keys, order and types. Does not depend on the
 * source of the infos.
 */
import * as c from '../values/constants.js'

/** The value of an info as libcurl returns it; null if there is none. */
export type RawInfo = number | string | readonly string[] | null | undefined

/** Reads one info by its number. */
export type InfoReader = (info: number) => RawInfo

/** A certificate of `CURLINFO_CERTINFO`: `Subject`, `Issuer`, ..., `Cert`. */
export type CertificateInfo = Record<string, string>

/** The values that PHP stores with a handle in addition to libcurl's infos. */
export interface HandleNotes {
  /** The header of the last request, if `CURLINFO_HEADER_OUT` was set and a request was sent. */
  readonly requestHeader?: string | undefined
  /** The value of `CURLOPT_PRIVATE`. */
  readonly privateData?: unknown
}

/**
 * The result of `curl_getinfo(ch)`. Times are in seconds, `*_us` in microseconds, sizes in bytes; -1 means
 * unknown.
 */
export interface CurlInfo {
  url: string
  content_type: string | null
  http_code: number
  header_size: number
  request_size: number
  filetime: number
  ssl_verify_result: number
  redirect_count: number
  total_time: number
  namelookup_time: number
  connect_time: number
  pretransfer_time: number
  size_upload: number
  size_download: number
  speed_download: number
  speed_upload: number
  download_content_length: number
  upload_content_length: number
  starttransfer_time: number
  redirect_time: number
  redirect_url: string
  primary_ip: string
  certinfo: CertificateInfo[]
  primary_port: number
  local_ip: string
  local_port: number
  http_version: number
  protocol: number
  /** The verify result of the proxy; `ssl_verify_result` is that of the server. */
  ssl_verifyresult: number
  scheme: string
  appconnect_time_us: number
  connect_time_us: number
  namelookup_time_us: number
  pretransfer_time_us: number
  redirect_time_us: number
  starttransfer_time_us: number
  total_time_us: number
  /** Only present if `CURLINFO_HEADER_OUT` was set and a request was sent. */
  request_header?: string
  effective_method: string
}

/**
 * PHP's keys in PHP's order. The number of an info contains its type. `request_header` is not an info of
 * libcurl.
 */
const KEYS: readonly (readonly [key: keyof CurlInfo, info: number])[] = [
  ['url', c.CURLINFO_EFFECTIVE_URL],
  ['content_type', c.CURLINFO_CONTENT_TYPE],
  ['http_code', c.CURLINFO_HTTP_CODE],
  ['header_size', c.CURLINFO_HEADER_SIZE],
  ['request_size', c.CURLINFO_REQUEST_SIZE],
  ['filetime', c.CURLINFO_FILETIME],
  ['ssl_verify_result', c.CURLINFO_SSL_VERIFYRESULT],
  ['redirect_count', c.CURLINFO_REDIRECT_COUNT],
  ['total_time', c.CURLINFO_TOTAL_TIME],
  ['namelookup_time', c.CURLINFO_NAMELOOKUP_TIME],
  ['connect_time', c.CURLINFO_CONNECT_TIME],
  ['pretransfer_time', c.CURLINFO_PRETRANSFER_TIME],
  ['size_upload', c.CURLINFO_SIZE_UPLOAD],
  ['size_download', c.CURLINFO_SIZE_DOWNLOAD],
  ['speed_download', c.CURLINFO_SPEED_DOWNLOAD],
  ['speed_upload', c.CURLINFO_SPEED_UPLOAD],
  ['download_content_length', c.CURLINFO_CONTENT_LENGTH_DOWNLOAD],
  ['upload_content_length', c.CURLINFO_CONTENT_LENGTH_UPLOAD],
  ['starttransfer_time', c.CURLINFO_STARTTRANSFER_TIME],
  ['redirect_time', c.CURLINFO_REDIRECT_TIME],
  ['redirect_url', c.CURLINFO_REDIRECT_URL],
  ['primary_ip', c.CURLINFO_PRIMARY_IP],
  ['certinfo', c.CURLINFO_CERTINFO],
  ['primary_port', c.CURLINFO_PRIMARY_PORT],
  ['local_ip', c.CURLINFO_LOCAL_IP],
  ['local_port', c.CURLINFO_LOCAL_PORT],
  ['http_version', c.CURLINFO_HTTP_VERSION],
  ['protocol', c.CURLINFO_PROTOCOL],
  ['ssl_verifyresult', c.CURLINFO_PROXY_SSL_VERIFYRESULT],
  ['scheme', c.CURLINFO_SCHEME],
  ['appconnect_time_us', c.CURLINFO_APPCONNECT_TIME_T],
  ['connect_time_us', c.CURLINFO_CONNECT_TIME_T],
  ['namelookup_time_us', c.CURLINFO_NAMELOOKUP_TIME_T],
  ['pretransfer_time_us', c.CURLINFO_PRETRANSFER_TIME_T],
  ['redirect_time_us', c.CURLINFO_REDIRECT_TIME_T],
  ['starttransfer_time_us', c.CURLINFO_STARTTRANSFER_TIME_T],
  ['total_time_us', c.CURLINFO_TOTAL_TIME_T],
  ['request_header', c.CURLINFO_HEADER_OUT],
  ['effective_method', c.CURLINFO_EFFECTIVE_METHOD],
]

// The bits of an info's number that contain its type (curl/curl.h).
const TYPE_MASK = 0xf00000
const STRING = 0x100000
const LIST = 0x400000

/**
 * String infos that libcurl always has. They are empty strings where others are NULL, which PHP returns as
 * false.
 */
const NEVER_NULL: ReadonlySet<number> = new Set([
  c.CURLINFO_EFFECTIVE_URL,
  c.CURLINFO_PRIMARY_IP,
  c.CURLINFO_LOCAL_IP,
  c.CURLINFO_EFFECTIVE_METHOD,
])

/** Implements `curl_getinfo(ch)`: all infos, in PHP's order. */
export function infoArray(read: InfoReader, notes: HandleNotes = {}): CurlInfo {
  const all: Record<string, unknown> = {}
  for (const [key, info] of KEYS) {
    const value = infoValue(read, info, notes)
    // In the array, a string that would be false alone is empty. Exceptions: the content type is null, and
    // the request header is left out.
    if (value !== false) all[key] = value
    else if (key !== 'request_header') all[key] = key === 'content_type' ? null : ''
  }
  return all as unknown as CurlInfo
}

/** Implements `curl_getinfo(ch, CURLINFO_X)`. Returns false where PHP does. */
export function infoValue(read: InfoReader, info: number, notes: HandleNotes = {}): unknown {
  if (info === c.CURLINFO_HEADER_OUT) return notes.requestHeader ?? false
  if (info === c.CURLINFO_PRIVATE) return 'privateData' in notes ? notes.privateData : false
  const value = read(info)
  if (info === c.CURLINFO_CERTINFO) return certificates(value)
  switch (info & TYPE_MASK) {
    case STRING:
      return value ? value : NEVER_NULL.has(info) ? '' : false
    case LIST:
      return Array.isArray(value) ? [...(value as readonly string[])] : []
    default:
      return value ?? false
  }
}

/** Parses node-libcurl's `Name:value` lines of all certificates. Each certificate begins with its subject. */
function certificates(lines: RawInfo): CertificateInfo[] {
  const chain: CertificateInfo[] = []
  for (const line of Array.isArray(lines) ? (lines as readonly string[]) : []) {
    const colon = line.indexOf(':')
    if (colon < 0) continue
    const name = line.slice(0, colon)
    const last = chain.at(-1)
    if (last === undefined || name === 'Subject') chain.push({ [name]: line.slice(colon + 1) })
    else last[name] = line.slice(colon + 1)
  }
  return chain
}
