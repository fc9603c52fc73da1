/**
 * Numbers of PHP's 64 bits for options whose C type is `long`: node-libcurl hands 32 bits over. And numbers
 * that libcurl bends, which node-libcurl refuses. Does not cast.
 */
import {
  CURLOPT_INFILESIZE,
  CURLOPT_MAXFILESIZE,
  CURLOPT_MAXFILESIZE_LARGE,
  CURLOPT_RESUME_FROM,
} from '../values/constants.js'

/**
 * Options that are on for every number but 0. Source: curl_easy_setopt(3) of each, and libcurl 7.88's
 * lib/setopt.c.
 */
const SWITCHES = named(
  'APPEND AUTOREFERER CERTINFO COOKIESESSION CRLF DIRLISTONLY DISALLOW_USERNAME_IN_URL DNS_SHUFFLE_ADDRESSES ' +
    'DNS_USE_GLOBAL_CACHE DOH_SSL_VERIFYHOST DOH_SSL_VERIFYPEER DOH_SSL_VERIFYSTATUS FAILONERROR FILETIME ' +
    'FORBID_REUSE FRESH_CONNECT FTPAPPEND FTPLISTONLY FTP_SKIP_PASV_IP FTP_USE_EPRT FTP_USE_EPSV FTP_USE_PRET ' +
    'HAPROXYPROTOCOL HEADER HTTPGET HTTPPROXYTUNNEL HTTP_CONTENT_DECODING HTTP_TRANSFER_DECODING ' +
    'IGNORE_CONTENT_LENGTH KEEP_SENDING_ON_ERROR MAIL_RCPT_ALLLOWFAILS NOBODY NOPROGRESS NOSIGNAL PATH_AS_IS ' +
    'PIPEWAIT POST PROXY_SSL_VERIFYHOST PROXY_SSL_VERIFYPEER PUT SASL_IR SOCKS5_GSSAPI_NEC SSH_COMPRESSION ' +
    'SSL_ENABLE_ALPN SSL_ENABLE_NPN SSL_FALSESTART SSL_SESSIONID_CACHE SSL_VERIFYHOST SSL_VERIFYPEER ' +
    'SSL_VERIFYSTATUS SUPPRESS_CONNECT_HEADERS TCP_FASTOPEN TCP_KEEPALIVE TCP_NODELAY TRANSFERTEXT ' +
    'UNRESTRICTED_AUTH UPLOAD VERBOSE WILDCARDMATCH',
)
/** Numbers of things, and times: the largest that fits is as good as a larger one. */
const AMOUNTS = named(
  'DNS_CACHE_TIMEOUT LOW_SPEED_LIMIT LOW_SPEED_TIME MAXAGE_CONN MAXCONNECTS MAXLIFETIME_CONN MAXREDIRS ' +
    'TCP_KEEPIDLE TCP_KEEPINTVL UPKEEP_INTERVAL_MS UPLOAD_BUFFERSIZE',
)
/** Sets of bits, of which libcurl has 32 at most. */
const MASKS = named(
  'GSSAPI_DELEGATION HEADEROPT HSTS_CTRL PROTOCOLS PROXY_SSL_OPTIONS REDIR_PROTOCOLS SSH_AUTH_TYPES SSL_OPTIONS',
)
const INT_BITS = 32
const DEFAULT_BUFFER = 16_384
const MIN_BUFFER = 1024
const MAX_BUFFER = 10 * 2 ** 20
const MAX_INT = 2 ** 31 - 1

function named(names: string): ReadonlySet<string> {
  return new Set(names.split(' ').map((name) => `CURLOPT_${name}`))
}

/**
 * Returns a number that says the same and fits. Numbers of other options are returned unchanged, to be
 * refused.
 *
 * @param isOffset - true for options that take 64 bits
 */
export function narrowed(name: string, isOffset: boolean, number: number | bigint): number | bigint {
  if (number <= MAX_INT && number >= -MAX_INT - 1) return number
  // 1 would be a notice.
  if (SWITCHES.has(name)) return name === 'CURLOPT_SSL_VERIFYHOST' ? 2 : 1
  if (AMOUNTS.has(name) && number > 0) return MAX_INT
  if (MASKS.has(name)) return Number(BigInt.asIntN(INT_BITS, BigInt(number)))
  if (!isOffset) return number
  // More bytes than anybody has.
  const most = Number.MAX_SAFE_INTEGER
  return number > most ? most : number < -most ? -most : number
}

/** Returns the size that libcurl takes in the place of a `BUFFERSIZE`. Source: CURLOPT_BUFFERSIZE(3). */
export function bufferSize(number: number | bigint): number {
  if (number < 1) return DEFAULT_BUFFER
  return number < MIN_BUFFER ? MIN_BUFFER : number > MAX_BUFFER ? MAX_BUFFER : Number(number)
}

/**
 * Options with a `long`, and those that do the same with 64 bits: in PHP, a `long` has as many. The numbers
 * are those of curl/curl.h.
 */
const LARGE: ReadonlyMap<number, number> = new Map([
  [CURLOPT_INFILESIZE, 30_115],
  [CURLOPT_RESUME_FROM, 30_116],
  [CURLOPT_MAXFILESIZE, CURLOPT_MAXFILESIZE_LARGE],
])

/** Returns the option to set in the place of one whose numbers may be larger than 32 bits. */
export function largeOf(option: number): number {
  return LARGE.get(option) ?? option
}
