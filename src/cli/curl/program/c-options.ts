/**
 * libcurl's options in C: the order in which curl sets them, and the symbols of their values. Does not know
 * where the values come from. Source: curl/curl.h, curl_easy_setopt(3), and what `curl --libcurl` of curl
 * 8.22 writes.
 */
import { AUTH, withBits } from '../arguments/values/auth.js'

/** The body of a POST stands behind this one. */
export const BEFORE_BODY = 'TIMEOUT_MS'

const NAMES = `VERBOSE BUFFERSIZE URL NOPROGRESS
  PROXY PROXYTYPE PROXYUSERPWD HTTPPROXYTUNNEL PRE_PROXY PROXYAUTH NOPROXY SUPPRESS_CONNECT_HEADERS PROXY_SERVICE_NAME
  HAPROXYPROTOCOL HAPROXY_CLIENT_IP PROXY_KEYPASSWD
  XOAUTH2_BEARER NETRC NETRC_FILE LOGIN_OPTIONS USERPWD HTTPAUTH HTTPHEADER REFERER USERAGENT KEYPASSWD
  NOBODY FAILONERROR REQUEST_TARGET UPLOAD DIRLISTONLY APPEND TRANSFERTEXT RANGE ${BEFORE_BODY}
  POSTFIELDS POSTFIELDSIZE_LARGE MIMEPOST MIME_OPTIONS LOW_SPEED_LIMIT LOW_SPEED_TIME MAX_SEND_SPEED_LARGE
  MAX_RECV_SPEED_LARGE RESUME_FROM_LARGE PATH_AS_IS FILETIME CRLF QUOTE POSTQUOTE PREQUOTE TIMECONDITION TIMEVALUE_LARGE
  CUSTOMREQUEST
  FOLLOWLOCATION UNRESTRICTED_AUTH AWS_SIGV4 AUTOREFERER PROXYHEADER MAXREDIRS HTTP_VERSION POSTREDIR ACCEPT_ENCODING
  TRANSFER_ENCODING HTTP09_ALLOWED ALTSVC HSTS EXPECT_100_TIMEOUT_MS COOKIE COOKIEFILE COOKIEJAR COOKIESESSION HEADEROPT
  FTPPORT FTP_USE_EPSV FTP_USE_EPRT FTP_SSL_CCC FTP_ACCOUNT FTP_SKIP_PASV_IP FTP_FILEMETHOD FTP_ALTERNATIVE_TO_USER
  FTP_USE_PRET
  SSH_PRIVATE_KEYFILE SSH_PUBLIC_KEYFILE SSH_HOST_PUBLIC_KEY_MD5 SSH_HOST_PUBLIC_KEY_SHA256 SSH_COMPRESSION SSH_KNOWNHOSTS
  CAINFO PROXY_CAINFO CAPATH PROXY_CAPATH CRLFILE PROXY_CRLFILE PINNEDPUBLICKEY PROXY_PINNEDPUBLICKEY SSL_EC_CURVES
  SSL_SIGNATURE_ALGORITHMS CERTINFO SSLCERT PROXY_SSLCERT SSLCERTTYPE PROXY_SSLCERTTYPE SSLKEY PROXY_SSLKEY SSLKEYTYPE
  PROXY_SSLKEYTYPE SSL_VERIFYPEER SSL_VERIFYHOST DOH_SSL_VERIFYPEER DOH_SSL_VERIFYHOST PROXY_SSL_VERIFYPEER
  PROXY_SSL_VERIFYHOST SSL_VERIFYSTATUS DOH_SSL_VERIFYSTATUS SSLVERSION PROXY_SSLVERSION SSL_OPTIONS PROXY_SSL_OPTIONS
  SSL_CIPHER_LIST PROXY_SSL_CIPHER_LIST TLS13_CIPHERS PROXY_TLS13_CIPHERS SSL_SESSIONID_CACHE ECH SSLENGINE USE_SSL
  SSL_ENABLE_ALPN
  INTERFACE TELNETOPTIONS CONNECTTIMEOUT_MS DOH_URL FTP_CREATE_MISSING_DIRS MAXFILESIZE_LARGE IPRESOLVE SOCKS5_GSSAPI_NEC
  SOCKS5_AUTH SERVICE_NAME IGNORE_CONTENT_LENGTH LOCALPORT LOCALPORTRANGE HTTP_CONTENT_DECODING HTTP_TRANSFER_DECODING
  TCP_NODELAY TCP_FASTOPEN TCP_KEEPALIVE TCP_KEEPIDLE TCP_KEEPINTVL TCP_KEEPCNT TFTP_BLKSIZE
  MAIL_FROM MAIL_RCPT MAIL_RCPT_ALLOWFAILS MAIL_AUTH SASL_AUTHZID SASL_IR NEW_FILE_PERMS
  RESOLVE CONNECT_TO GSSAPI_DELEGATION PROTOCOLS_STR REDIR_PROTOCOLS_STR UNIX_SOCKET_PATH DEFAULT_PROTOCOL
  HAPPY_EYEBALLS_TIMEOUT_MS DISALLOW_USERNAME_IN_URL UPLOAD_FLAGS INFILESIZE_LARGE`
