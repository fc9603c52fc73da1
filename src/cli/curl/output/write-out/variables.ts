/**
 * The variables of `--write-out`, by name: what each is read from. Does not know the text that they stand in.
 */
import type { UrlPart } from '../../request/url-parts.js'
import type { HeaderStore } from '../header-store.js'

/** The facts of a transfer that is over. */
export interface WriteOutFacts {
  /** One of libcurl's infos; undefined where this build does not give it, or nothing was transferred. */
  info(name: string): unknown
  /** As it was asked for. */
  readonly url: string
  readonly exitCode: number
  /** `''`: it did not fail. */
  readonly error: string
  readonly fileName: string | undefined
  readonly retries: number
  /** Bytes of the body that were written, or passed on. */
  readonly delivered: number
  readonly number: number
  readonly headers: HeaderStore
  urlPart(url: string, part: UrlPart): string | undefined
}

/** A value as it is printed; undefined: there is none. */
export type Value = string | undefined

interface Variable {
  readonly kind: 'text' | 'number'
  read(facts: WriteOutFacts): Value
}

const number = (read: (facts: WriteOutFacts) => unknown): Variable => ({
  kind: 'number',
  read(facts) {
    const value = read(facts)
    return value === undefined || value === null ? '0' : String(Math.trunc(Number(value)))
  },
})
const info = (name: string): Variable => number((facts) => facts.info(name))
const text = (read: (facts: WriteOutFacts) => unknown): Variable => ({
  kind: 'text',
  read(facts) {
    const value = read(facts)
    return typeof value === 'string' ? value : undefined
  },
})
const textInfo = (name: string): Variable => text((facts) => facts.info(name))
/** Microseconds, as seconds. */
const time = (name: string): Variable => ({
  kind: 'number',
  read(facts) {
    const micros = BigInt(Math.trunc(Number(facts.info(name) ?? 0)))
    return `${String(micros / 1_000_000n)}.${String(micros % 1_000_000n).padStart(6, '0')}`
  },
})
const part = (name: UrlPart): Variable => text((facts) => facts.urlPart(facts.url, name))
const effectivePart = (name: UrlPart): Variable =>
  text((facts) => {
    const url = facts.info('EFFECTIVE_URL')
    return facts.urlPart(typeof url === 'string' ? url : facts.url, name)
  })

/** `CURL_HTTP_VERSION_*` as people write it. */
const HTTP_VERSIONS: Readonly<Record<number, string>> = { 0: '0', 1: '1', 2: '1.1', 3: '2', 30: '3' }

const CERTIFICATES = (facts: WriteOutFacts): readonly string[] => {
  const list = facts.info('CERTINFO')
  return Array.isArray(list) ? (list as unknown[]).flat().map(String) : []
}

/** Three digits, but not in JSON. */
export const STATUS_VARIABLES: ReadonlySet<string> = new Set(['http_code', 'response_code', 'http_connect'])

/** All of them, in the order in which `%{json}` has them. */
export const VARIABLES: ReadonlyMap<string, Variable> = new Map<string, Variable>([
  [
    'certs',
    text((facts) => {
      const lines = CERTIFICATES(facts).map((line) => line.replace(/^cert:/i, ''))
      return lines.map((line) => (line.endsWith('\n') ? line : `${line}\n`)).join('')
    }),
  ],
  ['conn_id', info('CONN_ID')],
  ['content_type', textInfo('CONTENT_TYPE')],
  ['errormsg', text((facts) => (facts.exitCode === 0 ? undefined : facts.error))],
  ['exitcode', number((facts) => facts.exitCode)],
  ['filename_effective', text((facts) => facts.fileName)],
  ['ftp_entry_path', textInfo('FTP_ENTRY_PATH')],
  ['http_code', info('RESPONSE_CODE')],
  ['http_connect', info('HTTP_CONNECTCODE')],
  ['http_version', text((facts) => HTTP_VERSIONS[Number(facts.info('HTTP_VERSION') ?? 0)])],
  ['local_ip', textInfo('LOCAL_IP')],
  ['local_port', info('LOCAL_PORT')],
  ['method', textInfo('EFFECTIVE_METHOD')],
  ['num_certs', number((facts) => CERTIFICATES(facts).filter((line) => /^subject:/i.test(line)).length)],
  ['num_connects', info('NUM_CONNECTS')],
  ['num_headers', number((facts) => facts.headers.lastCount)],
  ['num_redirects', info('REDIRECT_COUNT')],
  ['num_retries', number((facts) => facts.retries)],
  ['proxy_ssl_verify_result', info('PROXY_SSL_VERIFYRESULT')],
  ['proxy_used', info('USED_PROXY')],
  ['redirect_url', textInfo('REDIRECT_URL')],
  ['referer', textInfo('REFERER')],
  ['remote_ip', textInfo('PRIMARY_IP')],
  ['remote_port', info('PRIMARY_PORT')],
  ['response_code', info('RESPONSE_CODE')],
  ['scheme', text((facts) => lower(facts.info('SCHEME')))],
  ['size_delivered', number((facts) => facts.delivered)],
  ['size_download', info('SIZE_DOWNLOAD_T')],
  ['size_header', info('HEADER_SIZE')],
  ['size_request', info('REQUEST_SIZE')],
  ['size_upload', info('SIZE_UPLOAD_T')],
  ['speed_download', info('SPEED_DOWNLOAD_T')],
  ['speed_upload', info('SPEED_UPLOAD_T')],
  ['ssl_verify_result', info('SSL_VERIFYRESULT')],
  ['time_appconnect', time('APPCONNECT_TIME_T')],
  ['time_connect', time('CONNECT_TIME_T')],
  ['time_namelookup', time('NAMELOOKUP_TIME_T')],
  ['time_posttransfer', time('POSTTRANSFER_TIME_T')],
  ['time_pretransfer', time('PRETRANSFER_TIME_T')],
  ['time_queue', time('QUEUE_TIME_T')],
  ['time_redirect', time('REDIRECT_TIME_T')],
  ['time_starttransfer', time('STARTTRANSFER_TIME_T')],
  ['time_total', time('TOTAL_TIME_T')],
  ['tls_earlydata', info('EARLYDATA_SENT_T')],
  ['url', text((facts) => facts.url)],
  ['url.fragment', part('fragment')],
  ['url.host', part('host')],
  ['url.options', part('options')],
  ['url.password', part('password')],
  ['url.path', part('path')],
  ['url.port', part('port')],
  ['url.query', part('query')],
  ['url.scheme', part('scheme')],
  ['url.user', part('user')],
  ['url.zoneid', part('zoneid')],
  ['url_effective', textInfo('EFFECTIVE_URL')],
  ['urle.fragment', effectivePart('fragment')],
  ['urle.host', effectivePart('host')],
  ['urle.options', effectivePart('options')],
  ['urle.password', effectivePart('password')],
  ['urle.path', effectivePart('path')],
  ['urle.port', effectivePart('port')],
  ['urle.query', effectivePart('query')],
  ['urle.scheme', effectivePart('scheme')],
  ['urle.user', effectivePart('user')],
  ['urle.zoneid', effectivePart('zoneid')],
  ['urlnum', number((facts) => facts.number)],
  ['xfer_id', info('XFER_ID')],
])

function lower(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value
}
