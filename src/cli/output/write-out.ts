/** Expands the format of curl's -w. Does not print the text. Source: curl(1), --write-out. */
import type { InfoValue, Transfer } from '../../index.js'
import { lastResponseLines } from '../../transfer/response-headers.js'

/** The values that variables need. */
export interface Written {
  readonly transfer: Transfer
  readonly n: number
  readonly path: string | undefined
  readonly hasHeaders: boolean
  readonly libcurl: string
}

/** A file that text goes to. Each `%output{}` of a format makes its own object, even for the same path. */
export interface FileTarget {
  readonly path: string
  readonly isAppended: boolean
}

/** A piece of text and its destination. A file is created even if the text is empty. */
export interface Piece {
  readonly text: string
  readonly to: 'stdout' | 'stderr' | FileTarget
}

type Value = string | number | null
type Reader = (written: Written) => Value

const info = (transfer: Transfer, name: string): InfoValue => {
  try {
    return transfer.getInfo(name)
  } catch {
    // The info is not in this build, or the transfer was never launched.
    return null
  }
}
const number =
  (name: string): Reader =>
  ({ transfer }) =>
    Number(info(transfer, name) ?? 0)
const text =
  (name: string): Reader =>
  ({ transfer }) => {
    const value = info(transfer, name)
    // node-libcurl returns '' where libcurl has no value; curl's JSON has null there.
    return typeof value === 'string' && value !== '' ? value : null
  }
/** Converts microseconds to seconds. */
const time =
  (name: string): Reader =>
  ({ transfer }) =>
    (Number(info(transfer, name) ?? 0) / 1e6).toFixed(6)

/** Returns the fields of the server's certificates as `Name:value` lines. */
const certificateLines = ({ transfer }: Written): readonly string[] => {
  const lines = info(transfer, 'CERTINFO')
  return Array.isArray(lines) ? (lines as readonly string[]) : []
}
const withLineEnd = (line: string): string => (line.endsWith('\n') ? line : `${line}\n`)

/** CURL_HTTP_VERSION_* of curl/curl.h. */
const HTTP_VERSIONS: Readonly<Record<number, string>> = { 1: '1.0', 2: '1.1', 3: '2', 30: '3' }

const READERS: Readonly<Record<string, Reader>> = {
  // The certificate itself is printed without its name.
  certs: (written) =>
    certificateLines(written)
      .map((line) => withLineEnd(line.replace(/^cert:/i, '')))
      .join(''),
  conn_id: number('CONN_ID'),
  content_type: text('CONTENT_TYPE'),
  errormsg: ({ transfer }) => (transfer.errno === 0 ? null : transfer.error),
  exitcode: ({ transfer }) => transfer.errno,
  filename_effective: ({ path }) => path ?? null,
  ftp_entry_path: text('FTP_ENTRY_PATH'),
  http_code: ({ transfer }) => String(transfer.responseCode).padStart(3, '0'),
  http_connect: ({ transfer }) => String(Number(info(transfer, 'HTTP_CONNECTCODE') ?? 0)).padStart(3, '0'),
  http_version: ({ transfer }) => HTTP_VERSIONS[Number(info(transfer, 'HTTP_VERSION'))] ?? '0',
  local_ip: text('LOCAL_IP'),
  local_port: number('LOCAL_PORT'),
  method: text('EFFECTIVE_METHOD'),
  num_certs: (written) => certificateLines(written).filter((line) => line.startsWith('Subject:')).length,
  num_connects: number('NUM_CONNECTS'),
  num_headers: ({ transfer, hasHeaders }) => (hasHeaders ? countHeaders(transfer) : 0),
  num_redirects: number('REDIRECT_COUNT'),
  num_retries: ({ transfer }) => Math.max(0, transfer.attempts.length - 1),
  proxy_ssl_verify_result: number('PROXY_SSL_VERIFYRESULT'),
  proxy_used: number('USED_PROXY'),
  redirect_url: text('REDIRECT_URL'),
  referer: text('REFERER'),
  remote_ip: text('PRIMARY_IP'),
  remote_port: number('PRIMARY_PORT'),
  response_code: ({ transfer }) => String(transfer.responseCode).padStart(3, '0'),
  scheme: text('SCHEME'),
  size_download: number('SIZE_DOWNLOAD_T'),
  size_header: number('HEADER_SIZE'),
  size_request: number('REQUEST_SIZE'),
  size_upload: number('SIZE_UPLOAD_T'),
  speed_download: number('SPEED_DOWNLOAD_T'),
  speed_upload: number('SPEED_UPLOAD_T'),
  ssl_verify_result: number('SSL_VERIFYRESULT'),
  time_appconnect: time('APPCONNECT_TIME_T'),
  time_connect: time('CONNECT_TIME_T'),
  time_namelookup: time('NAMELOOKUP_TIME_T'),
  time_posttransfer: time('POSTTRANSFER_TIME_T'),
  time_pretransfer: time('PRETRANSFER_TIME_T'),
  time_redirect: time('REDIRECT_TIME_T'),
  time_starttransfer: time('STARTTRANSFER_TIME_T'),
  time_total: time('TOTAL_TIME_T'),
  // curl counts from the moment it gives the transfer to libcurl. This includes the time in this command's
  // own queue.
  time_queue: ({ transfer }) => (transfer.timings.queueMs / 1000).toFixed(6),
  url: ({ transfer }) => transfer.url,
  url_effective: ({ transfer }) => String(info(transfer, 'EFFECTIVE_URL') ?? transfer.url),
  urlnum: ({ n }) => n - 1,
  xfer_id: ({ n }) => n - 1,
}