const PLACES: ReadonlyMap<string, number> = new Map(NAMES.split(/\s+/).map((name, place) => [name, place]))

/** Returns the options in curl's order. Names that are not known come last. */
export function inOrder(options: ReadonlyMap<string, unknown>): [name: string, value: unknown][] {
  const placeOf = (name: string): number => PLACES.get(name) ?? PLACES.size
  return Array.from(options).sort(([a], [b]) => placeOf(a) - placeOf(b))
}

/** Symbols by value. */
const VALUES: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  PROXYTYPE: {
    1: 'CURLPROXY_HTTP_1_0',
    2: 'CURLPROXY_HTTPS',
    4: 'CURLPROXY_SOCKS4',
    5: 'CURLPROXY_SOCKS5',
    6: 'CURLPROXY_SOCKS4A',
    7: 'CURLPROXY_SOCKS5_HOSTNAME',
  },
  HTTP_VERSION: {
    1: 'CURL_HTTP_VERSION_1_0',
    2: 'CURL_HTTP_VERSION_1_1',
    3: 'CURL_HTTP_VERSION_2_0',
    4: 'CURL_HTTP_VERSION_2TLS',
    5: 'CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE',
    30: 'CURL_HTTP_VERSION_3',
    31: 'CURL_HTTP_VERSION_3ONLY',
  },
  NETRC: { 1: 'CURL_NETRC_OPTIONAL', 2: 'CURL_NETRC_REQUIRED' },
  TIMECONDITION: {
    1: 'CURL_TIMECOND_IFMODSINCE',
    2: 'CURL_TIMECOND_IFUNMODSINCE',
    3: 'CURL_TIMECOND_LASTMOD',
  },
  USE_SSL: { 1: 'CURLUSESSL_TRY', 2: 'CURLUSESSL_CONTROL', 3: 'CURLUSESSL_ALL' },
}

type Bits = readonly (readonly [mask: number, symbol: string])[]
/** Those that curl names. The other bits are a number; NONE stands before it. */
const KINDS: Bits = [
  [AUTH.any, 'CURLAUTH_ANY'],
  [withBits(AUTH.any, AUTH.basic, false), 'CURLAUTH_ANYSAFE'],
  [AUTH.basic, 'CURLAUTH_BASIC'],
  [AUTH.digest, 'CURLAUTH_DIGEST'],
  [AUTH.negotiate, 'CURLAUTH_GSSNEGOTIATE'],
  [AUTH.ntlm, 'CURLAUTH_NTLM'],
  [0x80000000, 'CURLAUTH_ONLY'],
  [0, 'CURLAUTH_NONE'],
]
const TLS: Bits = [
  [1, 'CURLSSLOPT_ALLOW_BEAST'],
  [2, 'CURLSSLOPT_NO_REVOKE'],
  [8, 'CURLSSLOPT_REVOKE_BEST_EFFORT'],
  [16, 'CURLSSLOPT_NATIVE_CA'],
  [32, 'CURLSSLOPT_AUTO_CLIENT_CERT'],
]
const MASKS: Readonly<Record<string, Bits>> = {
  HTTPAUTH: KINDS,
  PROXYAUTH: KINDS,
  SOCKS5_AUTH: KINDS,
  SSL_OPTIONS: TLS,
  PROXY_SSL_OPTIONS: TLS,
}

const TLS_VERSIONS = ['', 'TLSv1', '', '', 'TLSv1_0', 'TLSv1_1', 'TLSv1_2', 'TLSv1_3'] as const
const HIGHEST_SHIFT = 65_536

function tlsVersion(value: number): string {
  const least = `CURL_SSLVERSION_${TLS_VERSIONS[value % HIGHEST_SHIFT] ?? ''}`
  const most = TLS_VERSIONS[Math.floor(value / HIGHEST_SHIFT)]
  return most ? `(${least} | CURL_SSLVERSION_MAX_${most})` : least
}

/** Returns the value of an option in C. `indent`: of the lines behind the first one. */
export function cNumber(name: string, value: number, indent: string): string {
  if (name.endsWith('_LARGE')) return `(curl_off_t)${String(value)}`
  if (name === 'SSLVERSION' || name === 'PROXY_SSLVERSION') return `(long)${tlsVersion(value)}`
  const symbol = VALUES[name]?.[value]
  if (symbol !== undefined) return `(long)${symbol}`
  const bits = MASKS[name]
  return bits === undefined ? `${String(value)}L` : cMask(bits, value, indent)
}

function cMask(bits: Bits, value: number, indent: string): string {
  let rest = BigInt(value)
  const symbols: string[] = []
  for (const [mask, symbol] of bits) {
    const wanted = BigInt(mask)
    if (rest === 0n || (rest & wanted) !== wanted) continue
    rest &= ~wanted
    symbols.push(`(long)${symbol}`)
  }
  if (rest !== 0n) symbols.push(`${String(rest)}UL`)
  return symbols.join(` |\n${indent}`)
}