/** The names of all variables. */
export const VARIABLES: readonly string[] = [
  ...Object.keys(READERS),
  'json',
  'header_json',
  'onerror',
  'stdout',
  'stderr',
]

/** Returns the variables of a format that do not exist. */
export function unknownVariables(format: string): string[] {
  const names = [...format.matchAll(TOKEN)].flatMap(([, variable]) => variable ?? [])
  return [...new Set(names)].filter((name) => !VARIABLES.includes(name))
}

/** True if the format needs response headers. */
export function needsHeaders(format: string): boolean {
  return /%(header\{|\{(header_json|num_headers|json)\})/.test(format)
}

/** True if the format needs the server's certificates (`CERTINFO`). */
export function needsCertificates(format: string): boolean {
  return /%\{(certs|num_certs|json)\}/.test(format)
}

const TOKEN = /%%|%\{([^{}]*)\}|%header\{([^{}]*)\}|%output\{([^{}]*)\}|\\([\s\S])/g
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

/** Expands a format for a transfer. The transfer must still hold its handle. */
export function writeOut(format: string, written: Written): Piece[] {
  const pieces: Piece[] = []
  let to: Piece['to'] = 'stdout'
  const add = (piece: string): void => {
    if (piece !== '') pieces.push({ text: piece, to })
  }
  let from = 0
  for (const match of format.matchAll(TOKEN)) {
    add(format.slice(from, match.index))
    from = match.index + match[0].length
    const [whole, variable, header, file, escape] = match
    if (variable === 'stdout' || variable === 'stderr') to = variable
    else if (variable === 'onerror') {
      if (written.transfer.errno === 0) return pieces
    } else if (whole === '%%') add('%')
    else if (escape !== undefined) add(ESCAPES[escape] ?? whole)
    else if (header !== undefined) add(headerValue(header, written))
    else if (file !== undefined) {
      const isAppended = file.startsWith('>>')
      pieces.push({ text: '', to: (to = { path: isAppended ? file.slice(2) : file, isAppended }) })
    } else add(valueOf(variable ?? '', written))
  }
  add(format.slice(from))
  return pieces
}

function valueOf(variable: string, written: Written): string {
  if (variable === 'json') return json(written)
  if (variable === 'header_json') return JSON.stringify(headerJson(written))
  return Object.hasOwn(READERS, variable) ? String(READERS[variable]?.(written) ?? '') : ''
}

function json(written: Written): string {
  const entries = Object.entries(READERS).map(([name, read]) => {
    const value = read(written)
    // In curl's JSON, times and codes are numbers.
    const isNumber =
      typeof value === 'string' && /^(time_|http_code$|http_connect$|response_code$)/.test(name)
    return [name, isNumber ? Number(value) : value] as const
  })
  return JSON.stringify({ ...Object.fromEntries(entries), curl_version: written.libcurl })
}

function headerJson({ transfer, hasHeaders }: Written): Record<string, string[]> {
  const result: Record<string, string[]> = Object.create(null) as Record<string, string[]>
  if (!hasHeaders) return result
  for (const [name, value] of Object.entries(transfer.headers)) {
    result[name] = Array.isArray(value) ? [...(value as string[])] : [String(value)]
  }
  return result
}

function headerValue(name: string, written: Written): string {
  return headerJson(written)[name.toLowerCase()]?.[0] ?? ''
}

function countHeaders(transfer: Transfer): number {
  return lastHeaderLines(transfer).length
}

/** Returns the header lines of the last response, without its status line. */
export function lastHeaderLines(transfer: Transfer): string[] {
  return lastResponseLines(transfer.headerList).head.filter((line) => line !== '')
}
